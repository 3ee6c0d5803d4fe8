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
    assert "1. payment of Roseman on Cedar327 (90 points, one key)" in said
    assert "but the payer is named with 0 points, where 30 are needed" in said
    rows = json.loads(run(app, ["suggest", "--json", *where]).output)
    assert [row["suggestions"][0]["is_acceptable"] for row in rows] == [True, False]
    assert "Posted as R0000001." in run(app, ["accept", "B000001:1", *where]).output
    assert "is not beyond doubt" in str(run(app, ["accept", "B000001:2", *where]).exception)
    assert "Posted as R0000002." in run(app, ["accept", "B000001:2", "--rank", "1", *where]).output
    assert "not one waiting line" in str(run(app, ["accept", "B000001", *where]).exception)
    assert "No line waits." in run(app, ["suggest", *where]).output
