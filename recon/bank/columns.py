"""Python values as Arrow columns, without `pyarrow.array`: that imports pandas and takes longer than reading a file."""

from array import array
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import pyarrow as pa

_EPOCH = 719_163  # the ordinal of 1 January 1970


def column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Make a column of whole numbers, days, amounts, texts or truth values; None is null.

    A decimal has no more decimals than the column, which its reader has made sure of.
    """
    nulls = values.count(None)
    if nulls == len(values):
        return pa.nulls(len(values), kind)
    validity = None if nulls == 0 else pa.py_buffer(_bits([value is not None for value in values]))
    return pa.Array.from_buffers(kind, len(values), [validity, *_BUFFERS[kind.id](values, kind)], nulls)


def _bits(flags: Sequence[object]) -> bytes:
    """Pack flags, the first into the lowest bit."""
    digits = "".join("1" if flag else "0" for flag in reversed(flags))
    return int(digits, 2).to_bytes((len(flags) + 7) // 8, "little")


def _texts(values: Sequence[str | None], _: pa.DataType) -> list[pa.Buffer]:
    encoded = [b"" if value is None else value.encode("utf-8", "replace") for value in values]
    offsets = array("i", accumulate(map(len, encoded), initial=0))
    return [pa.py_buffer(offsets), pa.py_buffer(b"".join(encoded))]


def _amounts(values: Sequence[Any], kind: pa.DataType) -> list[pa.Buffer]:
    scale = kind.scale
    whole = (0 if value is None else int(value.scaleb(scale)) for value in values)
    return [pa.py_buffer(b"".join([number.to_bytes(16, "little", signed=True) for number in whole]))]


_BUFFERS: dict[int, Callable[[Sequence[Any], pa.DataType], list[pa.Buffer]]] = {
    pa.int64().id: lambda values, _: [pa.py_buffer(array("q", [value or 0 for value in values]))],
    pa.int32().id: lambda values, _: [pa.py_buffer(array("i", [value or 0 for value in values]))],
    pa.date32().id: lambda values, _: [
        pa.py_buffer(array("i", [0 if value is None else value.toordinal() - _EPOCH for value in values]))
    ],
    pa.bool_().id: lambda values, _: [pa.py_buffer(_bits(values))],
    pa.string().id: _texts,
    pa.decimal128(18, 4).id: _amounts,
}
