"""The golden file: June10.csv of the lockbox format's own description, 3 entries, 2,780.00, through the main job.

What each output must be is kept beside this file in `june10/`. `RECON_REGEN=1` writes them anew; look at the diff.
"""

import json
import os
import re
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from recon import daily
from recon.batches import Terms
from recon.classification import classify_file
from recon.workspace import Workspace

GOLDEN = Path(__file__).parent / "june10"
SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "june10"
FILES = (
    "classification.csv", "unprocessed.csv", "receipts.csv", "applications.csv", "deposit_slips.csv", "errors.log",
    "run.json",
)  # fmt: skip
TERMS = Terms(expect_entries=3, expect_total=Decimal("2780.00"))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The output folders of two runs, each in a workspace of its own."""
    folders = []
    for who in ("ann", "bert"):
        workspace = Workspace.at(tmp_path_factory.mktemp(who) / "workspace")
        done = daily.run(workspace, SAMPLE / "June10.csv", TERMS, who=who, ledger=SAMPLE / "ledger")
        folders.append(done.folder)
    if os.environ.get("RECON_REGEN"):
        GOLDEN.mkdir(exist_ok=True)
        for name in FILES:
            (GOLDEN / name).write_bytes((folders[0] / name).read_bytes())
    return folders


@pytest.mark.xdist_group("june10")
@pytest.mark.parametrize("name", FILES)
def test_scenario_01_each_output_is_the_golden_one(runs: list[Path], name: str) -> None:
    """BTR-50, BTR-51, BTR-42: byte for byte (JSON: value for value); line 3 has no trailing comma and counts."""
    found, wanted = ((folder / name).read_bytes() for folder in (runs[0], GOLDEN))
    assert (json.loads(found) == json.loads(wanted)) if name.endswith(".json") else (found == wanted)


@pytest.mark.xdist_group("june10")
def test_scenario_01_three_entries_and_their_total(runs: list[Path]) -> None:
    """BTR-50, BTR-87, BTR-88: said out loud, so that the golden files cannot drift."""
    told: dict[str, Any] = json.loads((runs[0] / "run.json").read_bytes())
    assert (told["entries"], told["total_amount"]) == (3, "2780.00")
    assert told["auto"] == told["posted"] == {"count": 2, "amount": "1830.00"}
    assert told["individual"] == {"count": 1, "amount": "950.00"}
    assert [slip["total"] for slip in told["deposit_slips"]] == ["1830.00"]


@pytest.mark.xdist_group("june10")
def test_the_same_inputs_give_the_same_bytes(runs: list[Path]) -> None:
    """BTR-55, BTR-62: in another workspace, by another person; the printed slip as well."""
    slips = [path.name for path in sorted(runs[0].glob("deposit_*.pdf"))]
    assert slips == ["deposit_D000001.pdf"]
    for name in (*FILES, *slips):
        assert (runs[0] / name).read_bytes() == (runs[1] / name).read_bytes(), name
    first, second = (json.loads((run / "report_context.json").read_bytes()) for run in runs)
    differing = {key for key in first if first[key] != second[key]}
    assert differing <= {"user", "run_at", "journal_head"}


@pytest.mark.xdist_group("june10")
def test_the_report_shows_the_totals_and_the_hashes(runs: list[Path]) -> None:
    """BTR-55, BTR-88: what came in, what posted, and which bytes it was."""
    page = re.sub(r"<[^>]+>", " ", (runs[0] / "report.html").read_text(encoding="utf-8"))
    told = json.loads((runs[0] / "run.json").read_bytes())
    for words in ("2,780.00", "1,830.00", "950.00", "June10.csv", told["sha256"], "UNDERPAID", "D000001"):
        assert words in page, words


FORMS = (
    '"2006-06-10","Mail212","950.00","Reference #6612"',
    '"2006-06-10","Mail212","950.00","Reference #6612",',
    '"2006-06-10","Mail212","950.00","Reference #6612","",',
    "06/10/2006,Mail212,950.00,Reference #6612,,",
)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_scenario_01_however_the_lines_are_written_and_ordered(tmp_path: Path, end: str) -> None:
    """BTR-40, BTR-41, BTR-42, BTR-45, BTR-48: four, five or six fields, either line end, either date."""
    first, second = (SAMPLE / "June10.csv").read_text().splitlines()[:2]
    wanted = {"Roseman": "OK_FULL", "Bruno": "OK_FULL", "Hartley": "UNDERPAID"}
    for number, (form, order) in enumerate(zip(FORMS, list(permutations(range(3)))[:4], strict=True)):
        lines = [first, second.removesuffix(","), form]
        path = tmp_path / f"{number}.txt"
        path.write_bytes(end.join(lines[place] for place in order).encode())
        rows = classify_file(path, ledger=SAMPLE / "ledger").rows.to_pylist()
        assert {row["tenant_id"]: row["reason"] for row in rows} == wanted
        assert sum(row["amount"] for row in rows) == Decimal("2780.00")
