"""The comparison form of identifiers: the vectorised one equals Python's."""

import random
import unicodedata

import pyarrow as pa
import pytest

from schemas.identifiers import comparison_key, comparison_keys

PIECES = (
    *(" ", "\t", "\n", "\x00", "\x1c", "\x7f", "\x85", "\u00a0", "\u3000", "a", "B", "Z", "~", "0", '"'),
    *("\u00e9", "E\u0301", "\u0130", "\u00df", "\u03a3", "\ufb00", "\u212a", "\U0001f600"),
)


def expected(identifier: str | None) -> str | None:
    """Say the rule of SPEC 2 once more."""
    return None if identifier is None else unicodedata.normalize("NFC", identifier.strip()).lower() or None


@pytest.mark.parametrize(
    ("identifier", "key"),
    [("Cedar327", "cedar327"), (" 00327 ", "00327"), ("NA", "na"), ("E\u0301", "\u00e9"), ("", None), (" \t", None)],
)
def test_keys(identifier: str, key: str | None) -> None:
    """BTR-37: trimmed, NFC, lower-cased; leading zeros and words for nothing stay what they are."""
    assert comparison_key(identifier) == key
    assert comparison_keys(pa.array([identifier])).to_pylist() == [key]


def test_columns_of_any_kind() -> None:
    """BTR-37: slices, chunks, dictionaries, large strings and nulls."""
    source = random.Random(37)
    ids = [
        None if source.random() < 0.05 else "".join(source.choices(PIECES, k=source.randrange(6))) for _ in range(5000)
    ]
    keys = [expected(identifier) for identifier in ids]
    array = pa.array(ids)
    assert comparison_keys(array).to_pylist() == keys
    assert comparison_keys(array.slice(77, 500)).to_pylist() == keys[77:577]
    assert comparison_keys(array.cast(pa.large_string()).dictionary_encode()).to_pylist() == keys
    assert comparison_keys(pa.chunked_array([array.slice(0, 9), array.slice(9, 0), array.slice(9)])).to_pylist() == keys
    assert comparison_keys(pa.chunked_array([], pa.string())).to_pylist() == []
    assert comparison_keys(pa.nulls(3, pa.string())).to_pylist() == [None] * 3
