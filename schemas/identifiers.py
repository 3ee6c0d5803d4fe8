"""How identifiers are compared (SPEC 2): white space trimmed, Unicode NFC, lower-cased.

An identifier is shown as the ledger spells it and compared by its key, so that ` cedar327` and `Cedar327` are one unit.
`00327` and `327` stay two, and `NA` is a name like any other.
"""

import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

from schemas.arrow_values import byte_range

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
    lowest, highest = byte_range(ids)
    if lowest > ord(" ") and highest <= ord("~"):
        return _without_empty(pc.ascii_lower(ids))
    # Right for printable ASCII, where trimming and lower-casing are plain.
    keys = _without_empty(pc.ascii_lower(pc.ascii_trim(ids, characters=" ")))
    if lowest == ord(" ") and highest <= ord("~"):
        return keys
    others = pc.fill_null(pc.match_substring_regex(ids, _BEYOND_PRINTABLE_ASCII), fill_value=False)
    return pc.replace_with_mask(keys, others, _keys_by_rule(ids.filter(others)))


def _without_empty(keys: pa.StringArray) -> pa.StringArray:
    """Put null for nothing."""
    # A length taken as a truth value, and no scalar, because pyarrow imports pandas to make one.
    filled = pc.binary_length(keys).cast(pa.bool_())
    if pc.all(filled, min_count=0).as_py():
        return keys
    return pc.if_else(filled, keys, pa.nulls(len(keys), pa.string()))


def _keys_by_rule(ids: pa.StringArray) -> pa.StringArray:
    """Apply `comparison_key` to each distinct value once."""
    coded = ids.dictionary_encode()
    keys = pa.array([comparison_key(text) for text in coded.dictionary.to_pylist()], pa.string())
    return keys.take(coded.indices)
