"""A batch as its user knows it: the functions have the names of the screen's buttons, and need no screen (BTR-96).

    batch = books.batch("B000001")
    batch.lines(Tab.INDIVIDUAL)
    batch.process_payment(3, parts)
    batch.post()

The workbench's buttons call these and nothing else. What takes something away asks first: without `confirm=True` such a
function raises `ConfirmationNeeded`, which says what would change (BTR-97).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from recon import (
    allocation,
    batch_work,
    batches,
    daily,
    decisions,
    deposits,
    money,
    receipts,
    store,
    tenant_credit,
    undo,
)
from recon.batch_work import Payment
from recon.batches import Terms
from recon.decisions import Part
from recon.errors import ReconError, WrongUse
from recon.receipts import Posted
from recon.relations import PostingRules
from recon.report import status_text
from recon.schema import resource
from recon.suggestions import listing, sets
from recon.suggestions.listing import Suggested
from recon.suggestions.sets import silent_progress
from recon.undo import Step
from recon.workbench.words import unsettled
from recon.workspace import Workspace
from schemas.vocabulary import Reason

NOTHING = Decimal("0.00")


class ConfirmationNeeded(ReconError):
    """What was asked for takes something away; the message says what, and `confirm=True` does it."""

    exit_code = 2


class Tab(StrEnum):
    """The three lists of the screen; the first is the other two together, and they share no payment (BTR-20)."""

    ALL = "All Payments"
    INDIVIDUAL = "Payments Requiring Individual Processing"
    CERTAIN = "Payments Not Requiring Individual Processing"


@dataclass(frozen=True)
class Tally:
    """How many payments, and how much."""

    count: int = 0
    amount: Decimal = NOTHING

    def __str__(self) -> str:
        """Write `3 · 2,780.00`."""
        return f"{self.count:,} · {money.shown(self.amount)}"


@dataclass(frozen=True)
class Proof:
    """What the batch must add up to, and what it does add up to (BTR-87, BTR-88)."""

    imported: Tally  # Total Entries and Total Amount of the file
    control: Tally | None  # None: nobody said what it must add up to
    loaded: Tally
    posted: Tally
    waiting: Tally
    removed: Tally
    rejected: Tally

    @property
    def difference(self) -> Decimal:
        """What is loaded less what it must be."""
        return NOTHING if self.control is None else self.loaded.amount - self.control.amount

    @property
    def is_proved(self) -> bool:
        """Whether entries and amount are what they must be."""
        return self.control is None or self.control == self.loaded


@dataclass(frozen=True)
class About:
    """The batch's own data, as its head shows them."""

    batch_id: str
    file_name: str
    source: str
    bank_account_id: str | None
    deposit_date: date | None
    rules: PostingRules


class Batch:
    """One batch of a workspace; each call opens the store for as long as it needs it."""

    def __init__(self, workspace: Workspace, batch_id: str, who: str) -> None:
        self.workspace, self.batch_id, self.who = workspace, batch_id, who

    # --- looking ---------------------------------------------------------------------------------------------------

    def about(self) -> About:
        """Give the batch's file, bank account, deposit date and posting rules.

        Raises:
            WrongUse: there is no such batch.
        """
        return about(self.workspace, self.batch_id)

    def proof(self) -> Proof:
        """Hold what is loaded against what it must add up to."""
        with store.reading(self.workspace) as current:
            row = current.arrow("select * from batches where batch_id = $id", {"id": self.batch_id}).to_pylist()[0]
        states = {
            state: Tally(row[f"{state}_count"], row[f"{state}_amount"])
            for state in ("loaded", "posted", "waiting", "removed", "rejected")
        }
        control = None if row["control_total"] is None else Tally(row["control_entries"], row["control_total"])
        return Proof(imported=Tally(row["entries"], row["total_amount"]), control=control, **states)

    def screen(self) -> pa.Table:
        """Give every line of the batch as the screen shows it: see `recon/sql/queries/batch_screen.sql`.

        Beyond that query's columns it has `status`, the tenant's unpaid charges in words (BTR-18, BTR-93), and `tab`,
        one of `Tab.INDIVIDUAL` and `Tab.CERTAIN` for a line that waits, else null.
        """
        with store.reading(self.workspace) as current:
            rows = current.arrow(resource("queries", "batch_screen.sql"), {"batch_id": self.batch_id})
        waits = pc.equal(rows["state"], "waiting")
        certain = pc.equal(rows["disposition"], "auto")
        tabs = pc.if_else(certain, Tab.CERTAIN.value, Tab.INDIVIDUAL.value)
        rows = rows.append_column("status", _statuses(rows))
        return rows.append_column("tab", pc.if_else(waits, tabs, pa.scalar(None, pa.string())))

    def lines(self, tab: Tab = Tab.ALL) -> pa.Table:
        """Give the payments of a tab, in file order."""
        rows = self.screen()
        wanted = pc.is_valid(rows["tab"]) if tab is Tab.ALL else pc.equal(rows["tab"], tab.value)
        return rows.filter(pc.fill_null(wanted, fill_value=False))

    # --- the upper part: payments in and out -------------------------------------------------------------------------

    def add_payment_to_batch(self, payment: Payment) -> int:
        """`Add Payment to Batch`: one more payment, at the end; gives its line number."""
        return batch_work.add_payment(self.workspace, self.batch_id, payment, who=self.who)

    def change_payment(self, line_number: int, *, why: str = "", **values: Any) -> None:
        """Change date, amount, IDs or memo of a payment in place; see `recon.batch_work.change_line`."""
        batch_work.change_line(self.workspace, self.batch_id, line_number, who=self.who, why=why, **values)

    def remove_payment(self, line_numbers: Sequence[int], *, why: str = "") -> int:
        """`Remove Payment`: out of the batch; `restore_payment` or `undo` brings it back."""
        return batch_work.remove_lines(self.workspace, self.batch_id, line_numbers, who=self.who, why=why)

    def restore_payment(self, line_numbers: Sequence[int]) -> int:
        """Bring removed payments back as they were."""
        return batch_work.restore_lines(self.workspace, self.batch_id, line_numbers, who=self.who, why="")

    def update_all_dates(self, posting_date: date, *, confirm: bool = False) -> int:
        """`Update All Dates`: every payment that is not posted gets this date; gives how many changed (BTR-81).

        Raises:
            ConfirmationNeeded: not confirmed; says how many payments, their dates now and the new one.
        """
        if not confirm:
            changing = self._waiting()["posting_date"]
            changing = changing.filter(pc.not_equal(changing, pa.scalar(posting_date)))
            if len(changing):
                span = pc.min_max(changing).as_py()
                first, last = span["min"], span["max"]
                old = f"now {first}" if first == last else f"now {first} to {last}"
                raise ConfirmationNeeded(
                    f"Update all dates? {money.counted(len(changing), 'payment')} ({old}) will get the date "
                    f"{posting_date}; what is posted keeps its own."
                )
        return batch_work.update_all_dates(self.workspace, self.batch_id, posting_date, who=self.who)

    def start_over(self, *, confirm: bool = False) -> int:
        """`Start Over (Delete All Payments)`: clear what is not posted; gives how many (BTR-95).

        Raises:
            ConfirmationNeeded: not confirmed; says what would be cleared.
        """
        if not confirm:
            proof = self.proof()
            count = proof.waiting.count + proof.rejected.count
            amount = proof.waiting.amount + proof.rejected.amount
            posted = money.counted(proof.posted.count, "payment")
            stays = f" {posted} posted before stay posted." if proof.posted.count else ""
            raise ConfirmationNeeded(
                f"Start over? {money.counted(count, 'payment')} of {money.shown(amount)} that are not posted will be "
                f"cleared from the screen.{stays} The file itself is kept, and Undo brings them back."
            )
        return batch_work.remove_lines(self.workspace, self.batch_id, None, who=self.who, why="Start Over")

    def state_control_totals(self, entries: int, total: Decimal, *, why: str) -> None:
        """Say what the batch must add up to, and where that comes from (BTR-88)."""
        batch_work.state_control_totals(self.workspace, self.batch_id, entries, total, who=self.who, why=why)

    def undo(self) -> Step:
        """Take back the last step of this person."""
        return undo.undo(self.workspace, self.batch_id, who=self.who)

    # --- the lower part: what needs a person, posting, paper ---------------------------------------------------------

    def plan(self, line_number: int) -> allocation.Plan:
        """Begin `Process Payment`: the open charges of the payer and a proposal (BTR-60)."""
        return allocation.plan(self.workspace, self.batch_id, line_number)

    def process_payment(self, line_number: int, parts: Sequence[Part], *, why: str = "", bank_account: str | None = None
                        ) -> tuple[str, ...]:  # fmt: skip
        """`Process Payment`: post a payment as a person splits it; gives the receipts."""
        return decisions.process_payment(
            self.workspace, self.batch_id, line_number, parts, who=self.who, why=why, bank_account=bank_account
        )

    def suggestions(self) -> list[Suggested]:
        """`Suggestions`: what each waiting line may mean; see `recon.suggestions.sets.by_kind`."""
        return listing.suggest(self.workspace, self.batch_id)

    def accept_suggestions(
        self, lines: Sequence[Suggested], *, why: str = "", progress: Callable[[int, int], None] = silent_progress
    ) -> sets.AcceptedSet:
        """`Accept`: post the lines of a set as they were shown, each looked at once more at its turn."""
        return sets.accept_all(self.workspace, lines, who=self.who, why=why, progress=progress)

    def accepted_suggestions(self) -> pa.Table:
        """Give the lines that were accepted in sets and stand: see `recon/sql/queries/accepted_suggestions.sql`."""
        with store.reading(self.workspace) as current:
            return current.arrow(resource("queries", "accepted_suggestions.sql"), {"batch_id": self.batch_id})

    def take_back(self, line_numbers: Sequence[int], *, why: str = "") -> int:
        """`Take Back`: single processed payments wait again; `undo` takes back a whole set."""
        return undo.take_back(self.workspace, self.batch_id, line_numbers, who=self.who, why=why)

    def process_as_a_ledger_receipt(
        self, line_number: int, ledger_id: str, *, why: str = "", bank_account: str | None = None
    ) -> tuple[str, ...]:
        """`Process as a Ledger Receipt`: to an owner's or the management's ledger, no tenant (BTR-61)."""
        left = decisions.left_to_allocate(self.workspace, self.batch_id, line_number)
        return self.process_payment(line_number, [Part(left, ledger_id=ledger_id)], why=why, bank_account=bank_account)

    def post(self) -> Posted:
        """`Post`: every payment that can only mean one thing, looked at once more at this moment (BTR-56)."""
        return receipts.post(self.workspace, self.batch_id, who=self.who)

    def save_unprocessed_batch_to_lockbox_file(self, path: Path | str, *, confirm: bool = False) -> int:
        """`Save Unprocessed Batch to Lockbox File`: what is not posted, for use again (BTR-67).

        Raises:
            ConfirmationNeeded: the file exists; InputRefused: it cannot be written.
        """
        path = Path(path)
        if path.exists() and not confirm:
            raise ConfirmationNeeded(f"{path.name} exists already in {path.parent}. Overwrite it?")
        return batch_work.save_unprocessed(self.workspace, self.batch_id, path, overwrite=True)

    def print_report(self) -> Path:
        """`Print`: the batch's report as it stands, with its unprocessed payments; gives the page (BTR-54, BTR-55)."""
        return daily.report_batch(self.workspace, self.batch_id, who=self.who)

    def deposits(self) -> list[deposits.Deposit]:
        """List the batch's slips; `recon.deposits` records and voids them (`Deposit Receipts`)."""
        with store.reading(self.workspace) as current:
            return deposits.all_deposits(current, self.batch_id)

    def _waiting(self) -> pa.Table:
        with store.reading(self.workspace) as current:
            return current.arrow(
                """
                select line_number, posting_date from lines
                where batch_id = $id and state = 'waiting' and posted_amount = 0
                """,
                {"id": self.batch_id},
            )


def about(workspace: Workspace, batch_id: str) -> About:
    """Give a batch's own data.

    Raises:
        WrongUse: there is no such batch.
    """
    with store.reading(workspace) as current:
        rows = current.rows(
            """
            select imports.file_name, imports.source, accounts.bank_account_id, imports.deposit_date,
                rules.partial_pay, rules.due_now, rules.credit, rules.alias
            from batches as imports
            inner join posting_rules as rules on rules.batch_id = imports.batch_id
            left join bank_account_names as accounts on accounts.bank_account_key = imports.bank_account_key
            where imports.batch_id = $id
            """,
            {"id": batch_id},
        )
    if not rows:
        raise WrongUse(f"There is no batch {batch_id}; recon status lists them.")
    file_name, source, account, deposit_date, *rules = rows[0]
    return About(batch_id, file_name, source, account, deposit_date, PostingRules(*rules))


def load_payments_from_lockbox_file(workspace: Workspace, path: Path | str, terms: Terms, *, who: str) -> Batch:
    """`Load Payments from Lockbox File`: register a file as a batch and say what the rules make of it (BTR-52).

    Other batches stay as they are; nothing is appended to or replaced by the new one.

    Raises:
        InputRefused, DuplicateFile, ControlTotalsDisagree, WrongUse: nothing was loaded.
    """
    batch_id = batches.import_file(workspace, Path(path), terms, who=who)
    batch_work.reclassify(workspace, batch_id, who=who)
    return Batch(workspace, batch_id, who)


def create_batch(workspace: Workspace, *, who: str, bank_account: str | None = None, name: str = "Typed in") -> Batch:
    """Begin a batch of one's own (BTR-65)."""
    return Batch(workspace, batch_work.start_batch(workspace, who=who, bank_account=bank_account, name=name), who)


def open_credits(workspace: Workspace) -> pa.Table:
    """Give every receipt with credit left: receipt_id, tenant, unit, posting_date, memo, credit."""
    with store.reading(workspace) as current:
        return current.arrow(resource("queries", "credits_shown.sql"))


apply_credit, refund_credit = tenant_credit.apply_credit, tenant_credit.refund_credit


def _statuses(rows: pa.Table) -> pa.ChunkedArray:
    """Write what each tenant has not paid (BTR-18, BTR-93); most of it falls due in time, and is written at once."""
    words = pc.cast(rows["status_total"], pa.string())
    for _ in range(4):  # a comma before every three digits, from the right
        words = pc.replace_substring_regex(words, r"^([0-9]+)([0-9]{3})([.,])", r"\1,\2\3")
    words = pc.coalesce(unsettled(rows["reason"]), words, "Unidentified payer")
    has_later = pc.greater(rows["status_total"], rows["matchable_total"])
    has_later = pc.fill_null(has_later, fill_value=False).combine_chunks()
    later = rows.filter(has_later).select(["posting_date", "status_total", "matchable_total"]).to_pylist()
    written = [
        status_text(Reason.UNDERPAID, str(row["posting_date"]), row["status_total"], row["matchable_total"])
        for row in later
    ]
    return pc.replace_with_mask(words, has_later, pa.array(written, pa.string()))
