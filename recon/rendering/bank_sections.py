"""What the bank reconciliation report shows, as tables of text: once for the page and for the print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from recon import money
from recon.bank.balances import amount_text
from recon.reconciliation.reporting import LIMIT, SHOWN, BankReport
from schemas.return_codes import return_words

ITEMS = {
    "deposit_in_transit": "Deposit in transit",
    "unrecorded_credit": "Unrecorded credit at the bank",
    "unrecorded_debit": "Unrecorded debit at the bank",
    "returned_item": "Returned item, its receipt not reversed yet",
    "return_not_at_bank": "Reversed as returned, not at the bank yet",
    "refund_not_at_bank": "Refund not at the bank yet",
    "entry_not_at_bank": "Ledger entry not at the bank yet",
    "counted_on_another_day": "At the bank, counted in the books on another day or waiting",
}
RULES = {
    "reference": "the bank names it, totals equal",
    "total": "the only reading of this total",
    "together": "the only reading: a day together",
    "person": "a person says so",
    "posted": "posted to a ledger",
}
PARTIES = {"ledger": "Ledger", "deposit": "Tenant's deposit", "credit": "Tenant's credit"}


@dataclass(frozen=True)
class Table:
    """A table: headings with their kind (`text`, `word`, `date` or `amount`), rows of text, and totals."""

    title: str
    columns: tuple[tuple[str, str], ...]
    rows: Sequence[tuple[str, ...]]
    foot: tuple[str, ...] = ()
    note: str = ""  # such as how many rows are not shown


@dataclass(frozen=True)
class Section:
    """A heading, sentences and tables."""

    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


def shown(amount: Decimal) -> str:
    """Write an amount for people: thousands apart, two decimals, more where it has more."""
    whole, _, fraction = amount_text(abs(amount)).partition(".")
    return f"{'-' if amount < 0 else ''}{int(whole):,}.{fraction}"


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return shown(value)
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def _table(title: str, columns: str, rows: list[dict[str, Any]], foot: tuple[str, ...] = ()) -> Table:
    """Make a table of rows; `columns` is `Heading kind key` for each column, parted by semicolons."""
    named = [tuple(column.strip().rsplit(" ", 2)) for column in columns.split(";")]
    cut = rows if len(rows) <= LIMIT else rows[:SHOWN]
    note = f"The first {len(cut):,} of {len(rows):,} are shown; {title.lower()} in full: recon match --list --json." * (
        len(cut) < len(rows)
    )
    body = [tuple(_text(row[key]) for _, _, key in named) for row in cut]
    return Table(title, tuple((heading, kind) for heading, kind, _ in named), body, foot, note)


def verdict(report: BankReport) -> tuple[bool, str, str]:
    """Say whether the balances agree: yes or no, a headline and a sentence."""
    one = report.tie_out
    if one.ties:
        items = money.counted(len(one.items), "item")
        return True, "Bank, books and parties agree", f"{shown(one.adjusted_balance)}; {items} explain the rest."
    return False, f"Difference {shown(one.difference)}", "No item explains it. Do not sign before it is found."


def three_way(report: BankReport) -> Section:
    """Show bank adjusted = book = owners and tenants."""
    one = report.tie_out
    by_kind: dict[str, Decimal] = {}
    for item in one.items:
        by_kind[item["kind"]] = by_kind.get(item["kind"], Decimal(0)) + item["amount"]
    bank = [("Balance of the bank", shown(one.bank_balance))]
    bank += [(ITEMS[kind], shown(amount)) for kind, amount in sorted(by_kind.items())]
    books = [("Balance of the books", shown(one.book_balance)), ("Difference", shown(one.difference))]
    owed = [("Owed to owners and tenants", shown(one.party_balance))]
    owed += [(f"Transfer due to {row['party_id']}", shown(row["balance"])) for row in one.transfers]
    together = one.book_balance - one.party_difference
    two = (("", "text"), ("Amount", "amount"))
    warnings = []
    if one.bank_lines_lead_to is not None and one.bank_lines_lead_to != one.bank_balance:
        warnings.append(
            f"The bank's lines lead to {shown(one.bank_lines_lead_to)}: a statement is missing, or lines came twice."
        )
    return Section(
        f"Three-way tie-out at {one.statement_date}",
        tuple(warnings),
        (
            Table("Bank, adjusted", two, bank, ("Adjusted balance", shown(one.adjusted_balance))),
            Table("Books", two, books),
            Table("Owners and tenants", two, owed, ("Owed and due together", shown(together))),
        ),
    )


def proof_of_cash(report: BankReport) -> Section:
    """Show opening + in - out = closing, at the bank and in the books."""
    rows = []
    for name, side in (("At the bank", report.bank), ("In the books", report.books)):
        rows.append((name, *map(shown, (side.opening, side.money_in, side.money_out, side.closing))))
    off = [getattr(report.bank, key) - getattr(report.books, key)
           for key in ("opening", "money_in", "money_out", "closing")]  # fmt: skip
    columns = (("", "text"), ("Opening", "amount"), ("In", "amount"), ("Out", "amount"), ("Closing", "amount"))
    return Section(
        f"Proof of cash, {report.from_date} to {report.tie_out.statement_date}",
        (),
        (Table("Proof of cash", columns, rows, ("Difference", *map(shown, off))),),
    )


def adjustments(report: BankReport) -> Section:
    """Show every difference between bank and books as an item."""
    rows = [row | {"kind": ITEMS[row["kind"]]} for row in report.tie_out.items]
    total = shown(report.tie_out.adjusted_balance - report.tie_out.bank_balance)
    columns = "What text kind; Item text id; Day date day; Description text description; Amount amount amount"
    tables = [_table("Items between bank and books", columns, rows, ("Total", "", "", "", total))]
    if report.differences:
        tables.append(
            _table(
                "Amounts that differ",
                "Line word bank_line_id; Slip word deposit_id; Bank amount amount; Slip total amount total; "
                "Difference amount difference; Likeliest reason text words",
                report.differences,
            )
        )
    said = () if rows else ("None: all that the bank shows is in the books, and the other way round.",)
    return Section("Items", said, tuple(tables))


def side_by_side(report: BankReport) -> Section:
    """Show the bank's lines with what they stand for, and the slips with their lines."""
    lines = [row | {"rule": RULES.get(row["rule"], "open"), "items": row["items"] or ""} for row in report.lines]
    columns = (
        "Line word bank_line_id; Day date booking_date; Amount amount amount; Description text description; "
        "Stands for text items; Because text rule; By word matched_by"
    )
    slips = (
        "Slip word deposit_id; Deposit date date deposit_date; Items amount items; Total amount total; "
        "State word state; Lines of the bank text bank_line_ids"
    )
    return Section(
        "Bank and slips side by side",
        (),
        (_table("Lines of the bank", columns, lines), _table("Deposit slips", slips, report.slips)),
    )


def parties(report: BankReport) -> Section:
    """Show what is owed to whom, those below zero first."""
    one = report.tie_out
    rows = [row | {"party": PARTIES[row["party"]]} for row in one.parties]
    below = [row | {"party": PARTIES[row["party"]]} for row in one.below_zero]
    columns = "Party word party; Who text party_id; Balance amount balance"
    tables = [_table("Balances", columns, rows, ("Total", "", shown(one.party_balance)))]
    if below:
        tables.insert(0, _table("Below zero", columns, below))
    said = "No balance is below zero." if not below else f"{len(below)} balances are below zero."
    return Section("Owners and tenants", (said,), tuple(tables))


def returned(report: BankReport) -> Section:
    """Show what came back and why, and the charges to add for it."""
    rows = [row | {"why": return_words(row["return_code"])} for row in report.returned]
    columns = (
        "Line word bank_line_id; Day date booking_date; Amount amount amount; Why text why; "
        "Receipt word receipt_id; Tenant text tenant_name"
    )
    tables = [_table("Returned items", columns, rows)] if rows else []
    if report.charges_to_add:
        tables.append(
            _table(
                "Charges to add in the system of record",
                "Tenant text tenant_id; Unit text unit_id; Day date charged_on; Amount amount amount; "
                "For text description",
                report.charges_to_add,
            )
        )
    return Section("Returned items", () if rows else ("None.",), tuple(tables))


def sign_off(report: BankReport) -> Section:
    """Say what is signed."""
    one = report.tie_out
    statement = (
        f"{one.bank_account_id} at {one.statement_date}: bank {shown(one.bank_balance)}, adjusted "
        f"{shown(one.adjusted_balance)}, books {shown(one.book_balance)}, owners and tenants "
        f"{shown(one.party_balance)}; difference {shown(one.difference)}."
    )
    return Section("Sign-off", (statement,))


def evidence(report: BankReport) -> Section:
    """Say what the report can be checked against later."""
    return Section("Evidence", (f"Head of the journal when this was made: {report.journal_head}.",))


ALL = (three_way, proof_of_cash, adjustments, side_by_side, parties, returned, sign_off, evidence)
