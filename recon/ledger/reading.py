"""A folder to a ledger: read, understood, linked and checked, or refused with every problem (SPEC 2)."""

from collections.abc import Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from recon.errors import InputRefused, Problem
from recon.ledger.columnar import read_columnar
from recon.ledger.delimited import read_delimited
from recon.ledger.findings import at_rows, broken_rules, in_order
from recon.ledger.links import link
from recon.ledger.raw import RawTable
from recon.ledger.sources import Sources, read_sources, sha256_of
from recon.ledger.values import convert
from schemas.arrow_values import positions
from schemas.identifiers import comparison_keys
from schemas.ledger_tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

_THREADS = 4  # Arrow works outside Python's lock; there are about as many large tables
_SHOWN = 5  # problems in the message; all of them are in `problems`

Columns = dict[str, pa.ChunkedArray]


@dataclass(frozen=True)
class Ledger:
    """A ledger that keeps every rule of SPEC 2."""

    tables: dict[str, pa.Table]  # every table of `schemas.ledger_tables.TABLES`, columns and types of its `arrow`
    sha256: str  # of the tables' names and their files' bytes: the same for identical bytes only
    warnings: tuple[str, ...]

    def frames(self) -> "dict[str, pd.DataFrame]":
        """Give the tables as frames with Arrow-backed columns, validated by the Pandera models of `schemas.ledger`."""
        from schemas import ledger  # here, because importing Pandera takes as long as reading a large ledger

        frames = {name: ledger.frame_of(rows) for name, rows in self.tables.items()}
        ledger.validate(frames)
        return frames


def read_ledger(folder: Path) -> Ledger:
    """Read the ledger tables of a folder, one CSV or Parquet file each, named as the table.

    A problem's line is the physical line of a CSV file on which the record begins, its header being line 1; of a
    Parquet file the row counted as if there were a header above it, so that the first row is line 2.

    Raises:
        InputRefused: the folder cannot be read, or something in it does not fit; `problems` lists every occurrence in
            all tables, in the order of tables, lines and columns, and nothing is loaded.
    """
    sources = read_sources(Path(folder))
    with ThreadPoolExecutor(_THREADS) as pool:
        hashed = pool.submit(sha256_of, dict(sources.data))
        understood = {
            raw.table.name: (raw, columns) for raw, columns in pool.map(_understood, *_largest_first(sources))
        }
        sha256 = hashed.result()
        sources.data.clear()
        raws = {name: understood[name][0] for name in TABLES if name in understood}
        tables, unique = _linked(pool, {name: understood[name][1] for name in raws})
        incomplete: set[str | None] = {name for name in TABLES if _is_incomplete(name, raws, sources)}
        broken = pool.map(
            lambda name: broken_rules(raws[name], tables[name], incomplete, is_unique=name in unique), raws
        )
        problems = list(sources.problems)
        for raw, found in zip(raws.values(), broken, strict=True):
            problems += in_order(raw.table, [*raw.problems, *found])
    if problems:
        raise InputRefused(_refusal(folder, problems), problems)
    return Ledger(tables, sha256, (*sources.warnings, *_left_out(raws)))


def _largest_first(sources: Sources) -> tuple[list[str], list[str], list[bytes]]:
    """Give table, file name and bytes of each file, the largest first, so that no thread waits for it at the end."""
    names = sorted(sources.data, key=lambda name: -len(sources.data[name]))
    return names, [sources.files[name].name for name in names], [sources.data[name] for name in names]


def _understood(name: str, file: str, data: bytes) -> tuple[RawTable, Columns]:
    """Read one file and bring its columns to their types, with its own rows' keys and numbers."""
    read = read_columnar if file.lower().endswith(".parquet") else read_delimited
    raw = read(TABLES[name], file, data)
    columns: Columns = {}
    for column in raw.table.columns:
        converted = convert(column, raw.columns.get(column.name), raw.rows)
        columns[column.name] = converted.values
        if converted.unreadable is not None:
            raw.problems += at_rows(raw, column.name, converted.unreadable, converted.expected)
    columns[raw.table.key] = pa.chunked_array([comparison_keys(columns[raw.table.primary.name])])
    columns[raw.table.primary.number] = pa.chunked_array([positions(raw.rows)])
    return raw, columns


def _linked(pool: Executor, understood: Mapping[str, Columns]) -> tuple[dict[str, pa.Table], set[str]]:
    """Find the rows that references name and put the tables together; a table without a file becomes an empty one.

    Gives the tables as well whose keys are known to be used once each.
    """
    columns = {name: dict(understood.get(name) or {}) for name in TABLES}
    for name, table in TABLES.items():
        columns[name] = columns[name] or {field.name: pa.chunked_array([], field.type) for field in table.arrow}
    referring: dict[str, list[tuple[str, str, str]]] = {}
    for name in understood:
        for column in TABLES[name].references:
            referring.setdefault(str(column.refers), []).append((name, column.name, column.number))

    unique = set()

    def link_to(target: str) -> None:
        table, places = TABLES[target], referring[target]
        references = [columns[name][column] for name, column, _ in places]
        found, is_unique = link(references, columns[target][table.primary.name], columns[target][table.key])
        if is_unique:
            unique.add(target)
        for (name, column, number), linked in zip(places, found, strict=True):
            columns[name][column], columns[name][number] = linked.spelled, linked.numbers

    list(pool.map(link_to, sorted(referring, key=lambda target: -len(columns[target][TABLES[target].key]))))
    tables = {
        name: pa.table([columns[name][field] for field in table.arrow.names], names=table.arrow.names)
        for name, table in TABLES.items()
    }
    return tables, unique


def _is_incomplete(name: str, raws: Mapping[str, RawTable], sources: Sources) -> bool:
    """Tell whether a table has rows that are not known, because its file or a row of it could not be read."""
    if name not in raws:
        absent = not any(problem.file.lower().startswith(f"{name}.") for problem in sources.problems)
        return not (absent and TABLES[name].may_be_absent)
    return not raws[name].complete or TABLES[name].primary.name in raws[name].refused


def _refusal(folder: Path, problems: list[Problem]) -> str:
    """Say how many problems there are and show the first few."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    shown = [f"  {problem}" for problem in problems[:_SHOWN]]
    if len(problems) > _SHOWN:
        shown.append(f"  and {len(problems) - _SHOWN} more")
    return "\n".join([f"The ledger in {folder} was not loaded, {count}:", *shown])


def _left_out(raws: Mapping[str, RawTable]) -> list[str]:
    return [
        f"{raw.file}: column {name} is not a column of {raw.table.name} and was left out."
        for raw in raws.values()
        for name in raw.extra
    ]
