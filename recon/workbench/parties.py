"""Tenants, units, ledgers and bank accounts to choose from; choosing a tenant or a unit fills the other (BTR-82)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ipywidgets
import pyarrow as pa
import pyarrow.compute as pc

from recon import relations, store
from recon.schema import resource
from recon.workspace import Workspace
from schemas.identifiers import comparison_key

_SHOWN = 40  # choices that the browser gets at once
_MARK = " · "


@dataclass(frozen=True)
class Party:
    """A tenant or a unit: its ID, its long name, and the ID that choosing it fills in."""

    party_id: str
    name: str
    other_id: str | None

    @property
    def option(self) -> str:
        """What stands in a list of choices."""
        return f"{self.party_id}{_MARK}{self.name}" if self.name != self.party_id else self.party_id


class Parties:
    """Everybody whom a payment can be for, as the ledger in force has them; a hundred thousand are as quick as ten."""

    def __init__(self, workspace: Workspace) -> None:
        self._rows: dict[str, pa.Table] = {}
        self.accounts: list[tuple[str, str]] = []  # words and id
        self.ledgers: list[tuple[str, str]] = []
        if not store.exists(workspace):
            return
        with store.reading(workspace) as current:
            for name in ("units_in_force", "tenants_in_force"):
                current.build(name, resource("sources", f"{name}.sql"))
            # The rule asks which units stand for their tenant on some line; here it is all of them.
            current.view("matched_lines", resource("queries", "units_alone.sql"))
            current.build("default_tenants", relations.rule("default_tenants"))
            rows = current.arrow(resource("queries", "parties.sql"))
            self._rows = {kind: rows.filter(pc.equal(rows["kind"], kind)) for kind in ("tenant", "unit")}
            self.accounts = [
                (f"{key}{_MARK}{name}" if name != key else key, key)
                for key, name in current.rows("select bank_account_id, name from bank_accounts order by 1")
            ]
            self.ledgers = [
                (f"{ledger_id}{_MARK}{kind}{f' of {owner}' if owner else ''}", ledger_id)
                for ledger_id, kind, owner in current.rows(
                    """
                    select ledgers.ledger_id, ledgers.kind, owners.name
                    from ledgers left join owners on owners.owner_key = ledgers.owner_key
                    where ledgers.kind <> 'tenant_deposits' order by ledgers.kind, ledgers.ledger_id
                    """
                )
            ]

    def tenant(self, text: str) -> Party | None:
        """Find the tenant that a text names, by its option or its ID."""
        return self._found("tenant", text)

    def unit(self, text: str) -> Party | None:
        """Find the unit that a text names, by its option or its ID."""
        return self._found("unit", text)

    def tenants_like(self, text: str) -> list[str]:
        """List tenants in whose ID or name a text occurs."""
        return self._like("tenant", text)

    def units_like(self, text: str) -> list[str]:
        """List units in whose ID or description a text occurs."""
        return self._like("unit", text)

    def _found(self, kind: str, text: str) -> Party | None:
        rows = self._rows.get(kind)
        for name in (text, text.partition(_MARK)[0]):
            key = comparison_key(name)
            place = -1 if rows is None or key is None else pc.index(rows["key"], key).as_py()
            if rows is not None and place >= 0:
                return self._party(rows, place)
        return None

    def _like(self, kind: str, text: str) -> list[str]:
        rows = self._rows.get(kind)
        if rows is None:
            return []
        wanted = text.strip()
        if wanted:
            found = (pc.match_substring(rows[name], wanted, ignore_case=True) for name in ("id", "name"))
            rows = rows.filter(pc.or_(*found))
        return [self._party(rows, place).option for place in range(min(_SHOWN, len(rows)))]

    @staticmethod
    def _party(rows: pa.Table, place: int) -> Party:
        return Party(*(rows[name][place].as_py() for name in ("id", "name", "other_id")))


class PartyFields:
    """The fields Unit and Tenant: type to find, choose one and the other is filled."""

    def __init__(self, parties: Parties, *, on_change: Callable[[], None] | None = None) -> None:
        self.parties = parties
        self._on_change = on_change
        self._is_filling = False
        self._filled: set[str] = set()  # fields that were filled by the other one and may be filled again
        self.unit = self._field("Unit", "unit ID or address", parties.units_like)
        self.tenant = self._field("Tenant", "tenant ID or name", parties.tenants_like)

    @property
    def unit_id(self) -> str:
        """The unit's ID as the ledger has it, else as typed."""
        found = self.parties.unit(self.unit.value)
        return found.party_id if found else str(self.unit.value).strip()

    @property
    def tenant_id(self) -> str:
        """The tenant's ID as the ledger has it, else as typed."""
        found = self.parties.tenant(self.tenant.value)
        return found.party_id if found else str(self.tenant.value).strip()

    def both(self) -> tuple[str, str]:
        """Unit and tenant; for an empty field, what the other one stands for, which may not have been filled in yet."""
        unit, tenant = self.parties.unit(self.unit.value), self.parties.tenant(self.tenant.value)
        unit_id = self.unit_id or (tenant.other_id if tenant else None) or ""
        tenant_id = self.tenant_id or (unit.other_id if unit else None) or ""
        return unit_id, tenant_id

    def fill(self, unit_id: str, tenant_id: str) -> None:
        """Put IDs into both fields."""
        self._is_filling = True
        unit, tenant = self.parties.unit(unit_id), self.parties.tenant(tenant_id)
        self.unit.value = unit.option if unit else unit_id
        self.tenant.value = tenant.option if tenant else tenant_id
        self._filled = set()
        self._is_filling = False

    def _field(self, label: str, hint: str, like: Callable[[str], Sequence[str]]) -> ipywidgets.Combobox:
        field = ipywidgets.Combobox(
            description=label,
            placeholder=hint,
            options=list(like("")),
            ensure_option=False,
            layout=ipywidgets.Layout(width="146px"),
            tooltip=f"{label}: {hint}",
        )
        field.add_class(f"rw-{label.lower()}")
        field.observe(lambda change: self._changed(label, str(change["new"])), "value")
        return field

    def _changed(self, label: str, text: str) -> None:
        is_unit = label == "Unit"
        field, other = (self.unit, self.tenant) if is_unit else (self.tenant, self.unit)
        like = self.parties.units_like if is_unit else self.parties.tenants_like
        options = like(text)
        if list(field.options) != options and text not in field.options:
            field.options = options
        if self._is_filling:
            return
        self._filled.discard(label)
        other_label = "Tenant" if is_unit else "Unit"
        found = self.parties.unit(text) if is_unit else self.parties.tenant(text)
        if not other.value or other_label in self._filled:
            other_id = found.other_id if found else None
            filling = (self.parties.tenant if is_unit else self.parties.unit)(other_id or "")
            self._is_filling = True
            other.value = filling.option if filling else ""
            self._is_filling = False
            self._filled.add(other_label)
        if self._on_change is not None:
            self._on_change()
