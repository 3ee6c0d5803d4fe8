"""Questions to the books, answered from a copy in memory: nobody waits for it, and nothing it does changes anything.

What the copy holds is one moment. `Inquiry.between` looks at two of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pyarrow as pa

from recon import past
from recon.audits import audit_store
from recon.errors import WrongUse
from recon.past import Facts
from recon.schema import resource
from recon.workspace import Workspace

TALLIES = ("age", "payer", "reason", "amount")


@dataclass(frozen=True)
class Inquiry:
    """One workspace as it was when the copy was taken, or as of an earlier journal entry."""

    workspace: Workspace
    facts: Facts
    as_of: int

    def unmatched(self, on: date) -> pa.Table:
        """List the waiting lines, with their age at a day."""
        return self._asked("unmatched_payments", {"on": on})

    def unmatched_by(self, on: date, by: str) -> pa.Table:
        """Count the waiting lines and add them up by `age`, `payer`, `reason` or `amount`.

        Raises:
            WrongUse: by is none of them.
        """
        if by not in TALLIES:
            raise WrongUse(f"Unmatched payments are counted by {', '.join(TALLIES)}, not by {by!r}.")
        return self._asked("unmatched_tally", {"by": by}, {"unmatched_payments": {"on": on}})

    def trail(self, subject: str) -> pa.Table:
        """Tell all that is known, from file line to bank line and statement, oldest first.

        Args:
            subject: a line (`B000001:17`), receipt (`R0000001`), deposit slip (`D000001`) or line of the bank
                (`L0000001`); a tenant or charge by its ID.
        """
        asked = {"subject": subject}
        return self._asked("trail", {}, {"receipts_asked_for": asked, "lines_asked_for": asked})

    def duplicates(self, days: int = 10) -> pa.Table:
        """List pairs of payments of one payer and amount within so many days."""
        return self._asked("likely_duplicates", {"days": days})

    def sample(self, count: int, seed: str, all_from: Decimal) -> pa.Table:
        """Draw an auditor's sample of receipts: all from an amount on, and so many others by a seed."""
        return self._asked("sampled_receipts", {"count": count, "seed": seed, "all_from": all_from})

    def aliases(self, on: date) -> pa.Table:
        """List the aliases that stand, with how often and when last they were used, and which have expired by a day."""
        return self._asked("aliases_to_review", {"on": on})

    def relation(self, name: str) -> pa.Table:
        """Give one of the relations of the data dictionary as it was."""
        with self.facts.as_of(self.as_of) as then:
            return then.table(name)

    def query(self, sql: str) -> pa.Table:
        """Run SQL of your own over the relations of the data dictionary; it sees a copy, and no file."""
        with self.facts.as_of(self.as_of) as then:
            return then.arrow(sql)

    def between(self, earlier: int) -> pa.Table:
        """List the charges whose open amount differs from that at an earlier journal entry, with each cause.

        Raises:
            WrongUse: there is no such entry.
        """
        with self.facts.as_of(earlier) as before:
            charges = before.table("charges")
        with self.facts.as_of(self.as_of) as now:
            now.take("charges_before", charges)
            return now.arrow(resource("inquiries", "charges_moved.sql"), {"after": earlier})

    def verification(self) -> pa.Table:
        """Check every law and the journal's chain; no row means that all hold."""
        with self.facts.as_of(self.as_of) as then:
            findings = audit_store(then, None)
        rows = {"law": [row.law for row in findings], "finding": [row.words for row in findings]}
        return pa.table(rows, schema=pa.schema([("law", pa.string()), ("finding", pa.string())]))

    def _asked(
        self,
        question: str,
        terms: Mapping[str, object],
        before: Mapping[str, Mapping[str, object]] | None = None,
    ) -> pa.Table:
        with self.facts.as_of(self.as_of) as then:
            for name, needs in (before or {}).items():
                then.build(name, resource("inquiries", f"{name}.sql"), needs)
            then.build(question, resource("inquiries", f"{question}.sql"), terms)
            return then.table(question)


def inquire(workspace: Workspace, as_of: int | None = None) -> Inquiry:
    """Take a copy of the books to ask about, as they are or as of a journal entry.

    Raises:
        WrongUse: there is no workspace, or no such entry.
    """
    facts = past.facts_of(workspace)
    seq = facts.head if as_of is None else as_of
    if not 0 <= seq <= facts.head:
        raise WrongUse(f"There is no journal entry {seq}; the last is {facts.head}.")
    return Inquiry(workspace, facts, seq)


def answers(
    asked: Inquiry, *, on: str = "", earlier: int = 0, subject: str = "", sample: int = 25, seed: str = "audit"
) -> dict[str, pa.Table]:
    """Answer everything that the audit notebook shows, by name.

    Args:
        asked: the books.
        on: the day at which ages are counted, such as `2026-06-30`; else the newest posting date.
        earlier: the journal entry that the ledger is compared with.
        subject: see `Inquiry.trail`.
        sample: how many receipts to draw beside those of 10,000.00 and more.
        seed: what the draw follows.

    Raises:
        WrongUse: the day is no date, or there is no such entry.
    """
    try:
        day = date.fromisoformat(on) if on else _newest(asked)
    except ValueError as error:
        raise WrongUse(f"{on!r} is not a day such as 2026-06-30.") from error
    return {
        "unmatched": asked.unmatched(day),
        **{f"by_{by}": asked.unmatched_by(day, by) for by in TALLIES},
        "trail": asked.trail(subject),
        "differences": asked.between(earlier),
        "duplicates": asked.duplicates(),
        "verification": asked.verification(),
        "aliases": asked.aliases(day),
        "sample": asked.sample(sample, seed, Decimal(10_000)),
    }


def _newest(asked: Inquiry) -> date:
    newest: date | None = asked.query("select max(posting_date) as newest from lines")["newest"][0].as_py()
    return newest or asked.workspace.today()
