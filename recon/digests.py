"""The rows of every fact table, counted and hashed by the journal entry that brought them (law 10)."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from recon import schema


class Facts(Protocol):
    """What is asked of a store: few rows, or many as Arrow batches."""

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Run a query that has few rows."""

    def batches(self, sql: str, parameters: Mapping[str, object] | None = None) -> Iterator[pa.RecordBatch]:
        """Run a query and give its rows piece by piece."""


def digests(store: Facts, seq: int | None = None) -> dict[int | None, dict[str, dict[str, object]]]:
    """Count and hash the rows of every fact table, by journal entry; of all entries, or of one."""
    found: dict[int | None, dict[str, dict[str, object]]] = {}
    sql = """
        select row_of.entry_seq, to_json(row_of)::varchar || chr(10) as text
        from (
            select entry_seq as of_entry, *
            from query_table('facts.' || $table)
            where $seq is null or entry_seq = $seq
            order by all
        ) as row_of
    """
    has_rows = "select 1 from query_table('facts.' || $table) where entry_seq = $seq limit 1"
    for table in schema.fact_tables():
        if seq is not None and not store.rows(has_rows, {"table": table, "seq": seq}):
            continue  # most commits touch few tables, and asking costs less than hashing nothing
        hashes: dict[int | None, Any] = {}
        rows: Counter[int | None] = Counter()
        for batch in store.batches(sql, {"table": table, "seq": seq}):
            for of_entry, start, length in _stretches(batch.column(0)):
                rows[of_entry] += length
                text = _text_bytes(batch.column(1).slice(start, length))
                hashes.setdefault(of_entry, hashlib.sha256()).update(text)
        for of_entry, digest in hashes.items():
            found.setdefault(of_entry, {})[table] = {"rows": rows[of_entry], "sha256": digest.hexdigest()}
    return found


def _stretches(values: pa.Array) -> Iterator[tuple[int | None, int, int]]:
    """Give each stretch of equal values: the value, where it starts and how long it is."""
    encoded = pc.run_end_encode(values)
    start = 0
    for value, end in zip(encoded.values.to_pylist(), encoded.run_ends.to_pylist(), strict=True):
        yield value, start, end - start
        start = end


def _text_bytes(texts: pa.Array) -> memoryview:
    """Give the bytes of a text column without making a Python string of each."""
    _, offsets, data = texts.buffers()
    view = memoryview(offsets).cast("i" if pa.types.is_string(texts.type) else "q")
    return memoryview(data)[view[texts.offset] : view[texts.offset + len(texts)]]
