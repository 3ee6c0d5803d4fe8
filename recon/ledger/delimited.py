"""CSV bytes to columns of text: nothing inferred, every row accounted for (SPEC 2).

UTF-8, with or without a byte-order mark, else Windows-1252; commas; RFC 4180 quotes, also around line ends; lines end
in CRLF, LF or CR. Blank lines are passed over. The strict reader below says what is right; where every line is plainly
a record of its own, Arrow's reader gives the same columns twenty times as fast.
"""

import csv
import io
from array import array
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from recon.errors import Problem
from recon.ledger.raw import RawTable, match_columns
from schemas.ledger_tables import Table

# A line whose quotes, if any, are all opened, doubled and closed by the rule.
_WHOLE_RECORD = r'^(?:[^",]*|"(?:[^"]|"")*")(?:,(?:[^",]*|"(?:[^"]|"")*"))*$'
_NO_DELIMITER = "\x1f"  # splits nothing; a file that holds it goes the strict way
_SIGNS = {",": "commas", ";": "';'", "\t": "tabs"}  # what parts columns, the comma first
_HEADER_BYTES_MAX = 1 << 16  # a longer first line goes the strict way
_ROWS_PER_CHUNK = 5_000  # Python text takes ten times the room of Arrow's, so it is handed over in portions


def read_delimited(table: Table, file: str, data: bytes) -> RawTable:
    """Read a CSV file; `lines_of` gives the physical line on which a record begins, counted from 1."""
    raw = RawTable(table, file)
    text = _decoded(raw, data)
    if text is None or _is_parted_otherwise(raw, text):
        return raw
    if not _read_plain(raw, text):
        _read_strictly(raw, text)
    return raw


def _decoded(raw: RawTable, data: bytes) -> bytes | None:
    """Give the file as UTF-8 without a byte-order mark, or note that it is no text."""
    expected = None
    if b"\x00" in data:
        expected = "holds NUL bytes; save it again as CSV in UTF-8"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        try:
            data = data.decode("cp1252").encode()
        except UnicodeDecodeError as error:
            expected = expected or f"holds a byte that is neither UTF-8 nor Windows-1252 (0x{data[error.start]:02x})"
    if expected is None:
        return data.removeprefix(b"\xef\xbb\xbf")
    raw.refuse(expected)
    return None


def _is_parted_otherwise(raw: RawTable, text: bytes) -> bool:
    """Tell whether only another sign than the comma parts the header into known columns, and note it."""
    header = next((line for line in text[:_HEADER_BYTES_MAX].splitlines() if line), b"").decode(errors="replace")
    known = {column.name for column in raw.table.columns}
    sign = next((sign for sign in _SIGNS if known & {name.strip(' "').lower() for name in header.split(sign)}), ",")
    if sign != ",":
        raw.refuse(f"parted by {_SIGNS[sign]}, not by commas; export it with commas")
    return sign != ","


def _read_plain(raw: RawTable, text: bytes) -> bool:
    """Read with Arrow if each line is a whole record of the header's length; else leave `raw` alone and say False."""
    first = next(iter(text[:_HEADER_BYTES_MAX].splitlines()), b"")
    if not first or len(first) == _HEADER_BYTES_MAX or not _each_line_is_whole(text):
        return False
    header = next(csv.reader([first.decode()], strict=True))
    names = [str(position) for position in range(len(header))]
    probe = RawTable(raw.table, raw.file)
    found = match_columns(probe, header, 1)
    wanted = [names[position] for position in found.values()] or names[:1]
    try:
        columns = arrow_csv.read_csv(
            pa.BufferReader(text),
            arrow_csv.ReadOptions(column_names=names, skip_rows=1),
            arrow_csv.ParseOptions(newlines_in_values=False),
            arrow_csv.ConvertOptions(column_types={name: pa.string() for name in names}, include_columns=wanted),
        )
    except pa.ArrowInvalid:
        return False
    longest = [pc.max(pc.binary_length(column)).as_py() or 0 for column in columns.itercolumns()]
    if max(longest, default=0) > csv.field_size_limit():
        return False
    raw.problems, raw.extra, raw.refused = probe.problems, probe.extra, probe.refused
    raw.rows = columns.num_rows
    raw.columns = {name: columns[names[position]] for name, position in found.items()}
    raw.lines_of = lambda positions: _lines_among_blank_ones(text, positions)
    return True


def _each_line_is_whole(text: bytes) -> bool:
    """Tell whether no quoted field goes on over a line end and no quote is astray."""
    if b'"' not in text:
        return True
    try:
        lines = arrow_csv.read_csv(
            pa.BufferReader(text),
            arrow_csv.ReadOptions(column_names=["line"]),
            arrow_csv.ParseOptions(delimiter=_NO_DELIMITER, quote_char=False, newlines_in_values=False),
            arrow_csv.ConvertOptions(column_types={"line": pa.string()}),
        )["line"]
    except pa.ArrowInvalid:
        return False
    quoted = lines.filter(pc.match_substring(lines, '"'))
    return bool(pc.all(pc.match_substring_regex(quoted, _WHOLE_RECORD), min_count=0).as_py())


def _lines_among_blank_ones(text: bytes, positions: Sequence[int]) -> list[int]:
    """Give the physical lines of records, where each non-blank line after the first is one."""
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if line][1:]
    return [lines[position] for position in positions]


def _read_strictly(raw: RawTable, text: bytes) -> None:
    """Read record by record, noting each that is not well formed; the rest are still read, to list all problems."""
    records = _records(raw, text)
    line, header = next(records, (1, []))
    if not header:
        raw.refuse("the header row with the column names is missing", line=1)
        return
    found = match_columns(raw, header, line)
    starts = array("q")
    chunks: dict[str, list[pa.Array]] = {name: [] for name in found}
    for portion_starts, portion in _portions(raw, records, len(header)):
        starts.extend(portion_starts)
        values = list(zip(*portion, strict=True))
        for name, position in found.items():
            chunks[name].append(pa.array(values[position] if values else (), pa.string()))
    raw.rows = len(starts)
    raw.columns = {name: pa.chunked_array(arrays, pa.string()) for name, arrays in chunks.items()}
    raw.lines_of = lambda positions: [starts[position] for position in positions]


def _records(raw: RawTable, text: bytes) -> Iterator[tuple[int, list[str]]]:
    """Give each record with the physical line on which it begins."""
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(text), "utf-8", newline=""), strict=True)
    while True:
        start = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            expected = "a quoted value must end in a quote and a comma, and quotes within it are doubled"
            if "field limit" in str(error):
                expected = (
                    f"a value must not be longer than {csv.field_size_limit()} characters; is a quote never closed?"
                )
            raw.problems.append(Problem(raw.file, start, None, None, expected))
            raw.complete = False
            continue
        if record:
            yield start, record


def _portions(
    raw: RawTable, records: Iterator[tuple[int, list[str]]], width: int
) -> Iterator[tuple[list[int], list[list[str]]]]:
    """Give the records of the header's length in portions, with their lines, noting the others."""
    starts: list[int] = []
    portion: list[list[str]] = []
    for start, record in records:
        if len(record) != width:
            expected = f"the row must have as many values as the header has columns: {width}, not {len(record)}"
            raw.problems.append(Problem(raw.file, start, None, None, expected))
            raw.complete = False
            continue
        starts.append(start)
        portion.append(record)
        if len(portion) == _ROWS_PER_CHUNK:
            yield starts, portion
            starts, portion = [], []
    yield starts, portion
