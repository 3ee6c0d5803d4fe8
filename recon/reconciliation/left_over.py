"""What the bank and the books do not have in common yet, item by item, and what each may be (SPEC 7)."""

from dataclasses import dataclass
from typing import Any

from recon import store
from recon.reconciliation import returns
from recon.reconciliation.matching import window_of
from recon.reconciliation.readings import DateWindow
from recon.schema import resource
from recon.store import Store
from recon.workspace import Workspace

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class LeftOver:
    """All that is open; each list has the columns of its query in `recon/sql/queries`."""

    bank_lines: Rows  # unrecorded credits and debits, returned items: bank_open_lines.sql
    in_transit: Rows  # deposit slips: the view deposits_in_transit
    payments_out: Rows  # ledger entries and refunds that no line of the bank shows: the view payments_out
    differences: Rows  # amount differences, with the likeliest missing or extra receipt: amount_differences.sql
    returns: Rows  # returned items and the receipts that they may be: return_candidates.sql
    not_posted: Rows  # payments received that wait for a person, by batch
    transfers_due: Rows  # the view transfers_due
    charges_to_add: Rows  # what tenants owe for returned payments, for the system of record


def left_over(workspace: Workspace) -> LeftOver:
    """List what is open.

    Raises:
        WrongUse: there is no workspace.
    """
    with store.reading(workspace, "recon match") as current:
        return left_in(current, window_of(workspace))


def left_in(current: Store, window: DateWindow) -> LeftOver:
    """List what is open in a store that is open."""
    days = {"days_before": window.days_before, "days_after": window.days_after}
    current.build("names_at_hand", resource("sources", "names_at_hand.sql"))
    return LeftOver(
        bank_lines=current.arrow(resource("queries", "bank_open_lines.sql"), days).to_pylist(),
        in_transit=current.arrow("select * from deposits_in_transit order by deposit_date, deposit_id").to_pylist(),
        payments_out=current.arrow(resource("queries", "payments_out_open.sql")).to_pylist(),
        differences=current.arrow(resource("queries", "amount_differences.sql"), days).to_pylist(),
        returns=returns.candidates(current).to_pylist(),
        not_posted=current.arrow(
            """
            select batch_id, file_name, waiting_count, waiting_amount from batches
            where waiting_count > 0 order by batch_id
            """
        ).to_pylist(),
        transfers_due=current.arrow("select * from transfers_due order by all").to_pylist(),
        charges_to_add=current.arrow(resource("queries", "charges_to_add.sql")).to_pylist(),
    )


def matched(current: Store) -> Rows:
    """List the lines that are matched: see `recon/sql/queries/bank_matched_shown.sql`."""
    rows: Rows = current.arrow(resource("queries", "bank_matched_shown.sql")).to_pylist()
    return rows


def difference_words(row: dict[str, Any]) -> str:
    """Say what an amount difference may come from."""
    what = "missing at the bank" if row["difference"] < 0 else "extra at the bank"
    if row["fitting"] == 1:
        return f"{row['likeliest']} is exactly the difference: likely {what}"
    if row["fitting"]:
        return f"{row['fitting']} receipts or payments are exactly the difference; any may be {what}"
    return "no single receipt or payment is exactly the difference"
