"""Where the workspace stands: what is posted, what waits, what is not deposited yet (SPEC 8, `status`)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from recon import store
from recon.store import Store
from recon.workspace import Workspace


@dataclass(frozen=True)
class Figure:
    """How many, and how much."""

    count: int
    amount: Decimal


@dataclass(frozen=True)
class Status:
    """The workspace in figures; `batches` has one row per batch, as the relation of that name."""

    posted: Figure
    waiting: Figure
    removed: Figure
    rejected: Figure
    undeposited: Figure
    open_charges: Figure
    credits: Figure
    reasons: dict[str, Figure]  # of waiting lines
    batches: list[dict[str, Any]]
    open_slips: int
    unfinished_runs: list[str]
    journal_seq: int
    journal_hash: str


def status(workspace: Workspace) -> Status:
    """Take stock of a workspace.

    Raises:
        WrongUse: there is none.
    """
    with store.reading(workspace, "recon status") as current:
        head = current.head()
        batches = current.arrow("select * exclude (entry_seq) from batches order by batch_id").to_pylist()
        return Status(
            posted=_sum(batches, "posted"),
            waiting=_sum(batches, "waiting"),
            removed=_sum(batches, "removed"),
            rejected=_sum(batches, "rejected"),
            undeposited=_figure(current, "select count(*), sum(amount) from undeposited_receipts"),
            open_charges=_figure(current, "select count(*), sum(open_amount) from charges where open_amount > 0"),
            credits=_figure(current, "select count(*), sum(amount) from open_credits"),
            reasons={
                reason: Figure(count, amount)
                for reason, count, amount in current.rows(
                    """
                    select coalesce(classified.reason, 'not yet classified'), count(*),
                        cast(sum(lines.amount - lines.posted_amount) as decimal(18, 2))
                    from lines
                    left join classifications as classified
                        on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
                    where lines.state = 'waiting'
                    group by 1 order by 1
                    """
                )
            },
            batches=batches,
            open_slips=current.one("select count(*) from deposits where state = 'open' and items > 0")[0],
            unfinished_runs=[
                run_id
                for (run_id,) in current.rows(
                    """
                    select run_id from facts.runs
                    where run_id not in (select run_id from facts.run_completions) order by run_id
                    """
                )
            ],
            journal_seq=head.seq,
            journal_hash=head.hash,
        )


def _sum(batches: list[dict[str, Any]], state: str) -> Figure:
    amounts = (batch[f"{state}_amount"] for batch in batches)
    return Figure(sum(batch[f"{state}_count"] for batch in batches), sum(amounts, Decimal("0.00")))


def _figure(current: Store, sql: str) -> Figure:
    count, amount = current.one(sql)
    return Figure(count, Decimal(amount or 0).quantize(Decimal("0.01")))
