"""What other posting rules would have done to the batches of the last months: which lines move; nothing is posted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from recon import past, relations
from recon.classification import put_batch, put_workspace
from recon.errors import WrongUse
from recon.past import Facts
from recon.relations import PostingRules
from recon.workspace import Workspace


@dataclass(frozen=True)
class Moved:
    """A line that the other rules would have answered otherwise."""

    batch_id: str
    line_number: int
    posting_date: date
    amount: Decimal
    was: str  # reason codes
    would_be: str

    @property
    def posts_now(self) -> bool:
        """Whether it would have posted and did not."""
        return self.would_be.startswith("OK") and not self.was.startswith("OK")

    @property
    def posts_no_more(self) -> bool:
        """Whether it posted and would not have."""
        return self.was.startswith("OK") and not self.would_be.startswith("OK")


@dataclass(frozen=True)
class Backtest:
    """What a change of rules would have done."""

    rules: PostingRules
    batches: int
    lines: int
    moved: tuple[Moved, ...]

    def total(self, *, posting: bool) -> tuple[int, Decimal]:
        """Count and add up what would have posted besides, or what would not have posted any more."""
        amounts = [line.amount for line in self.moved if (line.posts_now if posting else line.posts_no_more)]
        return len(amounts), sum(amounts, Decimal("0.00"))


def backtest(workspace: Workspace, rules: PostingRules, *, months: int = 12) -> Backtest:
    """Classify each batch once more as things stood just before it was first posted: by its own rules and by others.

    Each batch is tried by itself, on what the workspace knew then: what the other rules would have posted in one batch
    is not carried into the next. Batches that were never posted are left out.

    Args:
        workspace: where.
        rules: in place of those that each batch was taken in with.
        months: how far back from the newest posting date.

    Raises:
        WrongUse: there is no workspace, or months is below 1.
    """
    if months < 1:
        raise WrongUse("A back-test looks at one month or more.")
    facts = past.facts_of(workspace)
    moved: list[Moved] = []
    batches = lines = 0
    with facts.as_of(facts.head) as now:
        posted = now.rows(
            """
            select journal.batch_id, min(journal.seq)
            from facts.journal as journal
            where journal.action = 'post' and exists (
                select 1 from facts.classifications as classified where classified.entry_seq = journal.seq
            ) and exists (
                select 1 from facts.lines as lines
                where lines.batch_id = journal.batch_id
                    and lines.posting_date > (select max(posting_date) from facts.lines) - to_months($months)
            )
            group by journal.batch_id
            order by 2
            """,
            {"months": months},
        )
    for batch_id, seq in posted:
        answers = list(_answers(facts, batch_id, seq - 1, rules))
        batches, lines = batches + 1, lines + len(answers)
        moved += [line for line in answers if line.was != line.would_be]
    return Backtest(rules, batches, lines, tuple(moved))


def _answers(facts: Facts, batch_id: str, seq: int, rules: PostingRules) -> Iterator[Moved]:
    with facts.as_of(seq) as then:
        own = PostingRules(
            *then.one("select partial_pay, due_now, credit, alias from posting_rules where batch_id = $id",
                      {"id": batch_id})
        )  # fmt: skip
        reasons = []
        for tried in (own, rules):
            put_workspace(then, batch_id, tried)
            put_batch(then, batch_id)
            relations.classify(then, tried, all_uses=False)
            reasons.append(dict(then.rows("select line_number, reason from classified_lines")))
        known = then.rows("select line_number, posting_date, amount from lines_of_batch order by line_number")
    for line_number, posting_date, amount in known:
        if line_number in reasons[0]:
            yield Moved(batch_id, line_number, posting_date, amount, *(found[line_number] for found in reasons))
