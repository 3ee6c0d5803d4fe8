"""Which days of the books are closed: nothing is dated into them any more (SPEC 5, PERIOD_CLOSED)."""

from datetime import date

from recon.errors import WrongUse
from recon.store import Store


def closed_through(current: Store) -> date | None:
    """Give the last day that is closed; None before the first closing."""
    day: date | None = current.one("select max(closed_through) from facts.period_closings")[0]
    return day


def closing_over(current: Store, day: date) -> date | None:
    """Give the day through which the books are closed, if that includes `day`."""
    closed = closed_through(current)
    return closed if closed is not None and day <= closed else None


def check_after(current: Store, day: date, receipt_id: str, posted_on: date) -> None:
    """Refuse a day on which nothing can happen to a receipt any more, or not yet.

    Raises:
        WrongUse: the day is before the receipt, or in a closed period.
    """
    if day < posted_on:
        raise WrongUse(f"{day} is before receipt {receipt_id}, which is of {posted_on}; name a later day.")
    if closed := closing_over(current, day):
        raise WrongUse(f"{day} lies in a closed period (through {closed}); name a later day.")
