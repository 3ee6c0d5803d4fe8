"""How identifiers are compared (SPEC 2): white space trimmed, Unicode NFC, lower-cased.

An identifier is shown as the ledger spells it and compared by its key, so that ` cedar327` and `Cedar327` are one unit.
`00327` and `327` stay two, and `NA` is a name like any other.
"""

import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

from schemas.arrow_values import is_printable, is_visible, without_empty

_BEYOND_PRINTABLE_ASCII = r"[^ -~]"


def comparison_key(identifier: str) -> str | None:
    """Give the comparison form of one identifier, None when nothing is left of it.

    This is the rule; `comparison_keys` does the same to whole columns.
    """
    return unicodedata.normalize("NFC", identifier.strip()).lower() or None


def comparison_keys(ids: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Give the comparison forms of a column of identifiers, as one array of the same length.

    Args:
        ids: text of any string type, or a dictionary of it; may hold nulls.

    Returns:
        A string array; null where the identifier is null or nothing but white space.
    """
    if isinstance(ids, pa.ChunkedArray):
        chunks = [comparison_keys(chunk) for chunk in ids.chunks]
        return pa.concat_arrays(chunks) if chunks else pa.array([], pa.string())
    if ids.type != pa.string():
        ids = ids.cast(pa.string())
    keys = pc.ascii_lower(ids if is_visible(ids) else pc.ascii_trim(ids, characters=" "))
    keys = without_empty(keys, keys)
    if is_printable(ids):  # there trimming and lower-casing are plain
        return keys
    others = pc.fill_null(pc.match_substring_regex(ids, _BEYOND_PRINTABLE_ASCII), fill_value=False)
    return pc.replace_with_mask(keys, others, _keys_by_rule(ids.filter(others)))


def _keys_by_rule(ids: pa.StringArray) -> pa.StringArray:
    """Apply `comparison_key` to each distinct value once."""
    coded = ids.dictionary_encode()
    keys = pa.array([comparison_key(text) for text in coded.dictionary.to_pylist()], pa.string())
    return keys.take(coded.indices)
