"""Identifiers to row numbers: which row of another table a reference names (SPEC 2)."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from recon.ledger.values import identifiers as identifiers_of
from schemas.identifiers import comparison_keys


@dataclass(frozen=True)
class Linked:
    """A column of references."""

    spelled: pa.ChunkedArray  # as the table referred to spells them; trimmed when it leads nowhere, null when empty
    numbers: pa.ChunkedArray  # int32 row positions in that table; null where empty or leading nowhere


def link(references: list[pa.ChunkedArray], identifiers: pa.ChunkedArray, keys: pa.Array) -> list[Linked]:
    """Find, for all columns that refer to one table, the rows that they name.

    The spelling is looked up first, because it mostly agrees, and only what is left over by comparison form. All
    columns are looked up at once, because building the table of identifiers costs as much as looking up.

    Args:
        references: the columns that refer to the table.
        identifiers: the table's own identifiers.
        keys: their comparison forms; of two rows with one key the first is named.
    """
    together = pa.chunked_array([chunk for column in references for chunk in column.chunks], pa.string())
    numbers = pc.index_in(together, value_set=identifiers, skip_nulls=True)
    linked, start = [], 0
    for column in references:
        linked.append(_by_key(column, numbers.slice(start, len(column)), identifiers, keys))
        start += len(column)
    return linked


def _by_key(
    references: pa.ChunkedArray, numbers: pa.ChunkedArray, identifiers: pa.ChunkedArray, keys: pa.Array
) -> Linked:
    """Look up by comparison form what was not found by its spelling, and spell it as the table does."""
    if numbers.null_count == references.null_count:
        return Linked(references, numbers)
    references, numbers = references.combine_chunks(), numbers.combine_chunks()
    missed = pc.and_(pc.is_valid(references), pc.is_null(numbers))
    left_over = identifiers_of(references.filter(missed))
    found = pc.index_in(comparison_keys(left_over), value_set=keys, skip_nulls=True)
    spelled = pc.coalesce(identifiers.take(found).combine_chunks(), left_over)
    return Linked(
        pa.chunked_array([pc.replace_with_mask(references, missed, spelled)]),
        pa.chunked_array([pc.replace_with_mask(numbers, missed, found)]),
    )
