"""Records of a BAI2 file: fields between commas, ended by a slash and continued by records 88."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from recon.bank.bank_file import Findings
from recon.bank.text import physical_lines, shown

_CODES = frozenset({"01", "02", "03", "16", "49", "88", "98", "99"})
# Some banks put several records on one physical line; what follows the slash must look like a record, since the text
# of a transaction may hold slashes too.
_NEXT = re.compile(
    r"/[ \t]*(?=(?:01,[^,/]*,[^,/]*,[0-9]{6},|02,[^,/]*,[^,/]*,[0-9],|03,[^,/]*,[A-Z]{0,3}[,/]|16,[0-9]{3},[+-]?[0-9]*,"
    r"|88[,:]|49,[+-]?[0-9]*,[0-9]+ *(?:/|$)|9[89],[+-]?[0-9]*,[0-9]+,[0-9]+ *(?:/|$)))"
)
_WHOLE = re.compile(r"[0-9]{1,9}")


def looks_like(text: str) -> bool:
    """Say whether a text begins as a BAI2 statement, or has its records though its beginning is missing or damaged."""
    return (
        re.match(r"\s*(?:01,[^\n]*,|02,[^\n]*,|03,[^,\n]*,)", text) is not None
        or re.search(r"(?m)^(?:02,[^,\n]*,[^,\n]*,[1-4],[0-9]{6},|16,[0-9]{3},[0-9]+,[Z012SVD]?,)", text) is not None
    )


@dataclass
class Record:
    """One record with its continuations."""

    line: int
    end: int
    code: str
    body: str  # without code and terminal slash
    more: list[str] = field(default_factory=list)  # bodies of the 88 records that continue it
    physical: int = 1  # records that the control counts


def records(text: str, found: Findings) -> Iterator[Record]:
    """Give the records with their continuations."""
    current: Record | None = None
    for line, logical in _logical_lines(text):
        code, body = logical[:2], logical[3:]
        if code == "88" and logical[2:3] in {",", ":"} and current is not None:
            current.more.append(body)
            current.physical += 1
            current.end = line
        elif code in _CODES and logical[2:3] == "," and code != "88":
            if current is not None:
                yield current
            current = Record(line, line, code, body)
        elif current is not None and current.code == "16":
            # Text that was broken into another line on its way; it is no record of its own.
            found.warning(line, "broken_line", "This line is no record; it was taken as more text of the line above.")
            if current.more:
                current.more[-1] += " " + logical
            else:
                current.body += " " + logical
            current.end = line
        else:
            found.error(line, "record", f"{shown(logical)} is not a BAI2 record such as 16,115,353575,... .")
    if current is not None:
        yield current


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Split physical lines that hold several records; blank lines are left out."""
    for number, line in enumerate(physical_lines(text), 1):
        stripped = line.strip()
        if not stripped:
            continue
        if "/" in stripped[:-1] and _NEXT.search(stripped):
            parts = _NEXT.split(stripped)
            for part in parts[:-1]:
                yield number, part.strip() + "/"
            yield number, parts[-1].strip()
        else:
            yield number, stripped


def _unended(body: str) -> str:
    """Take off the slash that ends a record, and only that one."""
    body = body.rstrip()
    return body.removesuffix("/")


def fields_of(record: Record) -> list[str]:
    """Give the fields of a record without text, continuations joined."""
    fields = _unended(record.body).split(",")
    for more in record.more:
        fields += _unended(more).split(",")
    return [value.strip() for value in fields]


def fields_with_text(record: Record) -> list[str]:
    """Give the fields of a record 16: type, amount, funds type, its sub-fields, two references, and all the text."""
    body = _unended(record.body)
    for number, more in enumerate(record.more):
        fields = body.split(",")
        if len(fields) > before_text(fields):  # the text has begun, and only text can follow it
            rest = " ".join(_unended(text).strip() for text in record.more[number:])
            body = f"{body.rstrip().removesuffix('/')} {rest}"
            break
        body = f"{body},{_unended(more)}"
    fields = body.split(",")
    before = before_text(fields)
    return [*fields[:before], ",".join(fields[before:])] if len(fields) > before else fields


def before_text(fields: Sequence[str]) -> int:
    """Count the fields of a record 16 that come before its text."""
    funds = fields[2].strip().upper() if len(fields) > 2 else ""
    return 5 + sub_fields(funds, fields[3:4])


def sub_fields(funds: str, after: Sequence[str]) -> int:
    """Count the fields that a funds type brings with it: S three, V two, D a number and as many pairs."""
    if funds == "D":
        count = after[0].strip() if after else ""
        return 1 + 2 * (int(count) if _WHOLE.fullmatch(count) and int(count) < 100 else 0)
    return {"S": 3, "V": 2}.get(funds, 0)
