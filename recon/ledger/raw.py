"""One table file as it was found: its columns before any value is understood, and where each row stands in the file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from recon.errors import Problem
from schemas.ledger_tables import Table


@dataclass
class RawTable:
    """The columns of one file that belong to the table, word for word, and what was wrong with the file so far."""

    table: Table
    file: str
    rows: int = 0
    columns: dict[str, pa.ChunkedArray] = field(default_factory=dict)  # text from CSV, any type from Parquet
    lines_of: Callable[[Sequence[int]], list[int]] = lambda positions: [position + 2 for position in positions]
    problems: list[Problem] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)  # columns left out, as the file spells them
    complete: bool = True  # False when rows are missing here, so that references to them cannot be judged
    refused: set[str] = field(default_factory=set)  # columns that are missing or of a wrong type: already a problem

    def refuse(self, expected: str, line: int | None = None) -> None:
        """Note why nothing of the file can be used; what it would have held is then no problem of its own."""
        self.problems.append(Problem(self.file, line, None, None, expected))
        self.complete = False
        self.refused.update(column.name for column in self.table.columns)


def match_columns(raw: RawTable, header: Sequence[str], line: int | None) -> dict[str, int]:
    """Find the table's columns in a header and note in `raw` what is missing, repeated or extra.

    Names are compared trimmed and in any case; an extra column is left out (SPEC 2).

    Args:
        raw: the table being read.
        header: the names in the file's order.
        line: the physical line of the header, None where there is none.

    Returns:
        The position of each column found, by its name in the table.
    """
    known = {column.name: column for column in raw.table.columns}
    found: dict[str, int] = {}
    for position, spelled in enumerate(header):
        name = spelled.strip().lower()
        if name not in known:
            raw.extra.append(spelled.strip() or f"number {position + 1}, which has no name,")
        elif name in found:
            raw.problems.append(Problem(raw.file, line, name, None, "the column must not be there twice"))
            raw.refused.add(name)
        else:
            found[name] = position
    for name, column in known.items():
        if name not in found and not column.optional:
            raw.problems.append(Problem(raw.file, line, name, None, "the column is missing"))
            raw.refused.add(name)
    return {name: position for name, position in found.items() if name not in raw.refused}
