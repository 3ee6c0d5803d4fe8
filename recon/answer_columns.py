"""A file's lines and the answers of the rules, put together column by column: both are in file order."""

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recon.lockbox import arrays
from schemas.arrow_values import boolean, day, positions, text
from schemas.relations import CLASSIFICATION
from schemas.vocabulary import Disposition, Flag, Reason

# Bit 1, 2, 4, 8: the flags that a file can get, in the order of SPEC 9.
_BITS = (Flag.DEFAULT_TENANT_USED, Flag.PAST_TENANT, Flag.MEMO_TOO_LONG, Flag.DATE_CHANGED)


def joined(
    lines: pa.Table, posting_date: date | None, answers: pa.Table, tenant_ids: pa.StringArray, unit_ids: pa.StringArray
) -> pa.Table:
    """Give one row per line as `schemas.relations.CLASSIFICATION`.

    Args:
        lines: `schemas.lockbox.LINES`, rejected ones included.
        posting_date: replaces every line's date, if given.
        answers: one row per line that could be read, in file order (`queries/classified_numbers.sql`).
        tenant_ids: the ledger's spelling, by `tenant_no`.
        unit_ids: the ledger's spelling, by `unit_no`.
    """
    rejected = pc.is_valid(lines["message"])
    amounts = lines["amount"]
    if pc.any(rejected).as_py():
        amounts = pc.if_else(rejected, pa.nulls(1, amounts.type)[0], amounts)
        answers = answers.take(_places(rejected))  # a rejected line's answer is null throughout
    dates = lines["file_date"]
    if posting_date is not None:
        dates = pc.if_else(rejected, pa.nulls(1, pa.date32())[0], day(posting_date))
    columns = [
        lines["line_number"],
        dates,
        unit_ids.take(answers["unit_no"].combine_chunks()),
        tenant_ids.take(answers["tenant_no"].combine_chunks()),
        amounts,
        _without_empty(lines["memo"]),
        answers["matchable_total"],
        answers["status_total"],
        answers["disposition"].fill_null(text(Disposition.REJECTED)),
        answers["reason"].fill_null(text(Reason.BAD_RECORD)),
        _flags(lines, posting_date, answers["flags"]),
        lines["message"],
    ]
    return pa.table(columns, schema=CLASSIFICATION)


def _places(rejected: pa.ChunkedArray) -> pa.Array:
    """Give the place of each line's answer: lines that were read have theirs in order, rejected ones none."""
    good = ~_truth(rejected).astype(np.bool_)
    return arrays.numbers(np.cumsum(good) - 1, pa.int64(), good)


def _without_empty(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Make empty texts null, so that CSV has nothing between its commas."""
    lengths = pc.binary_length(texts)
    filled = lengths.cast(pa.bool_())
    return texts if pc.all(filled).as_py() else pc.if_else(filled, texts, pa.nulls(1, pa.string())[0])


def _flags(lines: pa.Table, posting_date: date | None, bits: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give the words of each line's flags; a line has one of few combinations, a rejected line none."""
    numbers = _numbers(bits.fill_null(positions(1)[0]))
    numbers = numbers + 4 * _truth(lines["memo_too_long"])
    if posting_date is not None:
        numbers = numbers + 8 * _truth(pc.not_equal(lines["file_date"], day(posting_date)).fill_null(boolean(False)))
    combinations = [" ".join(flag for at, flag in enumerate(_BITS) if number >> at & 1) for number in range(16)]
    words = arrays.texts([words.encode() or None for words in combinations], pa.string())
    return pa.chunked_array([words.take(arrays.numbers(numbers, pa.int32()))])


def _truth(marks: pa.ChunkedArray) -> NDArray[np.int32]:
    return _numbers(marks.cast(pa.int32()))


def _numbers(column: pa.ChunkedArray) -> NDArray[np.int32]:
    return np.concatenate([np.zeros(0, np.int32), *(arrays.as_numbers(chunk, np.int32) for chunk in column.chunks)])
