"""What makes two lockbox files the same: their records, however they were written down (SPEC 6, BTR-73)."""

import hashlib

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from recon.lockbox.arrays import Marks

# A line that could not be read has its raw bytes, and nothing in the other columns that they do not say.
_COUNTED = ("file_date", "unit_id", "amount", "memo", "tenant_id", "raw")
_NULL = -1


def content_sha256(lines: pa.Table) -> str:
    """Hash what the lines say, in file order.

    Line ends, blank lines, encoding, quotes, spaces, trailing commas and the form of dates make no difference; a line
    that could not be read counts with its exact bytes. Each column is hashed by itself, the lengths of its values and
    the values, so that where the table was cut into chunks makes no difference either.

    Args:
        lines: columns as in `schemas.lockbox.LINES`.

    Returns:
        64 hexadecimal digits.
    """
    total = hashlib.sha256()
    for name in _COUNTED:
        lengths, values = hashlib.sha256(), hashlib.sha256()
        for chunk in lines[name].chunks:
            valid = chunk.drop_null() if chunk.null_count else chunk
            value_lengths, content = _lengths_and_content(valid)
            row_lengths = np.full(len(chunk), _NULL, dtype="<i4")
            row_lengths[_valid_rows(chunk)] = value_lengths
            lengths.update(row_lengths.data)
            values.update(content)
        total.update(lengths.digest() + values.digest())
    return total.hexdigest()


def _lengths_and_content(values: pa.Array) -> tuple[NDArray[np.int32] | int, memoryview]:
    """Give the bytes of values that are not null, one after the other, and the length of each."""
    first, last = values.offset, values.offset + len(values)
    kind = values.type
    if pa.types.is_date32(kind) or pa.types.is_decimal128(kind):
        width = kind.bit_width // 8
        return width, memoryview(values.buffers()[1])[first * width : last * width]
    offsets = np.frombuffer(values.buffers()[1], dtype=np.int32, count=last + 1)[first:]
    content = values.buffers()[2]
    return np.diff(offsets), memoryview(b"" if content is None else content)[offsets[0] : offsets[-1]]


def _valid_rows(chunk: pa.Array) -> slice | Marks:
    """Give an index of the rows that are not null."""
    if chunk.null_count == 0:
        return slice(None)
    bits = np.frombuffer(chunk.buffers()[0], dtype=np.uint8)
    return np.unpackbits(bits, bitorder="little")[chunk.offset : chunk.offset + len(chunk)].view(np.bool_)
