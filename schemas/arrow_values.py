"""Arrow values straight from memory.

`pyarrow.array`, `pyarrow.scalar` and a plain Python value in a compute function import pandas on first use, which takes
as long as reading a million rows. Where that matters, constants are made here.
"""

from array import array
from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

Text: TypeAlias = pa.ChunkedArray | pa.Array

_EPOCH = date(1970, 1, 1)
_NO_BYTES = (ord("~"), ord("~"))


def byte_range(texts: pa.StringArray) -> tuple[int, int]:
    """Give the lowest and the highest byte of the characters of all texts; without any, those of a tilde."""
    _, offsets, characters = texts.buffers()
    if characters is None or len(texts) == 0:
        return _NO_BYTES
    ends = memoryview(offsets).cast("i")
    start, end = ends[texts.offset], ends[texts.offset + len(texts)]
    found = pc.min_max(pa.Array.from_buffers(pa.uint8(), end - start, [None, characters.slice(start, end - start)]))
    return (found["min"].as_py(), found["max"].as_py()) if start < end else _NO_BYTES


def is_visible(texts: pa.StringArray) -> bool:
    """Tell whether all characters are visible ones of ASCII, so that there is nothing to trim anywhere."""
    lowest, highest = byte_range(texts)
    return ord(" ") < lowest and highest <= ord("~")


def is_printable(texts: pa.StringArray) -> bool:
    """Tell whether all characters are visible ones of ASCII or spaces, so that there is nothing special anywhere."""
    lowest, highest = byte_range(texts)
    return ord(" ") <= lowest and highest <= ord("~")


def without_empty(texts: Text, judged: Text) -> Text:
    """Put null where the text judged, which may be the same, is empty; mostly none is, and no copy is made."""
    # A length taken as a truth value, and no scalar, because pyarrow imports pandas to make one.
    filled = pc.binary_length(judged).cast(pa.bool_())
    return texts if pc.all(filled, min_count=0).as_py() else pc.if_else(filled, texts, pa.nulls(1, pa.string())[0])


def positions(rows: int) -> pa.Array:
    """Give 0 to `rows` - 1 as int32."""
    if rows == 0:
        return pa.nulls(0, pa.int32())
    steps = array("i", [0]).tobytes() + array("i", [1]).tobytes() * (rows - 1)
    return pc.cumulative_sum(pa.Array.from_buffers(pa.int32(), rows, [None, pa.py_buffer(steps)]))


def booleans(value: bool, rows: int) -> pa.Array:  # noqa: FBT001 - the value is the point
    """Give `rows` times true or false."""
    bits = (b"\xff" if value else b"\x00") * (rows // 8 + 1)
    return pa.Array.from_buffers(pa.bool_(), rows, [None, pa.py_buffer(bits)])


def texts(values: Sequence[str]) -> pa.Array:
    """Give a short list of strings."""
    encoded = [value.encode() for value in values]
    offsets = array("i", accumulate(map(len, encoded), initial=0)).tobytes()
    return pa.Array.from_buffers(
        pa.string(), len(encoded), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]
    )


def text(value: str) -> pa.Scalar:
    """Give one string."""
    return texts([value])[0]


def boolean(value: bool) -> pa.Scalar:  # noqa: FBT001 - the value is the point
    """Give true or false."""
    return booleans(value, 1)[0]


def day(value: date) -> pa.Scalar:
    """Give one day as date32."""
    days = array("i", [(value - _EPOCH).days]).tobytes()
    return pa.Array.from_buffers(pa.date32(), 1, [None, pa.py_buffer(days)])[0]


def zero(kind: pa.Decimal128Type) -> pa.Scalar:
    """Give the amount nought."""
    return pa.Array.from_buffers(kind, 1, [None, pa.py_buffer(bytes(16))])[0]
