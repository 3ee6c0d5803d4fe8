"""Deposit slips: proposed per bank account and batch, recorded only when what is entered equals the items (SPEC 6)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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
        if total != slip.total:
            raise WrongUse(
                f"Deposit slip {deposit_id} has {slip.items} items of {money.shown(slip.total)} together, not "
                f"{money.shown(total)} (difference {money.shown(total - slip.total)}); it was not recorded."
            )
        change.batch_id = slip.batch_id
        change.detail |= {"deposit_id": deposit_id, "total": money.plain(total), "items": slip.items}
        change.store.run(
            "insert into facts.deposit_recordings values ($id, $total, $seq)",
            {"id": deposit_id, "total": total, "seq": change.seq},
        )
    return Deposit(**{**slip.__dict__, "state": "recorded"})


def void(workspace: Workspace, deposit_id: str, *, who: str, why: str) -> tuple[str, ...]:
    """Void a slip: its receipts come back, on a new open slip of the batch. Gives the new slips.

    Raises:
        WrongUse: no such slip, or it is void already.
    """
    with store.writing(workspace, "void-deposit", who=who, why=why) as change:
        slip = _slip(change.store, deposit_id)
        if slip.state == "void":
            raise WrongUse(f"Deposit slip {deposit_id} is void already.")
        change.batch_id = slip.batch_id
        change.store.run("insert into facts.deposit_voids values ($id, $seq)", {"id": deposit_id, "seq": change.seq})
        new = propose(change, slip.batch_id)
        change.detail |= {"deposit_id": deposit_id, "receipts_now_on": list(new)}
        return new
