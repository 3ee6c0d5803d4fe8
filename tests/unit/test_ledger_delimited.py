"""CSV files of a ledger: encodings, quotes, line ends, and the physical line of what is wrong (SPEC 2)."""

import random

import pytest

from recon.ledger import delimited
from recon.ledger.delimited import read_delimited
from recon.ledger.raw import RawTable
from schemas.ledger_tables import TABLES

OWNERS = TABLES["owners"]


def read(data: bytes) -> RawTable:
    return read_delimited(OWNERS, "owners.csv", data)


def rows(raw: RawTable) -> list[tuple[str, ...]]:
    return list(zip(*(raw.columns[name].to_pylist() for name in ("owner_id", "name")), strict=True))


@pytest.mark.parametrize(
    "data",
    [
        b"owner_id,name\nO1,Ann\nO2,Bob\n",
        b"owner_id,name\r\nO1,Ann\r\nO2,Bob",
        b"owner_id,name\rO1,Ann\rO2,Bob\r",
        b"\xef\xbb\xbfowner_id,name\nO1,Ann\nO2,Bob\n",
        b'"owner_id","name"\r\n"O1","Ann"\r\n"O2","Bob"\r\n',
        b" Owner_ID , NAME \nO1,Ann\n\nO2,Bob\n\n",
        b"\n\nname,owner_id\nAnn,O1\nBob,O2\n",
        b'owner_id,name,notes\nO1,Ann,"two\r\nlines"\nO2,Bob,\n',
    ],
)
def test_one_table_written_in_many_ways(data: bytes) -> None:
    """RFC 4180, any line end, a byte-order mark, header names trimmed and in any case, columns in any order."""
    raw = read(data)
    assert rows(raw) == [("O1", "Ann"), ("O2", "Bob")]
    assert raw.problems == []


def test_values_are_kept_word_for_word() -> None:
    """SPEC 2: nothing is inferred; quotes are undoubled, commas and line ends in quotes kept."""
    raw = read(b'owner_id,name\n 007 ,"a ""b"", c"\nNA,"two\r\nlines"\nnull,1e3\n')
    assert rows(raw) == [(" 007 ", 'a "b", c'), ("NA", "two\r\nlines"), ("null", "1e3")]


def test_windows_1252_when_it_is_not_utf_8() -> None:
    """SPEC 3, likewise here: UTF-8 if valid, else Windows-1252, for the whole file."""
    assert rows(read("owner_id,name\nO1,Müller – €\n".encode("cp1252"))) == [("O1", "Müller – €")]
    assert rows(read("owner_id,name\nO1,Müller – €\n".encode())) == [("O1", "Müller – €")]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"owner_id,name\nO1,\x81\n", "holds a byte that is neither UTF-8 nor Windows-1252 (0x81)"),
        ("owner_id,name\nO1,Ann\n".encode("utf-16"), "holds NUL bytes; save it again as CSV in UTF-8"),
        (b"", "the header row with the column names is missing"),
        (b"\r\n\r\n", "the header row with the column names is missing"),
        (b"owner_id;name;email\r\nO1;Ann, Elm;\r\n", "parted by ';', not by commas; export it with commas"),
        (b'\n"Owner_ID"\t"Name"\nO1\tAnn, Elm\n', "parted by tabs, not by commas; export it with commas"),
    ],
)
def test_files_that_are_no_table(data: bytes, expected: str) -> None:
    """SPEC 2: an error in the user's words; no second error about what the file would have held."""
    raw = read(data)
    assert [problem.expected for problem in raw.problems] == [expected]
    assert not raw.complete


@pytest.mark.parametrize(
    "data", [b"owner_id,name,a;name\nO1,Ann,x\n", b"owner_id,a;b\tname\nO1,x\n", b"owner;b\nO1;x\n"]
)
def test_other_signs_in_a_header(data: bytes) -> None:
    """A column too many, or a header that no sign parts into known columns, says what it said before."""
    assert not any("parted by" in problem.expected for problem in read(data).problems)


def test_a_header_alone_is_an_empty_table() -> None:
    """SPEC 2 asks for columns, not for rows."""
    raw = read(b"owner_id,name\n")
    assert (raw.rows, rows(raw), raw.problems) == (0, [], [])


def test_lines_are_physical_lines() -> None:
    """A problem names the line on which its record begins; quoted line ends and blank lines count."""
    plain = read(b"owner_id,name\r\n\r\nO1,Ann\r\n\r\n\r\nO2,Bob\r\n")
    assert plain.lines_of([0, 1]) == [3, 6]
    strict = read(b'owner_id,name\r\n\r\nO1,"Ann\n\rof Elm"\r\n\r\nO2,Bob\r\n')
    assert strict.lines_of([0, 1]) == [3, 7]


def test_rows_that_are_not_well_formed_are_named_and_the_rest_is_read() -> None:
    """SPEC 2: every problem is listed, so one bad row does not end the reading."""
    raw = read(b'owner_id,name\nO1\nO2,"Bo"b\nO3,Cy\nO4,Di,x\nO5,"Ed\nO6,Flo\n')
    assert [(problem.line, problem.expected.split(";")[0]) for problem in raw.problems] == [
        (2, "the row must have as many values as the header has columns: 2, not 1"),
        (3, "a quoted value must end in a quote and a comma, and quotes within it are doubled"),
        (5, "the row must have as many values as the header has columns: 2, not 3"),
        (6, "a quoted value must end in a quote and a comma, and quotes within it are doubled"),
    ]
    assert rows(raw) == [("O3", "Cy")]
    assert not raw.complete


def test_a_value_beyond_all_measure_is_named() -> None:
    """Everything has a limit; a quote that is never closed in a large file comes out here as well."""
    raw = read(b'owner_id,name\nO1,"' + b"x" * 200_000 + b'"\n')
    assert "must not be longer than" in raw.problems[0].expected


def test_the_fast_way_and_the_strict_way_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrow's reader is used only where it gives what the strict reader gives, problems and lines included."""
    dice = random.Random(20260601)
    pieces = [
        b"O1",
        b"Ann",
        b",",
        b",",
        b",",
        b"\n",
        b"\r\n",
        b"\r",
        b'"',
        b'"',
        b'""',
        b" ",
        b"\xc3\xa9",
        b"\x1f",
        b"\x0b",
    ]
    fast_ways = 0
    for _ in range(3000):
        body = b"".join(dice.choices(pieces, k=dice.randrange(12)))
        data = dice.choice([b"owner_id,name\n", b'"owner_id",name\r\n', b"name,owner_id,x\n", b"owner_id\n"]) + body
        fast = read(data)
        with monkeypatch.context() as without:
            without.setattr(delimited, "_read_plain", lambda raw, text: False)
            strict = read(data)
        for name in ("owner_id", "name"):
            found, expected = fast.columns.get(name), strict.columns.get(name)
            assert (found and found.to_pylist()) == (expected and expected.to_pylist()), data
        positions = range(fast.rows)
        assert (fast.rows, fast.lines_of(positions), fast.problems) == (
            strict.rows, strict.lines_of(positions), strict.problems), data  # fmt: skip
        fast_ways += fast.lines_of.__name__ == strict.lines_of.__name__ and "plain" in fast.lines_of.__qualname__
    assert fast_ways > 300  # else the comparison compares nothing
