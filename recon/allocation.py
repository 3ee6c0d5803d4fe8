"""How a payment is split over what its payers owe: proposed by a stated order, changed by a person, saved at 0.00 left.

The same plan stands behind `recon process --as-proposed` and the Process Payment pane (BTR-60). It holds no store: what
it proposes is checked again when it is posted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from recon import money, store
from recon.decisions import Part, identified_payer, left_to_allocate
from recon.errors import WrongUse
from recon.store import Store
from recon.workspace import Workspace
from schemas.identifiers import comparison_key

NOTHING = Decimal("0.00")


class Order(StrEnum):
    """In which order open charges are paid: the setting `allocation_order` of a workspace."""

    OLDEST = "oldest"  # by due date
    PRIORITY = "priority"  # by charge code as the setting `charge_priority` lists them, then by due date
    LARGEST = "largest"  # by what is open


# Orders by charge code with a name of their own. Where the law says that rent is paid first, by charge code and then
# by due date: Washington, RCW 59.18.283; Oregon, ORS 90.220(9), there utilities next and late charges after them.
PROFILES: dict[str, tuple[str, ...]] = {
    "washington": ("RENT",),
    "oregon": ("RENT", "UTILITIES", "UTILITY", "WATER", "SEWER", "GAS", "ELECTRIC", "TRASH", "LATE", "LATE_FEE"),
}
LAWS = {"WA": ("RCW 59.18.283", "washington"), "OR": ("ORS 90.220(9)", "oregon")}


@dataclass(frozen=True)
class OpenCharge:
    """A charge that a payer could pay."""

    charge_id: str
    charge_code: str
    description: str
    ledger_id: str
    due_date: date
    open_amount: Decimal


@dataclass(frozen=True)
class Payer:
    """A tenant on a unit, with what is open and the credit that the tenant has from earlier payments."""

    tenant_id: str
    unit_id: str
    name: str
    charges: tuple[OpenCharge, ...]
    credit: Decimal = NOTHING


@dataclass
class Plan:
    """How a payment is to be split: per payer an amount for each charge, and one for the tenant's credit."""

    amount: Decimal  # what is to be split
    order: Order = Order.OLDEST
    priority: Sequence[str] = ()
    payers: list[Payer] = field(default_factory=list)
    applied: dict[tuple[int, str], Decimal] = field(default_factory=dict)  # by payer's place and charge id
    credits: dict[int, Decimal] = field(default_factory=dict)  # by payer's place

    @property
    def left(self) -> Decimal:
        """What is not allocated yet; below zero when too much is."""
        return self.amount - sum(self.applied.values(), NOTHING) - sum(self.credits.values(), NOTHING)

    def add(self, payer: Payer) -> None:
        """Let another tenant or unit take a share.

        Raises:
            WrongUse: the same tenant on the same unit is there already.
        """
        known = {(comparison_key(other.tenant_id), comparison_key(other.unit_id)) for other in self.payers}
        if (comparison_key(payer.tenant_id), comparison_key(payer.unit_id)) in known:
            raise WrongUse(f"{payer.tenant_id} on {payer.unit_id} is among the payers already.")
        self.payers.append(payer)

    def propose(self) -> None:
        """Pay charges in order until nothing is left; what goes beyond them stays to be allocated."""
        self.clear()
        for place, charge in self._in_order():
            share = min(charge.open_amount, self.left)
            if share > 0:
                self.applied[place, charge.charge_id] = share

    def clear(self) -> None:
        """Take every share back."""
        self.applied, self.credits = {}, {}

    def put(self, place: int, charge_id: str | None, amount: Decimal) -> None:
        """Set the share of a charge, or without one of the payer's credit.

        Raises:
            WrongUse: the amount is below zero, no whole cents, or more than is open of the charge.
        """
        if not money.is_whole_cents(amount) or amount < 0:
            raise WrongUse(f"{amount} is not a share; type an amount such as 250.00, or 0.00 for nothing.")
        if charge_id is None:
            self.credits[place] = amount
            return
        charge = next(charge for charge in self.payers[place].charges if charge.charge_id == charge_id)
        if amount > charge.open_amount:
            raise WrongUse(f"Charge {charge_id} has {money.shown(charge.open_amount)} open; more cannot be put to it.")
        self.applied[place, charge_id] = amount

    def put_rest_to_credit(self, place: int = 0) -> None:
        """Make what is left the payer's credit, in one step."""
        self.credits[place] = max(NOTHING, self.credits.get(place, NOTHING) + self.left)

    def parts(self) -> list[Part]:
        """Give the parts to post.

        Raises:
            WrongUse: something is left to allocate, or there is no payer.
        """
        if not self.payers:
            raise WrongUse("Name the tenant or the unit that the payment is for.")
        if self.left:
            raise WrongUse(f"{money.shown(self.left)} is left to allocate; it can be saved at 0.00.")
        parts = []
        for place, payer in enumerate(self.payers):
            shares = {charge: share for (of, charge), share in self.applied.items() if of == place and share}
            amount = sum(shares.values(), NOTHING) + self.credits.get(place, NOTHING)
            if amount:
                parts.append(Part(amount, payer.tenant_id, payer.unit_id, shares))
        return parts

    def _in_order(self) -> list[tuple[int, OpenCharge]]:
        ranks = {code.casefold(): rank for rank, code in enumerate(self.priority)}
        keys: dict[Order, Callable[[OpenCharge], tuple[object, ...]]] = {
            Order.OLDEST: lambda charge: (charge.due_date,),
            Order.PRIORITY: lambda charge: (ranks.get(charge.charge_code.casefold(), len(ranks)), charge.due_date),
            Order.LARGEST: lambda charge: (-charge.open_amount, charge.due_date),
        }
        found = [(place, charge) for place, payer in enumerate(self.payers) for charge in payer.charges]
        return sorted(
            found, key=lambda row: (row[0], *keys[self.order](row[1]), comparison_key(row[1].charge_id) or "")
        )


def plan(workspace: Workspace, batch_id: str, line_number: int) -> Plan:
    """Begin to process a line: what of it is not posted, its identified payer if there is one, and a proposal.

    Raises:
        WrongUse: there is no such waiting line, or a setting cannot be used.
    """
    begun = Plan(left_to_allocate(workspace, batch_id, line_number), *settings(workspace))
    with store.reading(workspace) as current:
        if known := identified_payer(current, batch_id, line_number):
            begun.add(payer(current, *known))
    begun.propose()
    return begun


def proposed(workspace: Workspace, batch_id: str, line_number: int) -> list[Part]:
    """Propose how to process a line: its identified tenant's open charges in the set order, the rest as credit.

    Raises:
        WrongUse: there is no such waiting line, or its payer is not known.
    """
    begun = plan(workspace, batch_id, line_number)
    if not begun.payers:
        raise WrongUse(f"The payer of line {line_number} of {batch_id} is not known; name tenant and unit.")
    begun.put_rest_to_credit()
    return begun.parts()


def payer(current: Store, tenant_id: str, unit_id: str) -> Payer:
    """Look a tenant on a unit up, with all open charges.

    Raises:
        WrongUse: there is no such tenant or unit.
    """
    keys = {"tenant": comparison_key(tenant_id), "unit": comparison_key(unit_id)}
    tenant = current.rows("select tenant_id, name from tenants where tenant_key = $tenant", {"tenant": keys["tenant"]})
    unit = current.rows("select unit_id from units where unit_key = $unit", {"unit": keys["unit"]})
    if not tenant or not unit:
        what, given = ("unit", unit_id) if tenant else ("tenant", tenant_id)
        raise WrongUse(f"There is no {what} {given!r} in the ledger; choose one of the list.")
    rows = current.rows(
        """
        select charges.charge_id, charges.charge_code, charges.description, ledger_names.ledger_id, charges.due_date,
            charges.open_amount
        from charges
        inner join ledger_names on ledger_names.ledger_key = charges.ledger_key
        where charges.tenant_key = $tenant and charges.unit_key = $unit and charges.open_amount > 0
        order by charges.due_date, charges.charge_key
        """,
        keys,
    )
    (credit,) = current.one(
        """
        select cast(coalesce(sum(amount), 0) as decimal(18, 2))
        from open_credits
        where tenant_key = $tenant and unit_key = $unit
        """,
        keys,
    )
    return Payer(tenant[0][0], unit[0][0], tenant[0][1], tuple(OpenCharge(*row) for row in rows), credit)


def settings(workspace: Workspace) -> tuple[Order, Sequence[str]]:
    """Read the order of application, and for the order by charge code the codes in their order.

    Raises:
        WrongUse: a setting cannot be used.
    """
    order, priority = workspace.setting("allocation_order", "oldest"), workspace.setting("charge_priority", [])
    if isinstance(order, str) and order in PROFILES:
        return Order.PRIORITY, PROFILES[order]
    if order not in set(Order) or not isinstance(priority, list):
        raise WrongUse(
            f"{workspace.settings}: allocation_order is one of {', '.join([*Order, *PROFILES])}, and charge_priority "
            'is a list of charge codes such as ["RENT", "LATE"].'
        )
    return Order(str(order)), [str(code) for code in priority]


def order_warnings(workspace: Workspace) -> tuple[str, ...]:
    """Say where the order of application is not what the law of a state in the setting `states` asks for.

    Raises:
        WrongUse: a setting cannot be used.
    """
    order, priority = settings(workspace)
    states = workspace.setting("states", [])
    if not isinstance(states, list):
        raise WrongUse(f'{workspace.settings}: states is a list such as ["WA", "OR"].')
    return tuple(
        f"{law} puts {', then '.join(_kinds(PROFILES[profile]))} first in {state}; the order of application does not: "
        f'set allocation_order = "{profile}".'
        for state, (law, profile) in LAWS.items()
        if state in {str(given).upper() for given in states}
        and (order != Order.PRIORITY or _kinds(priority)[: len(_kinds(PROFILES[profile]))] != _kinds(PROFILES[profile]))
    )


def _kinds(codes: Sequence[str]) -> list[str]:
    """Give the kinds of charge that codes stand for, in their order, each once."""
    utilities = {code.casefold() for code in PROFILES["oregon"][1:-2]}
    kinds = [
        "late charges" if code.casefold().startswith("late") else "utilities" if code.casefold() in utilities
        else "rent" if code.casefold() == "rent" else code
        for code in codes
    ]  # fmt: skip
    return list(dict.fromkeys(kinds))
