"""The CSV files of a publication, read by the columns of `schemas.publications` and within limits."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from recon.portal.archive import Refused
from recon.portal.manifest import money
from schemas.publications import TABLES

ROWS = 500_000
_FLAGS = {"true": True, "false": False}
# How long a text may be, as the columns of the database have it.
_LENGTHS = {"email": 254, "name": 500, "unit": 500, "party": 500, "description": 5000, "reference": 500}
_IDENTIFIER = 200

Row = dict[str, Any]


def read(path: str, content: bytes) -> Iterator[Row]:
    """Read a table row by row: text, dates, amounts and flags as its columns say; an empty optional value is "".

    Args:
        path: where it lies in the publication, a key of `TABLES`.
        content: UTF-8 with LF, as it was published.

    Raises:
        Refused: other columns, a value that is none of its kind, a key twice, or too many rows.
    """
    view = TABLES[path]
    pairs = [column.split() for column in view.columns.split(",")]
    readers = [(name, _reader(name, kind, view.words.get(name))) for name, kind in pairs]
    seen: set[tuple[Any, ...]] = set()
    try:
        lines = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
        if next(lines, None) != [name for name, _ in pairs]:
            raise Refused(f"{path} does not have the columns of {', '.join(name for name, _ in pairs)}.")
        for number, values in enumerate(lines, 1):
            if number > ROWS:
                raise Refused(f"{path} has more than {ROWS:,} rows.")
            row = {name: reader(value) for (name, reader), value in zip(readers, values, strict=True)}
            key = tuple(row[name] for name in view.key)
            if key and key in seen:
                raise Refused(f"{path}, row {number}: the key is there twice.")
            seen.add(key)
            yield row
    except (ValueError, KeyError, csv.Error) as error:  # a wrong encoding is a ValueError too
        raise Refused(f"{path} cannot be read: a row is not as its columns say ({_where(error)}).") from error


def _where(error: Exception) -> str:
    """Say what is wrong without repeating what a row holds."""
    return str(error) if isinstance(error, _WrongValue) else type(error).__name__


class _WrongValue(ValueError):
    """A value that is none of its column's kind; the text names the column only."""


def _reader(name: str, kind: str, words: frozenset[str] | None) -> Callable[[str], Any]:
    bare = kind.removesuffix("?")
    required = bare == kind and (name.endswith("_id") or words is not None)
    length = _IDENTIFIER if name.endswith("_id") else _LENGTHS.get(name, _IDENTIFIER)

    def text(value: str) -> str:
        if len(value) > length or "\0" in value or (required and not value.strip()):
            raise _WrongValue(name)
        if words is not None and value not in words:
            raise _WrongValue(name)
        return value

    def other(value: str) -> Any:
        try:
            return {"date": date.fromisoformat, "money": money, "flag": _FLAGS.__getitem__}[bare](value)
        except (ValueError, KeyError):
            raise _WrongValue(name) from None

    return text if bare == "text" else other
