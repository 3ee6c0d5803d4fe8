"""From payments to the bytes of a lockbox file (SPEC 3, BTR-45, BTR-46, BTR-67).

Every field is quoted, a quote inside is doubled, a comma follows the last field, CR LF ends the line, and the tenant
field is left out when empty. What is written reads back as it was, but for memos cut at 40 characters.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from recon.errors import InputRefused, Problem
from recon.lockbox.record import LINE_BYTES_MAX, SPACES, YEARS
from schemas.lockbox import AMOUNT, CONTROL_CHARACTER, MEMO_CHARACTERS_MAX, RECORDS

_ROWS_AT_ONCE = 1 << 20  # keeps the characters of one array well below the 2 GiB that it can hold
_PROBLEMS_MAX = 100
_SHOWN_MAX = 60  # characters of a value repeated in a problem


class Record(NamedTuple):
    """One payment to write; the IDs, the memo, or each of them may be empty."""

    date: date
    unit_id: str
    amount: Decimal
    memo: str = ""
    tenant_id: str = ""


def write(payments: pa.Table | Iterable[Record], *, longest: int | None = LINE_BYTES_MAX) -> bytes:
    """Write a lockbox file.

    Args:
        payments: a table with the columns of `schemas.lockbox.RECORDS` among others, or records; in file order.
        longest: how many bytes a line may have. Quotes and another encoding can make a line longer than it was read;
            with None it is written all the same, and whoever reads it keeps it word for word as rejected.

    Raises:
        InputRefused: something could not be read back: a date outside 1900 to 2199, an amount not above zero or of
            more than 12 digits before the point, a line break or another control character, a line over `longest`.
            Each problem names the payment by its place, from 1.
    """
    table = payments if isinstance(payments, pa.Table) else _table(payments)
    table = table.select(RECORDS.names)
    starts = range(0, len(table), _ROWS_AT_ONCE)
    return b"".join(_written(table.slice(start, _ROWS_AT_ONCE), start, longest) for start in starts)


def _table(records: Iterable[Record]) -> pa.Table:
    """Put records into columns."""
    columns = list(zip(*records, strict=True)) or [()] * len(RECORDS)
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, RECORDS, strict=True)], RECORDS)


def _written(payments: pa.Table, before: int, longest: int | None) -> bytes:
    """Write some payments; `before` counts those written before them."""
    columns = {name: _whole(payments[name]) for name in RECORDS.names}
    texts = {name: _text(columns[name]) for name in ("unit_id", "memo", "tenant_id")}
    texts["memo"] = pc.utf8_slice_codeunits(texts["memo"], 0, MEMO_CHARACTERS_MAX)
    problems = list(_problems(columns, texts, before))
    if problems:
        raise _refused(problems)
    quoted = {name: pc.replace_substring(text, '"', '""') for name, text in texts.items()}
    tenant = pc.if_else(
        pc.equal(quoted["tenant_id"], ""), "", pc.binary_join_element_wise('"', quoted["tenant_id"], '",', "")
    )
    days, amounts = columns["date"].cast(pa.string()), columns["amount"].cast(pa.string())
    pieces = ['"', days, '","', quoted["unit_id"], '","', amounts, '","', quoted["memo"], '",', tenant, "\r\n"]
    lines = pc.binary_join_element_wise(*pieces, "")
    if longest is not None:
        expected = f"expected a line of at most {longest} bytes"
        too_long = pc.indices_nonzero(pc.greater(pc.binary_length(lines), longest + len("\r\n"))).to_pylist()
        if too_long:
            raise _refused([Problem("lockbox file", before + row + 1, None, None, expected) for row in too_long])
    return _characters(lines)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """Make one array of a column."""
    combined = column.combine_chunks()
    return combined if isinstance(combined, pa.Array) else pa.concat_arrays(combined.chunks)


def _text(column: pa.Array) -> pa.StringArray:
    """Trim as reading does; nothing for null."""
    return pc.utf8_trim(pc.fill_null(column.cast(pa.string()), ""), characters=SPACES)


def _characters(texts: pa.StringArray) -> bytes:
    """Give all texts one after the other, which is how Arrow keeps them."""
    _, offsets, characters = texts.buffers()
    if characters is None:
        return b""
    bounds = memoryview(offsets).cast("i")
    return bytes(memoryview(characters)[bounds[texts.offset] : bounds[texts.offset + len(texts)]])


def _problems(columns: dict[str, pa.Array], texts: dict[str, pa.StringArray], before: int) -> Iterator[Problem]:
    """Find what could not be read back."""
    first, last = date(YEARS.start, 1, 1), date(YEARS.stop - 1, 12, 31)
    days, amounts = columns["date"], columns["amount"].cast(AMOUNT)
    highest = pa.scalar(Decimal("999999999999.99"), AMOUNT)
    good = {
        "date": pc.and_(pc.greater_equal(days, first), pc.less_equal(days, last)),
        "amount": pc.and_(pc.greater(amounts, pa.scalar(Decimal(0), AMOUNT)), pc.less_equal(amounts, highest)),
    }
    good |= {name: pc.invert(pc.match_substring_regex(text, CONTROL_CHARACTER)) for name, text in texts.items()}
    expected = {
        "date": "expected a day of the years 1900 to 2199",
        "amount": "expected more than 0.00 and at most 12 digits before the point",
    }
    for name, fine in good.items():
        for row in pc.indices_nonzero(pc.invert(pc.fill_null(fine, fill_value=False))).to_pylist():
            value = str(columns[name][row].as_py())[:_SHOWN_MAX]
            text = "expected no line breaks or other control characters"
            yield Problem("lockbox file", before + row + 1, name, value, expected.get(name, text))


def _refused(problems: list[Problem]) -> InputRefused:
    """Refuse to write, naming the first problem."""
    more = f" ({len(problems)} problems)" if len(problems) > 1 else ""
    return InputRefused(f"The lockbox file was not written: {problems[0]}{more}.", problems[:_PROBLEMS_MAX])
