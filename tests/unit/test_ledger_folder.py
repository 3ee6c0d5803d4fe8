"""Which files of a folder are read, and what is said of a folder that cannot be (SPEC 2)."""

import os
from pathlib import Path

import pytest

from recon.errors import InputRefused
from recon.ledger import read_ledger
from tests.ledger_folders import folder_of


def refusal(folder: Path) -> str:
    with pytest.raises(InputRefused) as refused:
        read_ledger(folder)
    return str(refused.value)


def test_no_such_folder(tmp_path: Path) -> None:
    """SPEC 8: one clear sentence with what to do next."""
    assert (
        refusal(tmp_path / "x")
        == f"There is no folder {tmp_path / 'x'}; give the folder that holds the ledger's tables."
    )


def test_a_file_for_a_folder(tmp_path: Path) -> None:
    """SPEC 8: one clear sentence with what to do next."""
    (tmp_path / "x").write_text("")
    assert "is not a folder; give the folder" in refusal(tmp_path / "x")


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="needs permissions that bind the one who runs the test"
)
def test_a_folder_that_may_not_be_read(tmp_path: Path) -> None:
    """SPEC 8: one clear sentence."""
    tmp_path.chmod(0)
    try:
        assert "cannot be read" in refusal(tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_names_in_any_case(tmp_path: Path) -> None:
    """A file is named as the table, in any case, and a stray `[o]wners.csv` is not mistaken for it."""
    folder = folder_of(tmp_path)
    (folder / "owners.csv").rename(folder / "Owners.CSV")
    (folder / "[o]wners.csv").write_text("owner_id,name\n")
    (folder / "readme.txt").write_text("")
    (folder / "old.csv").mkdir()
    ledger = read_ledger(folder)
    assert ledger.tables["owners"].num_rows == 1
    assert ledger.warnings == ("[o]wners.csv is named as no table of the ledger and was left out.",)


def test_two_files_for_one_table(tmp_path: Path) -> None:
    """Which of two files is meant is not guessed."""
    folder = folder_of(tmp_path)
    (folder / "owners.parquet").write_bytes(b"")
    assert "owners.csv and owners.parquet: keep one file for the table owners" in refusal(folder)
    assert "1 problem:" in refusal(folder)


def test_a_folder_for_a_file(tmp_path: Path) -> None:
    """Some programs write a Parquet table as a folder of parts."""
    folder = folder_of(tmp_path, {"owners": None})
    (folder / "owners.parquet").mkdir()
    assert "owners.parquet: must be a file, not a folder" in refusal(folder)
    assert "1 problem:" in refusal(folder)


def test_an_optional_table_that_cannot_be_read_is_not_an_empty_one(tmp_path: Path) -> None:
    """A reference to it is then neither right nor wrong."""
    entries = """
        entry_id | ledger_id | vendor_id | entry_date | kind | description | amount
        E1       | L1        | V         | 2026-06-01 | fee  | Repairs     | 1
    """
    folder = folder_of(tmp_path, {"ledger_entries": entries})
    assert "vendor_id: 'V': is not in vendors" in refusal(folder)
    (folder / "vendors.csv").mkdir()
    assert "is not in vendors" not in refusal(folder)


def test_the_message_shows_a_handful_and_the_error_has_all(tmp_path: Path) -> None:
    """SPEC 2: all are listed."""
    owners = "owner_id | name\n" + "\n".join("O1 | Olga" for _ in range(1001))
    with pytest.raises(InputRefused) as refused:
        read_ledger(folder_of(tmp_path, {"owners": owners}))
    assert len(refused.value.problems) == 1000
    assert str(refused.value).splitlines()[0] == f"The ledger in {tmp_path} was not loaded, 1000 problems:"
    assert str(refused.value).splitlines()[-1] == "  and 995 more"
