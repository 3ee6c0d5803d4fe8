"""A file's lines and the answers of the rules, put together column by column."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from recon.lockbox import arrays
from recon.lockbox.arrays import Number
from schemas.arrow_values import boolean, day, positions, text, texts, without_empty
from schemas.relations import CLASSIFICATION
from schemas.vocabulary import Disposition, Flag, Reason

_PIECE = 100_000  # lines
_NOWHERE = -1
# What `queries/classified_numbers.sql` calls by number.
WORDS = {"dispositions": [*Disposition], "reasons": [*Reason]}
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
        answers: one row per line that could be read, in any order (`queries/classified_numbers.sql` with `WORDS`).
        spelled: the ledger that the answers are about.

    Raises:
        RuntimeError: not every line that could be read has one answer, or an answer is not of the vocabulary.
    """
    answers = answers.combine_chunks()
    if answers["reason_no"].null_count or answers["disposition_no"].null_count:
        raise RuntimeError("the rules gave an answer outside the vocabulary")
    places = _places(lines, answers["line_number"])
    spelled = Spelled(spelled.tenant_ids.combine_chunks(), spelled.unit_ids.combine_chunks())

    def piece(start: int) -> pa.Table:
        found = answers.take(places.slice(start, _PIECE))
        return _joined(lines.slice(start, _PIECE), posting_date, found, spelled)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return pa.concat_tables([CLASSIFICATION.empty_table(), *pool.map(piece, range(0, len(lines), _PIECE))])


def _places(lines: pa.Table, answered: pa.ChunkedArray) -> pa.Array:
    """Give the place of each line's answer, null for a line that was rejected."""
    numbers, answered_numbers = _numbers(lines["line_number"], np.int64), _numbers(answered, np.int64)
    places = np.full(numbers.max(initial=0) + 1, _NOWHERE)
    are_lines = answered_numbers.min(initial=0) >= 0 and answered_numbers.max(initial=0) < len(places)
    if are_lines:
        places[answered_numbers] = np.arange(len(answered_numbers))
    found, is_rejected = places[numbers], _truth(pc.is_valid(lines["message"])).astype(np.bool_)
    are_all = len(answered) == np.count_nonzero(~is_rejected) and ((found == _NOWHERE) == is_rejected).all()
    if not (are_lines and are_all):
        raise RuntimeError("the answers are not those of the lines that could be read")
    return arrays.numbers(found, pa.int64(), ~is_rejected)


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
        without_empty(lines["memo"], lines["memo"]),  # CSV has nothing between its commas
        answers["matchable_total"],
        answers["status_total"],
        _word(Disposition, answers["disposition_no"], rejected=Disposition.REJECTED),
        _word(Reason, answers["reason_no"], rejected=Reason.BAD_RECORD),
        _flags(lines, posting_date, answers["flags"]),
        lines["message"],
    ]
    return pa.table(columns, schema=CLASSIFICATION)


def _word(words: type[StrEnum], numbers: pa.ChunkedArray, *, rejected: str) -> pa.ChunkedArray:
    """Give the words of a list by their place in it, counted from 1."""
    return texts(["", *words]).take(numbers).fill_null(text(rejected))


def _flags(lines: pa.Table, posting_date: date | None, bits: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give the words of each line's flags; a line has one of few combinations, a rejected line none."""
    numbers = _numbers(bits.fill_null(positions(1)[0]), np.int32)
    numbers = numbers + 4 * _truth(lines["memo_too_long"])
    if posting_date is not None:
        numbers = numbers + 8 * _truth(pc.not_equal(lines["file_date"], day(posting_date)).fill_null(boolean(False)))
    combinations = [" ".join(flag for at, flag in enumerate(_BITS) if number >> at & 1) for number in range(16)]
    words = arrays.texts([words.encode() or None for words in combinations], pa.string())
    return pa.chunked_array([words.take(arrays.numbers(numbers, pa.int32()))])


def _truth(marks: pa.ChunkedArray) -> NDArray[np.int32]:
    return _numbers(marks.cast(pa.int32()), np.int32)


def _numbers(column: pa.ChunkedArray, width: type[Number]) -> NDArray[Number]:
    return np.concatenate([np.zeros(0, width), *(arrays.as_numbers(chunk, width) for chunk in column.chunks)])
