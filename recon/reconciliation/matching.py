"""Matching the bank's lines: the certain ones at once, the others as a person says; each with who, when and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from recon import money, periods, store
from recon.errors import WrongUse
from recon.reconciliation import readings, returns, statements
from recon.reconciliation.readings import DateWindow, Found
from recon.schema import resource
from recon.store import Change, Store
from recon.workspace import Workspace
from schemas.identifiers import comparison_key


@dataclass(frozen=True)
class Matched:
    """What one look at the bank's lines did; `warnings` say what a person should see."""

    statements: tuple[str, ...] = ()
    new_lines: int = 0
    known_lines: int = 0
    matches: tuple[str, ...] = ()
    recorded_slips: tuple[str, ...] = ()
    reversed_receipts: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())


def window_of(workspace: Workspace) -> DateWindow:
    """Read the days around a deposit date on which the bank may show a slip.

    Raises:
        WrongUse: the setting is not two numbers.
    """
    said = workspace.setting("match_days", [DateWindow.days_before, DateWindow.days_after])
    if not (isinstance(said, list) and len(said) == 2 and all(type(day) is int and 0 <= day <= 60 for day in said)):
        raise WrongUse(f"{workspace.settings}: write match_days = [1, 5], the days before and after a deposit date.")
    return DateWindow(*said)


def match_statement(
    workspace: Workspace, path: Path, *, who: str, profile: str | None = None, bank_account: str | None = None
) -> Matched:
    """Take a bank file in and match what is certain, in one transaction (BTR-62, SPEC 7).

    Lines that are here already add nothing: statements overlap. Returned items reverse their receipt where a trace or
    reference says which one. An open slip that a line fixes is recorded.

    Args:
        workspace: where.
        path: a statement of the bank, or a NACHA file of returned items.
        who: for the journal.
        profile: of a CSV file.
        bank_account: the ledger's bank account, where the number in the file does not say so.

    Raises:
        InputRefused: the file must not be trusted or cannot be taken in. WrongUse: it is of an unknown account.
    """
    incoming = statements.bring_in(workspace, path, profile)
    window, charge = window_of(workspace), returns.nsf_charge(workspace)
    with store.writing(workspace, "match-statement", who=who, purpose=f"recon match {path.name}") as change:
        came = statements.add(change, incoming, bank_account)
        done = _match(change, window, charge)
        accounts = change.store.rows("select distinct bank_account_key from bank_lines")
        gaps = statements.gaps(change.store, [account for (account,) in accounts])
        change.detail |= {"sha256": incoming.sha256, "statements": list(came.statements), "new_lines": came.new_lines}
        if not came.statements and not done.matches and not done.reversed_receipts:
            change.discard()
        warnings = (*came.warnings, *done.warnings, *gaps)
        return Matched(
            came.statements, came.new_lines, came.known_lines, done.matches, done.recorded_slips,
            done.reversed_receipts, warnings,
        )  # fmt: skip


def match_open(workspace: Workspace, *, who: str) -> Matched:
    """Match what became certain among the lines that are here: after slips came or were recorded."""
    window, charge = window_of(workspace), returns.nsf_charge(workspace)
    with store.writing(workspace, "match-bank", who=who, purpose="recon match") as change:
        done = _match(change, window, charge)
        if not done.matches and not done.reversed_receipts:
            change.discard()
        return done


def _match(change: Change, window: DateWindow, charge: Decimal | None) -> Matched:
    came_back = returns.settle(change, charge)
    ids = add_matches(change, came_back.matches)
    ids += add_matches(change, readings.find(change.store, window))
    change.store.run(resource("changes", "add_returned_items.sql"), {"seq": change.seq})
    recorded = _record_slips(change)
    change.detail |= {
        "matches": len(ids), "recorded": len(recorded), "reversed": list(came_back.reversed_receipts)
    }  # fmt: skip
    return Matched(
        matches=ids, recorded_slips=recorded, reversed_receipts=came_back.reversed_receipts, warnings=came_back.warnings
    )


def add_matches(change: Change, found: Sequence[Found]) -> tuple[str, ...]:
    """Add matches with their lines and items, inside the caller's transaction; give their ids.

    Raises:
        RuntimeError: what is about to be committed is not equal on both sides, or matched twice.
    """
    if not found:
        return ()
    current = change.store
    first = current.next_number("bank_matches")
    ids = [f"M{first + place:06d}" for place in range(len(found))]
    lines = [(match_id, line) for match_id, one in zip(ids, found, strict=True) for line in one.bank_line_ids]
    items = [(match_id, *item) for match_id, one in zip(ids, found, strict=True) for item in one.items]
    current.take(
        "found_matches", _table(("match_id", "rule"), [(i, one.rule) for i, one in zip(ids, found, strict=True)])
    )
    current.take("found_lines", _table(("match_id", "bank_line_id"), lines))
    current.take("found_items", _table(("match_id", "kind", "item_id"), items))
    for name in ("add_bank_matches", "add_bank_match_lines", "add_bank_match_items"):
        current.run(resource("changes", f"{name}.sql"), {"seq": change.seq})
    wrong = current.rows(resource("audits", "law_08_matches_are_equal.sql"))
    wrong += current.rows(resource("audits", "law_08_matched_once.sql"))
    counts = current.one(
        """
        select
            (select count(*) from facts.bank_match_lines where match_id in (select match_id from found_matches)),
            (select count(*) from facts.bank_match_items where match_id in (select match_id from found_matches))
        """
    )
    if wrong or counts != (len(lines), len(items)):
        raise RuntimeError(f"matching would break law 8: {wrong[:3]}, {counts} rows of {len(lines)} and {len(items)}")
    return tuple(ids)


def _table(names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pa.table({name: pa.array(column, pa.string()) for name, column in zip(names, columns, strict=True)})


def _record_slips(change: Change) -> tuple[str, ...]:
    """Record the open slips that a line of the bank now fixes (SPEC 6)."""
    change.store.run(resource("changes", "add_deposit_recordings.sql"), {"seq": change.seq})
    rows = change.store.rows(
        "select deposit_id from facts.deposit_recordings where entry_seq = $seq order by 1", {"seq": change.seq}
    )
    return tuple(deposit_id for (deposit_id,) in rows)


# --- a person ------------------------------------------------------------------------------------------------------


def accept(
    workspace: Workspace,
    bank_line_ids: Sequence[str],
    *,
    deposit_ids: Sequence[str] = (),
    receipt_ids: Sequence[str] = (),
    entry_ids: Sequence[str] = (),
    refund_ids: Sequence[str] = (),
    who: str,
    why: str = "",
    on: date | None = None,
) -> Matched:
    """Match lines of the bank with slips, returned receipts, ledger entries or refunds of credit, as a person says.

    A receipt that still stands is reversed as returned, on the day of the bank's line or on `on`.

    Raises:
        WrongUse: something is not there, is matched already, or belongs to another bank account; the sums differ; or
            the day of a return lies in a closed period.
    """
    for named_ids in (bank_line_ids, deposit_ids, receipt_ids, entry_ids, refund_ids):
        if twice := [name for name in named_ids if list(named_ids).count(name) > 1]:
            raise WrongUse(f"{twice[0]} is named twice; name it once.")
    charge = returns.nsf_charge(workspace)
    with store.writing(workspace, "accept-match", who=who, why=why) as change:
        current = change.store
        lines = _lines(current, bank_line_ids)
        if len({line["bank_account_key"] for line in lines}) > 1:
            raise WrongUse("The lines are of several bank accounts; a match belongs to one.")
        account = lines[0]["bank_account_key"]
        items = [("deposit", deposit_id) for deposit_id in deposit_ids]
        total = sum((_slip_total(current, account, deposit_id) for deposit_id in deposit_ids), Decimal(0))
        reversed_now = []
        for receipt_id in receipt_ids:
            amount, is_returned = returns.returned_amount(current, account, receipt_id)
            total -= amount
            items.append(("reversal", receipt_id))
            if not is_returned:
                reversed_now.append(receipt_id)
        named = [*(("entry", name) for name in entry_ids), *(("refund", name) for name in refund_ids)]
        for kind, name in named:
            item_id, amount = _payment_out(current, account, kind, name)
            total += amount
            items.append((kind, item_id))
        at_bank = sum((line["amount"] for line in lines), Decimal(0))
        if not items:
            raise WrongUse("Say what the bank's line stands for: a slip, a returned receipt, an entry or a refund.")
        if total != at_bank:
            raise WrongUse(
                f"The bank shows {at_bank:,.2f} and the books {total:,.2f} (difference {at_bank - total:,.2f}); "
                "nothing was matched."
            )
        returns.reverse_for(change, lines[0], reversed_now, on, charge)
        ids = add_matches(change, [Found("person", tuple(bank_line_ids), tuple(items))])
        recorded = _record_slips(change)
        change.detail |= {"match_id": ids[0], "lines": list(bank_line_ids), "items": [list(item) for item in items]}
        return Matched(matches=ids, recorded_slips=recorded, reversed_receipts=tuple(reversed_now))


def _lines(current: Store, bank_line_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Give the unmatched lines of these ids."""
    found: list[dict[str, Any]] = current.arrow(
        "select * from bank_lines where list_contains($ids, bank_line_id) order by bank_line_id",
        {"ids": list(bank_line_ids)},
    ).to_pylist()
    missing = sorted(set(bank_line_ids) - {line["bank_line_id"] for line in found})
    if missing or not found:
        raise WrongUse(f"There is no bank line {missing[0] if missing else '(none is named)'}; see recon match --list.")
    matched = [line for line in found if line["match_id"]]
    if matched:
        raise WrongUse(f"Bank line {matched[0]['bank_line_id']} is matched already ({matched[0]['match_id']}).")
    return found


def unmatch(workspace: Workspace, match_id: str, *, who: str, why: str) -> None:
    """Take a match back; what it recorded or reversed stays, and can be corrected by itself.

    A posted item of the bank alone is no longer posted.

    Raises:
        WrongUse: there is no such match, it was taken back before, or it lies in a closed period.
    """
    with store.writing(workspace, "unmatch", who=who, why=why) as change:
        current = change.store
        if not current.rows("select 1 from bank_matches where match_id = $id", {"id": match_id}):
            raise WrongUse(f"There is no match {match_id}, or it was taken back; recon match --list shows them.")
        (last_day,) = current.one("select max(booking_date) from bank_lines where match_id = $id", {"id": match_id})
        if closed := periods.closing_over(current, last_day):
            raise WrongUse(f"Match {match_id} is of {last_day}; the books are closed through {closed}, so it stays.")
        change.detail |= {"match_id": match_id}
        current.run("insert into facts.bank_unmatches values ($id, $seq)", {"id": match_id, "seq": change.seq})


def post_item(
    workspace: Workspace,
    bank_line_id: str,
    ledger_id: str,
    *,
    who: str,
    why: str,
    on: date | None = None,
) -> str:
    """Post a line that only the bank has, such as a fee or interest, to a ledger; give the match's id.

    Args:
        workspace: where.
        bank_line_id: the line.
        ledger_id: an owner's, the management's or the tenants' deposits' ledger of the same bank account.
        who: for the journal.
        why: what it is; it becomes the posting's description.
        on: the day in the books, if not the bank's: needed where that lies in a closed period.

    Raises:
        WrongUse: no such line or ledger, another bank account, matched already, a part of a cent, or a closed period.
    """
    with store.writing(workspace, "post-bank-item", who=who, why=why) as change:
        current = change.store
        (line,) = _lines(current, [bank_line_id])
        amount = line["amount"]
        if not money.is_whole_cents(amount):
            raise WrongUse(f"Bank line {bank_line_id} is {amount}, which is not in whole cents; it cannot be posted.")
        key = _ledger(current, ledger_id, line["bank_account_key"])
        day = on or line["booking_date"]
        if closed := periods.closing_over(current, day):
            raise WrongUse(f"{day} lies in a closed period (through {closed}); post it on a later day with --on.")
        posting_id = f"P{current.next_number('bank_postings'):06d}"
        current.run(
            "insert into facts.bank_postings values ($id, $line, $ledger, $on, $amount, $why, $seq)",
            {"id": posting_id, "line": bank_line_id, "ledger": key, "on": day, "amount": amount, "why": why,
             "seq": change.seq},
        )  # fmt: skip
        (match_id,) = add_matches(change, [Found("posted", (bank_line_id,), (("posting", posting_id),))])
        change.detail |= {"bank_line_id": bank_line_id, "posting_id": posting_id, "amount": money.plain(amount)}
        return match_id


def _ledger(current: Store, ledger_id: str, account: str) -> str:
    key = comparison_key(ledger_id)
    found = current.rows("select bank_account_key from ledgers where ledger_key = $key", {"key": key})
    if not found:
        raise WrongUse(f"There is no ledger {ledger_id!r}.")
    if found[0][0] != account:
        raise WrongUse(f"Ledger {ledger_id} is of bank account {found[0][0]}, but the line is of {account}.")
    return str(key)


def _slip_total(current: Store, account: str, deposit_id: str) -> Decimal:
    found = current.rows(
        "select bank_account_key, total from deposits_in_transit where deposit_id = $id", {"id": deposit_id}
    )
    if not found:
        raise WrongUse(f"Deposit slip {deposit_id} is not in transit: it is void, empty, matched or not there.")
    if found[0][0] != account:
        raise WrongUse(f"Deposit slip {deposit_id} is of {found[0][0]}, but the line is of {account}.")
    total: Decimal = found[0][1]
    return total


def _payment_out(current: Store, account: str, kind: str, name: str) -> tuple[str, Decimal]:
    """Find an entry or refund that no line of the bank shows: its id and amount."""
    item_id = comparison_key(name) if kind == "entry" else name
    found = current.rows(
        """
        select item_id, amount from payments_out
        where kind = $kind and item_id = $id and bank_account_key = $account and match_id is null
        """,
        {"kind": kind, "id": item_id, "account": account},
    )
    if not found:
        what = "ledger entry" if kind == "entry" else "refund"
        raise WrongUse(f"There is no unmatched {what} {name} of this bank account; recon match --list shows them.")
    return found[0]
