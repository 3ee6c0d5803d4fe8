"""Which days of the books are closed: nothing is dated into them any more (SPEC 5, PERIOD_CLOSED)."""

from datetime import date

from recon.store import Store


def closed_through(current: Store) -> date | None:
    """Give the last day that is closed; None before the first closing."""
    day: date | None = current.one("select max(closed_through) from facts.period_closings")[0]
    return day


def closing_over(current: Store, day: date) -> date | None:
    """Give the day through which the books are closed, if that includes `day`."""
    closed = closed_through(current)
    return closed if closed is not None and day <= closed else None
