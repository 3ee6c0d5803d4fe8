"""What other rules would have done, and the store as it was: the past is the facts up to a journal entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from recon import past
from recon.backtest import backtest
from recon.errors import WrongUse
from recon.relations import PostingRules
from tests.spec.tables import Office, money

CHARGES = """
charge_id | tenant_id | unit_id  | ledger_id | charge_code | due_date   | amount
C1        | Roseman   | Cedar327 | L-Ames    | RENT        | 2026-06-01 | 690.00
C3        | Bruno     | Fair436  | L-Ames    | RENT        | 2026-06-01 | 700.00
C4        | Bruno     | Fair436  | L-Ames    | RENT        | 2026-07-01 | 700.00
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.load(charges=CHARGES)
    batch = made.bring(
        "June10.csv",
        "2026-06-10 | Cedar327 | 500.00 | x | Roseman\n2026-06-10 | Fair436 | 700.00 | y | Bruno",
    )
    made.post(batch)
    return made


def test_the_lines_that_would_move_are_listed_with_their_money_and_none_is_posted(office: Office) -> None:
    found = backtest(office.workspace, PostingRules(partial_pay=True, due_now=True))
    assert [(line.line_number, line.was, line.would_be) for line in found.moved] == [
        (1, "UNDERPAID", "OK_PARTIAL_SINGLE"),
        (2, "UNDERPAID", "OK_DUE_NOW"),
    ]
    assert found.total(posting=True) == (2, money("1200.00"))
    assert found.total(posting=False) == (0, money("0.00"))
    assert (found.batches, found.lines) == (1, 2)
    assert office.receipts() == []


def test_it_looks_at_things_as_they_stood_then(office: Office) -> None:
    """What a person did afterwards changes nothing about it."""
    from recon.suggestions.listing import accept

    accept(office.workspace, "B000001", 1, who="ann")
    found = backtest(office.workspace, PostingRules(partial_pay=True), months=1)
    assert [(line.line_number, line.would_be) for line in found.moved] == [(1, "OK_PARTIAL_SINGLE")]


def test_the_same_rules_move_nothing(office: Office) -> None:
    assert backtest(office.workspace, PostingRules()).moved == ()
    with pytest.raises(WrongUse, match="one month or more"):
        backtest(office.workspace, PostingRules(), months=0)


def test_the_past_is_the_facts_up_to_an_entry(office: Office) -> None:
    facts = past.facts_of(office.workspace)
    with facts.as_of(1) as then:
        assert then.one("select count(*) from lines") == (0,)
        assert then.one("select sum(open_amount) from charges") == (money("2090.00"),)
    with facts.as_of(facts.head) as now, pytest.raises(WrongUse, match="no journal entry 99"), facts.as_of(99):
        assert now.one("select count(*) from lines") == (2,)
