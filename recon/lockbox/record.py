"""The rules of one lockbox line (SPEC 3), said once and plainly: `parse_line` is the authority.

`recon.lockbox.spans` reads well-formed lines faster and takes only what this module would take, with the same result.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from recon.money import LOCKBOX_AMOUNT
from schemas.lockbox import CONTROL_CHARACTER, MEMO_CHARACTERS_MAX

LINE_BYTES_MAX = 64 * 1024  # without the line end
YEARS = range(1900, 2200)

# White space around fields. All that str.strip takes, less the control characters, which reject a line instead.
SPACES = " \t\u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"

_CONTROL = re.compile(CONTROL_CHARACTER)
_AMOUNT = re.compile(LOCKBOX_AMOUNT)
_DATE = re.compile(r"(?:([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{2})/([0-9]{2})/([0-9]{4}))")

# One field and the spaces around it, quoted (group 1) or not (group 2). The possessive quantifiers keep a missing quote
# from costing more than one pass over the line.
_FIELD = re.compile(rf'[{SPACES}]*+(?:"((?:[^"]++|"")*+)"[{SPACES}]*+|([^",]*+))')

_FIELDS_MAX = 6  # five and an empty one after the trailing comma
_SHOWN_MAX = 60  # characters of a value repeated in a message


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """One good line; texts are trimmed, an absent tenant field is ""."""

    file_date: date
    unit_id: str
    amount: Decimal
    memo: str
    tenant_id: str
    all_quoted: bool

    @property
    def memo_too_long(self) -> bool:
        """Whether the memo has more characters than a lockbox file may carry (BTR-49)."""
        return len(self.memo) > MEMO_CHARACTERS_MAX


@dataclass(frozen=True, slots=True)
class Rejected:
    """One line that could not be read: why, and its amount if the third field reads as one."""

    message: str
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class _Fields:
    """What walking a line from the left gave: the fields split off cleanly, and what stopped the walk, if anything."""

    values: list[str]
    all_quoted: bool
    problem: str | None


def parse_line(raw: bytes) -> ParsedLine | Rejected | None:
    """Read one physical line, given without its line end; None for a blank one. Never raises.

    Of several things wrong the first of these is named: length, bytes, control characters, quotes, number of fields,
    date, amount. Whatever is wrong elsewhere, the amount counts once the first three fields split off cleanly and the
    third has the form of an amount, so that a bad date does not falsify the control total.
    """
    text, problem = _decode(raw)
    if not text.strip(SPACES):
        return None
    fields = _walk(text, fields_max=_FIELDS_MAX if problem is None else 3)
    amount = _amount_of(fields.values)
    problem = problem or fields.problem
    if problem is None and len(fields.values) < 4:
        problem = f"The line has {_count(len(fields.values))}; expected 4 or 5, separated by commas."
    if problem is not None:
        return Rejected(problem, amount)
    given, unit_id, amount_given, memo = fields.values[:4]
    day = read_date(given)
    if day is None:
        return Rejected(_date_problem(given), amount)
    if not amount:
        return Rejected(_amount_problem(amount_given), amount)
    tenant_id = fields.values[4] if len(fields.values) > 4 else ""
    return ParsedLine(day, unit_id, amount, memo, tenant_id, fields.all_quoted)


def read_date(text: str) -> date | None:
    """Read `yyyy-mm-dd` or `mm/dd/yyyy`, zero-padded, a day of the calendar from 1900 to 2199; else None (BTR-48)."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day, us_month, us_day, us_year = match.groups()
    try:
        found = date(int(year or us_year), int(month or us_month), int(day or us_day))
    except ValueError:  # the form is right, but no calendar has that day
        return None
    return found if found.year in YEARS else None


def _decode(raw: bytes) -> tuple[str, str | None]:
    """Give the line's text and what is wrong with its bytes; UTF-8 if valid, else Windows-1252."""
    problem = None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        try:
            text = raw.decode("cp1252")
        except UnicodeDecodeError as error:
            text = raw.decode("latin-1")  # splits at the same places
            byte, place = raw[error.start], error.start + 1
            problem = (
                f"Byte {place} of the line (hexadecimal {byte:02X}) is a character neither in UTF-8 nor in "
                "Windows-1252; expected text in one of them."
            )
    if len(raw) > LINE_BYTES_MAX:
        problem = f"The line is {len(raw)} bytes long; expected at most {LINE_BYTES_MAX}."
    elif problem is None and (control := _CONTROL.search(text)) is not None:
        code, place = ord(control.group()), control.start() + 1
        problem = f"Character {place} of the line is the control character U+{code:04X}; expected printable text."
    return text, problem


def _walk(text: str, fields_max: int) -> _Fields:
    """Split fields off from the left until the line ends, a quote is wrong or something follows `fields_max` fields."""
    values: list[str] = []
    all_quoted = True
    position = 0
    while True:
        number = len(values) + 1
        value, quoted, position, problem = _field(text, position, number)
        if problem is None and number == _FIELDS_MAX and value:
            problem = f"Field {number} is {_shown(value)}; expected nothing after the tenant ID."
        if problem is not None:
            return _Fields(values, all_quoted, problem)
        values.append(value)
        all_quoted = all_quoted and (quoted or not value)
        if position == len(text):
            return _Fields(values, all_quoted, None)
        if number == fields_max:
            problem = f"The line has more than {fields_max} fields; expected 4 or 5."
            return _Fields(values, all_quoted, problem)
        position += 1


def _field(text: str, position: int, number: int) -> tuple[str, bool, int, str | None]:
    """Read the field that begins at `position`.

    Returns:
        Its trimmed value, whether it was quoted, where its comma or the line's end is, and what is wrong with its
        quotes, if anything.
    """
    match = _FIELD.match(text, position)
    assert match is not None  # an empty unquoted field begins everywhere
    quoted, plain = match.groups()
    end = match.end()
    problem = None
    if end < len(text) and text[end] != ",":
        if quoted is not None:
            problem = (
                f"Field {number} has an undoubled quote inside its quotes; expected it doubled, or a comma after it."
            )
        elif plain.strip(SPACES):
            problem = f"Field {number} has a quote inside but none around it; expected quotes around the whole field."
        else:
            problem = f"The closing quote of field {number} is missing; expected one before the next comma."
    if quoted is None:
        return plain.strip(SPACES), False, end, problem
    return quoted.replace('""', '"').strip(SPACES), True, end, problem


def _amount_of(values: list[str]) -> Decimal | None:
    """Give the third field's amount if it has the form of one (BTR-43); 0.00 has."""
    if len(values) < 3 or _AMOUNT.fullmatch(values[2]) is None:
        return None
    return Decimal(values[2])


def _date_problem(given: str) -> str:
    """Say what is wrong with a date."""
    expected = "expected yyyy-mm-dd or mm/dd/yyyy, with leading zeros"
    if _DATE.fullmatch(given) is None:
        return f"The date {_shown(given)} is in another form; {expected}."
    return f"The date {_shown(given)} is no day of the years 1900 to 2199; {expected}."


def _amount_problem(given: str) -> str:
    """Say what is wrong with an amount."""
    expected = "expected digits, a point and two digits, such as 1140.00"
    if _AMOUNT.fullmatch(given) is None:
        return f"The amount {_shown(given)} is in another form; {expected}."
    return f"The amount {_shown(given)} is not above zero; {expected}."


def _count(fields: int) -> str:
    """Say a number of fields."""
    return "1 field" if fields == 1 else f"{fields} fields"


def _shown(value: str) -> str:
    """Repeat a value in a message, cut when long, with nothing in it that could break the line it is printed on."""
    return repr(value if len(value) <= _SHOWN_MAX else value[:_SHOWN_MAX] + "…")
