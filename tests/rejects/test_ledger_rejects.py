"""One tiny malformed ledger per error message (SPEC 2).

A folder under `rejects/ledger` holds the files that differ from the good ledger of `tests.ledger_folders`, perhaps a
`without.txt` with the tables to leave out, and in `expected.txt` every problem as it is shown, in order.
"""

import shutil
from pathlib import Path

import pytest

from recon.errors import InputRefused
from recon.ledger import read_ledger
from tests.ledger_folders import folder_of

CASES = sorted(path for path in (Path(__file__).parent / "ledger").iterdir() if path.is_dir())


def ledger_of(case: Path, folder: Path) -> Path:
    """Lay the files of a case over the good ledger."""
    replaced = {path.stem for path in case.glob("*.csv")}
    left_out = case / "without.txt"
    if left_out.exists():
        replaced |= set(left_out.read_text("utf-8").split())
    folder_of(folder, dict.fromkeys(replaced))
    for path in [*case.glob("*.csv"), *case.glob("*.parquet")]:
        shutil.copy(path, folder)
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_message_is_the_one_expected(case: Path, tmp_path: Path) -> None:
    """SPEC 2: an error names file, line, column and value; all are listed, and nothing is loaded."""
    with pytest.raises(InputRefused) as refused:
        read_ledger(ledger_of(case, tmp_path))
    found = "".join(f"{problem}\n" for problem in refused.value.problems)
    assert found == (case / "expected.txt").read_text("utf-8")


def test_the_ledger_beneath_the_cases_is_good(tmp_path: Path) -> None:
    """Otherwise a case could be refused for something that it does not show."""
    assert read_ledger(folder_of(tmp_path)).warnings == ()
