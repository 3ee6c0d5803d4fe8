"""The Pandera models of the ledger tables: the same rules as the reader's, on frames (SPEC 2)."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pandera.errors import SchemaErrors

from recon.ledger import Ledger, read_ledger
from schemas import ledger as models
from schemas.ledger_rules import rules_of
from schemas.ledger_tables import TABLES
from tests.ledger_folders import folder_of

TWO_CHARGES = (
    "charge_id | tenant_id | unit_id | ledger_id | charge_code | description | due_date | amount | open_amount\n"
    "C1 | Roseman | Cedar327 | L1 | RENT | Rent June | 2026-06-01 | 690.00 | 690.00\n"
    "C2 | Roseman | Cedar327 | L1 | RENT | Rent July | 2026-07-01 | 690.00 | 0.00"
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return read_ledger(folder_of(tmp_path, {"charges": TWO_CHARGES}))


def test_there_is_a_model_for_each_table() -> None:
    """SPEC 2 lists the tables; each has its contract."""
    assert list(models.MODELS) == list(TABLES)


def test_a_ledger_that_was_read_keeps_its_contracts(ledger: Ledger) -> None:
    """DESIGN: validated frames out, with Arrow-backed columns and exact amounts."""
    frames = ledger.frames()
    assert frames["charges"]["amount"].sum() == Decimal("1380.00")
    assert models.Charges.validate(frames["charges"]) is not None
    assert frames["vendors"].empty


def replaced(frame: pd.DataFrame, column: str, values: list[object]) -> pd.DataFrame:
    """Put other values of the same type into a column."""
    kind = frame[column].dtype
    return frame.assign(**{column: pd.Series(values, dtype=kind)})


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("charge_id printable", lambda frame: replaced(frame, "charge_id", ["C\x001", "C2"])),
        ("charge_id unique", lambda frame: replaced(frame, "charge_key", ["c1", "c1"])),
        ("charge_no numbered", lambda frame: replaced(frame, "charge_no", [0, 2])),
        ("description filled", lambda frame: replaced(frame, "description", ["x", None])),
        ("tenant_id referring", lambda frame: replaced(frame, "tenant_no", [0, None])),
        ("due_date dated", lambda frame: replaced(frame, "due_date", [pd.Timestamp("1899-12-31").date()] * 2)),
        ("open_amount within_amount", lambda frame: replaced(frame, "open_amount", [Decimal("690.01"), Decimal(0)])),
        ("open_amount not_negative", lambda frame: replaced(frame, "open_amount", [Decimal("-0.01"), Decimal(0)])),
    ],
)
def test_a_frame_that_breaks_a_rule(ledger: Ledger, rule: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """SPEC 2: the model names the rule that is broken, and no other."""
    with pytest.raises(SchemaErrors) as refused:
        models.Charges.validate(change(models.frame_of(ledger.tables["charges"])))
    assert set(refused.value.failure_cases["check"]) == {f"{rule.split(maxsplit=1)[0]} {_expected(rule)}"}


def _expected(rule: str) -> str:
    column, name = rule.split()
    return next(found.expected for found in rules_of(TABLES["charges"]) if (found.column, found.name) == (column, name))


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.drop(columns="description"),
        lambda frame: frame.assign(extra=1),
        lambda frame: frame[frame.columns[::-1]],
        lambda frame: frame.assign(amount=frame["amount"].astype("float64")),
        lambda frame: frame.assign(tenant_no=frame["tenant_no"].astype(pd.ArrowDtype(pa.int64()))),
    ],
)
def test_a_frame_of_another_shape(ledger: Ledger, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """STYLE: strict, ordered, never coerced; an amount is never a float."""
    with pytest.raises(SchemaErrors):
        models.Charges.validate(change(models.frame_of(ledger.tables["charges"])))


@pytest.mark.parametrize("number", [1, -1])
def test_a_reference_that_leads_elsewhere(ledger: Ledger, number: int) -> None:
    """SPEC 2: no dangling reference, checked across the tables."""
    frames = ledger.frames()
    frames["charges"] = replaced(frames["charges"], "unit_no", [0, number])
    with pytest.raises(SchemaErrors, match="unit_no must lead to its row"):
        models.validate(frames)


def test_an_owner_ledger_without_an_owner(ledger: Ledger) -> None:
    """SPEC 2: owner_id is required for owner ledgers, and the kind is one of a closed list."""
    frame = models.frame_of(ledger.tables["ledgers"])
    without = replaced(replaced(frame, "owner_id", [None]), "owner_no", [None])
    with pytest.raises(SchemaErrors, match="must not be empty in an owner ledger"):
        models.Ledgers.validate(without)
    assert models.Ledgers.validate(replaced(without, "kind", ["management"])) is not None
    with pytest.raises(SchemaErrors, match="must be one of owner"):
        models.Ledgers.validate(replaced(frame, "kind", ["bank"]))
