"""Statements of random books: they foot, follow each other, and are what SPEC 7 says, added up in plain Python."""

import os
import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recon import store
from recon.publishing.publish import publish
from recon.publishing.terms import settled
from recon.publishing.verifying import verify
from recon.statements import HEADINGS, Period, Statement, amounts_of, make_statements, prove
from recon.workspace import Workspace
from tests.random.test_operations import Player, opened_once
from tests.workspaces import BOOKS, WHO, assert_silent, loaded

SEQUENCES = 400 if os.environ.get("RECON_LONG") == "1" else 2
ZERO = Decimal("0.00")
FIRST, LAST = date(2026, 5, 25), date(2026, 7, 5)
ENTRIES = (
    "entry_id | ledger_id | unit_id | tenant_id | entry_date | kind | description | amount\n"
    "E1 | L1 | | | 2026-05-31 | opening_balance | Brought forward | 1000.00\n"
    "E2 | L1 | U1 | | 2026-06-03 | disbursement | Plumber | -75.50\n"
    "E3 | L1 | | | 2026-06-05 | fee | Management | -30.00\n"
    "E4 | L2 | U3 | T3 | 2026-06-10 | receipt | Rent May | 290.00\n"
    "E5 | L2 | | | 2026-06-28 | owner_draw | Draw | -100.00"
)


def all_statements(workspace: Workspace, period: Period) -> list[Statement]:
    """Every statement of a period, proven."""
    with store.reading(workspace) as current:
        as_of = current.head().seq
        made = [
            statement
            for kind in HEADINGS
            for statement in make_statements(current, kind, period, as_of=as_of, order_by="unit")
        ]
        prove(current, period, made)
    return made


def figures(statements: list[Statement]) -> dict[str, dict[str, Any]]:
    """The rows of SPEC 8's two tables, by party."""
    return {
        f"{statement.kind} {section.party_key}": amounts_of(statement, section)
        for statement in statements
        for section in statement.sections
    }


def plain_rows(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    with store.reading(workspace) as current:
        return current.arrow(sql).to_pylist()


def by_hand(workspace: Workspace, period: Period) -> dict[str, tuple[Decimal, Decimal]]:
    """Opening and closing balances as SPEC 7 puts them, from the facts and in no SQL."""
    load = plain_rows(workspace, "from facts.ledger_loads order by load_id desc limit 1")[0]
    receipts = {row["receipt_id"]: row for row in plain_rows(workspace, "from facts.receipts")}
    reversals = {row["receipt_id"]: row for row in plain_rows(workspace, "from facts.reversals")}
    applications = plain_rows(workspace, "from facts.applications")
    moves: list[tuple[str, date, Decimal]] = [
        (f"owner {row['ledger_key']}", row["entry_date"], row["amount"])
        for row in plain_rows(workspace, "from facts.ledger_entries")
        if row["load_id"] == load["load_id"]
    ]
    for row in applications:
        moves.append((f"owner {row['ledger_key']}", row["applied_on"], row["amount"]))
        if row["receipt_id"] in reversals:
            moves.append((f"owner {row['ledger_key']}", reversals[row["receipt_id"]]["reversed_on"], -row["amount"]))
    for name, row in receipts.items():
        whose, sign = (f"tenant {row['tenant_key']}", -1) if row["tenant_key"] else (f"owner {row['ledger_key']}", 1)
        moves.append((whose, row["posting_date"], sign * row["amount"]))
        if name in reversals:
            moves.append((whose, reversals[name]["reversed_on"], -sign * row["amount"]))
    moves += [
        (f"tenant {receipts[row['receipt_id']]['tenant_key']}", row["refunded_on"], row["amount"])
        for row in plain_rows(workspace, "from facts.credit_refunds")
    ]
    newest: dict[str, dict[str, Any]] = {}
    for row in plain_rows(workspace, "from facts.ledger_charges order by load_id"):
        newest[row["charge_key"]] = row
    for key, row in newest.items():
        is_exported = row["load_id"] == load["load_id"]
        through = load["reflects_through"] if is_exported else load["entry_seq"]
        ours = ZERO
        for applied in applications:
            if applied["charge_key"] == key:
                reversal = reversals.get(applied["receipt_id"])
                ours += applied["amount"] * ((applied["entry_seq"] <= through)
                                             - (reversal is not None and reversal["entry_seq"] <= through))  # fmt: skip
        elsewhere = row["amount"] - (row["open_amount"] if is_exported else ZERO) - ours
        moves.append((f"tenant {row['tenant_key']}", row["due_date"], row["amount"] - elsewhere))
    return {
        whose: (
            sum((amount for who, day, amount in moves if who == whose and day < period.first), ZERO),
            sum((amount for who, day, amount in moves if who == whose and day <= period.last), ZERO),
        )
        for whose in ("owner l1", "owner l2", "tenant t1", "tenant t2", "tenant t3")
    }


def some_period(source: random.Random, first: date) -> Period:
    return Period(first, first + timedelta(days=source.randrange(0, 20)))


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_statements_foot_follow_each_other_and_are_what_the_spec_says(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PUB-36, law 12: opening + lines = closing, closing = the next opening, all owners together = the ledger."""
    workspace, source = loaded(tmp_path), random.Random(seed)
    monkeypatch.setitem(BOOKS, "ledger_entries", ENTRIES)
    player = Player(workspace, tmp_path, source)
    with opened_once(workspace) as look:
        for _ in range(3):
            for _ in range(12):
                player.play(look)
            first = some_period(source, FIRST + timedelta(days=source.randrange(0, 30)))
            second = some_period(source, first.last + timedelta(days=1))
            one, two = figures(all_statements(workspace, first)), figures(all_statements(workspace, second))
            for whose, (opening, closing) in by_hand(workspace, first).items():
                assert (one[whose]["opening"], one[whose]["closing"]) == (opening, closing), whose
                assert two[whose]["opening"] == closing, whose
            whole = figures(all_statements(workspace, Period(FIRST, LAST)))
            for whose, row in whole.items():
                sign = HEADINGS[whose.split(" ", maxsplit=1)[0]]
                assert row["opening"] + sum(row[name] * sign[name] for name in sign) == row["closing"]
    assert_silent(workspace)


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_published_statements_are_never_restated(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PUB-48, law 12: whatever happens between publications, each follows the last, and all can be made again."""
    workspace, source = loaded(tmp_path), random.Random(1000 + seed)
    monkeypatch.setitem(BOOKS, "ledger_entries", ENTRIES)
    player = Player(workspace, tmp_path, source)
    months = [Period.month(f"2026-{month:02d}") for month in (5, 6, 7)]
    closed: dict[tuple[str, int], Decimal] = {}
    names: list[str] = []
    with opened_once(workspace) as look:
        for turn in range(6):
            for _ in range(8):
                player.play(look)
            month = turn if turn < 3 else source.randrange(3)
            terms = settled(workspace, months[month], today=date(2026, 8, 5))
            done = publish(workspace, terms, who=WHO)
            names.append(done.publication_id)
            for whose, row in figures(list(done.preview.gathered.statements)).items():
                sign = HEADINGS[whose.split(" ", maxsplit=1)[0]]
                assert row["opening"] + sum(row[name] * sign[name] for name in sign) == row["closing"]
                if turn < 3 and month:
                    assert row["opening"] == closed[whose, month - 1], whose
                closed[whose, month] = row["closing"]
    assert_silent(workspace)
    assert [verify(workspace, name) for name in names] == [[] for _ in names]
