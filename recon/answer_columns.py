"""A file's lines and the answers of the rules, put together column by column: both are in file order."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recon.lockbox import arrays
from schemas.arrow_values import boolean, day, positions, text
from schemas.relations import CLASSIFICATION
from schemas.vocabulary import Disposition, Flag, Reason

_PIECE = 100_000  # lines
# Bit 1, 2, 4, 8: the flags that a file can get, in the order of SPEC 9.
_BITS = (Flag.DEFAULT_TENANT_USED, Flag.PAST_TENANT, Flag.MEMO_TOO_LONG, Flag.DATE_CHANGED)


@dataclass(frozen=True)
class Spelled:
    """Identifiers as the ledger spells them: of tenants by `tenant_no`, of units by `unit_no`."""

    tenant_ids: pa.ChunkedArray
    unit_ids: pa.ChunkedArray


def joined(lines: pa.Table, posting_date: date | None, answers: pa.Table, spelled: Spelled) -> pa.Table:
    """Give one row per line as `schemas.relations.CLASSIFICATION`; pieces of the file are put together side by side.

    Args:
        lines: `schemas.lockbox.LINES`, rejected ones included.
        posting_date: replaces every line's date, if given.
        answers: one row per line that could be read, in file order (`queries/classified_numbers.sql`).
        spelled: the ledger that the answers are about.
    """
    answers, places = answers.combine_chunks(), _places(lines)
    spelled = Spelled(spelled.tenant_ids.combine_chunks(), spelled.unit_ids.combine_chunks())

    def piece(start: int) -> pa.Table:
        found = answers.take(places.slice(start, _PIECE))
        return _joined(lines.slice(start, _PIECE), posting_date, found, spelled)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return pa.concat_tables([CLASSIFICATION.empty_table(), *pool.map(piece, range(0, len(lines), _PIECE))])


def _places(lines: pa.Table) -> pa.Array:
    """Give the place of each line's answer: lines that were read have theirs in order, rejected ones none."""
    good = ~_truth(pc.is_valid(lines["message"])).astype(np.bool_)
    return arrays.numbers(np.cumsum(good) - 1, pa.int64(), good)


def _joined(lines: pa.Table, posting_date: date | None, answers: pa.Table, spelled: Spelled) -> pa.Table:
    rejected = pc.is_valid(lines["message"])
    dates, amounts = lines["file_date"], lines["amount"]
    if pc.any(rejected).as_py():
        amounts = pc.if_else(rejected, pa.nulls(1, amounts.type)[0], amounts)
    if posting_date is not None:
        dates = pc.if_else(rejected, pa.nulls(1, pa.date32())[0], day(posting_date))
    columns = [
        lines["line_number"],
        dates,
        spelled.unit_ids.take(answers["unit_no"]),
        spelled.tenant_ids.take(answers["tenant_no"]),
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
