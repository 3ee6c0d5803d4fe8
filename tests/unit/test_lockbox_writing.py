"""Writing lockbox files, and reading back what was written."""

import random
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from recon.errors import InputRefused
from recon.lockbox.reading import parse, read
from recon.lockbox.writing import Record, write
from schemas.lockbox import RECORDS

DAY = date(2026, 6, 10)
TEXTS = (
    "",
    "Cedar327",
    "00327",
    'He said "x"',
    '"',
    "a,b",
    "Café",
    "e\u0301",
    "\U0001f3e0",
    "tab\tinside",
    " x ",
    "=1+1",
)


def records_of(data: bytes) -> pa.Table:
    """Read a file back into the columns that were written."""
    return parse(data).rename_columns({"file_date": "date"}).select(RECORDS.names)


def test_the_written_form() -> None:
    """BTR-40, BTR-41, BTR-46: every field quoted, quotes doubled, trailing comma, CR LF, no empty tenant field."""
    written = write(
        [
            Record(DAY, "Cedar327", Decimal("690.00"), "Reference #68217", "Roseman"),
            Record(DAY, "Mail212", Decimal(950), '2" pipe'),
        ]
    )
    assert written == (
        b'"2026-06-10","Cedar327","690.00","Reference #68217","Roseman",\r\n'
        b'"2026-06-10","Mail212","950.00","2"" pipe",\r\n'
    )
    assert read("written.csv", written).warnings == ()


def test_memo_is_cut_at_forty_characters() -> None:
    """BTR-49: characters, not bytes."""
    written = write([Record(DAY, "U", Decimal("1.00"), "é" * 41)])
    assert records_of(written)["memo"].to_pylist() == ["é" * 40]


def test_nothing_to_write() -> None:
    """BTR-03: a file without records is empty."""
    assert write([]) == b""
    assert write(RECORDS.empty_table()) == b""


def test_writing_and_reading_back_changes_nothing() -> None:
    """BTR-67: a thousand payments of odd texts come back as they were, from records and from a table."""
    source = random.Random(67)
    records = [
        Record(
            date.fromordinal(source.randrange(date(1900, 1, 1).toordinal(), date(2200, 1, 1).toordinal())),
            source.choice(TEXTS).strip(),
            Decimal(source.randrange(1, 10 ** source.randrange(1, 15))).scaleb(-2),
            " ".join(source.choices(TEXTS, k=3)).strip()[:40].strip(),
            source.choice(TEXTS).strip(),
        )
        for _ in range(1000)
    ]
    written = write(records)
    table = records_of(written)
    assert [Record(**row) for row in table.to_pylist()] == records
    assert write(table) == written
    assert write(pa.concat_tables([table.slice(0, 7), table.slice(7)])) == written


def test_nulls_are_written_as_nothing() -> None:
    """BTR-44: a missing ID is empty, never a word for it."""
    columns = [[DAY], [None], [Decimal("1.00")], [None], [None]]
    table = pa.table([pa.array(column, field.type) for column, field in zip(columns, RECORDS, strict=True)], RECORDS)
    assert write(table) == b'"2026-06-10","","1.00","",\r\n'


@pytest.mark.parametrize(
    ("record", "column"),
    [
        (Record(date(1899, 12, 31), "U", Decimal("1.00")), "date"),
        (Record(date(2200, 1, 1), "U", Decimal("1.00")), "date"),
        (Record(DAY, "U", Decimal("0.00")), "amount"),
        (Record(DAY, "U", Decimal("-1.00")), "amount"),
        (Record(DAY, "U", Decimal("1000000000000.00")), "amount"),
        (Record(DAY, "U\r\nV", Decimal("1.00")), "unit_id"),
        (Record(DAY, "U", Decimal("1.00"), "bell\a"), "memo"),
        (Record(DAY, "U", Decimal("1.00"), "", "c1\x85"), "tenant_id"),
        (Record(DAY, "U" * 65536, Decimal("1.00")), None),
    ],
)
def test_what_could_not_be_read_back_is_not_written(record: Record, column: str | None) -> None:
    """BTR-67: refused, with the place of the payment and the column."""
    with pytest.raises(InputRefused) as refused:
        write([Record(DAY, "U", Decimal("1.00")), record])
    assert [(problem.line, problem.column) for problem in refused.value.problems] == [(2, column)]
