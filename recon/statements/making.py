"""Statements from the books: what is on them, and the proof that they add up to the ledger (law 12)."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from recon import money
from recon.errors import LawBroken
from recon.schema import resource
from recon.statements.model import Line, Period, Section, Statement, Unpaid
from recon.store import Store

_PARTIES = {"owner": "owner_parties", "tenant": "tenant_parties"}
_HEADINGS = {"owner": "owner_headings", "tenant": "tenant_headings"}
_FOOTINGS = {"owner": "footings_of_ledgers", "tenant": "footings_of_tenants"}
_NAMES = ("tenants_then", "units_then", "vendors_then", "owners_then", "ledgers_then")
_RELATIONS = (
    "movements_then",
    "statements_before",
    "statements_of_period",
    "movements_before",
    "movements_shown",
    "rolled_forward",
    "late_movements",
)
Rows = dict[str, list[dict[str, Any]]]


def make_statements(
    current: Store, kind: str, period: Period, *, as_of: int, order_by: str, firm: str = ""
) -> list[Statement]:
    """Make the statement of every owner (one section per ledger) or tenant, sorted by key.

    A statement that was published and whose period the books still show in the same way is given as it was, as of its
    own journal entry. One whose period looks otherwise now is supplemental: the next number, with what is new marked.

    Args:
        current: the store.
        kind: `owner` or `tenant`.
        period: its days.
        as_of: the journal entry up to which the books count.
        order_by: `unit`, or running by `date`, for statements that were not published before (PUB-44).
        firm: whose statements they are, of those that were not published before.
    """
    found = _as_of(current, kind, period, as_of)
    statements: list[Statement] = []
    earlier: dict[int, dict[str, Statement]] = {}
    for holder, sections in groupby(found["balances"], key=lambda row: row["holder_key"]):
        rows = list(sections)
        made = _statement(kind, period, rows, found, as_of, order_by, firm)
        published = {row["last_as_of"] for row in rows}
        if None not in published and not any(row["is_changed"] for row in rows):
            then = max(published)
            if then not in earlier:
                earlier[then] = _published(current, kind, period, then)
            made = earlier[then][holder]
        statements.append(made)
    return statements


def published_statements(current: Store, period: Period) -> list[Statement]:
    """Make every statement of a period again that was ever published, each as it was."""
    entries = current.rows(
        """
        select distinct kind, as_of
        from facts.published_statements
        where period_from = $first and period_to = $last
        order by kind, as_of
        """,
        {"first": period.first, "last": period.last},
    )
    return [one for kind, as_of in entries for one in _published(current, kind, period, as_of).values()]


def _published(current: Store, kind: str, period: Period, as_of: int) -> dict[str, Statement]:
    """Make the statements that were published as of an entry anew, in the order that they had."""
    looks = {
        holder: (order_by, firm)
        for holder, order_by, firm in current.rows(
            """
            select distinct holder_key, order_by, firm
            from facts.published_statements
            where kind = $kind and period_from = $first and period_to = $last and as_of = $as_of
            """,
            {"kind": kind, "first": period.first, "last": period.last, "as_of": as_of},
        )
    }
    found = _as_of(current, kind, period, as_of)
    return {
        holder: _statement(kind, period, list(rows), found, as_of, *looks[holder], is_new=False)
        for holder, rows in groupby(found["balances"], key=lambda row: row["holder_key"])
        if holder in looks
    }


def _as_of(current: Store, kind: str, period: Period, as_of: int) -> Rows:
    """Run the relations of `recon/sql/statements` and give the rows that statements are made of."""
    load_id = current.one(
        "select coalesce(max(load_id), 0) from facts.ledger_loads where entry_seq <= $as_of", {"as_of": as_of}
    )[0]
    given = {
        "kind": kind,
        "period_from": period.first,
        "period_to": period.last,
        "as_of": as_of,
        "load_id": load_id,
    }
    for name in _NAMES:
        current.build(name, _sql(name), given)
    current.build("parties", _sql(_PARTIES[kind]), given)
    current.build("movements", _sql(_HEADINGS[kind]), given)
    for name in _RELATIONS:
        current.build(name, _sql(name), given)
    return {
        "balances": _rows(current, "statement_balances", given),
        "lines": _rows(current, "statement_lines", given),
        "unpaid": _rows(current, "unpaid_charges", given),
        "bills": _rows(current, "unpaid_bills", given),
        "notes": _rows(current, "notes_then", given),
    }


def _sql(name: str) -> str:
    return resource("statements", f"{name}.sql")


def _rows(current: Store, name: str, given: dict[str, object]) -> list[dict[str, Any]]:
    sql = _sql(name)
    wanted = {key: value for key, value in given.items() if f"${key}" in sql}
    rows: list[dict[str, Any]] = current.arrow(sql, wanted or None).to_pylist()
    return rows


def _by_party(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["party_key"]].append(row)
    return grouped


def _statement(
    kind: str,
    period: Period,
    rows: list[dict[str, Any]],
    found: Rows,
    as_of: int,
    order_by: str,
    firm: str,
    *,
    is_new: bool = True,
) -> Statement:
    of_party = {name: _grouped(found, name) for name in ("lines", "unpaid", "bills")}
    sections = tuple(
        _section(row, {name: of_party[name].get(row["party_key"], []) for name in of_party}, as_of, is_new=is_new)
        for row in rows
    )
    first = rows[0]
    notes = {row["holder_key"]: row["note"] for row in found["notes"]}
    return Statement(
        kind=kind,
        holder_key=first["holder_key"],
        holder_id=first["holder_id"],
        name=first["name"],
        home=first["home"] or "",
        period=period,
        sections=sections,
        note=notes.get(first["holder_key"], ""),
        order_by=order_by,
        is_active=first["is_active"],
        number=max(section.number for section in sections),
        firm=firm,
    )


def _grouped(found: Rows, name: str) -> dict[str, list[dict[str, Any]]]:
    """Group rows by party, once for all statements of a run."""
    key = f"{name} by party"
    if key not in found:
        found[key] = [_by_party(found[name])]
    return found[key][0]


def _section(row: dict[str, Any], of_party: Rows, as_of: int, *, is_new: bool) -> Section:
    return Section(
        party_key=row["party_key"],
        party_id=row["party_id"],
        opening=row["opening"],
        lines=tuple(_line(line) for line in of_party["lines"]),
        closing=row["closing"],
        unpaid=tuple(_unpaid(item) for item in of_party["unpaid"]),
        bills=tuple(_unpaid(item) for item in of_party["bills"]),
        number=row["last_number"] + 1,
        as_of=as_of,
        is_new=is_new,
    )


def _unpaid(row: dict[str, Any]) -> Unpaid:
    return Unpaid(
        row["due_date"], row["unit"] or "", row["party"] or "", row["description"], row["amount"], row.get("bucket", "")
    )


def _line(row: dict[str, Any]) -> Line:
    return Line(
        moved_on=row["moved_on"],
        heading=row["heading"],
        kind=row["kind"],
        unit_id=row["unit_id"] or "",
        unit=row["unit"] or "",
        party=row["party"] or "",
        description=row["description"],
        reference=row["reference"],
        amount=row["amount"],
        is_late=row["is_late"],
        is_added=row["is_added"],
    )


# --- the proof -------------------------------------------------------------------------------------------------------


def prove(current: Store, period: Period, statements: list[Statement]) -> dict[str, Decimal]:
    """Prove that statements made as of now add up, each in itself and all of them to the ledger, to the cent.

    Gives the sum of the closing balances by kind. The ledger is added up by another way than the statements were.

    Raises:
        LawBroken: something does not add up, or an exported receipt may be one of ours; nothing may be published.
    """
    doubtful = _rows(current, "doubtful_entries", {})
    if doubtful:
        first = doubtful[0]
        raise LawBroken(
            f"The ledger entry {first['entry_id']} of {money.shown(first['amount'])} may be our receipt "
            f"{first['receipt_id']}, which the export reflects, and would count twice; nothing was published. Have the "
            f"export name it {first['receipt_id']}, or load the ledger with the right --includes."
        )
    ledger = {
        kind: {row["party_key"]: row["amount"] for row in _rows(current, name, {"period_to": period.last})}
        for kind, name in _FOOTINGS.items()
    }
    totals = dict.fromkeys(_FOOTINGS, Decimal("0.00"))
    for statement in statements:
        for section in statement.sections:
            for words in _wrong(section, ledger[statement.kind].get(section.party_key, Decimal(0))):
                raise LawBroken(f"The statement of {statement.kind} {statement.holder_id} does not add up: {words}")
            totals[statement.kind] += section.closing
    return totals


def _wrong(section: Section, in_ledger: Decimal) -> Iterator[str]:
    lines = sum((line.amount for line in section.lines), Decimal(0))
    if section.opening + lines != section.closing:
        yield (
            f"{money.shown(section.opening)} and lines of {money.shown(lines)} do not make "
            f"{money.shown(section.closing)}; nothing was published. Run recon audit, and report it."
        )
    if section.closing != in_ledger:
        yield (
            f"it closes with {money.shown(section.closing)}, the ledger has {money.shown(in_ledger)}; nothing was "
            "published. Run recon audit, and report it."
        )
