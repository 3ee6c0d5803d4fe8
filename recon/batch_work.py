"""What a person does to a batch before it posts: payments added, changed, removed, brought back, and each step undone.

Nothing is edited: a change is a new fact about a line, an undone step is one that counts no more (SPEC 6). Every step
classifies the lines that it concerns anew, in its own transaction, so that what is shown is what posting would do.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from recon import batches, money, receipts, store
from recon.errors import InputRefused, WrongUse
from recon.files import write_bytes
from recon.lockbox.reading import check_name
from recon.lockbox.record import LINE_BYTES_MAX, YEARS
from recon.lockbox.writing import write
from recon.relations import PostingRules
from recon.schema import resource
from recon.store import Change, Store
from recon.workspace import Workspace
from schemas.identifiers import comparison_keys
from schemas.lockbox import CONTROL_CHARACTER, MEMO_CHARACTERS_MAX, RECORDS


@dataclass(frozen=True)
class Payment:
    """One payment as a person types it: the upper part of the screen (BTR-80 to BTR-86)."""

    posting_date: date
    amount: Decimal
    unit_id: str = ""
    tenant_id: str = ""
    memo: str = ""


def start_batch(
    workspace: Workspace,
    *,
    who: str,
    name: str = "Typed in",
    bank_account: str | None = None,
    deposit_date: date | None = None,
    rules: PostingRules = PostingRules(),
) -> str:
    """Begin a batch without a file, for payments that a person adds (BTR-65); gives its id.

    Raises:
        WrongUse: there is no ledger, or no such bank account in it.
    """
    with store.writing(workspace, "start-batch", who=who) as change:
        return batches.register_empty(
            change, name, bank_account=bank_account, deposit_date=deposit_date or workspace.today(), rules=rules
        )


# --- one step each -------------------------------------------------------------------------------------------------


def add_payment(workspace: Workspace, batch_id: str, payment: Payment, *, who: str) -> int:
    """Add a payment to a batch (`Add Payment to Batch`, BTR-66); gives its line number.

    Raises:
        WrongUse: no such batch, or a value that cannot be taken; nothing was added.
    """
    with store.writing(workspace, "add-payment", who=who) as change:
        rules = receipts.require_batch(change, batch_id)
        values = _checked(payment)
        line_number = int(
            change.store.one(
                "select coalesce(max(line_number), 0) + 1 from facts.lines where batch_id = $batch_id",
                {"batch_id": batch_id},
            )[0]
        )
        change.store.run(
            """
            insert into facts.lines by name
            select $batch_id as batch_id, $line_number as line_number, $posting_date as file_date,
                $posting_date as posting_date, $posting_date as duplicate_date, $unit_id as unit_id,
                $tenant_id as tenant_id, $unit_key as unit_key, $tenant_key as tenant_key, $amount as amount,
                $memo as memo, case when length($memo) > $longest_memo then 'MEMO_TOO_LONG' else '' end as flags,
                $seq as entry_seq
            """,
            {
                "batch_id": batch_id,
                "line_number": line_number,
                "longest_memo": MEMO_CHARACTERS_MAX,
                "seq": change.seq,
                **values,
            },
        )
        change.detail |= {"line_number": line_number, "amount": money.plain(payment.amount)}
        receipts.look_again(change, batch_id, rules, [line_number])
        return line_number


def change_line(
    workspace: Workspace,
    batch_id: str,
    line_number: int,
    *,
    who: str,
    why: str = "",
    posting_date: date | None = None,
    amount: Decimal | None = None,
    unit_id: str | None = None,
    tenant_id: str | None = None,
    memo: str | None = None,
) -> None:
    """Change what a line says, correct one that could not be read, or bring one back as changed (BTR-64, BTR-71).

    What is None stays as it is; of a line that is posted in part only the date of what waits can be changed. The
    amount of a payment that a processor sent is changed only with a reason (BTR-72); the batch then no longer agrees
    with its control total, and shows it.

    Raises:
        WrongUse: no such line, it is posted, or a value cannot be taken; nothing was changed.
    """
    with store.writing(workspace, "change-line", who=who, why=why) as change:
        rules = receipts.require_batch(change, batch_id)
        line = _line(change.store, batch_id, line_number)
        others = {"amount": amount, "unit_id": unit_id, "tenant_id": tenant_id, "memo": memo}
        is_date_alone = all(value in (None, line[name]) for name, value in others.items())
        # What waits of a line that is posted in part may need another day, when the books are closed over its own.
        if line["state"] == "posted" or (line["posted_amount"] and not is_date_alone):
            raise WrongUse(f"Line {line_number} of {batch_id} is posted; reverse its receipt to change it.")
        if line["message"] is not None and (posting_date is None or amount is None):
            raise WrongUse(f"Line {line_number} of {batch_id} could not be read; give it a date and an amount.")
        is_sent = line["source"] == "third_party" and not line["is_added"] and line["message"] is None
        if is_sent and not why and amount not in (None, line["amount"]):
            raise WrongUse(
                f"Line {line_number} came from the processor with {money.shown(line['amount'])}; say why the amount "
                "is changed."
            )
        payment = Payment(
            posting_date or line["posting_date"],
            line["amount"] if amount is None else amount,
            line["unit_id"] if unit_id is None else unit_id,
            line["tenant_id"] if tenant_id is None else tenant_id,
            line["memo"] if memo is None else memo,
        )
        values = _checked(payment)
        same = all(line[name] == value for name, value in values.items())
        if same and line["state"] == "waiting":
            change.discard()
            return
        if not same or line["message"] is not None:
            _revise(change, batch_id, line_number, values)
        if line["state"] == "removed":
            batches.check_not_imported_again(change.store, batch_id)
            _add_decisions(change, batch_id, "restored", [line_number])
        change.detail |= {"line_number": line_number} | {
            name: str(value) for name, value in values.items() if value != line[name] and not name.endswith("_key")
        }
        receipts.look_again(change, batch_id, rules, [line_number])


def update_all_dates(workspace: Workspace, batch_id: str, posting_date: date, *, who: str) -> int:
    """Give every payment that is not posted the same date (`Update All Dates`, BTR-81); gives how many changed.

    The date that the file gives stays known, for duplicates and for the flag DATE_CHANGED.

    Raises:
        WrongUse: no such batch, or a date outside 1900 to 2199.
    """
    with store.writing(workspace, "update-dates", who=who) as change:
        rules = receipts.require_batch(change, batch_id)
        _check_date(posting_date)
        terms = {"batch_id": batch_id, "posting_date": posting_date, "seq": change.seq}
        change.store.run(
            """
            insert into facts.line_revisions by name
            select batch_id, line_number, $posting_date as posting_date, unit_id, tenant_id, unit_key, tenant_key,
                amount, memo, $seq as entry_seq
            from lines
            where batch_id = $batch_id and state = 'waiting' and posted_amount = 0 and posting_date <> $posting_date
            order by line_number
            """,
            terms,
        )
        changed = int(
            change.store.one("select count(*) from facts.line_revisions where entry_seq = $seq", {"seq": change.seq})[0]
        )
        change.detail |= {"lines": changed, "posting_date": posting_date.isoformat()}
        if not changed:
            change.discard()
            return 0
        receipts.look_again(change, batch_id, rules, None)
        return changed


def remove_lines(workspace: Workspace, batch_id: str, line_numbers: Sequence[int] | None, *, who: str, why: str) -> int:
    """Take lines out of a batch (`Remove Payment`), or all that are not posted (`Start Over`); gives how many.

    They stay in the store and can be restored. Rejected lines can be removed too.
    """
    return _decide(workspace, "removed", ("waiting", "rejected"), batch_id, line_numbers, who, why)


def restore_lines(
    workspace: Workspace, batch_id: str, line_numbers: Sequence[int] | None, *, who: str, why: str
) -> int:
    """Put removed lines back into a batch (`Add Payment to Batch` after a removal); gives how many.

    Raises:
        WrongUse: a line was not removed, or the file was imported again in the meantime.
    """
    return _decide(workspace, "restored", ("removed",), batch_id, line_numbers, who, why)


def _decide(
    workspace: Workspace,
    kind: str,
    states: tuple[str, ...],
    batch_id: str,
    line_numbers: Sequence[int] | None,
    who: str,
    why: str,
) -> int:
    with store.writing(workspace, f"lines-{kind}", who=who, why=why) as change:
        rules = receipts.require_batch(change, batch_id)
        known = dict(
            change.store.rows("select line_number, state from lines where batch_id = $batch", {"batch": batch_id})
        )
        numbers = [n for n, state in known.items() if state in states] if line_numbers is None else set(line_numbers)
        wrong = sorted(number for number in numbers if known.get(number) not in states)
        if wrong:
            state = known.get(wrong[0], "not in the batch")
            raise WrongUse(f"Line {wrong[0]} of {batch_id} is {state}; it cannot be {kind}.")
        if kind == "restored":
            batches.check_not_imported_again(change.store, batch_id)
        _add_decisions(change, batch_id, kind, sorted(numbers))
        change.detail |= {"lines": len(numbers)}
        if not numbers:
            change.discard()
            return 0
        receipts.look_again(change, batch_id, rules, sorted(numbers))
        return len(numbers)


def state_control_totals(
    workspace: Workspace, batch_id: str, entries: int, total: Decimal, *, who: str, why: str
) -> None:
    """Say what the batch must add up to, as the bank or the processor gives it now (BTR-88).

    Raises:
        WrongUse: no such batch, no reason given, or figures that cannot be.
    """
    with store.writing(workspace, "control-totals", who=who, why=why) as change:
        receipts.require_batch(change, batch_id)
        if not why:
            raise WrongUse("Say where the control totals come from, such as the bank's advice of the day.")
        if entries < 0 or not money.is_whole_cents(total) or total < 0:
            raise WrongUse(f"{entries} entries and {total} are not control totals.")
        change.detail |= {"entries": entries, "total_amount": money.plain(total)}
        change.store.run(
            "insert into facts.control_totals values ($batch_id, $entries, $total, $seq)",
            {"batch_id": batch_id, "entries": entries, "total": total, "seq": change.seq},
        )


def reclassify(workspace: Workspace, batch_id: str, *, who: str) -> int:
    """Classify a batch's waiting lines as things stand now; gives how many answers are new.

    Raises:
        WrongUse: no such batch.
    """
    with store.writing(workspace, "classify", who=who, purpose=f"classifying {batch_id}") as change:
        rules = receipts.require_batch(change, batch_id)
        news = receipts.look_again(change, batch_id, rules, None)
        if not news:
            change.discard()
        return news


# --- files ---------------------------------------------------------------------------------------------------------


def save_unprocessed(workspace: Workspace, batch_id: str, path: Path, *, overwrite: bool = False) -> int:
    """Write the payments that are not posted to a lockbox file (`Save Unprocessed Batch to Lockbox File`, BTR-67).

    Gives how many payments it holds. It can be loaded again as a local template, as often as wanted.

    Raises:
        InputRefused: the name does not do, the file exists and is not to be overwritten, or cannot be written.
    """
    check_name(path.name)
    if path.exists() and not overwrite:
        raise InputRefused(f"{path} exists already; choose another name, or confirm that it is to be overwritten.")
    with store.reading(workspace) as current:
        payments = current.arrow(
            resource("queries", "batch_unprocessed.sql"), {"batch_id": batch_id, "is_posted": True}
        ).cast(RECORDS)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, write(payments))
    except OSError as error:
        raise InputRefused(f"{path} cannot be written ({error.strerror}); choose another place.") from error
    return len(payments)


# --- inside a step -------------------------------------------------------------------------------------------------


def _line(current: Store, batch_id: str, line_number: int) -> dict[str, Any]:
    found = current.arrow(
        """
        select lines.*, imports.source
        from lines
        inner join facts.imports as imports on imports.batch_id = lines.batch_id
        where lines.batch_id = $batch_id and lines.line_number = $line_number
        """,
        {"batch_id": batch_id, "line_number": line_number},
    ).to_pylist()
    if not found:
        raise WrongUse(f"Batch {batch_id} has no line {line_number}.")
    line: dict[str, Any] = found[0]
    return line


def _check_date(day: date) -> None:
    if day.year not in YEARS:
        raise WrongUse(f"{day} is not a posting date; the year lies between {YEARS.start} and {YEARS.stop - 1}.")


def _checked(payment: Payment) -> dict[str, Any]:
    """Hold a typed payment to the rules of a lockbox line (SPEC 3), and give it as a line's columns."""
    payment = replace(
        payment, unit_id=payment.unit_id.strip(), tenant_id=payment.tenant_id.strip(), memo=payment.memo.strip()
    )
    _check_date(payment.posting_date)
    usable = payment.amount.is_finite() and 0 < payment.amount < 10**12 and money.is_whole_cents(payment.amount)
    if not usable:
        raise WrongUse(f"{payment.amount} is not the amount of a payment; it is above 0.00, such as 1140.00.")
    for name, text in (("unit ID", payment.unit_id), ("tenant ID", payment.tenant_id), ("memo", payment.memo)):
        if re.search(CONTROL_CHARACTER, text) or len(text.encode()) > LINE_BYTES_MAX // 4:
            raise WrongUse(f"The {name} has characters that a lockbox line cannot hold, or is too long.")
    unit_key, tenant_key = comparison_keys(pa.array([payment.unit_id, payment.tenant_id])).to_pylist()
    return {
        "posting_date": payment.posting_date,
        "amount": payment.amount.quantize(Decimal("0.01")),
        "unit_id": payment.unit_id,
        "tenant_id": payment.tenant_id,
        "memo": payment.memo,
        "unit_key": unit_key,
        "tenant_key": tenant_key,
    }


def _revise(change: Change, batch_id: str, line_number: int, values: dict[str, Any]) -> None:
    change.store.run(
        """
        insert into facts.line_revisions by name
        select $batch_id as batch_id, $line_number as line_number, $posting_date as posting_date, $unit_id as unit_id,
            $tenant_id as tenant_id, $unit_key as unit_key, $tenant_key as tenant_key, $amount as amount,
            $memo as memo, $seq as entry_seq
        """,
        {"batch_id": batch_id, "line_number": line_number, "seq": change.seq, **values},
    )


def _add_decisions(change: Change, batch_id: str, kind: str, line_numbers: Sequence[int]) -> None:
    count = len(line_numbers)
    rows = pa.table(
        {
            "batch_id": pa.repeat(pa.scalar(batch_id), count),
            "line_number": pa.array(line_numbers, pa.int64()),
            "kind": pa.repeat(pa.scalar(kind), count),
            "entry_seq": pa.repeat(pa.scalar(change.seq, pa.int64()), count),
        }
    )
    change.store.add("line_decisions", rows)
