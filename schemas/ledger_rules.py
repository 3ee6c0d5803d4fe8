"""The rules of the ledger tables, each written once, as a predicate over Arrow columns (SPEC 2).

The reader runs them on what it has read and names the lines that break them; the Pandera models of `schemas.ledger`
run the same ones on frames. A predicate gives one boolean per row, true where the row keeps the rule. A missing value
keeps every rule but `filled`, so that one empty cell is one problem.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from schemas.arrow_values import booleans, byte_range, day, is_printable, positions, text, texts, zero
from schemas.ledger_tables import Column, Kind, Table
from schemas.lockbox import CONTROL_CHARACTER
from schemas.vocabulary import LedgerKind

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)

Predicate = Callable[[pa.Table], pa.Array | pa.ChunkedArray]


@dataclass(frozen=True)
class Rule:
    """One thing that every row of a table must keep."""

    name: str
    column: str  # the column that a person has to look at
    expected: str  # what the person should have found there
    kept: Predicate


def rules_of(table: Table) -> tuple[Rule, ...]:
    """List the rules of a table, in the order of its columns; they read the columns of `table.arrow`."""
    rules: list[Rule] = []
    for column in table.columns:
        rules += _rules_of_column(column)
    return (*rules, _unique(table), _numbered(table), *_RULES_OF_TABLE.get(table.name, ()))


def _rules_of_column(column: Column) -> Iterator[Rule]:
    """Give the rules that concern one column: readable, filled, of the list, within the calendar, leading to a row."""
    name = column.name
    if column.kind is Kind.TEXT:
        yield Rule("readable", name, "must not hold a NUL character", partial(_without_nul, name))
    if column.kind is Kind.ID and not column.refers:  # a reference is spelled as the row that it names
        yield Rule("printable", name, "must not hold a control character", partial(_printable, name))
    if column.filled:
        yield Rule("filled", name, "must not be empty", partial(_filled, name))
    if column.words:
        listed = ", ".join(column.words)
        yield Rule("listed", name, f"must be one of {listed}", partial(_listed, name, tuple(column.words)))
    if column.kind is Kind.DATE:
        yield Rule("dated", name, "must be a date of the years 1900 to 2199", partial(_dated, name))
    if column.refers:
        yield Rule("referring", name, f"is not in {column.refers}", partial(_referring, name, column.number))


def _unique(table: Table) -> Rule:
    """No two rows have the same identifier by its comparison form."""
    return Rule("unique", table.primary.name, "must not be used twice", partial(_used_once, table.key))


def _numbered(table: Table) -> Rule:
    """Each row carries its own position, so that a number found elsewhere leads back to the row."""
    number = table.primary.number
    return Rule("numbered", number, "must be the row's position, counted from 0", partial(_counting, number))


def _printable(name: str, rows: pa.Table) -> pa.Array | pa.ChunkedArray:
    ids = rows[name]
    if all(map(is_printable, ids.chunks)):
        return booleans(True, len(ids))
    return pc.invert(pc.match_substring_regex(ids, CONTROL_CHARACTER))


def _without_nul(name: str, rows: pa.Table) -> pa.Array | pa.ChunkedArray:
    words = rows[name]
    if all(byte_range(chunk)[0] > 0 for chunk in words.chunks):
        return booleans(True, len(words))
    return pc.invert(pc.match_substring(words, "\0"))


def _filled(name: str, rows: pa.Table) -> pa.ChunkedArray:
    return pc.is_valid(rows[name])


def _listed(name: str, words: tuple[str, ...], rows: pa.Table) -> pa.ChunkedArray:
    return pc.or_(pc.is_null(rows[name]), pc.is_in(rows[name], value_set=texts(words)))


def _dated(name: str, rows: pa.Table) -> pa.ChunkedArray:
    days = rows[name]
    return pc.and_(pc.greater_equal(days, day(FIRST_DAY)), pc.less_equal(days, day(LAST_DAY)))


def _referring(name: str, number: str, rows: pa.Table) -> pa.ChunkedArray:
    return pc.or_(pc.is_valid(rows[number]), pc.is_null(rows[name]))


def _counting(number: str, rows: pa.Table) -> pa.ChunkedArray:
    return pc.equal(rows[number], positions(rows.num_rows))


def _used_once(key: str, rows: pa.Table) -> pa.Array:
    """Tell for each row whether no earlier row has its key."""
    keys = pa.chunked_array(rows[key]).combine_chunks()
    if len(keys) < 2:
        return booleans(True, len(keys))
    # Exports are mostly sorted by identifier; then a comparison of neighbours takes a tenth of the time of hashing.
    if keys.null_count == 0 and pc.all(pc.less(keys.slice(0, len(keys) - 1), keys.slice(1))).as_py():
        return booleans(True, len(keys))
    if len(keys) == len(keys.unique()):
        return booleans(True, len(keys))
    return pc.or_(pc.equal(pc.index_in(keys, value_set=keys), positions(len(keys))), pc.is_null(keys))


def _open_amount_not_negative(rows: pa.Table) -> pa.ChunkedArray:
    return pc.greater_equal(rows["open_amount"], zero(Kind.AMOUNT.arrow))


def _open_amount_within_amount(rows: pa.Table) -> pa.ChunkedArray:
    return pc.less_equal(rows["open_amount"], rows["amount"])


def _owner_ledger_has_owner(rows: pa.Table) -> pa.ChunkedArray:
    return pc.or_(pc.is_valid(rows["owner_id"]), pc.not_equal(rows["kind"], text(LedgerKind.OWNER)))


_RULES_OF_TABLE = {
    "ledgers": (Rule("owned", "owner_id", "must not be empty in an owner ledger", _owner_ledger_has_owner),),
    "charges": (
        Rule("not_negative", "open_amount", "must not be below 0", _open_amount_not_negative),
        Rule("within_amount", "open_amount", "must not be above the charge's amount", _open_amount_within_amount),
    ),
    "bills": (
        Rule("not_negative", "open_amount", "must not be below 0", _open_amount_not_negative),
        Rule("within_amount", "open_amount", "must not be above the bill's amount", _open_amount_within_amount),
    ),
}
