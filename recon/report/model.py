"""The values that a report is made of. Frozen, typed, exact; nothing here reads a file or knows about HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from recon import money

LIMIT = 2_000  # SPEC 8: above this many items a list shows totals, the first SHOWN and the hash of its CSV
SHOWN = 500

Item = TypeVar("Item")


def shown_of(items: Sequence[Item], count: int) -> tuple[Item, ...]:
    """Give the items that a list of `count` may show: all of them, or the first 500 when there are too many."""
    return tuple(items if count <= LIMIT else items[:SHOWN])


@dataclass(frozen=True)
class Tally:
    """How many and how much. `None` stands for a number that nobody gave."""

    count: int | None
    amount: Decimal | None

    def __add__(self, other: "Tally") -> "Tally":
        """Add up two tallies; what is unknown in one is unknown in the sum."""
        return Tally(
            None if self.count is None or other.count is None else self.count + other.count,
            None if self.amount is None or other.amount is None else self.amount + other.amount,
        )

    def __sub__(self, other: "Tally") -> "Tally":
        """Give the difference; what is unknown in one is unknown in the difference."""
        return Tally(
            None if self.count is None or other.count is None else self.count - other.count,
            None if self.amount is None or other.amount is None else self.amount - other.amount,
        )

    @property
    def is_nothing(self) -> bool:
        """Whether no known part of it differs from zero."""
        return not self.count and not self.amount


NOTHING = Tally(0, Decimal("0.00"))


class Standing(StrEnum):
    """How a check came out."""

    AGREES = "agrees"
    EXPLAINED = "explained"  # a difference with a known, harmless reason, which is printed beside it
    DIFFERS = "differs"


@dataclass(frozen=True)
class Check:
    """Two tallies that must be equal, reached by different ways."""

    claim: str
    stated: Tally
    found: Tally
    explanation: str = ""

    @property
    def difference(self) -> Tally:
        """Give what is stated less what was found."""
        return self.stated - self.found

    @property
    def standing(self) -> Standing:
        """Say how it came out."""
        if self.difference.is_nothing:
            return Standing.AGREES
        return Standing.EXPLAINED if self.explanation else Standing.DIFFERS


@dataclass(frozen=True)
class Proof:
    """The arithmetic that an auditor looks for first."""

    control: Tally | None  # what the bank said; None when no control totals were given
    file: Tally
    loaded: Tally
    auto: Tally
    individual: Tally
    rejected: Tally
    posted: Tally
    undeposited: Tally
    ready: Tally  # certain and not posted yet; where people have worked on the batch since, it waits like the rest
    waiting: Tally  # what requires a person now; as `individual`, unless people have worked on the batch since
    removed: Tally
    checks: tuple[Check, ...]

    @property
    def difference(self) -> Tally:
        """Give the bank's total (the file's, when the bank gave none) less what was loaded."""
        against = self.control or self.file
        return against - self.loaded

    @property
    def holds(self) -> bool:
        """Whether nothing differs without an explanation."""
        return self.difference.is_nothing and all(check.standing is not Standing.DIFFERS for check in self.checks)


@dataclass(frozen=True)
class PaymentLine:
    """One line of the file, in the words of the receipts form."""

    line_number: int
    posting_date: str
    description: str  # BTR-91: tenant and unit, or the file's own IDs
    memo: str
    amount: Decimal
    status: str  # BTR-18: what the tenant has not paid
    disposition: str
    reason: str
    flags: tuple[str, ...]
    message: str
    receipt_id: str  # empty: not posted


@dataclass(frozen=True)
class PaymentList:
    """One of the three tabs (BTR-20)."""

    title: str
    tally: Tally
    lines: tuple[PaymentLine, ...]

    @property
    def heading(self) -> str:
        """Give the title with the number of payments and their sum."""
        count, amount = self.tally.count or 0, self.tally.amount or Decimal(0)
        return f"{self.title} ({count:,} · {money.shown(amount)})"


@dataclass(frozen=True)
class ReasonTally:
    """How many lines have one reason, and their sum."""

    disposition: str
    reason: str
    tally: Tally


@dataclass(frozen=True)
class SlipItem:
    """One receipt on a deposit slip."""

    receipt_id: str
    tenant: str
    unit: str
    memo: str
    amount: Decimal


@dataclass(frozen=True)
class DepositSlip:
    """One deposit: what goes to the bank as one credit. Above 2,000 items, only the first 500 are in `items`."""

    deposit_id: str
    bank_account_id: str
    bank_account_name: str
    account_last4: str
    deposit_date: str
    tally: Tally
    items: tuple[SlipItem, ...]
    csv_sha256: str  # of deposit_slips.csv, which has every item


@dataclass(frozen=True)
class ErrorEntry:
    """One line of the error log; `raw` is the file's line word for word."""

    line_number: str
    reason: str
    message: str
    raw: str


@dataclass(frozen=True)
class ErrorLog:
    """What the run wrote to errors.log."""

    count: int
    rejected_count: int
    rejected: tuple[ErrorEntry, ...]
    others: tuple[ErrorEntry, ...]


@dataclass(frozen=True)
class AgeingBucket:
    """What is open, by how long it has been due."""

    bucket: str
    tally: Tally


@dataclass(frozen=True)
class TransferDue:
    """Money that lies in one account and belongs to another one's ledger."""

    from_account: str
    to_account: str
    ledger_id: str
    amount: Decimal


@dataclass(frozen=True)
class Identity:
    """Which run this is, of what, by whom; empty where the run did not say."""

    workspace: str
    run_id: str
    batch_id: str
    file: str
    source: str
    user: str
    run_at: str
    dry_run: bool
    posting_rules: tuple[tuple[str, str], ...]
    hashes: tuple[tuple[str, str], ...]  # what was read, then what was written: name, SHA-256
    journal_head: str


@dataclass(frozen=True)
class BatchReport:
    """Everything that the report of one run says, in the order in which it says it."""

    identity: Identity
    proof: Proof
    all_payments: PaymentList
    individual: PaymentList
    automatic: PaymentList
    reasons: tuple[ReasonTally, ...]
    flags: tuple[tuple[str, Tally], ...]
    slips: tuple[DepositSlip, ...]
    errors: ErrorLog
    ageing: tuple[AgeingBucket, ...]
    transfers_due: tuple[TransferDue, ...]
    warnings: tuple[str, ...]

    def csv_hash(self, name: str) -> str:
        """Give the SHA-256 of one of the run's files; empty when the run did not write it."""
        return dict(self.identity.hashes).get(name, "")
