"""Arrow values made from memory are the ones that Arrow itself would make."""

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from schemas import arrow_values


@pytest.mark.parametrize("rows", [0, 1, 2, 8, 9, 1000])
def test_positions_and_booleans(rows: int) -> None:
    """Row positions count from 0; a row of booleans has one bit each."""
    assert arrow_values.positions(rows).equals(pa.array(range(rows), pa.int32()))
    assert arrow_values.booleans(True, rows).equals(pa.array([True] * rows, pa.bool_()))
    assert arrow_values.booleans(False, rows).equals(pa.array([False] * rows, pa.bool_()))


def test_constants() -> None:
    """Words, days before and after 1970, and nought."""
    assert arrow_values.texts(["a", "", "Müller"]).equals(pa.array(["a", "", "Müller"]))
    assert arrow_values.text("past").as_py() == "past"
    assert arrow_values.boolean(True).as_py() is True
    assert arrow_values.boolean(False).as_py() is False
    for day in (date(1900, 1, 1), date(1970, 1, 1), date(2199, 12, 31)):
        assert arrow_values.day(day).as_py() == day
    assert arrow_values.zero(pa.decimal128(18, 2)).as_py() == Decimal("0.00")


@pytest.mark.parametrize("values", [[], [None], [""], ["", None], ["b", None, "", "a c"], ["~", "ü"], [" x", "\x00"]])
def test_characters_of_texts(values: list[str | None]) -> None:
    """The lowest and highest byte, of a slice only its own; whether all is visible, or printable; null for nothing."""
    column = pa.array(["\x01", *values, "\xff"], pa.string()).slice(1, len(values))
    everything = "".join(text or "" for text in values).encode() or b"~"
    assert arrow_values.byte_range(column) == (min(everything), max(everything))
    assert arrow_values.is_visible(column) == all(0x21 <= byte <= 0x7E for byte in everything)
    assert arrow_values.is_printable(column) == all(0x20 <= byte <= 0x7E for byte in everything)
    assert arrow_values.without_empty(column, column).to_pylist() == [text or None for text in values]
