"""Arrow arrays straight from memory.

`pyarrow.array` and `pyarrow.scalar` import pandas on first use, which takes as long as reading a million lines.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Marks = NDArray[np.bool_]
Number = TypeVar("Number", np.int32, np.int64)


def numbers(values: NDArray[np.int32] | NDArray[np.int64], kind: pa.DataType, valid: Marks | None = None) -> pa.Array:
    """Give whole numbers, or dates as days since 1970, whose width is that of `kind`; null where not valid."""
    return pa.Array.from_buffers(kind, len(values), [_bitmap(valid), pa.py_buffer(np.ascontiguousarray(values))])


def decimals(cents: NDArray[np.int64], kind: pa.Decimal128Type, valid: Marks | None = None) -> pa.Decimal128Array:
    """Give amounts of two decimals from cents not below zero: sixteen bytes each, the lowest first."""
    halves = np.zeros((len(cents), 2), dtype="<i8")
    halves[:, 0] = cents
    return pa.Array.from_buffers(kind, len(cents), [_bitmap(valid), pa.py_buffer(halves)])


def booleans(marks: Marks) -> pa.BooleanArray:
    """Give true and false."""
    return pa.Array.from_buffers(pa.bool_(), len(marks), [None, _bitmap(marks)])


def texts(values: Sequence[bytes | None], kind: pa.DataType) -> pa.Array:
    """Give strings from their UTF-8 bytes, or binary values; None is null.

    Raises:
        OverflowError: the values are 2 GiB or more together.
    """
    lengths = np.fromiter((0 if value is None else len(value) for value in values), dtype=np.int64, count=len(values))
    if lengths.sum() > np.iinfo(np.int32).max:
        raise OverflowError("a column of texts holds less than 2 GiB")
    offsets = np.zeros(len(values) + 1, dtype=np.int32)
    np.cumsum(lengths, out=offsets[1:])
    valid = np.fromiter((value is not None for value in values), dtype=np.bool_, count=len(values))
    joined = pa.py_buffer(b"".join(value for value in values if value is not None))
    return pa.Array.from_buffers(kind, len(values), [_bitmap(valid), pa.py_buffer(offsets), joined])


def as_numbers(array: pa.Array, width: type[Number]) -> NDArray[Number]:
    """Look at the values of an array of whole numbers without copying; what stands in for nulls is arbitrary."""
    return np.frombuffer(array.buffers()[1], dtype=width, count=array.offset + len(array))[array.offset :]


def _bitmap(marks: Marks | None) -> pa.Buffer | None:
    """Pack marks into bits, as Arrow keeps validity; None when every value is valid."""
    return None if marks is None else pa.py_buffer(np.packbits(marks, bitorder="little"))
