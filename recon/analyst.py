"""The Python face: a workspace opened in two lines, its relations as validated frames, and the use cases as methods.

    import recon

    books = recon.open_workspace("data/workspace")
    books.frame("receipts")

The notebooks and the command line use nothing that is not here or behind it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from recon import (
    aliases,
    allocation,
    audits,
    bank_report,
    batches,
    classification,
    daily,
    decisions,
    deposits,
    explain,
    receipts,
    schema,
    status,
    store,
    undo,
)
from recon.backtest import Backtest, backtest
from recon.batches import Terms
from recon.decisions import Part
from recon.errors import WrongUse
from recon.ledger_loading import LedgerLoad, load_ledger
from recon.reconciliation import left_over, matching, tie_out
from recon.reconciliation.left_over import LeftOver
from recon.reconciliation.matching import Matched
from recon.reconciliation.tie_out import TieOut
from recon.relations import PostingRules
from recon.suggestions import kinds, listing, sets
from recon.suggestions.listing import Suggested
from recon.workspace import Workspace, current_user
from schemas.relations import CLASSIFICATION

if TYPE_CHECKING:
    from ipywidgets import Widget

    from recon.publishing.publish import Preview, Publication
    from recon.publishing.terms import Terms as PublishingTerms
    from recon.workbench.batch import Batch


def frame_of(rows: pa.Table) -> pd.DataFrame:
    """Give an Arrow table as a frame whose columns stay Arrow: decimals exact, dates dates, nothing guessed."""
    frame: pd.DataFrame = rows.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


@dataclass(frozen=True)
class Books:
    """One workspace as an analyst uses it. Each call opens the store for as long as it needs it, and no longer."""

    workspace: Workspace
    who: str

    # --- looking ---------------------------------------------------------------------------------------------------

    def relations(self) -> dict[str, str]:
        """List the relations by name, each with what one row of it is."""
        return {name: sql.partition("\n")[0].removeprefix("-- ") for name, sql in schema.views()}

    def frame(self, relation: str) -> pd.DataFrame:
        """Give a relation as a frame, validated by its model in `schemas.views`.

        Raises:
            WrongUse: there is no such relation. pandera.errors.SchemaErrors: the store breaks the relation's promise.
        """
        from schemas.views import VIEWS

        if relation not in self.relations():
            raise WrongUse(f"There is no relation {relation!r}; there are {', '.join(self.relations())}.")
        with store.reading(self.workspace) as current:
            rows = current.table(relation)
        frame = frame_of(rows)
        if relation in VIEWS:
            VIEWS[relation].model(relation).validate(frame, lazy=True)
        return frame

    def sql(self, query: str, parameters: Mapping[str, object] | None = None) -> pd.DataFrame:
        """Put a query to a read-only view of the store: every relation by its name, every fact table as `facts.…`."""
        with store.reading(self.workspace) as current:
            return frame_of(current.arrow(query, parameters))

    def status(self) -> status.Status:
        """Say what is posted, what waits and why, and what is not deposited yet."""
        return status.status(self.workspace)

    def audit(self) -> list[audits.Finding]:
        """Check every law of the house; an empty list means that all hold."""
        return audits.audit(self.workspace)

    def explain(self, line_or_receipt: str) -> explain.Explanation:
        """Show why a line (`B000001:3`) or a receipt (`R0000001`) got its answer."""
        return explain.explain(self.workspace, line_or_receipt)

    def classify(
        self,
        file: Path | str,
        *,
        posting_date: date | None = None,
        rules: PostingRules = PostingRules(),
    ) -> pd.DataFrame:
        """Say what each line of a lockbox file would be, in SPEC 8's columns; changes nothing."""
        done = classification.classify_file(
            Path(file), workspace=self.workspace, posting_date=posting_date, rules=rules
        )
        return frame_of(done.rows.cast(CLASSIFICATION))

    # --- doing -----------------------------------------------------------------------------------------------------

    def load_ledger(self, folder: Path | str, *, includes: str | None = None) -> LedgerLoad:
        """Check a folder of ledger tables and put them in force; see `recon.ledger_loading.load_ledger`."""
        return load_ledger(self.workspace, Path(folder), who=self.who, includes=includes)

    def run(
        self,
        file: Path | str,
        terms: Terms = Terms(),
        *,
        ledger: Path | str | None = None,
        includes: str | None = None,
        dry_run: bool = False,
        output: Path | str | None = None,
    ) -> daily.Run:
        """Do the main job for one lockbox file; see `recon.daily.run`."""
        return daily.run(
            self.workspace,
            Path(file),
            terms,
            who=self.who,
            ledger=None if ledger is None else Path(ledger),
            includes=includes,
            dry_run=dry_run,
            output=None if output is None else Path(output),
        )

    def import_file(self, file: Path | str, terms: Terms = Terms()) -> str:
        """Register a lockbox file as a batch, without posting it; gives the batch's id."""
        return batches.import_file(self.workspace, Path(file), terms, who=self.who)

    def post(self, batch_id: str) -> receipts.Posted:
        """Post every line of a batch that can only mean one thing, as things stand now."""
        return receipts.post(self.workspace, batch_id, who=self.who)

    def proposed(self, batch_id: str, line_number: int) -> list[Part]:
        """Propose how to process a line that needs a person: oldest charge first, the rest as credit."""
        return allocation.proposed(self.workspace, batch_id, line_number)

    def suggest(self, batch_id: str | None = None, line_number: int | None = None) -> list[Suggested]:
        """Say what each waiting line may mean, best reading first, with the evidence; changes nothing."""
        return listing.suggest(self.workspace, batch_id, line_number)

    def backtest(self, rules: PostingRules, *, months: int = 12) -> Backtest:
        """Say what other rules would have done to the batches of the last months; nothing is posted."""
        return backtest(self.workspace, rules, months=months)

    def accept(self, batch_id: str, line_number: int, rank: int = 1) -> tuple[str, ...]:
        """Process a line as one of its suggestions says; see `recon.suggestions.listing.accept`."""
        return listing.accept(self.workspace, batch_id, line_number, rank, who=self.who)

    def offered(self, kind: str, batch_id: str | None = None) -> list[Suggested]:
        """Preview the lines whose first suggestion is beyond doubt and of a kind; see `recon.suggestions.kinds`."""
        return sets.offered(self.workspace, kinds.read(kind), batch_id)

    def accept_all(self, lines: Sequence[Suggested], *, why: str = "") -> sets.AcceptedSet:
        """Accept what `offered` showed, of one batch; see `recon.suggestions.sets.accept_all`."""
        return sets.accept_all(self.workspace, lines, who=self.who, why=why)

    def undo(self, batch_id: str) -> undo.Step:
        """Take back your last step on a batch, such as a whole set of suggestions."""
        return undo.undo(self.workspace, batch_id, who=self.who)

    def take_back(self, batch_id: str, line_numbers: Sequence[int], *, why: str) -> int:
        """Take back single payments that a person processed or accepted; gives how many receipts."""
        return undo.take_back(self.workspace, batch_id, line_numbers, who=self.who, why=why)

    def process_payment(
        self, batch_id: str, line_number: int, parts: Sequence[Part], *, why: str = "", bank_account: str | None = None
    ) -> tuple[str, ...]:
        """Post a line the way you say; see `recon.decisions.process_payment`."""
        return decisions.process_payment(
            self.workspace, batch_id, line_number, parts, who=self.who, why=why, bank_account=bank_account
        )

    def reverse(self, receipt_id: str, kind: str, on: date, *, why: str) -> None:
        """Undo a receipt: `returned` or `correction`."""
        decisions.reverse(self.workspace, receipt_id, kind, on, who=self.who, why=why)

    def confirm_alias(self, alias: str, tenant_id: str, *, why: str) -> None:
        """Have an ID that no tenant has stand for a tenant, in batches that ask for the alias rule."""
        aliases.confirm_alias(self.workspace, alias, tenant_id, who=self.who, why=why)

    def withdraw_alias(self, alias: str, *, why: str) -> None:
        """Have an alias stand for nobody from now on."""
        aliases.withdraw_alias(self.workspace, alias, who=self.who, why=why)

    def record_deposit(self, deposit_id: str, total: Decimal) -> deposits.Deposit:
        """Record a slip as taken to the bank, if the total entered is that of its items."""
        return deposits.record(self.workspace, deposit_id, total, who=self.who)

    def statements(self, kind: str, period: str) -> pd.DataFrame:
        """Give the rows of SPEC 8's `owner_statements.csv` or `tenant_statements.csv` for a month, proven.

        Args:
            kind: `owner` or `tenant`.
            period: a month such as `2026-06`.
        """
        from recon.statements import Period, amounts_of, make_statements, prove
        from schemas.publications import TABLES

        days = Period.month(period)
        with store.reading(self.workspace) as current:
            made = make_statements(current, kind, days, as_of=current.head().seq, order_by="unit")
            prove(current, days, made)
        rows = [amounts_of(statement, section) for statement in made for section in statement.sections]
        return frame_of(pa.Table.from_pylist(rows, TABLES[f"{kind}_statements.csv"].arrow))

    def publishing_terms(self, *, period: str = "", closing_date: str = "", what: str = "") -> "PublishingTerms":
        """Say what to publish: a month such as `2026-06` or a closing date; words parted by commas, else the usual."""
        from recon.publishing.terms import read

        return read(self.workspace, period, closing_date, what)

    def preview_publication(self, terms: "PublishingTerms", to: str | None = None) -> "Preview":
        """Prove what would be published, and say what changed since the last publication; writes nothing."""
        from recon.publishing.publish import preview

        return preview(self.workspace, terms, to)

    def publish(self, terms: "PublishingTerms", to: str | None = None) -> "Publication":
        """Publish and deliver it, see `recon.publishing.publish`.

        User name and password come from the environment or the keyring, never from a notebook.
        """
        from recon.publishing.publish import publish

        return publish(self.workspace, terms, who=self.who, to=to)

    # --- the bank --------------------------------------------------------------------------------------------------

    def match_statement(
        self, file: Path | str, *, profile: str | None = None, bank_account: str | None = None
    ) -> Matched:
        """Take a bank statement or a file of returns in and match what is certain; see `recon.reconciliation`."""
        return matching.match_statement(
            self.workspace, Path(file), who=self.who, profile=profile, bank_account=bank_account
        )

    def left_over(self) -> LeftOver:
        """List what bank and books do not have in common yet, and what each may be."""
        return left_over.left_over(self.workspace)

    def accept_match(
        self,
        bank_line_ids: Sequence[str],
        *,
        deposit_ids: Sequence[str] = (),
        receipt_ids: Sequence[str] = (),
        entry_ids: Sequence[str] = (),
        why: str = "",
        on: date | None = None,
    ) -> Matched:
        """Match lines of the bank as you say; see `recon.reconciliation.matching.accept`."""
        return matching.accept(
            self.workspace, bank_line_ids, deposit_ids=deposit_ids, receipt_ids=receipt_ids, entry_ids=entry_ids,
            who=self.who, why=why, on=on,
        )  # fmt: skip

    def unmatch(self, match_id: str, *, why: str) -> None:
        """Take a match back."""
        matching.unmatch(self.workspace, match_id, who=self.who, why=why)

    def post_bank_item(self, bank_line_id: str, ledger_id: str, *, why: str, on: date | None = None) -> str:
        """Post what only the bank has, such as a fee, to a ledger; gives the match's id."""
        return matching.post_item(self.workspace, bank_line_id, ledger_id, who=self.who, why=why, on=on)

    def tie_out(self, bank_account: str, on: date, balance: Decimal | None = None) -> TieOut:
        """Hold bank, books, and owners and tenants against each other, every difference an item."""
        return tie_out.tie_out(self.workspace, bank_account, on, balance)

    def close_tied(self, on: date, *, why: str = "", balances: Mapping[str, Decimal] | None = None) -> list[TieOut]:
        """Sign off every bank account and close the books through a day."""
        return tie_out.close(self.workspace, on, who=self.who, why=why, balances=balances)

    def bank_report(
        self, bank_account: str, on: date, *, balance: Decimal | None = None, output: Path | str | None = None
    ) -> Path:
        """Make the bank reconciliation report; gives its folder."""
        folder = None if output is None else Path(output)
        return bank_report.make(self.workspace, bank_account, on, who=self.who, balance=balance, output=folder)

    def batch(self, batch_id: str) -> "Batch":
        """Take a batch in hand; its methods have the names of the workbench's buttons."""
        from recon.workbench.batch import Batch

        return Batch(self.workspace, batch_id, self.who)

    def workbench(self, batch_id: str | None = None) -> "Widget":
        """Show the workbench in a notebook: on one batch, else on the newest that has something left."""
        from recon.workbench.screen import Screen
        from recon.workbench.session import Session

        return Screen(Session(self.workspace, self.who, batch_id=batch_id)).view


def open_workspace(folder: Path | str | None = None, *, who: str | None = None) -> Books:
    """Open a workspace: the folder given, else RECON_WORKSPACE, else data/workspace.

    Args:
        folder: where; it is made when something is first written to it.
        who: for the journal; else the system's user.
    """
    return Books(Workspace.at(folder), who or current_user())
