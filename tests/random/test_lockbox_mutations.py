"""Thousands of generated and mutated lockbox lines: nothing is lost, and three readers agree.

The fast reader is compared with `parse_line`, line by line, and both with the oracle, which was written from SPEC 3
alone. With RECON_LONG=1 there are twenty times as many.
"""

import itertools
import os
import random
import re

import pytest

from recon.lockbox import reading
from recon.lockbox.reading import content_sha256, parse, total_amount
from recon.lockbox.record import ParsedLine, Rejected, parse_line
from recon.lockbox.writing import write
from schemas.lockbox import LINES
from tests import lockbox_lines, oracle_lockbox

FILES = 1000 if os.environ.get("RECON_LONG") == "1" else 50
LINES_PER_FILE = 100


def physical_lines(data: bytes) -> list[bytes]:
    """Split at every line end; what follows the last one is a line unless it is nothing."""
    split = re.split(rb"\r\n|\r|\n", data)
    return split if split[-1] else split[:-1]


def row_of(number: int, raw: bytes) -> dict[str, object]:
    """Say what the table must hold for a line, by the slow reader."""
    line = parse_line(raw)
    row = dict.fromkeys(LINES.names) | {"line_number": number, "unit_id": "", "tenant_id": "", "memo": ""}
    if isinstance(line, Rejected):
        return row | {"amount": line.amount, "memo_too_long": False, "message": line.message, "raw": raw}
    assert isinstance(line, ParsedLine)
    return row | {
        "file_date": line.file_date,
        "unit_id": line.unit_id,
        "tenant_id": line.tenant_id,
        "amount": line.amount,
        "memo": line.memo,
        "unit_key": oracle_lockbox.identifier(line.unit_id) or None,
        "tenant_key": oracle_lockbox.identifier(line.tenant_id) or None,
        "memo_too_long": len(line.memo) > 40,
    }


@pytest.mark.parametrize("seed", range(FILES))
def test_every_line_is_accounted_for(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """BTR-03, BTR-45, BTR-87, BTR-88: each non-blank line is one row, in order, as the slow reader reads it."""
    source = random.Random(seed)
    monkeypatch.setattr(reading, "_BLOCK_BYTES", source.choice([50, 1000, 1 << 21]))
    written = list(itertools.islice(lockbox_lines.lines(source), LINES_PER_FILE))
    if seed % 5 == 0:  # a file of good lines alone is put together in another way
        written = [line for line in written if isinstance(parse_line(line), ParsedLine)]
    data = lockbox_lines.file_of(source, written)
    table = parse(data)
    table.validate(full=True)
    assert table.schema.equals(LINES)
    raws = physical_lines(data)
    assert table.to_pylist() == [row_of(n, raw) for n, raw in enumerate(raws, 1) if parse_line(raw) is not None]
    entries, total = oracle_lockbox.totals(data)
    assert (len(table), total_amount(table)) == (entries, total)


@pytest.mark.parametrize("seed", range(FILES))
def test_the_oracle_agrees(seed: int) -> None:
    """BTR-40..BTR-49: good lines say the same to the oracle, and it rejects the same lines."""
    source = random.Random(-1 - seed)
    data = lockbox_lines.file_of(source, list(itertools.islice(lockbox_lines.lines(source), LINES_PER_FILE)))
    data = source.choice([b"", b"\xef\xbb\xbf"]) + data + source.choice([b"", b"\x1a", b"\x1a\r\n"])
    columns = ["line_number", "file_date", "unit_id", "amount", "memo", "tenant_id"]
    found = [
        tuple(row[column] for column in columns) if row["message"] is None else row["line_number"]
        for row in parse(data).to_pylist()
    ]
    expected = [
        line.line_number
        if isinstance(line, oracle_lockbox.Rejected)
        else (line.line_number, line.file_date, line.unit_id, line.amount, line.memo, line.tenant_id)
        for line in oracle_lockbox.read_lockbox(data)
    ]
    assert found == expected


def test_cents_add_up() -> None:
    """BTR-88: the total is the sum of the cents that were put in, whatever is wrong elsewhere in a line."""
    source = random.Random(88)
    cents = [source.randrange(1, 10_000_000) for _ in range(5000)]
    forms = (
        '"2026-06-10","U","{}","memo","T",',
        "06/10/2026,U,{},memo",
        '"2026-02-30","U","{}","memo"',
        '"2026-06-10","U","{}","me"mo"',
        '"2026-06-10","U","{}","memo","T","too","many"',
        '"2026-06-10","U\0","{}","memo"',
        '"2026-06-10","U","{}"',
    )
    lines = [source.choice(forms).format(f"{cent // 100}.{cent % 100:02d}") for cent in cents]
    table = parse("\r\n".join(lines).encode())
    assert len(table) == len(cents)
    assert total_amount(table).scaleb(2) == sum(cents)


def test_well_formed_lines_are_read_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison means something: the common forms do not reach the slow reader at all."""

    def unexpected(raw: bytes) -> None:
        raise AssertionError(raw)

    monkeypatch.setattr(reading, "parse_line", unexpected)
    forms = (
        b'"2026-06-10","Cedar327","690.00","Reference #68217","Roseman",',
        b'"2026-06-10","Cedar327","690.00","Reference #68217","Roseman"',
        b'"2026-06-10","Cedar327","690.00","Reference #68217",',
        b'"2026-06-10","Cedar327","690.00","Reference #68217"',
        b'"06/10/2026"," Cedar327  "," 690.00","",""',
        b"2026-06-10,Cedar327,690.00,Reference #68217,Roseman,",
        b"06/10/2026, Cedar327, 690.00, Reference #68217",
        b'2026-06-10, "Cedar327" ,690.00,"Rent, June","Roseman",',
        '"2026-06-10","Cedar327","690.00","Ren\u00e9e\'s rent, \u20ac 5 more",'.encode(),
    )
    for form in forms:
        assert len(parse(form)) == 1, form
    for line_end in (b"\r\n", b"\n", b"\r"):
        assert len(parse(line_end.join(forms))) == len(forms)


@pytest.mark.parametrize("seed", range(FILES // 5))
def test_writing_good_lines_and_reading_them_back(seed: int) -> None:
    """BTR-67: nothing but the length of memos changes, nor the hash of what is written a second time."""
    source = random.Random(seed)
    data = lockbox_lines.file_of(source, list(itertools.islice(lockbox_lines.lines(source), LINES_PER_FILE)))
    table = parse(data)
    good = table.filter(table["message"].is_null()).rename_columns({"file_date": "date"})
    back = parse(write(good))
    for column in ("unit_id", "tenant_id", "amount", "unit_key", "tenant_key"):
        assert back[column].to_pylist() == good[column].to_pylist()
    assert back["file_date"].to_pylist() == good["date"].to_pylist()
    assert back["memo"].to_pylist() == [memo[:40].strip() for memo in good["memo"].to_pylist()]
    again = parse(write(back.rename_columns({"file_date": "date"})))
    assert content_sha256(again) == content_sha256(back)
