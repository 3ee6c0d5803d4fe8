"""From the bytes of a lockbox file to its lines, warnings and totals (SPEC 3).

`read` is for files, `parse` for bytes alone. No content makes either raise: a bad line is a rejected line.
(Only a single line of 2 GiB or more is too much for a column of Arrow, an OverflowError.)
"""

import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recon.errors import InputRefused, require_text
from recon.lockbox import arrays
from recon.lockbox.arrays import Marks
from recon.lockbox.columns import Part, from_lines, from_spans
from recon.lockbox.content import content_sha256
from recon.lockbox.record import parse_line
from recon.lockbox.spans import (
    Bytes,
    Lines,
    Places,
    gathered,
    mixed_spans,
    plain_lines,
    quoted_spans,
    split_lines,
    trimmed,
)
from schemas.lockbox import LINES

__all__ = ["LockboxFile", "check_name", "content_sha256", "parse", "read", "total_amount"]

SUFFIXES = (".txt", ".csv", ".asc")
_ARCHIVES = (".zip", ".gz", ".7z", ".rar")

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_CTRL_Z = b"\x1a"
_BLANKS = b" \t\r\n"
_COMMAS_MIN = 3  # of a record: date, unit ID, amount, memo
_LINE_END = re.compile(rb"\r\n?|\n")
# Lines are taken in blocks that fit into the processor's cache; a block ends with a line.
_BLOCK_BYTES = 1 << 21
_SHORTEST = len("06/10/2026")
_STRETCH_MIN = 50  # lines: shorter stretches are quicker moved line by line
_THREADS_MAX = 8  # more gain nothing: the memory is busy then


@dataclass(frozen=True)
class LockboxFile:
    """What a lockbox file says: its lines, its control totals and remarks on its form."""

    lines: pa.Table  # schemas.lockbox.LINES
    entries: int  # every non-blank line, rejected ones included (BTR-87)
    total_amount: Decimal  # of all lines, and of rejected ones whose third field reads as an amount (BTR-88)
    warnings: tuple[str, ...]  # sentences


@dataclass(frozen=True)
class _Block:
    """One run of whole lines, read; counts are of physical lines."""

    rows: Places  # which physical line each row of the table is, from 0
    table: pa.Table  # columns.UNNUMBERED
    physical: int
    ended_by_lf: int
    ended_by_cr: int
    not_quoted: int


def check_name(name: str) -> None:
    """Refuse a file whose name does not say that it is a lockbox file (BTR-47).

    Raises:
        InputRefused: the name does not end in .txt, .csv or .asc, in any case, or is not text.
    """
    require_text(name)
    lowered = name.lower()
    if lowered.endswith(SUFFIXES):
        return
    hint = ""
    if lowered.endswith(_ARCHIVES):
        hint = " This is an archive: unpack it and import the file inside."
    raise InputRefused(f"{name}: the name of a lockbox file ends in .txt, .csv or .asc.{hint}")


def read(name: str, data: bytes) -> LockboxFile:
    """Read a lockbox file.

    Raises:
        InputRefused: the file's name is not that of a lockbox file.
    """
    check_name(name)
    blocks = _parse_blocks(data)
    lines = _numbered(blocks)
    return LockboxFile(lines, len(lines), total_amount(lines), tuple(_warnings(data, blocks)))


def parse(data: bytes) -> pa.Table:
    """Read lines: one row of `schemas.lockbox.LINES` for each physical line that is not blank, in file order."""
    return _numbered(_parse_blocks(data))


def total_amount(lines: pa.Table) -> Decimal:
    """Sum the amounts of lines, exactly, whatever their number."""
    # 38 digits hold any number of amounts of 14; a sum of the column as it is may keep its 18.
    total = pc.sum(lines["amount"].cast(pa.decimal128(38, 2))).as_py()
    return Decimal("0.00") if total is None else total


def _warnings(data: bytes, blocks: Sequence[_Block]) -> Iterator[str]:
    """Say what is unusual about a file though it could be read (BTR-03, BTR-45, BTR-46)."""
    if not any(len(block.rows) for block in blocks):
        yield "The file holds no records."
    if data.startswith(_UTF16_MARKS):
        yield "The file seems to be in UTF-16, which cannot be read; have it saved as UTF-8 or Windows-1252."
    if sign := _other_sign(blocks):
        yield f"The file seems to be parted by {sign}, which cannot be read; have it exported with commas."
    by_lf, by_cr = sum(block.ended_by_lf for block in blocks), sum(block.ended_by_cr for block in blocks)
    for count, name in ((by_lf, "LF"), (by_cr, "CR")):
        if count:
            yield f"{count} {'line ends' if count == 1 else 'lines end'} in {name} instead of CR LF."
    not_quoted = sum(block.not_quoted for block in blocks)
    if not_quoted:
        yield f"{not_quoted} {'line has' if not_quoted == 1 else 'lines have'} fields without quotes."


def _other_sign(blocks: Sequence[_Block]) -> str | None:
    """Name the sign that parts most lines into the fields of a record where commas do not, if there is one."""
    most = sum(len(block.rows) for block in blocks) // 2
    if sum(len(block.rows) - block.table["raw"].null_count for block in blocks) <= most:
        return None
    rejected = [raw for block in blocks for raw in block.table["raw"].drop_null().to_pylist()]
    for sign, name in ((b";", "';'"), (b"\t", "tabs")):
        if sum(raw.count(sign) >= _COMMAS_MIN > raw.count(b",") for raw in rejected) > most:
            return name
    return None


def _parse_blocks(data: bytes) -> list[_Block]:
    """Read the blocks of a file, in file order, several at a time: nearly all the work is outside the interpreter."""
    cuts = list(_cuts(data))
    if len(cuts) < 2:
        return [_parse_block(data, *cut) for cut in cuts]
    with ThreadPoolExecutor(max_workers=min(len(cuts), os.cpu_count() or 1, _THREADS_MAX)) as threads:
        return list(threads.map(lambda cut: _parse_block(data, *cut), cuts))


def _numbered(blocks: Sequence[_Block]) -> pa.Table:
    """Put the blocks of a file together and count its lines."""
    tables = []
    lines_before = 0
    for block in blocks:
        numbers = arrays.numbers(block.rows + (lines_before + 1), pa.int64())
        tables.append(block.table.add_column(0, LINES.field("line_number"), numbers))
        lines_before += block.physical
    return pa.concat_tables(tables) if tables else LINES.empty_table()


def _cuts(data: bytes) -> Iterator[tuple[int, int]]:
    """Cut the records' bytes into runs of whole lines."""
    start = len(_BYTE_ORDER_MARK) if data.startswith(_BYTE_ORDER_MARK) else 0
    end_of_records = _end_of_records(data)
    while start < end_of_records:
        line_end = _LINE_END.search(data, min(start + _BLOCK_BYTES, end_of_records), end_of_records)
        end = end_of_records if line_end is None else line_end.end()
        yield start, end
        start = end


def _end_of_records(data: bytes) -> int:
    """Find where the records end: before a Ctrl-Z, the end-of-file mark of old, if only blanks follow it."""
    end = len(data)
    while end > 0:
        start = max(0, end - _BLOCK_BYTES)
        tail = data[start:end].rstrip(_BLANKS)
        if tail:
            return start + len(tail) - 1 if tail.endswith(_CTRL_Z) else len(data)
        end = start
    return len(data)


def _parse_block(data: bytes, start: int, end: int) -> _Block:
    """Read one run of whole lines."""
    block = np.frombuffer(data, dtype=np.uint8, count=end - start, offset=start)
    lines = split_lines(block)
    parts = _fast_parts(block, lines)
    left = np.ones(len(lines.starts), dtype=np.bool_)
    for part in parts:
        left[part.rows] = False
    if left.any() or not parts:
        parts.append(_slow_part(block, lines, left))
    not_quoted = sum(int(np.count_nonzero(~part.all_quoted)) for part in parts)
    rows, table = _in_order(parts)
    return _Block(lines.indexes[rows], table, lines.physical, lines.ended_by_lf, lines.ended_by_cr, not_quoted)


def _fast_parts(block: Bytes, lines: Lines) -> list[Part]:
    """Read the lines that are well formed, all at once."""
    # What is shorter than a date holds no record; what is longer ends with a line of megabytes.
    if not _SHORTEST <= len(block) <= 2 * _BLOCK_BYTES:
        return []
    left = plain_lines(block, lines)
    parts = []
    for find in (quoted_spans, mixed_spans):
        rows = np.flatnonzero(left)
        if len(rows):
            # Usually few lines are left for the second form: they are looked at alone, not with their whole block.
            apart, lines_apart = (block, lines) if len(rows) == len(left) else gathered(block, lines, rows)
            for spans in find(apart, lines_apart):
                part = from_spans(apart, trimmed(apart, spans))
                part = replace(part, rows=rows[part.rows])
                left[part.rows] = False
                parts.append(part)
    return parts


def _slow_part(block: Bytes, lines: Lines, left: Marks) -> Part:
    """Read the remaining lines one by one."""
    rows, raws, parsed = [], [], []
    for row in np.flatnonzero(left).tolist():
        raw = block[lines.starts[row] : lines.ends[row]].tobytes()
        line = parse_line(raw)
        if line is not None:
            rows.append(row)
            raws.append(raw)
            parsed.append(line)
    return from_lines(np.array(rows, dtype=np.int64), raws, parsed)


def _in_order(parts: list[Part]) -> tuple[Places, pa.Table]:
    """Put the parts of a block together in file order."""
    parts = [part for part in parts if len(part.rows)] or parts[:1]
    if len(parts) == 1:
        return parts[0].rows, parts[0].table
    rows = np.concatenate([part.rows for part in parts])
    order = np.argsort(rows)
    table = pa.concat_tables([part.table for part in parts])
    stretches = np.flatnonzero(np.diff(order, prepend=-2) != 1)
    if len(stretches) * _STRETCH_MIN < len(order):  # mostly a few odd lines stand among many of one form
        ends = np.append(stretches[1:], len(order))
        cut = zip(order[stretches].tolist(), (ends - stretches).tolist(), strict=True)
        table = pa.concat_tables([table.slice(start, count) for start, count in cut])
    else:
        table = table.take(arrays.numbers(order, pa.int64()))
    return rows[order], table.combine_chunks()
