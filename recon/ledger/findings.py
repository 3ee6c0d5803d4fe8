"""What was found wrong with a table, as problems in file, line and column order (SPEC 2)."""

from collections.abc import Collection, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from recon.errors import Problem
from recon.ledger.raw import RawTable
from schemas.ledger_rules import Rule, rules_of
from schemas.ledger_tables import Table


def at_rows(raw: RawTable, column: str, marked: pa.Array | pa.ChunkedArray, expected: str) -> list[Problem]:
    """Give a problem for each marked row, with the value as the file has it."""
    rows = pc.indices_nonzero(marked)
    return _problems(raw, column, rows, [expected] * len(rows))


def broken_rules(
    raw: RawTable, rows: pa.Table, incomplete: Collection[str | None], *, is_unique: bool
) -> list[Problem]:
    """Run the rules of a table on its rows and give a problem for each row that breaks one.

    Args:
        raw: the file; a column that it refused is not judged again.
        rows: the table as it is after reading and linking.
        incomplete: tables whose rows were not all understood; whether a reference leads there cannot be said.
        is_unique: whether the keys are known to be used once each, so that it need not be asked again.
    """
    problems: list[Problem] = []
    for rule in rules_of(raw.table):
        if rule.column in raw.refused or (rule.name == "referring" and _target(raw.table, rule) in incomplete):
            continue
        if rule.name == "unique" and is_unique:
            continue
        kept = rule.kept(rows)
        if pc.all(kept, min_count=0).as_py():
            continue
        broken = pc.indices_nonzero(pc.invert(pc.fill_null(kept, True)))
        expected = [rule.expected] * len(broken)
        if rule.name == "unique":
            expected = _earlier(raw, rows, broken)
        problems += _problems(raw, rule.column, broken, expected)
    return problems


def in_order(table: Table, problems: Sequence[Problem]) -> list[Problem]:
    """Sort a file's problems by line and column; of two about one value only the first stands."""
    columns = {column.name: position for position, column in enumerate(table.columns)}
    seen: set[tuple[int, str]] = set()
    ordered = []
    for problem in sorted(problems, key=lambda problem: (problem.line or 0, columns.get(problem.column or "", -1))):
        if problem.line is not None and problem.column is not None:
            if (problem.line, problem.column) in seen:
                continue
            seen.add((problem.line, problem.column))
        ordered.append(problem)
    return ordered


def _problems(raw: RawTable, column: str, rows: pa.Array, expected: Sequence[str]) -> list[Problem]:
    found = raw.columns.get(column)
    values = [None] * len(rows) if found is None else map(_spelled, found.take(rows))
    lines = raw.lines_of(rows.to_pylist())
    return [
        Problem(raw.file, line, column, value, expectation)
        for line, value, expectation in zip(lines, values, expected, strict=True)
    ]


def _spelled(value: pa.Scalar) -> str | None:
    try:
        found = value.as_py()
    except (OverflowError, ValueError):  # a day that Python's calendar does not have; Arrow can still write it
        found = value.cast(pa.string()).as_py()
    return None if found is None else str(found)


def _earlier(raw: RawTable, rows: pa.Table, again: pa.Array) -> list[str]:
    """Say for rows whose key was used before on which line, and how it was spelled there."""
    keys = rows[raw.table.key]
    first = pc.index_in(keys.take(again), value_set=keys)
    spelled = rows[raw.table.primary.name].take(first).to_pylist()
    return [
        f"is the same as {spelling!r} on line {line}"
        for spelling, line in zip(spelled, raw.lines_of(first.to_pylist()), strict=True)
    ]


def _target(table: Table, rule: Rule) -> str | None:
    return next(column.refers for column in table.columns if column.name == rule.column)
