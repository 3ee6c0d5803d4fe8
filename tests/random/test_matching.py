"""Small portfolios at several seeds: nothing is posted and nothing offered for one key that is not the truth."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.bench.matching import FALSE_OFFER, FALSE_POST, ONE_KEY, measure, report


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_false_post_and_no_false_offer(tmp_path: Path, seed: int) -> None:
    """BTR-56: what posts by itself is certain; the rest is one key, or asked."""
    result = measure(tmp_path, units=80, months=1, seed=seed, accepted=1)
    assert result.wrong == [], report(result)
    assert result.share(FALSE_POST, FALSE_OFFER) == 0
    assert result.share("OK_FULL", "OK_PARTIAL_SINGLE", "OK_DUE_NOW", "OK_CREDIT", "OK_ALIAS", ONE_KEY) >= Decimal(90)
    assert f"{result.payments.total():,} payments" in report(result)
