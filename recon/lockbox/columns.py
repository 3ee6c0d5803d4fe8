"""Lockbox lines as Arrow columns (`schemas.lockbox.LINES`): from spans of a block's bytes, or from single lines.

Both give tables without `line_number`; `recon.lockbox.reading` knows where the block lies in its file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recon.lockbox import arrays
from recon.lockbox.arrays import Marks
from recon.lockbox.record import ParsedLine, Rejected, read_date
from recon.lockbox.spans import Bytes, Places, Spans
from schemas.identifiers import comparison_keys
from schemas.lockbox import AMOUNT, LINES, MEMO_CHARACTERS_MAX

UNNUMBERED = LINES.remove(LINES.get_field_index("line_number"))

_EPOCH = date(1970, 1, 1).toordinal()
_AMOUNT_DIGITS_MAX = 12  # before the point
_POINT = ord(".")
_WORD = 8  # bytes
# In each byte: a zero of text; what brings a value above 9 to the highest bit; that bit. Then the first and third pair
# of digits, and what the pairs count: the product's upper half is the sum.
_ZEROS, _ABOVE_NINE, _HIGH_BITS = (np.uint64(byte * 0x0101010101010101) for byte in (0x30, 0x76, 0x80))
_PAIRS = np.uint64(0x000000FF000000FF)
_LEFT, _RIGHT = np.uint64((1_000_000 << 32) + 100), np.uint64((10_000 << 32) + 1)


@dataclass(frozen=True)
class Part:
    """Some lines of a block: `rows` says which, ascending; `table` has the columns UNNUMBERED, in the same order."""

    rows: Places
    table: pa.Table
    all_quoted: Marks


def from_spans(block: Bytes, spans: Spans) -> Part:
    """Read the lines whose date and amount are good (BTR-43, BTR-48); the others are left out."""
    spans, cents = _with_amounts(block, spans)
    days, good = _days(_texts(block, spans, 0))
    if not good.all():
        spans, cents, days = spans.only(good), cents[good], days[good]
    unit_ids, memos, tenant_ids = (_texts(block, spans, field) for field in (1, 3, 4))
    too_long = spans.ends[3] - spans.starts[3] > MEMO_CHARACTERS_MAX
    if too_long.any():  # in bytes; in characters it may be shorter
        too_long = arrays.as_numbers(pc.utf8_length(memos), np.int32) > MEMO_CHARACTERS_MAX
    count = len(spans.rows)
    columns = [
        arrays.numbers(days, pa.date32()),
        unit_ids,
        tenant_ids,
        arrays.decimals(cents, AMOUNT),
        memos,
        comparison_keys(unit_ids),
        comparison_keys(tenant_ids),
        arrays.booleans(too_long),
        pa.nulls(count, pa.string()),
        pa.nulls(count, pa.binary()),
    ]
    return Part(spans.rows, pa.table(columns, schema=UNNUMBERED), spans.all_quoted)


def _texts(block: Bytes, spans: Spans, field: int) -> pa.StringArray:
    """Cut one field out of every line.

    The bytes between two fields are taken for texts as well, so that the block itself can serve as the characters of
    one array, of which every second text is then copied.
    """
    count = len(spans.rows)
    offsets = np.empty(2 * count, dtype=np.int32)
    offsets[::2] = spans.starts[field]
    offsets[1::2] = spans.ends[field]
    fields_and_gaps = pa.StringArray.from_buffers(max(2 * count - 1, 0), pa.py_buffer(offsets), pa.py_buffer(block))
    return fields_and_gaps.take(arrays.numbers(np.arange(0, 2 * count, 2, dtype=np.int32), pa.int32()))


def _days(texts: pa.StringArray) -> tuple[NDArray[np.int32], Marks]:
    """Read dates as days since 1970, each distinct one once, for a file has few; the marks tell what is a date."""
    coded = texts.dictionary_encode()
    read = [read_date(text) for text in coded.dictionary.to_pylist()]
    days = np.array([0 if day is None else day.toordinal() - _EPOCH for day in read], dtype=np.int32)
    good = np.array([day is not None for day in read], dtype=np.bool_)
    codes = arrays.as_numbers(coded.indices, np.int32)
    return days[codes], good[codes]


def _with_amounts(block: Bytes, spans: Spans) -> tuple[Spans, Places]:
    """Keep the lines whose third field is an amount above zero; gives them and their amounts in cents.

    An amount is one to twelve digits, a point, two digits.
    """
    ends, digits = spans.ends[2], spans.ends[2] - spans.starts[2] - 3
    good = (digits >= 1) & (digits <= _AMOUNT_DIGITS_MAX) & (block.take(ends - 3, mode="clip") == _POINT)
    if not good.all():
        spans, ends, digits = spans.only(good), ends[good], digits[good]
    good, cents = np.ones(len(ends), dtype=np.bool_), np.zeros(len(ends), dtype=np.int64)
    for back, count, worth in ((0, 2, 1), (3, digits, 100), (3 + _WORD, digits - _WORD, 100 * 10**_WORD)):
        if np.max(count, initial=0) > 0:
            number, is_number = _numbers(block, ends - back, np.clip(count, 0, _WORD))
            cents += number * worth
            good &= is_number
    good &= cents > 0
    return spans.only(good), cents[good]


def _numbers(block: Bytes, ends: Places, digits: Places | int) -> tuple[Places, Marks]:
    """Read the number of up to eight digits before each place; the marks tell where there are no other characters.

    The eight bytes before a place are taken as one whole number, whose lowest byte is the first character. The digits'
    values are put together in pairs, then the pairs, then the fours.
    """
    words = np.ndarray(max(len(block) - _WORD + 1, 0), "<u8", buffer=block, strides=(1,))
    before = np.uint64(8) * (_WORD - np.asarray(digits)).astype(np.uint64)
    values = (words[np.maximum(ends - _WORD, 0)] ^ _ZEROS) >> before << before
    others = (values + _ABOVE_NINE | values) & _HIGH_BITS
    pairs = values * np.uint64(10) + (values >> np.uint64(8))
    left, right = pairs & _PAIRS, pairs >> np.uint64(16) & _PAIRS
    whole = (left * _LEFT + right * _RIGHT) >> np.uint64(32)
    return whole.astype(np.int64), (others == 0) & (ends >= _WORD)


def from_lines(rows: Places, raws: Sequence[bytes], lines: Sequence[ParsedLine | Rejected]) -> Part:
    """Put lines that were read one by one into columns."""
    good = [line if isinstance(line, ParsedLine) else None for line in lines]
    unit_ids = _encoded([line.unit_id if line else "" for line in good])
    tenant_ids = _encoded([line.tenant_id if line else "" for line in good])
    days = [line.file_date.toordinal() - _EPOCH if line else 0 for line in good]
    cents = [0 if line.amount is None else int(line.amount.scaleb(2)) for line in lines]
    columns = [
        arrays.numbers(np.array(days, dtype=np.int32), pa.date32(), _marks([line is not None for line in good])),
        unit_ids,
        tenant_ids,
        arrays.decimals(np.array(cents, dtype=np.int64), AMOUNT, _marks([line.amount is not None for line in lines])),
        _encoded([line.memo if line else "" for line in good]),
        comparison_keys(unit_ids),
        comparison_keys(tenant_ids),
        arrays.booleans(_marks([line is not None and line.memo_too_long for line in good])),
        _encoded([line.message if isinstance(line, Rejected) else None for line in lines]),
        arrays.texts([None if line else raw for line, raw in zip(good, raws, strict=True)], pa.binary()),
    ]
    all_quoted = _marks([line is None or line.all_quoted for line in good])
    return Part(rows, pa.table(columns, schema=UNNUMBERED), all_quoted)


def _encoded(values: Sequence[str | None]) -> pa.StringArray:
    """Make a column of texts."""
    return arrays.texts([None if value is None else value.encode() for value in values], pa.string())


def _marks(values: Sequence[bool]) -> Marks:
    """Make marks of truth values."""
    return np.array(values, dtype=np.bool_)
