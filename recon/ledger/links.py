"""Identifiers to row numbers: which row of another table a reference names (SPEC 2)."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from recon.ledger.values import identifiers as identifiers_of
from schemas.arrow_values import positions
from schemas.identifiers import comparison_keys


@dataclass(frozen=True)
class Linked:
    """A column of references."""

    spelled: pa.ChunkedArray  # as the table referred to spells them; trimmed when it leads nowhere, null when empty
    numbers: pa.ChunkedArray  # int32 row positions in that table; null where empty or leading nowhere


def link(
    references: list[pa.ChunkedArray], identifiers: pa.ChunkedArray, keys: pa.ChunkedArray
) -> tuple[list[Linked], bool]:
    """Find, for all columns that refer to one table, the rows that they name, by comparison form.

    All columns are looked up at once, because building the table of keys costs as much as looking up; and the table's
    own keys with them, because a key that finds another row than its own was used before.

    Args:
        references: the columns that refer to the table, word for word.
        identifiers: the table's own identifiers.
        keys: their comparison forms; of two rows with one key the first is named.

    Returns:
        What each column refers to, and whether no key is used twice.
    """
    asked = [*keys.chunks, *(comparison_keys(piece) for column in references for piece in column.chunks)]
    numbers = pc.index_in(pa.chunked_array(asked, pa.string()), value_set=keys, skip_nulls=True)
    is_unique = pc.all(pc.equal(numbers.slice(0, len(keys)), positions(len(keys))), min_count=0).as_py()
    linked, start = [], len(keys)
    for column in references:
        linked.append(_spelled(column, numbers.slice(start, len(column)), identifiers))
        start += len(column)
    return linked, is_unique


def _spelled(references: pa.ChunkedArray, numbers: pa.ChunkedArray, identifiers: pa.ChunkedArray) -> Linked:
    """Spell references as the table does; mostly they agree, and the copy goes."""
    spelled = identifiers.take(numbers)
    if spelled.equals(references):
        return Linked(references, numbers)
    return Linked(pc.coalesce(spelled, identifiers_of(references)), numbers)
