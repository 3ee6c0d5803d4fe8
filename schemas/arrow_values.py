"""Arrow values straight from memory.

`pyarrow.array`, `pyarrow.scalar` and a plain Python value in a compute function import pandas on first use, which takes
as long as reading a million rows. Where that matters, constants are made here.
"""

from array import array
from collections.abc import Sequence
from datetime import date
from itertools import accumulate

import pyarrow as pa
import pyarrow.compute as pc

_EPOCH = date(1970, 1, 1)
_NO_BYTES = (ord("~"), ord("~"))


def byte_range(texts: pa.StringArray) -> tuple[int, int]:
    """Give the lowest and the highest byte of the characters of all texts; without any, those of a tilde."""
    _, offsets, characters = texts.buffers()
    if characters is None or len(texts) == 0:
        return _NO_BYTES
    ends = memoryview(offsets).cast("i")
    start, end = ends[texts.offset], ends[texts.offset + len(texts)]
    return _range(pa.Array.from_buffers(pa.uint8(), end - start, [None, characters.slice(start, end - start)]))


def first_byte_range(texts: pa.StringArray) -> tuple[int, int]:
    """Give the lowest and the highest first byte of the texts that are not empty; without any, those of a tilde."""
    _, offsets, characters = texts.buffers()
    if characters is None:
        return _NO_BYTES
    starts = pa.Array.from_buffers(pa.int32(), len(texts), [None, offsets], offset=texts.offset)
    filled = pc.fill_null(pc.binary_length(texts), positions(1)[0]).cast(pa.bool_())
    return _range(
        pa.Array.from_buffers(pa.uint8(), characters.size, [None, characters]).take(
            starts if pc.all(filled, min_count=0).as_py() else starts.filter(filled)
        )
    )


def _range(numbers: pa.UInt8Array) -> tuple[int, int]:
    found = pc.min_max(numbers)
    return (found["min"].as_py(), found["max"].as_py()) if len(numbers) else _NO_BYTES


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
