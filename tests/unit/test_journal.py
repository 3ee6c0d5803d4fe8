"""The journal's file: chained, appended durably, healed after a crash (SPEC 6, RELIABILITY M16)."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from recon import journal
from recon.errors import StoreUnusable
from recon.journal import EMPTY, GENESIS, Entry, Head, append, file_head


def _entry(seq: int, previous: str = GENESIS, why: str = "") -> Entry:
    return Entry(
        seq, "2026-06-10T12:00:00", "ann", "post", why, "B000001", "June.csv", None, None, "{}", "{}", previous
    )


def _chain(count: int, why: str = "") -> list[Entry]:
    entries: list[Entry] = []
    for seq in range(1, count + 1):
        entries.append(_entry(seq, entries[-1].hash if entries else GENESIS, why))
    return entries


def test_every_word_of_an_entry_is_in_its_hash() -> None:
    """Law 10: whatever is changed in an entry, the chain no longer fits."""
    entry = _entry(1)
    others = {
        name: f"{value}x" if isinstance(value, str | None) else value + 1 for name, value in asdict(entry).items()
    }
    changed = [replace(entry, **{name: value}) for name, value in others.items()]
    assert len({entry.hash, *(other.hash for other in changed)}) == len(others) + 1


def test_a_line_says_what_the_entry_says(tmp_path: Path) -> None:
    """M16: one JSON line per entry, in any script, never cut by what a person typed."""
    entry = _entry(1, why='line one\nline two\r\u2028 "quoted" דוד 🏠 \x00')
    assert entry.line().count(b"\n") == 1
    said = json.loads(entry.line())
    assert said.pop("hash") == entry.hash
    assert Entry(**said) == entry


def test_there_is_no_head_before_the_first_entry(tmp_path: Path) -> None:
    assert file_head(tmp_path / "journal.jsonl") == EMPTY
    (tmp_path / "journal.jsonl").touch()
    assert file_head(tmp_path / "journal.jsonl") == EMPTY


@pytest.mark.parametrize("why", ["short", "x" * 70_000], ids=["short", "longer than a block"])
@pytest.mark.parametrize("tail", [b"", b'{"seq":4', b"y" * 200_000], ids=["whole", "torn", "torn and long"])
def test_a_torn_line_does_not_count_and_is_cut_off(tmp_path: Path, why: str, tail: bytes) -> None:
    """M16: a crash in the middle of a line leaves a file that the next entry heals."""
    path = tmp_path / "journal.jsonl"
    entries = _chain(4, why)
    append(path, [entry.line() for entry in entries[:3]])
    with path.open("ab") as file:
        file.write(tail)
    assert file_head(path) == Head(3, entries[2].hash)
    append(path, [entries[3].line()])
    assert path.read_bytes() == b"".join(entry.line() for entry in entries)
    assert file_head(path) == Head(4, entries[3].hash)


@pytest.mark.parametrize("length", [1, 100, 200_000])
def test_a_file_of_one_torn_line_is_empty(tmp_path: Path, length: int) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"z" * length)
    assert file_head(path) == EMPTY
    (entry,) = _chain(1)
    append(path, [entry.line()])
    assert path.read_bytes() == entry.line()


def test_a_block_may_end_anywhere_in_the_last_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is read from its end in blocks; wherever they begin, the head is the same."""
    path = tmp_path / "journal.jsonl"
    entries = _chain(3)
    append(path, [entry.line() for entry in entries])
    for reach in [*range(1, 40), *range(400, 1000, 7)]:
        monkeypatch.setattr(journal, "_TAIL", reach)
        assert file_head(path) == Head(3, entries[2].hash), reach


@pytest.mark.parametrize("line", [b"not JSON\n", b"[]\n", b'{"seq": 1}\n', b'{"seq": "x", "hash": ""}\n', b"\xff\n"])
def test_a_last_line_that_is_no_entry_is_named(tmp_path: Path, line: bytes) -> None:
    """SPEC 8: an error is one clear sentence with what to do next."""
    path = tmp_path / "journal.jsonl"
    append(path, [_chain(1)[0].line(), line])
    with pytest.raises(StoreUnusable, match="was changed by hand") as refused:
        file_head(path)
    assert refused.value.exit_code == 8
