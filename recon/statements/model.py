"""What a statement says, before anybody thinks of how it looks."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from recon.errors import WrongUse

# What stands between the balances, in SPEC 8's order, and the sign with which programs are told of it.
HEADINGS: dict[str, dict[str, int]] = {
    "owner": {"receipts": 1, "disbursements": 1, "fees": 1, "owner_draws": 1, "other": 1},
    "tenant": {"charges": 1, "paid_elsewhere": -1, "payments": -1, "reversals_refunds": 1},
}
BUCKETS = ("0-30", "31-60", "61-90", "over 90")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Period:
    """The days of a statement, first and last included."""

    first: date
    last: date

    @classmethod
    def month(cls, text: str) -> "Period":
        """Read a month such as `2026-06`.

        Raises:
            WrongUse: it is none.
        """
        found = _MONTH.fullmatch(text.strip())
        if found is None or not 1900 <= int(found[1]) <= 2199:
            raise WrongUse(f"{text!r} is not a month such as 2026-06.")
        year, month = int(found[1]), int(found[2])
        return cls(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))

    @classmethod
    def closing(cls, last: date) -> "Period":
        """Give the days from the first of the closing date's month to the closing date (PUB-36)."""
        return cls(last.replace(day=1), last)

    @property
    def before(self) -> date:
        """The day whose closing balance is the opening balance."""
        return self.first - timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """One movement; `amount` is signed as the balance changes."""

    moved_on: date
    heading: str
    kind: str
    unit_id: str
    unit: str
    party: str  # tenant or vendor
    description: str
    reference: str
    amount: Decimal
    is_late: bool = False  # of a period that was published before
    is_added: bool = False  # not on the statement that this one is supplemental to


@dataclass(frozen=True)
class Unpaid:
    """A charge that was due by the closing date and not paid in full then, or a vendor's bill, whose party he is."""

    due_date: date
    unit: str
    party: str
    description: str
    amount: Decimal
    bucket: str = ""  # days since a charge was due


@dataclass(frozen=True)
class Section:
    """One ledger of an owner, or a tenant's account: opening + lines = closing."""

    party_key: str
    party_id: str
    opening: Decimal
    lines: tuple[Line, ...]
    closing: Decimal
    unpaid: tuple[Unpaid, ...]
    number: int  # 1: the original; more: supplemental
    as_of: int
    is_new: bool  # not published as it stands
    bills: tuple[Unpaid, ...] = ()  # what the owner owes to vendors, as exported

    def total(self, heading: str) -> Decimal:
        """Add up the lines under a heading."""
        return sum((line.amount for line in self.lines if line.heading == heading), Decimal("0.00"))

    def aged(self) -> dict[str, Decimal]:
        """Add up what is unpaid by days since it was due."""
        sums = dict.fromkeys(BUCKETS, Decimal("0.00"))
        for unpaid in self.unpaid:
            sums[unpaid.bucket] += unpaid.amount
        return sums


@dataclass(frozen=True)
class Statement:
    """What one owner or tenant gets for one period."""

    kind: str  # owner or tenant
    holder_key: str
    holder_id: str
    name: str
    home: str  # where a tenant lives
    period: Period
    sections: tuple[Section, ...]
    note: str
    order_by: str  # unit or date
    is_active: bool
    number: int = 1
    firm: str = ""  # whose statement it is, as printed

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is owed and nothing happened."""
        return not any(section.opening or section.closing or section.lines for section in self.sections)

    @property
    def opening(self) -> Decimal:
        """The opening balance of all sections."""
        return sum((section.opening for section in self.sections), Decimal("0.00"))

    @property
    def closing(self) -> Decimal:
        """The closing balance of all sections."""
        return sum((section.closing for section in self.sections), Decimal("0.00"))


def amounts_of(statement: Statement, section: Section) -> dict[str, object]:
    """Give a section as a row of SPEC 8's `owner_statements.csv` or `tenant_statements.csv`."""
    ids = {"owner_id": statement.holder_id, "ledger_id": section.party_id}
    if statement.kind == "tenant":
        ids = {"tenant_id": statement.holder_id}
    headings = HEADINGS[statement.kind]
    return {
        **ids,
        "period_from": statement.period.first,
        "period_to": statement.period.last,
        "opening": section.opening,
        **{heading: section.total(heading) * sign + 0 for heading, sign in headings.items()},
        "closing": section.closing,
    }
