"""`recon suggest` and `recon accept`: readings in words and JSON, one key only where nothing is in doubt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from recon.cli import suggest_commands  # noqa: F401 - it defines the commands
from recon.cli.app import app
from tests.spec.tables import Office
from tests.spec.test_suggestions import CHARGES


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.load(charges=CHARGES)
    batch = made.bring("June10.csv", "2026-06-10 | Ceder327 | 715.00 | x | Rosmean\n2026-06-10 | Nix | 700.00 | y |")
    made.post(batch)
    return made


def test_readings_are_said_in_words_and_json_and_accepted_by_line(office: Office) -> None:
    """BTR-60: one key for what is beyond doubt, a choice by rank for the rest."""
    run, where = CliRunner().invoke, ["--workspace", str(office.workspace.root)]
    said = run(app, ["suggest", "B000001", *where]).output
    assert "1. misspelt-id of Roseman on Cedar327 (90 points, one key)" in said
    assert "but the payer is named with 0 points, where 30 are needed" in said
    rows = json.loads(run(app, ["suggest", "--json", *where]).output)
    assert [row["suggestions"][0]["is_acceptable"] for row in rows] == [True, False]
    assert "Posted as R0000001." in run(app, ["accept", "B000001:1", *where]).output
    assert "is not beyond doubt" in str(run(app, ["accept", "B000001:2", *where]).exception)
    assert "Posted as R0000002." in run(app, ["accept", "B000001:2", "--rank", "1", *where]).output
    assert "not one waiting line" in str(run(app, ["accept", "B000001", *where]).exception)
    assert "No line waits." in run(app, ["suggest", *where]).output


def test_all_of_a_kind_is_shown_and_accepted(office: Office) -> None:
    """Issue 7, point 7: a preview with payer, amount, charges and evidence; accepted; the second time there is none."""
    run, where = CliRunner().invoke, ["--workspace", str(office.workspace.root)]
    shown = run(app, ["accept", "--kind", "misspelt-id", "--dry-run", *where]).output
    assert "B000001:1  715.00  Roseman Cedar327  to C1 690.00, C2 25.00" in shown
    assert "the tenant ID 'Rosmean' is 1 off Roseman" in shown
    assert "1 would be accepted as misspelt-id, 715.00; nothing is posted." in shown
    assert office.receipts() == []
    done = json.loads(run(app, ["accept", "B000001", "--kind", "misspelt-id", "--json", *where]).output)
    assert [(row["batch_id"], row["amount"], len(row["accepted"])) for row in done] == [("B000001", "715.00", 1)]
    assert "No suggestion of the kind misspelt-id" in run(app, ["accept", "--kind", "misspelt-id", *where]).output
    for wrong in (["accept"], ["accept", "B000001:2", "--dry-run"], ["accept", "--kind", "alias", "--rank", "1"]):
        assert "or a kind with --kind" in str(run(app, [*wrong, *where]).exception)
