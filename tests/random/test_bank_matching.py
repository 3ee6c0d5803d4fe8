"""Matching against a bank that knows the truth: rents collide on a grid of 25 dollars, and none may be wrong (SPEC 7).

Each day's slips go to the bank as they are, or all of a day together; the bank shows them some days later, some with
the slip's number, one split in two now and then, or not yet. Beside them it shows credits that are nobody's.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa

from recon import store
from recon.reconciliation import readings
from recon.reconciliation.readings import DateWindow
from recon.store import Store

SEEDS = 30_000 if os.environ.get("RECON_LONG") else 5_000
MONEY = pa.decimal128(18, 4)
WINDOW = DateWindow()


@dataclass
class Truth:
    """What went to the bank, and what the bank shows; `of_line` has the slips that a line really is."""

    slips: list[tuple[str, date, Decimal]] = field(default_factory=list)
    lines: list[tuple[str, date, Decimal, str | None]] = field(default_factory=list)  # with the slip that it names
    of_line: dict[str, set[str]] = field(default_factory=dict)

    def show(self, day: date, amount: Decimal, slips: set[str], names: str | None = None) -> None:
        """Add a line of the bank."""
        line_id = f"L{len(self.lines) + 1:07d}"
        self.lines.append((line_id, day, amount, names))
        self.of_line[line_id] = slips


def world(seed: int) -> Truth:
    """Make up a month of one bank account, in which the bank shows each slip within the window, or not yet."""
    chance = random.Random(seed)
    truth, grid = Truth(), [Decimal(25 * step) for step in range(1, chance.choice((4, 12, 40)))]
    for offset in range(chance.randint(1, 12)):
        day = date(2026, 6, 1) + timedelta(offset)
        todays = []
        for _ in range(chance.randint(0, 3)):
            slip_id = f"D{len(truth.slips) + 1:06d}"
            amount = sum((chance.choice(grid) for _ in range(chance.randint(1, 3))), Decimal(0))
            truth.slips.append((slip_id, day, amount))
            todays.append((slip_id, amount))
        _show_day(truth, chance, day, todays)
    for _ in range(chance.randint(0, 2)):  # what nobody recorded is a transfer between accounts, not on the grid
        amount = chance.choice(grid) + Decimal("0.37")
        truth.show(date(2026, 6, chance.randint(1, 16)), amount, set())
    chance.shuffle(truth.lines)
    return truth


def _show_day(truth: Truth, chance: random.Random, day: date, todays: list[tuple[str, Decimal]]) -> None:
    """Let the bank show a day's slips."""

    def shown() -> date:
        return day + timedelta(chance.randint(-WINDOW.days_before, WINDOW.days_after))

    if len(todays) > 1 and chance.random() < 0.3:
        truth.show(shown(), sum((amount for _, amount in todays), Decimal(0)), {slip for slip, _ in todays})
        return
    for slip_id, amount in todays:
        if chance.random() < 0.1:
            continue  # still in transit
        if amount > 25 and chance.random() < 0.1:
            on = shown()
            truth.show(on, amount - 25, {slip_id})
            truth.show(on, Decimal(25), {slip_id})
        else:
            truth.show(shown(), amount, {slip_id}, slip_id if chance.random() < 0.25 else None)


def look(current: Store, truths: dict[str, Truth]) -> list[readings.Found]:
    """Match many worlds at once, each as a bank account of its own, at the level of the relations."""
    lines = [(account, *row) for account, truth in truths.items() for row in truth.lines]
    slips = [(account, *row) for account, truth in truths.items() for row in truth.slips]
    naming = [(account, line_id, amount, name) for account, line_id, _, amount, name in lines if name]
    named = {(account, name) for account, _, _, name in naming}
    total = {(account, slip_id): amount for account, slip_id, _, amount in slips}
    current.take(
        "names_at_hand",
        pa.table(
            {
                "bank_line_id": [account + line_id for account, line_id, _, _ in naming],
                "deposit_id": [account + name for account, _, _, name in naming],
                "amount": pa.array([amount for _, _, amount, _ in naming], MONEY),
                "total": pa.array([total[account, name] for account, _, _, name in naming], MONEY),
                "is_free": [True] * len(naming),
            }
        ),
    )
    current.take(
        "lines_to_match",
        pa.table(
            {
                "bank_line_id": [account + line_id for account, line_id, *_ in lines],
                "item_kind": ["deposit"] * len(lines),
                "bank_account_key": [account for account, *_ in lines],
                "booking_date": pa.array([row[2] for row in lines], pa.date32()),
                "amount": pa.array([row[3] for row in lines], MONEY),
                "is_free": [row[4] is None for row in lines],
            }
        ),
    )
    current.take(
        "items_to_match",
        pa.table(
            {
                "item_kind": ["deposit"] * len(slips),
                "kind": ["deposit"] * len(slips),
                "item_id": [account + slip_id for account, slip_id, *_ in slips],
                "bank_account_key": [account for account, *_ in slips],
                "item_date": pa.array([row[2] for row in slips], pa.date32()),
                "amount": pa.array([row[3] for row in slips], MONEY),
                "fits_from": pa.array([row[2] - timedelta(WINDOW.days_before) for row in slips], pa.date32()),
                "fits_to": pa.array([row[2] + timedelta(WINDOW.days_after) for row in slips], pa.date32()),
                "is_free": [(row[0], row[1]) not in named for row in slips],
            }
        ),
    )
    readings.relate(current)
    return readings.certain(current)


def test_no_match_is_wrong() -> None:
    """BTR-62: thousands of portfolios whose rents all collide, and where one wrong match is one too many."""
    truths = {f"{seed}:": world(seed) for seed in range(SEEDS)}
    with store.memory() as current:
        matches = look(current, truths)
    wrong = []
    for match in matches:
        for line_id in match.bank_line_ids:
            account, _, own_id = line_id.partition(":")
            truly = {f"{account}:{slip_id}" for slip_id in truths[f"{account}:"].of_line[own_id]}
            if truly != {item_id for _, item_id in match.items}:
                wrong.append((line_id, truly, match))
    assert wrong == []
    by_total = sum(match.rule != "reference" for match in matches)
    possible = sum(name is None for truth in truths.values() for *_, name in truth.lines)
    assert by_total > possible / 10, f"{by_total} of {possible}: a rule that never matches is never wrong"
    assert any(len(match.bank_line_ids) > 1 for match in matches)
    assert any(len(match.items) > 1 for match in matches)
