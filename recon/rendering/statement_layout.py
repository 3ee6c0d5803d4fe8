"""What a statement shows, in which order: the same blocks for the printed page and the one on a phone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from recon import money
from recon.statements import HEADINGS, Line, Section, Statement, Unpaid
from schemas.statement_words import HEADING_WORDS, KIND_WORDS

TITLES = {"owner": "Owner statement", "tenant": "Tenant statement"}
NO_UNIT = "Not of one unit"


@dataclass(frozen=True)
class Block:
    """One table: a heading, rows of text, and its total as the last row."""

    title: str
    columns: tuple[tuple[str, str], ...]  # heading and kind: date, text or amount
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()


def title(statement: Statement) -> str:
    """Name the document."""
    words = TITLES[statement.kind]
    return words if statement.number == 1 else f"{words}, supplement {statement.number - 1}"


def days(statement: Statement) -> str:
    """Name the period."""
    return f"{statement.period.first} to {statement.period.last}"


def balance_word(statement: Statement) -> str:
    """Say what the closing balance means to its reader."""
    if statement.kind == "owner":
        return "Closing balance"
    return "Balance due" if statement.closing >= 0 else "Your credit"


def balance(statement: Statement) -> str:
    """Write the closing balance as its word takes it."""
    closing = statement.closing
    return money.shown(-closing if statement.kind == "tenant" and closing < 0 else closing)


def summary(statement: Statement, section: Section) -> Block:
    """Show how the opening balance became the closing balance."""
    rows = [("Opening balance", str(statement.period.first), money.shown(section.opening))]
    rows += [
        (HEADING_WORDS[heading], "", money.shown(section.total(heading)))
        for heading in HEADINGS[statement.kind]
        if any(line.heading == heading for line in section.lines)
    ]
    total = ("Closing balance", str(statement.period.last), money.shown(section.closing))
    return Block("Summary", (("", "text"), ("", "date"), ("Amount", "amount")), tuple(rows), total)


def blocks(statement: Statement, section: Section) -> Iterator[Block]:
    """Give the tables of a ledger or tenant's account, in order; those with nothing in them are left out."""
    yield summary(statement, section)
    late = [line for line in section.lines if line.is_late]
    if late:
        yield _plain("Of an earlier period, not on its statement", late)
    lines = [line for line in section.lines if not line.is_late]
    if statement.kind == "owner" and statement.order_by == "unit":
        by_unit = sorted(lines, key=lambda line: (line.unit_id == "", line.unit_id))
        for _, of_unit in groupby(by_unit, key=lambda line: line.unit_id):
            yield _unit(list(of_unit))
    elif lines:
        yield _running(section, late, lines)
    if section.bills:
        yield _unpaid("Unpaid bills", ("Bill", "Vendor"), section.bills)
    if section.unpaid and statement.kind == "owner":
        yield _unpaid("Bills not yet paid by your tenants", ("Charge", "Tenant"), section.unpaid)
    elif section.unpaid:
        yield _unpaid("Charges not yet paid", ("Charge", ""), section.unpaid)
        yield _ageing(section)


_PLAIN = (("Date", "date"), ("What", "text"), ("From or to", "text"), ("Reference", "text"), ("Amount", "amount"))
_RUNNING = (*_PLAIN[:3], ("Unit", "text"), ("Amount", "amount"), ("Balance", "amount"))


def _what(line: Line) -> str:
    words = KIND_WORDS[line.kind]
    mark = "New: " if line.is_added else ""
    return f"{mark}{words}: {line.description}" if line.description else f"{mark}{words}"


def _plain(heading: str, lines: Iterable[Line]) -> Block:
    lines = list(lines)
    rows = tuple(
        (str(line.moved_on), _what(line), line.party, line.reference, money.shown(line.amount)) for line in lines
    )
    return Block(heading, _PLAIN, rows, ("", "Together", "", "", money.shown(_sum(lines))))


def _unit(lines: list[Line]) -> Block:
    first = lines[0]
    name = " · ".join(dict.fromkeys(filter(None, (first.unit_id, first.unit))))
    return _plain(name or NO_UNIT, lines)


def _running(section: Section, late: list[Line], lines: list[Line]) -> Block:
    running = section.opening + _sum(late)
    rows = [("", "Balance carried", "", "", "", money.shown(running))]
    for line in lines:
        running += line.amount
        party = line.party or line.reference
        rows.append(
            (str(line.moved_on), _what(line), party, line.unit_id, money.shown(line.amount), money.shown(running))
        )
    return Block("Day by day", _RUNNING, tuple(rows), ("", "Closing balance", "", "", "", money.shown(running)))


def _sum(lines: Iterable[Line]) -> Decimal:
    return sum((line.amount for line in lines), Decimal("0.00"))


def _unpaid(heading: str, words: tuple[str, str], items: Sequence[Unpaid]) -> Block:
    """Show what is not paid; the second word is for the other party, and empty where there is just one."""
    what, party = words
    other = ((party, "text"),) if party else ()
    rows = tuple(
        (str(item.due_date), item.description, *((item.party,) if party else ()), item.unit, money.shown(item.amount))
        for item in items
    )
    together = money.shown(sum((item.amount for item in items), Decimal(0)))
    return Block(
        heading,
        (("Due", "date"), (what, "text"), *other, ("Unit", "text"), ("Unpaid", "amount")),
        rows,
        ("", "Together", *("" for _ in other), "", together),
    )


def _ageing(section: Section) -> Block:
    """Show how old what is owed is; what is paid ahead or not applied yet makes the balance again."""
    aged = section.aged()
    credit = section.closing - sum(aged.values(), Decimal(0))
    rows = tuple((f"{bucket} days", money.shown(amount)) for bucket, amount in aged.items())
    rows += (("Paid ahead, or not applied yet", money.shown(credit)),) if credit else ()
    return Block(
        "Since it was due", (("", "text"), ("Amount", "amount")), rows, ("Balance", money.shown(section.closing))
    )
