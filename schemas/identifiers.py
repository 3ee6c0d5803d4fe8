"""How identifiers are compared (SPEC 2): white space trimmed, Unicode NFC, lower-cased.

An identifier is shown as the ledger spells it and compared by its key, so that ` cedar327` and `Cedar327` are one unit.
`00327` and `327` stay two, and `NA` is a name like any other.
"""

import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

_PRINTABLE_ASCII = bytes(range(0x20, 0x7F))
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
    keys = _keys_of_ascii(ids)
    if _is_printable_ascii(ids):
        return keys
    others = pc.fill_null(pc.match_substring_regex(ids, _BEYOND_PRINTABLE_ASCII), fill_value=False)
    return pc.replace_with_mask(keys, others, _keys_by_rule(ids.filter(others)))


def _is_printable_ascii(ids: pa.StringArray) -> bool:
    """Tell whether every character lies between space and tilde, where trimming and lower-casing are plain."""
    characters = ids.buffers()[2]
    if characters is None or len(ids) == 0:
        return True
    offsets = memoryview(ids.buffers()[1]).cast("i")
    used = memoryview(characters)[offsets[ids.offset] : offsets[ids.offset + len(ids)]]
    return not bytes(used).translate(None, _PRINTABLE_ASCII)


def _keys_of_ascii(ids: pa.StringArray) -> pa.StringArray:
    """Trim spaces, lower-case A to Z, null for nothing; right for printable ASCII only."""
    keys = pc.ascii_lower(pc.ascii_trim(ids, characters=" "))
    # A length taken as a truth value, and no scalar, because pyarrow imports pandas to make one.
    return pc.if_else(pc.binary_length(keys).cast(pa.bool_()), keys, pa.nulls(len(keys), pa.string()))


def _keys_by_rule(ids: pa.StringArray) -> pa.StringArray:
    """Apply `comparison_key` to each distinct value once."""
    coded = ids.dictionary_encode()
    keys = pa.array([comparison_key(text) for text in coded.dictionary.to_pylist()], pa.string())
    return keys.take(coded.indices)
