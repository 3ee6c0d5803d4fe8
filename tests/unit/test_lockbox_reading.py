"""Reading lockbox files: names, line ends, warnings, totals, the hash of the content, hostile bytes."""

import random
import subprocess
import sys
import time
from decimal import Decimal

import pyarrow as pa
import pytest

from recon.errors import InputRefused
from recon.lockbox import reading
from recon.lockbox.reading import check_name, content_sha256, parse, read, total_amount
from schemas.lockbox import LINES

LINE = b'"2026-06-10","Cedar327","690.00","Reference #68217","Roseman",'


@pytest.mark.parametrize("name", ["June10.csv", "june.10.TXT", "a b.Asc", "folder/June10.CSV"])
def test_names_that_are_taken(name: str) -> None:
    """BTR-47: .txt, .csv and .asc in any case."""
    check_name(name)


@pytest.mark.parametrize("name", ["June10", "June10.xlsx", "June10.csv.bak", "csv", "June10.pdf"])
def test_names_that_are_refused(name: str) -> None:
    """BTR-47: the message names the file and what is accepted."""
    with pytest.raises(InputRefused, match=r"ends in \.txt, \.csv or \.asc") as refused:
        read(name, LINE)
    assert str(refused.value).startswith(name)


@pytest.mark.parametrize("name", ["June10.zip", "JUNE10.CSV.ZIP"])
def test_an_archive_has_to_be_unpacked(name: str) -> None:
    """BTR-47: a zip file is refused with a hint."""
    with pytest.raises(InputRefused, match="unpack it"):
        check_name(name)


@pytest.mark.parametrize(
    "data", [b"", b"\r\n", b"\n \r\t\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n\x1a", b"\x1a", b" \x1a\r\n"]
)
def test_a_file_without_records(data: bytes) -> None:
    """BTR-03: 0 entries, with a warning."""
    file = read("empty.csv", data)
    assert (file.entries, file.total_amount) == (0, Decimal("0.00"))
    assert "The file holds no records." in file.warnings
    assert file.lines.schema.equals(LINES)


def test_line_numbers_count_blank_lines_and_every_line_end() -> None:
    """BTR-45: CRLF is one end, LF and CR one each; the last line may have none."""
    data = LINE + b"\r\n\r\n" + LINE + b"\n\r" + LINE + b"\r\r" + LINE + b"\n \t \n" + LINE
    assert parse(data)["line_number"].to_pylist() == [1, 3, 5, 7, 9]


@pytest.mark.parametrize("block_bytes", [1, 2, 63, 64, 65, 130])
def test_line_numbers_do_not_depend_on_blocks(block_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """BTR-45: a file is read in blocks, which nobody can tell from its lines."""
    data = (LINE + b"\r\n\r\n" + LINE + b"\r\r\n\n" + b'"stray\r' + LINE.replace(b'"', b"")) * 3
    whole = parse(data).combine_chunks()
    monkeypatch.setattr(reading, "_BLOCK_BYTES", block_bytes)
    assert parse(data).combine_chunks().equals(whole)


@pytest.mark.parametrize("odd_lines", [{0}, {399}, {0, 57, 58, 399}, set(range(0, 400, 2))])
def test_odd_lines_keep_their_places(odd_lines: set[int]) -> None:
    """BTR-45: however many lines are of another form, the lines of a file stay in order."""
    lines = [f'"2026-06-10","Cedar327","{number}.00","line {number}","Roseman",'.encode() for number in range(1, 401)]
    odd = [line.replace(b'"', b"") if number % 3 else b"?" + line for number, line in enumerate(lines)]
    written = [odd[number] if number in odd_lines else line for number, line in enumerate(lines)]
    apart = [parse(line).drop_columns("line_number").to_pylist()[0] for line in written]
    table = parse(b"\r\n".join(written))
    assert table["line_number"].to_pylist() == list(range(1, 401))
    assert table.drop_columns("line_number").to_pylist() == apart


def test_a_stray_quote_spoils_its_own_line_only() -> None:
    """SPEC 3: a quoted field never spans lines."""
    lines = parse(LINE + b'\r\n"2026-06-10","Fair436","1140.00","Refer\r\nence","Bruno",\r\n' + LINE)
    assert lines["raw"].to_pylist() == [None, b'"2026-06-10","Fair436","1140.00","Refer', b'ence","Bruno",', None]
    assert str(total_amount(lines)) == "2520.00"


@pytest.mark.parametrize(
    ("tail", "entries"),
    [(b"\x1a", 1), (b"\r\n\x1a", 1), (b"\r\n\x1a\r\n \r\n", 1), (b"\r\n\x1a\r\nmore", 3), (b"\x1a\r\n" + LINE, 2)],
)
def test_final_ctrl_z(tail: bytes, entries: int) -> None:
    """SPEC 3: a Ctrl-Z is ignored when nothing but blanks follows it; anywhere else it rejects its line."""
    lines = parse(LINE + tail)
    assert len(lines) == entries
    assert lines["message"].null_count == {1: 1, 3: 1, 2: 1}[entries]


def test_byte_order_mark_only_at_the_start() -> None:
    """BTR-45: dropped at the start of the file; elsewhere it is a character like others."""
    mark = b"\xef\xbb\xbf"
    lines = parse(mark + LINE + b"\r\n" + mark + LINE)
    assert lines["message"].null_count == 1
    assert lines["raw"].to_pylist() == [None, mark + LINE]


def test_encoding_is_decided_line_by_line() -> None:
    """BTR-45: a Windows-1252 line does not change how the line after it is read."""
    line = '"2026-06-10","Cedar327","690.00","Café",'
    data = b"\r\n".join([line.encode(), line.encode("cp1252"), line.encode()])
    assert parse(data)["memo"].to_pylist() == ["Café"] * 3


def test_warnings_about_the_form() -> None:
    """BTR-45, BTR-46: other line ends and missing quotes are read, and remarked on."""
    assert read("a.csv", LINE + b"\r\n").warnings == ()
    assert read("a.csv", LINE).warnings == ()
    file = read("a.csv", LINE + b"\n" + LINE + b"\r" + LINE.replace(b'"', b"") + b"\n" + LINE)
    assert file.warnings == (
        "2 lines end in LF instead of CR LF.",
        "1 line ends in CR instead of CR LF.",
        "1 line has fields without quotes.",
    )


@pytest.mark.parametrize(("sign", "name"), [(b";", "';'"), (b"\t", "tabs")])
@pytest.mark.parametrize("quote", [b'"', b""])
def test_a_file_parted_by_another_sign_is_named(sign: bytes, name: str, quote: bytes) -> None:
    """BTR-45: each line is rejected, as SPEC 3 asks, and one warning says why; a comma in an amount parts nothing."""
    record = LINE.replace(b",", sign).replace(b"690.00", b"690,00").replace(b'"', quote) + b"\r\n"
    words = f"The file seems to be parted by {name}, which cannot be read; have it exported with commas."
    file = read("a.csv", record * 3 + LINE + b"\r\n")
    assert file.lines["message"].null_count == 1
    assert words in file.warnings
    for other in (record + LINE + b"\r\n", b"rubbish; and; more; of it, and, and, so\r\n"):
        assert words not in read("a.csv", other).warnings


def test_utf_16_is_named() -> None:
    """BTR-45: such a file is rejected line by line, and the warning says why."""
    file = read("a.csv", (LINE + b"\r\n").decode().encode("utf-16"))
    assert file.lines["message"].null_count == 0
    assert any("UTF-16" in warning for warning in file.warnings)


def test_totals_hold_any_number_of_lines() -> None:
    """BTR-88: the sum of many large amounts is exact, beyond the 18 digits of one amount."""
    data = b'"2026-06-10","U","999999999999.99","",\r\n' * 30_000
    assert total_amount(parse(data)) == Decimal("999999999999.99") * 30_000


def test_keys_are_the_comparison_form() -> None:
    """BTR-37: identifiers are compared trimmed, in Unicode NFC, lower-cased; shown as given."""
    lines = parse('"2026-06-10"," E\u0301den1 ","1.00","",""\r\n"2026-06-10","","1.00","","NA"'.encode())
    assert lines["unit_id"].to_pylist() == ["E\u0301den1", ""]
    assert lines["unit_key"].to_pylist() == ["éden1", None]
    assert lines["tenant_key"].to_pylist() == [None, "na"]


@pytest.mark.parametrize(
    "same",
    [
        LINE + b"\n\n" + LINE.replace(b"690", b"691") + b"\nrubbish\n",
        b"\xef\xbb\xbf" + LINE + b"\r" + LINE.replace(b"690", b"691") + b"\rrubbish\x1a",
        LINE.replace(b'"', b"") + b"\r\n" + LINE.replace(b"690", b"691")[:-1] + b"\r\nrubbish",
        LINE.replace(b"2026-06-10", b"06/10/2026") + b"\r\n" + LINE.replace(b"690.00", b" 691.00 ") + b"\r\nrubbish",
    ],
)
def test_content_hash_of_the_same_records(same: bytes) -> None:
    """SPEC 6, BTR-73: other line ends, quotes, blank lines, commas or date forms make no other file."""
    data = LINE + b"\r\n" + LINE.replace(b"690", b"691") + b"\r\nrubbish\r\n"
    assert content_sha256(parse(same)) == content_sha256(parse(data))


@pytest.mark.parametrize(
    "other",
    [
        b"",
        LINE,
        LINE + b"\r\n" + LINE + b"\r\nrubbish ",
        LINE + b"\r\nrubbish\r\n" + LINE,
        LINE + b"\r\n" + LINE.replace(b"Roseman", b"roseman") + b"\r\nrubbish",
        LINE.replace(b"Cedar327", b"") + b"\r\n" + LINE + b"\r\nrubbish",
        LINE.replace(b'"Roseman",', b"") + b"\r\n" + LINE + b"\r\nrubbish",
    ],
)
def test_content_hash_of_other_records(other: bytes) -> None:
    """SPEC 6: any other content is another file."""
    assert content_sha256(parse(other)) != content_sha256(parse(LINE + b"\r\n" + LINE + b"\r\nrubbish"))


def test_content_hash_does_not_depend_on_chunks() -> None:
    """SPEC 6: how a table is held in memory is not content."""
    lines = parse((LINE + b"\r\n") * 5 + b"rubbish\r\n" + LINE)
    chunked = pa.concat_tables([lines.slice(0, 2), lines.slice(2, 0), lines.slice(2, 4), lines.slice(6)])
    assert content_sha256(chunked) == content_sha256(lines)


def test_a_line_of_ten_megabytes() -> None:
    """SPEC 3: a line over 64 KiB is rejected, not the file."""
    huge = b'"2026-06-10","U","5.00","' + b'""' * 5_000_000 + b'",'
    lines = parse(LINE + b"\r\n" + huge + b"\r\n" + LINE)
    assert lines["raw"].to_pylist() == [None, huge, None]
    assert lines["amount"].to_pylist() == [Decimal("690.00"), Decimal("5.00"), Decimal("690.00")]


HOSTILE = {
    "random bytes": lambda size: random.Random(size).randbytes(size),
    "quotes": lambda size: b'"' * size,
    "commas": lambda size: b"," * size,
    "NULs": lambda size: bytes(size),
    "undefined bytes": lambda size: b"\x81" * size,
    "spaces": lambda size: b" " * size,
    "CRs": lambda size: b"\r" * size,
    "Ctrl-Zs": lambda size: b"\x1a" * size,
    "quotes and line ends": lambda size: b'"\n' * (size // 2),
    "long padding": lambda size: (b'"' + b" " * 60_000 + b'","a"\n') * (size // 60_000),
    "quotes never closed": lambda size: (b'"' + b"a" * 60_000 + b"\n") * (size // 60_000),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_take_time_in_proportion(kind: str) -> None:
    """SPEC 3: no bytes raise, and ten times the bytes take not much more than ten times as long."""

    def seconds(size: int) -> float:
        data = HOSTILE[kind](size)
        start = time.process_time()
        lines = parse(data)
        assert lines["message"].null_count == 0
        return time.process_time() - start

    small = min(seconds(60_000) for _ in range(3))
    assert seconds(600_000) < 30 * small + 0.5


def test_reading_does_not_import_pandas() -> None:
    """Measured: importing pandas takes as long as reading a million lines."""
    program = (
        "import sys\n"
        "from recon.lockbox.reading import content_sha256, read\n"
        f"file = read('a.csv', {LINE!r} + b'\\r\\nrubbish\\r\\n')\n"
        "assert file.entries == 2 and content_sha256(file.lines)\n"
        "assert 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
