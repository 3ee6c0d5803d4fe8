"""The store as it was: facts up to a journal entry in a store of their own, with the same views over them.

Facts are append-only and every row knows its journal entry, so the past is what had been added by then. Nothing of it
is written anywhere; what runs on it changes nothing, and others go on working.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from recon import schema, store
from recon.errors import WrongUse
from recon.store import Store
from recon.workspace import Workspace


@dataclass(frozen=True)
class Facts:
    """All facts of a workspace, read at one moment: tables by name, in the order in which they were made."""

    tables: dict[str, pa.Table]
    head: int  # the last journal entry

    @contextmanager
    def as_of(self, seq: int) -> Iterator[Store]:
        """Give a store with the facts up to a journal entry, forgotten afterwards.

        Raises:
            WrongUse: there is no such entry yet.
        """
        if not 0 <= seq <= self.head:
            raise WrongUse(f"There is no journal entry {seq}; the last is {self.head}.")
        with store.memory() as past:
            for _, sql in schema.migrations():
                past.run(sql)
            for name, rows in self.tables.items():
                number = "seq" if name == "journal" else "entry_seq"
                past.add(name, rows.filter(pc.less_equal(rows[number], seq)))
            for name, sql in schema.views():
                past.view(name, sql)
            yield past


def facts_of(workspace: Workspace) -> Facts:
    """Read all facts of a workspace, with the store open only that long.

    Raises:
        WrongUse: there is no workspace.
    """
    wanted = {*schema.fact_tables(), "journal"}
    with store.reading(workspace, "recon audit") as current:
        # What a foreign key names is there before it is named.
        made = current.rows("select table_name from duckdb_tables() where schema_name = 'facts' order by table_oid")
        tables = {name: current.table(f"facts.{name}") for (name,) in made if name in wanted}
        return Facts(tables, current.head().seq)


def entry_at(workspace: Workspace, moment: datetime) -> int:
    """Give the last journal entry at a moment, in UTC or without a zone in the workspace's time; 0 before the first."""
    with store.reading(workspace, "recon audit") as current:
        (seq,) = current.one(
            "select coalesce(max(seq), 0) from facts.journal where recorded_at <= $moment",
            {"moment": workspace.utc(moment)},
        )
    return int(seq)
