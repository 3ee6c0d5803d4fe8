"""The long tables of the report: payments, deposit slips, rejected lines."""

from recon import money
from recon.rendering import words
from recon.rendering.html import Html, element, given, joined, table
from recon.report import BatchReport, DepositSlip, ErrorEntry, PaymentLine, PaymentList
from schemas.vocabulary import Disposition

_RAW_SHOWN = 400  # characters of a rejected line that fit on a page
_PAYMENT_COLUMNS = (
    ("Line", "number"),
    ("Date", "date"),
    ("Payment", "text"),
    ("Amount", "amount"),
    ("Unpaid charges", "text"),
    ("Reason", "text"),
    ("Receipt", "word"),
)


def cut_note(shown: int, count: int, csv_name: str, csv_hash: str) -> Html:
    """Say that a list is not whole, and where the whole list is (SPEC 8)."""
    return element(
        "p",
        f"The first {shown:,} of {count:,} are shown; the totals are of all. The whole list is {csv_name}, SHA-256 ",
        element("span", csv_hash, _class="code"),
        ".",
        _class="notice",
    )


def payment_table(found: PaymentList, csv_hash: str) -> Html:
    """Show one of the three lists, or say that it is empty."""
    count = found.tally.count or 0
    if not count:
        return element("p", "None.")
    shown = len(found.lines)
    note = cut_note(shown, count, "classification.csv", csv_hash) if shown < count else Html()
    foot = ("", "", money.counted(count, "payment"), words.amount(found.tally), "", "", "")
    return joined((note, table(found.title, _PAYMENT_COLUMNS, map(_payment, found.lines), foot=foot, kind="payments")))


def _payment(line: PaymentLine) -> tuple[str, ...]:
    remarks = [words.flag(flag) for flag in line.flags]
    if line.message:
        remarks.append(line.message)
    if line.receipt_id:
        outcome: str = given(line.receipt_id)
    else:
        outcome = "not posted" if line.disposition == Disposition.AUTO else "waits"
    return (
        f"{line.line_number}",
        line.posting_date,
        joined((given(line.description, left_to_right=True), _small(line.memo))),
        money.shown(line.amount),
        line.status,
        joined((words.reason(line.reason), *(_small(remark) for remark in remarks))),
        outcome,
    )


def _small(text: str) -> Html:
    return element("small", given(text)) if text else Html()


def deposit_parts(report: BatchReport) -> list[Html]:
    """Show the slips, what is on none of them, and the transfers due."""
    undeposited = report.proof.undeposited
    parts = [_slip_totals(report) if report.slips else element("p", "No deposit slip: nothing was posted for deposit.")]
    if undeposited.count:
        parts.append(
            element(
                "p",
                f"Received, not yet on a slip: {words.both(undeposited)}.",
                _class="notice",
            )
        )
    if report.transfers_due:
        columns = (("From account", "text"), ("To account", "text"), ("Ledger", "text"), ("Amount", "amount"))
        rows = [
            (given(due.from_account), given(due.to_account), given(due.ledger_id), money.shown(due.amount))
            for due in report.transfers_due
        ]
        parts += [element("h3", "Transfers due between accounts"), table("Transfers due", columns, rows)]
    for slip in report.slips:
        parts += _slip(slip)
    return parts


def account(slip: DepositSlip) -> str:
    """Name a slip's bank account: its name and last four digits, else its ID."""
    name = slip.bank_account_name or slip.bank_account_id
    return f"{name}, account ending {slip.account_last4}" if slip.account_last4 else name


def _slip_totals(report: BatchReport) -> Html:
    numbers = (("Date", "date"), ("Items", "number"), ("Total", "amount"))
    rows = [
        (
            given(slip.deposit_id),
            given(account(slip)),
            slip.deposit_date,
            words.count(slip.tally),
            words.amount(slip.tally),
        )
        for slip in report.slips
    ]
    return table("Deposit slips", (("Deposit", "text"), ("Bank account", "text"), *numbers), rows)


def _slip(slip: DepositSlip) -> list[Html]:
    columns = (("Receipt", "word"), ("Tenant", "text"), ("Unit", "text"), ("Memo", "text"), ("Amount", "amount"))
    rows = [
        (given(item.receipt_id), given(item.tenant), given(item.unit), given(item.memo), money.shown(item.amount))
        for item in slip.items
    ]
    count = slip.tally.count or 0
    foot = ("Total", money.counted(count, "item"), "", "", words.amount(slip.tally))
    note = cut_note(len(rows), count, "deposit_slips.csv", slip.csv_sha256) if len(rows) < count else Html()
    return [
        element("h3", given(f"{slip.deposit_id}: {account(slip)}, {slip.deposit_date}")),
        note,
        table(f"Deposit {slip.deposit_id}", columns, rows, foot=foot, kind="slip"),
    ]


def error_parts(report: BatchReport) -> list[Html]:
    """Show rejected lines word for word, then what else was logged."""
    log, csv_hash = report.errors, report.csv_hash("errors.log")
    if not log.count:
        return [element("p", "None: every line could be read and its payer is known.")]
    parts = []
    others = log.count - log.rejected_count
    for title, entries, count in (
        (f"Rejected lines ({log.rejected_count:,})", log.rejected, log.rejected_count),
        (f"Other entries of the error log ({others:,})", log.others, others),
    ):
        if count:
            note = cut_note(len(entries), count, "errors.log", csv_hash) if len(entries) < count else Html()
            parts += [element("h3", title), note, _entries(title, entries)]
    return parts


def _entries(title: str, entries: tuple[ErrorEntry, ...]) -> Html:
    columns = (("Line", "number"), ("What is wrong", "text"), ("The line, word for word", "text"))
    return table(
        title,
        columns,
        [(entry.line_number, _wrong(entry), element("bdi", _cut(entry.raw), _class="code")) for entry in entries],
        kind="errors",
    )


def _wrong(entry: ErrorEntry) -> Html:
    return joined((words.reason(entry.reason), _small(entry.message)))


def _cut(raw: str) -> str:
    rest = len(raw) - _RAW_SHOWN
    return raw if rest <= 0 else f"{raw[:_RAW_SHOWN]} … and {rest:,} characters more in errors.log"
