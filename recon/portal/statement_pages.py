"""What the pages show of a statement, sorted as its owner likes it (PUB-44)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from recon.portal.models import Profile, Statement, StatementLine, StatementSection

SORTS = {"unit": "Income/expenses sorted by unit", "date": "Running balance, sorted by date"}


@dataclass(frozen=True)
class Entry:
    """One line, with the balance after it where lines are in the order of their days."""

    line: StatementLine
    balance: Decimal | None


@dataclass(frozen=True)
class Block:
    """Lines that belong together; all of them, or those of one unit."""

    title: str
    entries: list[Entry]
    total: Decimal


@dataclass(frozen=True)
class Shown:
    """One section as it is shown."""

    section: StatementSection
    blocks: list[Block]


def sections(statement: Statement, sort: str) -> list[Shown]:
    """Give the sections of a statement with their lines.

    Args:
        statement: of an owner or tenant; a tenant's is always by date.
        sort: a key of `SORTS`.
    """
    by_unit = sort == "unit" and statement.kind == "owner"
    units = dict(
        Profile.objects.filter(account_id=statement.account_id, kind="unit").values_list("identifier", "name")
        if by_unit
        else ()
    )
    found = []
    for section in statement.sections.prefetch_related("lines"):
        lines = list(section.lines.all())
        blocks = list(_by_unit(lines, units)) if by_unit else [_by_date(section, lines)]
        found.append(Shown(section, [block for block in blocks if block.entries]))
    return found


def _by_unit(lines: list[StatementLine], units: dict[str, str]) -> Iterator[Block]:
    ordered = sorted(lines, key=lambda line: (not line.unit_id, line.unit_id, line.date, line.pk))
    for unit, group in groupby(ordered, key=lambda line: line.unit_id):
        entries = [Entry(line, None) for line in group]
        title = f"{unit} · {units[unit]}" if units.get(unit) else unit or "Not of one unit"
        yield Block(title, entries, sum((entry.line.amount for entry in entries), Decimal("0.00")))


def _by_date(section: StatementSection, lines: list[StatementLine]) -> Block:
    balance, entries = section.opening, []
    for line in sorted(lines, key=lambda line: (line.date, line.pk)):
        balance += line.amount
        entries.append(Entry(line, balance))
    return Block("All movements", entries, balance - section.opening)


def archived(account_archives: bool, statements: list[Statement]) -> tuple[list[Statement], list[Statement]]:  # noqa: FBT001
    """Part the newest statement from the "Past Stmts" (PUB-40); without the archive, none are past.

    Args:
        account_archives: the account's setting Monthly Statement Archive.
        statements: of one profile, newest first; supplemental ones stay with what they supplement.
    """
    if not account_archives or not statements:
        return statements, []
    newest = statements[0].period_to
    return [one for one in statements if one.period_to == newest], [
        one for one in statements if one.period_to != newest
    ]
