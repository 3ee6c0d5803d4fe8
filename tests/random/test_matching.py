"""Small portfolios at several seeds: nothing is posted and nothing offered for one key that is not the truth."""

from __future__ import annotations

from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

from recon import batches, receipts, store, undo
from recon.batches import Terms
from recon.ledger_loading import load_ledger
from recon.suggestions import sets
from recon.suggestions.kinds import Kind
from recon.workspace import Workspace
from tests.bench.matching import FALSE_OFFER, FALSE_POST, ONE_KEY, RULES, WHO, measure, posted_lines, report
from tests.portfolios import Portfolio
from tests.workspaces import assert_silent


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_false_post_and_no_false_offer(tmp_path: Path, seed: int) -> None:
    """BTR-56: what posts by itself is certain; the rest is one key, or asked."""
    result = measure(tmp_path, units=80, months=1, seed=seed, accepted=1)
    assert result.wrong == [], report(result)
    assert result.share(FALSE_POST, FALSE_OFFER) == 0
    assert result.share("OK_FULL", "OK_PARTIAL_SINGLE", "OK_DUE_NOW", "OK_CREDIT", "OK_ALIAS", ONE_KEY) >= Decimal(90)
    assert f"{result.payments.total():,} payments" in report(result)


@pytest.mark.parametrize("seed", [4, 5])
def test_sets_of_suggestions_never_post_what_is_not_true_and_undo_returns(tmp_path: Path, seed: int) -> None:
    """Issue 7, point 7: every set of a generated file accepted whole against the truth, undone, and accepted again."""
    (day,) = islice(Portfolio(tmp_path, 150, seed).days(1), 1)
    workspace = Workspace.at(tmp_path / "workspace")
    load_ledger(workspace, day.ledger, who=WHO)
    batch_id = batches.import_file(workspace, day.file, Terms(rules=RULES), who=WHO)
    receipts.post(workspace, batch_id, who=WHO)
    before = _open_amounts(workspace)
    first = _accept_every_kind(workspace, batch_id)
    assert sum(len(done.accepted) for done in first) > 5
    truths = {number: line.truth for number, line in enumerate(day.lines, 1)}
    for number, (_, payers, applied) in posted_lines(workspace, batch_id).items():
        assert (payers, applied) == (truths[number].payers, truths[number].applied), number
    assert_silent(workspace)
    for _ in first:
        undo.undo(workspace, batch_id, who=WHO)
    assert _open_amounts(workspace) == before
    assert_silent(workspace)
    assert [done.amount for done in _accept_every_kind(workspace, batch_id)] == [done.amount for done in first]


def _accept_every_kind(workspace: Workspace, batch_id: str) -> list[sets.AcceptedSet]:
    """Accept every set as it is offered when its turn comes; what is left out is never offered falsely."""
    done = []
    for kind in Kind:
        lines = sets.offered(workspace, kind, batch_id)
        if lines:
            one = sets.accept_all(workspace, lines, who=WHO)
            done += [one] if one.accepted else []
    return done


def _open_amounts(workspace: Workspace) -> list[tuple[object, ...]]:
    with store.reading(workspace) as current:
        return current.rows("select charge_key, open_amount from charges order by charge_key")
