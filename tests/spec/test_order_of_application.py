"""The order in which charges are paid, by name, and a warning where the law of a state asks for another."""

from __future__ import annotations

from pathlib import Path

import pytest

from recon import allocation
from recon.errors import WrongUse
from recon.suggestions.listing import suggest
from tests.spec.tables import Office, money

CHARGES = """
charge_id | tenant_id | unit_id  | ledger_id | charge_code | due_date   | amount
C1        | Roseman   | Cedar327 | L-Ames    | LATE_FEE    | 2026-05-06 | 50.00
C2        | Roseman   | Cedar327 | L-Ames    | WATER       | 2026-05-08 | 40.00
C3        | Roseman   | Cedar327 | L-Ames    | RENT        | 2026-06-01 | 690.00
"""


@pytest.mark.parametrize(
    ("order", "paid"),
    [
        ("oldest", {"C1": "50.00", "C2": "40.00", "C3": "610.00"}),
        ("washington", {"C3": "690.00", "C1": "10.00"}),
        ("oregon", {"C3": "690.00", "C2": "10.00"}),
    ],
)
def test_an_order_has_a_name(tmp_path: Path, order: str, paid: dict[str, str]) -> None:
    """BTR-60: the proposal follows the order that is set."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    office.workspace.settings.write_text(f'allocation_order = "{order}"\n', "utf-8")
    office.post(office.bring("June.csv", "2026-06-10 | Cedar327 | 700.00 | x | Roseman"))
    wanted = {charge: money(amount) for charge, amount in paid.items()}
    assert allocation.proposed(office.workspace, "B000001", 1)[0].applications == wanted
    assert suggest(office.workspace)[0].suggestions[0].parts[0].applications == wanted


@pytest.mark.parametrize(
    ("text", "laws"),
    [
        ('states = ["WA", "OR"]', ["RCW 59.18.283", "ORS 90.220(9)"]),
        ('states = ["WA"]\nallocation_order = "washington"', []),
        ('states = ["wa"]\nallocation_order = "priority"\ncharge_priority = ["Rent", "LATE"]', []),
        ('states = ["OR"]\nallocation_order = "washington"', ["ORS 90.220(9)"]),
        ('states = ["WA", "OR"]\nallocation_order = "oregon"', []),
        ('states = ["WA"]\nallocation_order = "priority"\ncharge_priority = ["LATE", "RENT"]', ["RCW 59.18.283"]),
        ('states = ["TX"]', []),
    ],
)
def test_an_order_that_a_state_does_not_allow_is_warned_about(tmp_path: Path, text: str, laws: list[str]) -> None:
    workspace = Office(tmp_path).workspace
    workspace.root.mkdir()
    workspace.settings.write_text(text, "utf-8")
    assert [words.partition(" puts")[0] for words in allocation.order_warnings(workspace)] == laws


def test_settings_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    workspace = Office(tmp_path).workspace
    workspace.root.mkdir()
    workspace.settings.write_text('states = "WA"', "utf-8")
    with pytest.raises(WrongUse, match="states is a list"):
        allocation.order_warnings(workspace)
    workspace.settings.write_text('allocation_order = "newest"', "utf-8")
    with pytest.raises(WrongUse, match="oldest, priority, largest, washington, oregon"):
        allocation.settings(workspace)
