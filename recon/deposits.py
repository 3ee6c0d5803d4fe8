"""Deposit slips: proposed per bank account and batch, recorded only when what is entered equals the items (SPEC 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from recon import money, store
from recon.errors import WrongUse
from recon.schema import resource
from recon.store import Change, Store
from recon.workspace import Workspace


@dataclass(frozen=True)
class Deposit:
    """A deposit slip as it stands."""

    deposit_id: str
    batch_id: str
    bank_account_id: str
    deposit_date: date
    items: int
    total: Decimal
    state: str  # open, recorded or void


def propose(change: Change, batch_id: str) -> tuple[str, ...]:
    """Put every receipt of the batch that is on no slip on the batch's open slip for its bank account.

    One slip per bank account and batch, because the bank shows one credit for it (BTR-62); a slip once recorded is
    closed, and what comes later goes on a new one. Gives the slips that got items.
    """
    terms = {"batch_id": batch_id, "seq": change.seq}
    change.store.run(resource("changes", "add_deposits.sql"), terms)
    change.store.run(resource("changes", "add_deposit_items.sql"), terms)
    slips = change.store.rows(
        "select distinct deposit_id from facts.deposit_items where entry_seq = $seq order by 1", {"seq": change.seq}
    )
    return tuple(deposit_id for (deposit_id,) in slips)


def all_deposits(current: Store, batch_id: str | None = None) -> list[Deposit]:
    """List the slips, of one batch or of all."""
    rows = current.rows(
        """
        select deposits.deposit_id, deposits.batch_id, names.bank_account_id, deposits.deposit_date, deposits.items,
            deposits.total, deposits.state
        from deposits
        inner join bank_account_names as names on names.bank_account_key = deposits.bank_account_key
        where $batch_id is null or deposits.batch_id = $batch_id
        order by deposits.deposit_id
        """,
        {"batch_id": batch_id},
    )
    return [Deposit(*row) for row in rows]


def _slip(current: Store, deposit_id: str) -> Deposit:
    found = [slip for slip in all_deposits(current) if slip.deposit_id == deposit_id]
    if not found:
        raise WrongUse(f"There is no deposit slip {deposit_id}; recon deposit lists them.")
    return found[0]


def record(workspace: Workspace, deposit_id: str, total: Decimal, *, who: str) -> Deposit:
    """Record a slip as taken to the bank; from then on it does not change.

    Raises:
        WrongUse: no such slip, it is not open, it is empty, or `total` is not the sum of its items.
    """
    with store.writing(workspace, "record-deposit", who=who) as change:
        slip = _slip(change.store, deposit_id)
        if slip.state != "open":
            raise WrongUse(f"Deposit slip {deposit_id} is {slip.state}; only an open slip can be recorded.")
        if not slip.items:
            raise WrongUse(f"Deposit slip {deposit_id} has no items; there is nothing to record.")
        _check_amount(total, slip.total)
        if total != slip.total:
            raise WrongUse(
                f"Deposit slip {deposit_id} has {money.counted(slip.items, 'item')} of {money.shown(slip.total)} "
                f"together, not {money.shown(total)} (difference {money.shown(total - slip.total)}); "
                "it was not recorded."
            )
        change.batch_id = slip.batch_id
        change.detail |= {"deposit_id": deposit_id, "total": money.plain(total), "items": slip.items}
        change.store.run(
            "insert into facts.deposit_recordings values ($id, $total, $seq)",
            {"id": deposit_id, "total": total, "seq": change.seq},
        )
    return Deposit(**{**slip.__dict__, "state": "recorded"})


def _check_amount(total: Decimal, sum_of_items: Decimal) -> None:
    if not money.is_whole_cents(total):
        raise WrongUse(f"{total!r} is no amount of whole cents; give a Decimal such as {money.plain(sum_of_items)}.")


def record_receipts(workspace: Workspace, receipt_ids: Sequence[str], total: Decimal, *, who: str) -> list[Deposit]:
    """Record undeposited receipts as taken to the bank: what is marked on the screen `Deposit Receipts`.

    A slip belongs to one bank account and one batch, because the bank shows one credit for it; receipts of two batches
    make two slips. What of a slip is not marked comes on a new open one; the parts of one payment stay together.

    Raises:
        WrongUse: nothing is marked, or only a part of a payment, a receipt is not undeposited, several bank accounts,
            or `total` is not the sum.
    """
    with store.writing(workspace, "record-deposit", who=who) as change:
        marked = _marked(change.store, receipt_ids)
        amount = sum((row["amount"] for row in marked), Decimal(0))
        _check_amount(total, amount)
        if total != amount:
            raise WrongUse(
                f"{money.counted(len(marked), 'receipt')} of {money.shown(amount)} together are marked, not "
                f"{money.shown(total)} (difference {money.shown(total - amount)}); nothing was recorded."
            )
        recorded = []
        for deposit_id in sorted({row["deposit_id"] for row in marked}):
            items = [row["receipt_id"] for row in marked if row["deposit_id"] == deposit_id]
            recorded.append(_record_items(change, _slip(change.store, deposit_id), items))
        change.batch_id = recorded[0].batch_id if len(recorded) == 1 else None
        change.detail |= {"deposits": [slip.deposit_id for slip in recorded], "total": money.plain(total)}
        return recorded


def _marked(current: Store, receipt_ids: Sequence[str]) -> list[dict[str, Any]]:
    wanted = set(receipt_ids)
    listed = undeposited(current).to_pylist()
    marked = [row for row in listed if row["receipt_id"] in wanted]
    missing = sorted(wanted - {row["receipt_id"] for row in marked})
    if not wanted:
        raise WrongUse("No receipt is marked; mark those that go to the bank.")
    if missing:
        raise WrongUse(f"Receipt {missing[0]} is not undeposited any more; look at the list again.")
    accounts = sorted({row["bank_account_id"] for row in marked})
    if len(accounts) > 1:
        raise WrongUse(f"The marked receipts lie in {' and '.join(accounts)}; a slip belongs to one bank account.")
    payments = {(row["batch_id"], row["line_number"]): row["receipt_id"] for row in marked}
    for row in listed:
        other = payments.get((row["batch_id"], row["line_number"]))
        if other is not None and row["receipt_id"] not in wanted:
            raise WrongUse(f"Receipts {other} and {row['receipt_id']} are parts of one payment; mark both or neither.")
    return marked


def _record_items(change: Change, slip: Deposit, receipt_ids: Sequence[str]) -> Deposit:
    """Record a whole open slip, or a part of it on a slip of its own."""
    current, deposit_id = change.store, slip.deposit_id
    if len(receipt_ids) < slip.items:
        deposit_id = f"D{current.next_number('deposits'):06d}"
        both = {"old": slip.deposit_id, "new": deposit_id, "receipts": list(receipt_ids), "seq": change.seq}
        current.run("insert into facts.deposit_voids values ($old, $seq)", {"old": slip.deposit_id, "seq": change.seq})
        current.run(
            """
            insert into facts.deposits
            select $new, batch_id, bank_account_key, deposit_date, $seq from facts.deposits where deposit_id = $old
            """,
            {name: both[name] for name in ("old", "new", "seq")},
        )
        current.run(
            """
            insert into facts.deposit_items
            select $new, receipt_id, amount, $seq from facts.deposit_items
            where deposit_id = $old and list_contains($receipts, receipt_id)
            """,
            both,
        )
    (total,) = current.one("select total from deposits where deposit_id = $id", {"id": deposit_id})
    current.run(
        "insert into facts.deposit_recordings values ($id, $total, $seq)",
        {"id": deposit_id, "total": total, "seq": change.seq},
    )
    propose(change, slip.batch_id)
    return _slip(current, deposit_id)


def undeposited(current: Store, of_slip: str | None = None) -> pa.Table:
    """Give every receipt on an open slip, or those of one slip whatever its state: see the query's columns."""
    return current.arrow(resource("queries", "undeposited_shown.sql"), {"deposit_id": of_slip})


def void(workspace: Workspace, deposit_id: str, *, who: str, why: str) -> tuple[str, ...]:
    """Void a slip: its receipts come back, on a new open slip of the batch. Gives the new slips.

    Raises:
        WrongUse: no such slip, it is void already, or a line of the bank is matched with it.
    """
    with store.writing(workspace, "void-deposit", who=who, why=why) as change:
        slip = _slip(change.store, deposit_id)
        if slip.state == "void":
            raise WrongUse(f"Deposit slip {deposit_id} is void already.")
        matched = change.store.rows(
            "select match_id from bank_matched_items where kind = 'deposit' and item_id = $id", {"id": deposit_id}
        )
        if matched:
            raise WrongUse(
                f"Deposit slip {deposit_id} is matched with the bank ({matched[0][0]}); unmatch it first: "
                f"recon match --unmatch {matched[0][0]}."
            )
        change.batch_id = slip.batch_id
        change.store.run("insert into facts.deposit_voids values ($id, $seq)", {"id": deposit_id, "seq": change.seq})
        new = propose(change, slip.batch_id)
        change.detail |= {"deposit_id": deposit_id, "receipts_now_on": list(new)}
        return new
