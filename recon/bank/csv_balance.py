"""The balance column of a CSV file: does each line lead to it, oldest first or newest first?"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from recon.bank.bank_file import Findings


class Step(NamedTuple):
    """A booked line and the balance after it."""

    line: int
    amount: Decimal | None
    balance: Decimal | None


def running_balance(steps: Sequence[Step], found: Findings) -> tuple[Decimal | None, Decimal | None]:
    """Follow the balance from line to line and give where it begins and ends.

    A balance that is not that of each line, such as one per day, says nothing about single lines and is not used.
    """
    if not any(step.balance is not None for step in steps):
        return None, None
    breaks = {ahead: _breaks(steps if ahead else steps[::-1]) for ahead in (True, False)}
    oldest_first = len(breaks[True][0]) <= len(breaks[False][0])
    broken, tried = breaks[oldest_first]
    if len(broken) * 4 > tried:
        words = "The balance column does not follow the lines, so it was not used to check them."
        found.info(steps[0].line, "balance_unused", words)
        return None, None
    for step in broken:
        words = f"The balance {step.balance:f} does not follow from the line before; lines are missing or changed."
        found.error(step.line, "balance", words)
    ordered = steps if oldest_first else steps[::-1]
    first, last = ordered[0], ordered[-1]
    opening = first.balance - first.amount if first.balance is not None and first.amount is not None else None
    return opening, last.balance


def _breaks(ordered: Sequence[Step]) -> tuple[list[Step], int]:
    """Give the lines at which the balance does not follow, oldest first, and how many steps were tried."""
    broken: list[Step] = []
    tried = 0
    before: Decimal | None = None
    moved: Decimal | None = Decimal(0)
    for step in ordered:
        moved = None if moved is None or step.amount is None else moved + step.amount
        if step.balance is None:
            continue
        if before is not None:
            tried += 1
            if moved is None or before + moved != step.balance:
                broken.append(step)
        before, moved = step.balance, Decimal(0)
    return broken, tried
