"""What the commands answer: words for people, JSON for programs. Notes and warnings go to standard error."""

import json as json_text
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recon import money
from recon.errors import legible

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console

    from recon.audits import Finding
    from recon.bank.bank_file import BankFile
    from recon.daily import Run
    from recon.decisions import Part
    from recon.deposits import Deposit
    from recon.explain import Explanation
    from recon.ledger_loading import LedgerLoad
    from recon.receipt_export import Exported
    from recon.receipts import Posted
    from recon.reconciliation.left_over import LeftOver
    from recon.reconciliation.matching import Matched
    from recon.reconciliation.tie_out import TieOut
    from recon.status import Status

_ROWS_SHOWN = 200
_WIDTH = 200  # columns, where the output is no terminal


def note(words: str) -> None:
    """Say something beside the answer."""
    sys.stderr.write(_visible(words) + "\n")


def warn(warnings: Iterable[str]) -> None:
    """Say what is unusual and was allowed."""
    for warning in warnings:
        note(f"warning: {warning}")


def say(words: str, value: object, *, as_json: bool) -> None:
    """Answer in words or in JSON."""
    if as_json:
        _print_json(value)
    else:
        _write(words + "\n")


def _write(words: str) -> None:
    sys.stdout.write(_visible(words))


def _visible(words: str) -> str:
    """Keep what a file says from steering the terminal; the line ends are ours."""
    return "\n".join(map(legible, words.split("\n")))


def _print_json(value: object) -> None:
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    sys.stdout.write(json_text.dumps(plain, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return money.plain(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace")
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)


def _console() -> "Console":
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Show which step is under way, on a terminal only; a scheduled run stays silent."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("starting", total=None)
        yield lambda step: shown.update(task, description=step)


def _grid(heads: Sequence[str], rows: Iterable[Sequence[object]], amounts: Sequence[str] = ()) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        shown.add_column(head, justify="right" if head in amounts else "left", overflow="fold", no_wrap=head in amounts)
    for row in rows:
        shown.add_row(*(Text(_cell(value)) for value in row))
    _console().print(shown)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return money.shown(value) if isinstance(value, Decimal) else _visible(str(value))


def ledger(done: "LedgerLoad", *, as_json: bool) -> None:
    """Answer load-ledger."""
    rows = ", ".join(f"{count} {name}" for name, count in done.rows.items() if count)
    words = (
        f"Ledger load {done.load_id} is in force: {rows}."
        if done.changed
        else "The ledger is the one already in force."
    )
    say(words, done, as_json=as_json)


def run(done: "Run", *, as_json: bool, dry_run: bool) -> None:
    """Answer run."""
    if as_json:
        _print_json(done.summary)
        return
    summary: dict[str, Any] = done.summary
    title = "Dry run of" if dry_run else "Finished the interrupted run of" if done.resumed else "Processed"
    entries, total = money.counted(summary["entries"], "entry"), money.shown(summary["total_amount"])
    _write(
        f"{title} {summary['file']}: {entries}, {total}"
        + ("\n" if dry_run else f" (batch {done.batch_id}, {done.run_id})\n")
    )
    rows = [
        (words, summary[kind]["count"], summary[kind]["amount"])
        for kind, words in (
            ("auto", "not requiring individual processing"),
            ("individual", "requiring individual processing"),
            ("rejected", "rejected, see errors.log"),
            ("posted", "posted, each a receipt"),
        )
    ]
    _grid(("lines", "count", "amount"), rows, ("count", "amount"))
    for slip in summary["deposit_slips"]:
        _write(
            f"Deposit slip {slip['deposit_id']}: {money.counted(slip['items'], 'item')}, {money.shown(slip['total'])}, "
            f"{slip['bank_account_id']}, {slip['deposit_date']}\n"
        )
    _write(f"Report: {done.folder / 'report.html'}\n")
    if summary["individual"]["count"] and not dry_run:
        _write(f"Why a line waits: recon explain {done.batch_id}:LINE\n")


def posted(done: "Posted", *, as_json: bool) -> None:
    """Answer post."""
    warn(done.warnings)
    slips = f" on {', '.join(done.deposit_ids)}" if done.deposit_ids else ""
    words = (
        f"Posted {money.counted(done.count, 'receipt')}, {money.shown(done.amount)}{slips}."
        if done.count
        else "Nothing was left to post."
    )
    say(words, done, as_json=as_json)


def proposal(line: str, parts: "list[Part]", *, as_json: bool) -> None:
    """Answer process without a decision: what could be done, and with which words."""
    if as_json:
        _print_json([asdict(part) for part in parts])
        return
    for part in parts:
        _write(f"{money.shown(part.amount)} by {part.tenant_id} for {part.unit_id}\n")
        credit = part.amount - sum(part.applications.values())
        rows = [(charge, amount) for charge, amount in part.applications.items()]
        _grid(("charge", "paid"), [*rows, ("tenant's credit", credit)], ("paid",))
    _write(f"To post it like this: recon process {line} --as-proposed\n")


def deposits(slips: "list[Deposit]", *, as_json: bool) -> None:
    """Answer deposit without a slip."""
    if as_json:
        _print_json([asdict(slip) for slip in slips])
        return
    heads = ("slip", "batch", "bank account", "deposit date", "items", "total", "state")
    _grid(heads, [tuple(asdict(slip).values()) for slip in slips], ("items", "total"))


def table(rows: "pa.Table", *, as_json: bool) -> None:
    """Answer with a relation."""
    if as_json:
        _print_json(rows.to_pylist())
        return
    shown = rows.slice(0, _ROWS_SHOWN).to_pylist()
    _grid(rows.column_names, [tuple(row.values()) for row in shown], ("amount", "applied", "credit"))
    if len(rows) > _ROWS_SHOWN:
        _write(f"and {len(rows) - _ROWS_SHOWN} more; --json lists all\n")


def statement(found: "BankFile") -> None:
    """Answer statement: always JSON (SPEC 8)."""
    from recon.bank.balances import amount_text

    def text(amount: Decimal | None) -> str | None:
        return None if amount is None else amount_text(amount)

    _print_json(
        {
            "statements": [
                {
                    "account": one.account,
                    "currency": one.currency,
                    "date": one.to_date,
                    "opening": text(one.opening),
                    "closing": text(one.closing),
                    "transactions": one.entries,
                    "credits": text(one.credits),
                    "debits": text(one.debits),
                }
                for one in found.statements
            ],
            "findings": [
                {"line": one.line, "severity": one.severity, "code": one.code, "message": one.message}
                for one in found.findings
            ],
        }
    )


def matched(done: "Matched", *, as_json: bool) -> None:
    """Answer match: what came in and what was matched."""
    warn(done.warnings)
    came = f"{done.new_lines} new lines of the bank, {done.known_lines} known. " if done.statements else ""
    parts = [f"{len(done.matches)} matches"]
    if done.recorded_slips:
        parts.append(f"{len(done.recorded_slips)} slips recorded")
    if done.reversed_receipts:
        parts.append(f"returned: {', '.join(done.reversed_receipts)}")
    say(f"{came}{', '.join(parts)}. What is open: recon match --list", done, as_json=as_json)


def exported(done: "Exported", path: Path, *, as_json: bool) -> None:
    """Answer receipts --export: how many records of each kind are in the file."""
    more = [money.counted(count, noun) for count, noun in ((done.refunds, "refund"), (done.charges, "charge")) if count]
    parts = [money.counted(done.receipts, "receipt"), *more, money.counted(done.reversals, "reversal")]
    say(f"{', '.join(parts[:-1])} and {parts[-1]} are in {path}.", done, as_json=as_json)


def open_items(left: "LeftOver", listed: list[dict[str, Any]], *, as_json: bool) -> None:
    """Answer match --list: what is open on either side, then what is matched."""
    from recon.reconciliation.left_over import difference_words

    if as_json:
        _print_json(asdict(left) | {"matched": listed})
        return
    amounts = ("amount", "total", "difference")

    def shown(title: str, rows: list[dict[str, Any]], *keys: str) -> None:
        if rows:
            _write(f"{title} ({len(rows)})\n")
            _grid([key.replace("_", " ") for key in keys], [[row[key] for key in keys] for row in rows[:200]], amounts)

    shown("At the bank, not in the books", left.bank_lines, "kind", "bank_line_id", "bank_account_id", "booking_date",
          "amount", "description", "fitting_ids")  # fmt: skip
    shown("In the books, not at the bank", left.in_transit, "deposit_id", "bank_account_key", "deposit_date", "total",
          "state")  # fmt: skip
    shown("Paid out, not at the bank", left.payments_out, "kind", "item_id", "bank_account_key", "paid_on", "amount",
          "description")  # fmt: skip
    differences = [row | {"words": difference_words(row)} for row in left.differences]
    shown("Amounts differ", differences, "bank_line_id", "deposit_id", "amount", "total", "difference", "words")
    shown("Returned items to decide", left.returns, "bank_line_id", "amount", "description", "receipt_id", "tenant_id")
    shown("Received, not posted", left.not_posted, "batch_id", "file_name", "waiting_count", "waiting_amount")
    shown("Charges to add in the system of record", left.charges_to_add, "tenant_id", "unit_id", "charged_on", "amount",
          "description")  # fmt: skip
    shown("Matched", listed, "bank_line_id", "booking_date", "amount", "match_id", "rule", "items", "matched_by")
    if not (left.bank_lines or left.in_transit):
        _write("Nothing is open: the bank and the slips agree.\n")


def tie_outs(done: "list[TieOut]", *, as_json: bool) -> None:
    """Answer reconcile: the three balances of each account, and what lies between them."""
    if as_json:
        _print_json([asdict(one) | {"ties": one.ties} for one in done])
        return
    for one in done:
        said = "ties" if one.ties else f"does NOT tie, difference {money.shown(one.difference)}"
        _write(f"{one.bank_account_id} at {one.statement_date}: {said}\n")
        rows = [
            ("bank", one.bank_balance),
            *((f"{item['kind'].replace('_', ' ')} {item['id']}", item["amount"]) for item in one.items[:_ROWS_SHOWN]),
            ("bank, adjusted", one.adjusted_balance),
            ("books", one.book_balance),
            ("owners and tenants", one.party_balance),
            *((f"transfer due to {row['party_id']}", row["balance"]) for row in one.transfers),
        ]
        _grid(("", "amount"), rows, ("amount",))
        for row in one.below_zero:
            _write(f"Below zero: {row['party']} {row['party_id']}, {money.shown(row['balance'])}\n")


def findings(found: "list[Finding]", *, as_json: bool) -> None:
    """Answer audit: nothing, when every law holds."""
    if as_json:
        _print_json([asdict(finding) for finding in found])
        return
    said = set()
    for finding in found:
        advice = "" if finding.advice in said else f". {finding.advice}"
        said.add(finding.advice)
        note(f"recon: {finding.law}: {finding.words}{advice}")


def explanation(found: "Explanation", *, as_json: bool) -> None:
    """Answer explain."""
    if as_json:
        _print_json(found)
        return
    said = found.said
    _write(f"Line {found.line_number} of {found.file_name} (batch {found.batch_id}, SHA-256 {found.sha256})\n")
    if said["raw"] is not None:
        _write(f"The file says: {_plain(said['raw'])}\n")
    else:
        _write(
            f"The file says: {said['file_date']}, unit {said['file_unit_id']!r}, {said['amount']}, {said['memo']!r}, "
            f"tenant {said['file_tenant_id']!r}; posting date {found.posting_date}\n"
        )
    _write(f"Who paid: {found.identification}\n")
    answer = "Answer" if found.answered_at is None else f"Answer of journal entry {found.answered_at}"
    flags = f" ({found.flags})" if found.flags else ""
    reason = f", {found.reason}" if found.reason else ""
    _write(f"{answer}: {found.disposition}{reason}{flags}. {found.rule}\n")
    _write(f"Now: {_standing(found)}\n")
    if found.charges:
        heads = ("charge", "code", "description", "ledger", "due", "open then", "in window", "paid now")
        rows = [
            (c.charge_id, c.charge_code, c.description, c.ledger_id, c.due_date, c.open_amount,
             "yes" if c.is_in_window else "no", c.paid)
            for c in found.charges
        ]  # fmt: skip
        _grid(heads, rows, ("open then", "paid now"))
        words = {
            True: "the same as kept",
            None: "earlier lines of the batch pay first, so less is left for this one",
        }
        again = words.get(found.is_replayed, "NOT the totals that were kept")
        _write(f"In the window {found.matchable_total}, in all {found.status_total}; summed anew: {again}\n")
    for earlier in found.earlier:
        _write(f"Before it: {earlier}\n")
    for receipt in found.receipts:
        paid = f" ({receipt['charges']})" if receipt["charges"] else ""
        _write(
            f"Receipt {receipt['receipt_id']}: {receipt['amount']} {_payer(receipt)}, applied {receipt['applied']}"
            f"{paid}, credit {receipt['credit']}, slip {receipt['deposit_id'] or 'none'}{_undone(receipt)}\n"
        )
    for receipt_id, amount in found.credit_used:
        _write(f"Credit of receipt {receipt_id} used with it: {amount}\n")
    for entry in found.journal:
        _write(
            f"Journal {entry['seq']}: {entry['recorded_at']:%Y-%m-%d %H:%M:%S} UTC, {entry['who']}, {entry['action']}"
        )
        _write(f", {entry['why']}\n" if entry["why"] else "\n")


def _standing(found: "Explanation") -> str:
    if found.state == "posted" and all(receipt["reversal_kind"] for receipt in found.receipts):
        return "closed, the payment was returned"
    if found.state == "waiting" and found.receipts:
        return "waiting, to be processed again"
    return found.state


def _payer(receipt: dict[str, Any]) -> str:
    if receipt["tenant_id"] is None:
        return f"to ledger {receipt['ledger_id']}"
    unit = "" if receipt["unit_id"] is None else f" on unit {receipt['unit_id']}"
    return f"of tenant {receipt['tenant_id']}{unit}"


def _undone(receipt: dict[str, Any]) -> str:
    if receipt["reversal_kind"] is None:
        return ""
    return f"; reversed on {receipt['reversed_on']} ({receipt['reversal_kind']}), it pays nothing now"


def status(found: "Status", *, as_json: bool) -> None:
    """Answer status."""
    if as_json:
        _print_json(found)
        return
    figures = ("posted", "waiting", "removed", "rejected", "undeposited", "open_charges", "credits")
    rows = [(name.replace("_", " "), getattr(found, name).count, getattr(found, name).amount) for name in figures]
    _grid(("", "count", "amount"), rows, ("count", "amount"))
    if found.reasons:
        waiting = [(reason, figure.count, figure.amount) for reason, figure in found.reasons.items()]
        _grid(("waiting because", "count", "amount"), waiting, ("count", "amount"))
    if found.batches:
        states = ("posted", "waiting", "removed", "rejected")
        keys = ("batch_id", "file_name", "entries", "total_amount", *(f"{state}_count" for state in states))
        heads = ("batch", "file", "entries", "total", *states)
        _grid(heads, [tuple(batch[key] for key in keys) for batch in found.batches[-50:]], heads[2:])
    if found.unfinished_runs:
        names = ", ".join(found.unfinished_runs)
        _write(f"Not finished: {names}; where none is running, the same command again finishes it.\n")
    _write(f"Journal entry {found.journal_seq}, {found.journal_hash}\n")
