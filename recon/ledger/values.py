"""Columns as found to columns of the table's types; what cannot be understood is marked, never guessed (SPEC 2).

What a value means is settled here; whether it is allowed is settled by `schemas.ledger_rules`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

import pyarrow as pa
import pyarrow.compute as pc

from recon.ledger.columnar import is_text
from schemas import arrow_values
from schemas.arrow_values import Text
from schemas.ledger_tables import Column, Kind

_AMOUNT = r"^-?[0-9]{1,16}(\.[0-9]{1,2})?$"
_ISO_DATE = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_US_DATE = re.compile(r"(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/(?P<year>[0-9]{4})")
_FLAGS = {"true": True, "t": True, "yes": True, "y": True, "1": True}
_FLAGS |= {"false": False, "f": False, "no": False, "n": False, "0": False}
# What str.strip takes away, so that an identifier and its comparison form are trimmed alike.
_WHITE_SPACE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace())

_EXPECTED = {
    Kind.AMOUNT: "must be an amount such as 690.00: no separators or signs of currency, at most two decimals",
    Kind.DATE: "must be a date such as 2026-06-01 or 06/01/2026",
    Kind.FLAG: "must be true or false",
}


@dataclass(frozen=True)
class Converted:
    """A column in the table's type; `unreadable` marks the values that are not what `expected` says."""

    values: pa.ChunkedArray
    unreadable: pa.ChunkedArray | None = None
    expected: str = ""


def convert(column: Column, found: pa.ChunkedArray | None, rows: int) -> Converted:
    """Bring a column to its type: empty becomes null or what an empty value means; an unreadable value becomes null.

    References are left word for word: `links.link` finds most of them as they stand and trims only the rest.

    Args:
        column: the column's description.
        found: text, or a type that `columnar.expected_type` lets pass; None where the file does not have the column.
        rows: the number of rows of the table.
    """
    kind = column.kind
    if found is None:
        converted = Converted(pa.chunked_array([pa.nulls(rows, kind.arrow)]))
    elif is_text(found.type):
        text = found if found.type == pa.string() else found.cast(pa.string())
        converted = Converted(text) if column.refers else _converted_text(kind, text)
    elif kind is Kind.AMOUNT:
        converted = _marked(kind, found, _exact_amounts(found))
    elif kind is Kind.DATE:
        converted = _marked(kind, found, _whole_days(found))
    else:
        converted = Converted(found)
    if column.default is None or converted.values.null_count == 0:
        return converted
    meant = column.default
    default = arrow_values.text(meant) if isinstance(meant, str) else arrow_values.boolean(meant)
    return Converted(pc.fill_null(converted.values, default), converted.unreadable, converted.expected)


def _converted_text(kind: Kind, text: pa.ChunkedArray) -> Converted:
    if kind is Kind.ID:
        return Converted(identifiers(text))
    if kind is Kind.TEXT:
        return Converted(arrow_values.without_empty(text, _trimmed(text)))
    if kind is Kind.WORD:
        return Converted(_by_distinct(text, lambda distinct: pc.utf8_lower(identifiers(distinct))))
    filled = _by_distinct(text, identifiers)
    parse = {Kind.AMOUNT: _amounts, Kind.DATE: _dates, Kind.FLAG: _flags}[kind]
    return _marked(kind, filled, _by_distinct(filled, parse))


def _marked(kind: Kind, found: pa.ChunkedArray, values: pa.ChunkedArray) -> Converted:
    """Mark the values that were there and could not be read."""
    if values.null_count == found.null_count:
        return Converted(values)
    return Converted(values, pc.and_(pc.is_valid(found), pc.is_null(values)), _EXPECTED[kind])


def _by_distinct(text: pa.ChunkedArray, parse: Callable[[pa.Array], pa.Array]) -> pa.ChunkedArray:
    """Parse each distinct text once."""
    coded = text.combine_chunks().dictionary_encode()
    return pa.chunked_array([parse(coded.dictionary).take(coded.indices)])


def identifiers(text: Text) -> Text:
    """Trim identifiers of outer white space; null for nothing."""
    trimmed = _trimmed(text)
    # When there was nothing to trim, the copy goes; a large column is not kept twice.
    return arrow_values.without_empty(text if trimmed.equals(text) else trimmed, trimmed)


def _trimmed(text: Text) -> Text:
    chunks = text.chunks if isinstance(text, pa.ChunkedArray) else [text]
    return text if all(map(arrow_values.is_visible, chunks)) else pc.utf8_trim(text, characters=_WHITE_SPACE)


def _amounts(distinct: pa.Array) -> pa.Array:
    exact = pc.match_substring_regex(distinct, _AMOUNT)
    return pc.if_else(exact, distinct, pa.nulls(len(distinct), pa.string())).cast(Kind.AMOUNT.arrow)


def _dates(distinct: pa.Array) -> pa.Array:
    return pa.array([None if text is None else _date(text) for text in distinct.to_pylist()], pa.date32())


def _date(text: str) -> date | None:
    match = _ISO_DATE.fullmatch(text) or _US_DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None  # 30 February


def _flags(distinct: pa.Array) -> pa.Array:
    return pa.array([None if text is None else _FLAGS.get(text.lower()) for text in distinct.to_pylist()], pa.bool_())


def _exact_amounts(numbers: pa.ChunkedArray) -> pa.ChunkedArray:
    """Bring decimals and integers to two decimals, null for what would not be the same amount."""
    kind = Kind.AMOUNT.arrow
    if numbers.type == kind:
        return numbers
    if pa.types.is_integer(numbers.type):
        numbers = numbers.cast(pa.decimal128(20, 0))
    try:
        return numbers.cast(pa.decimal256(76, max(numbers.type.scale, 2))).cast(kind)
    except pa.ArrowInvalid:
        return pa.chunked_array([pa.array([_exact(number) for number in numbers.to_pylist()], kind)])


def _exact(number: Decimal | None) -> Decimal | None:
    """Give the same amount at two decimals, None when there is none of 18 digits."""
    if number is None:
        return None
    with localcontext(prec=80):
        cents = number.scaleb(2)
        whole = cents == cents.to_integral_value() and abs(cents) < 10**18
        return number.quantize(Decimal("0.01")) if whole else None


def _whole_days(days: pa.ChunkedArray) -> pa.ChunkedArray:
    """Bring dates and timestamps to days, null for a time of day other than midnight."""
    if days.type == pa.date32():
        return days
    rounded = days.cast(pa.date32(), safe=False)
    midnight = pc.equal(rounded.cast(days.type, safe=False), days)  # what does not fit comes back as another moment
    return pc.if_else(midnight, rounded, pa.nulls(len(days), pa.date32()))
