"""What the oracle reads: a lockbox file (SPEC 3) as records and rejected lines, and the ledger's tables (SPEC 2).

Slow and obvious on purpose. Every rule stands next to the sentence of the specification that it follows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Tables = Mapping[str, Sequence[Mapping[str, str]]]

UTF8_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CTRL_Z = b"\x1a"
LONGEST_LINE = 64 * 1024
LONGEST_MEMO = 40

ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
US_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")
AMOUNT = re.compile(r"[0-9]{1,12}\.[0-9]{2}")


@dataclass(frozen=True)
class Record:
    """A line that could be read. The ids are the file's own words, trimmed; empty when not given."""

    line_number: int
    file_date: date
    unit_id: str
    amount: Decimal
    memo: str
    tenant_id: str


@dataclass(frozen=True)
class Rejected:
    """A line that could not be read, and why."""

    line_number: int
    message: str


class BadRecord(Exception):
    """The line is to be rejected; the text says why."""


# ---- From the file's bytes to its physical lines ----


def physical_lines(data: bytes) -> list[bytes]:
    """All physical lines without their ends, blank ones included, so that the index + 1 is the line number."""
    # SPEC 3: "a byte-order mark at the start of the file is dropped".
    data = data.removeprefix(UTF8_BYTE_ORDER_MARK)

    # SPEC 3: "Blank lines are ignored, and so is a final Ctrl-Z". Final: nothing but blanks and line ends after it.
    without_blanks = data.rstrip(b" \t\r\n")
    if without_blanks.endswith(CTRL_Z):
        data = without_blanks[: -len(CTRL_Z)]

    # SPEC 3: "lines end in CRLF, LF or CR, the last one perhaps in nothing" (BTR-45).
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


def decode(line: bytes) -> str:
    """SPEC 3: "decided line by line: UTF-8 if valid, else Windows-1252. An undefined byte ... rejects the line"."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        raise BadRecord("a byte that is neither UTF-8 nor Windows-1252") from None


def is_control(character: str) -> bool:
    """SPEC 3: "NUL or another control character than tab". Unicode calls these characters Cc."""
    return unicodedata.category(character) == "Cc" and character != "\t"


def is_blank(character: str) -> bool:
    """White space that may stand around a field: any white space character that is not a control character."""
    return character.isspace() and not is_control(character)


def trim(text: str) -> str:
    """SPEC 3: "Spaces around a field, inside or outside its quotes, are ignored"."""
    start = 0
    end = len(text)
    while start < end and is_blank(text[start]):
        start += 1
    while end > start and is_blank(text[end - 1]):
        end -= 1
    return text[start:end]


def is_blank_line(line: bytes) -> bool:
    """A line of white space only counts as blank."""
    try:
        return trim(decode(line)) == ""
    except BadRecord:
        return False


# ---- From a line's text to its fields ----


def split_off_field(text: str, position: int) -> tuple[str, int | None]:
    """Read the one field that begins at `position`.

    Gives its trimmed value and where the next field begins, or None when the line ended with this field.
    """
    while position < len(text) and is_blank(text[position]):
        position += 1

    if position < len(text) and text[position] == '"':
        # A quoted field. SPEC 3: "Inside a quoted field a quote is doubled; an undoubled one ... rejects the line".
        value = ""
        position += 1
        while True:
            if position >= len(text):
                raise BadRecord("a quoted field is not closed")
            if text[position : position + 2] == '""':
                value += '"'
                position += 2
            elif text[position] == '"':
                position += 1
                break
            else:
                value += text[position]
                position += 1
        while position < len(text) and is_blank(text[position]):
            position += 1
        if position < len(text) and text[position] != ",":
            raise BadRecord("an undoubled quote inside a quoted field")
    else:
        # An unquoted field. SPEC 3: "a quote inside an unquoted field, rejects the line".
        value = ""
        while position < len(text) and text[position] != ",":
            if text[position] == '"':
                raise BadRecord("a quote inside an unquoted field")
            value += text[position]
            position += 1

    if position < len(text):
        return trim(value), position + 1
    return trim(value), None


def split_fields(text: str) -> list[str]:
    """All fields of a line; a trailing comma gives a last field that is empty."""
    fields: list[str] = []
    position: int | None = 0
    while position is not None:
        value, position = split_off_field(text, position)
        fields.append(value)
    return fields


# ---- From fields to a record ----


def read_date(text: str) -> date:
    """SPEC 3: "`yyyy-mm-dd` or `mm/dd/yyyy`, zero-padded, years 1900 to 2199 ... Never guess day-first" (BTR-48)."""
    if match := ISO_DATE.fullmatch(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := US_DATE.fullmatch(text):
        month, day, year = int(match[1]), int(match[2]), int(match[3])
    else:
        raise BadRecord("the date is neither yyyy-mm-dd nor mm/dd/yyyy")
    if not 1900 <= year <= 2199:
        raise BadRecord("the year is not within 1900 to 2199")
    try:
        return date(year, month, day)
    except ValueError:
        raise BadRecord("there is no such day") from None


def read_amount(text: str) -> Decimal:
    """SPEC 3: "ASCII `[0-9]{1,12}\\.[0-9]{2}`, more than zero. Anything else rejects the line" (BTR-43)."""
    if not AMOUNT.fullmatch(text):
        raise BadRecord("the amount is not of the form 0.00")
    amount = Decimal(text)
    if amount <= 0:
        raise BadRecord("the amount is not more than zero")
    return amount


def read_record(line_number: int, line: bytes) -> Record:
    """One physical line as a record, or BadRecord."""
    # SPEC 3: "A line over 64 KiB is rejected, not the file".
    if len(line) > LONGEST_LINE:
        raise BadRecord("the line is longer than 64 KiB")
    text = decode(line)
    for character in text:
        if is_control(character):
            raise BadRecord("a control character")

    fields = split_fields(text)
    # SPEC 3: "Four fields, or five; each with or without the trailing comma: a sixth field may only be empty" (BTR-42).
    if len(fields) < 4:
        raise BadRecord("fewer than four fields")
    if len(fields) > 6:
        raise BadRecord("more than five fields")
    if len(fields) == 6 and fields[5] != "":
        raise BadRecord("a sixth field that is not empty")

    return Record(
        line_number=line_number,
        file_date=read_date(fields[0]),
        unit_id=fields[1],
        amount=read_amount(fields[2]),
        memo=fields[3],
        # SPEC 3 and BTR-44: the tenant ID is optional; missing is the empty text.
        tenant_id=fields[4] if len(fields) >= 5 else "",
    )


def read_lockbox(data: bytes) -> list[Record | Rejected]:
    """Every non-blank line of the file, in file order. SPEC 3: "One bad line never stops the good ones"."""
    result: list[Record | Rejected] = []
    for line_number, line in enumerate(physical_lines(data), start=1):
        if is_blank_line(line):
            continue
        try:
            result.append(read_record(line_number, line))
        except BadRecord as problem:
            result.append(Rejected(line_number, str(problem)))
    return result


def third_field_as_amount(line: bytes) -> Decimal:
    """What a line adds to the file's total: its third field, if three fields split off and it has the amount form.

    What is wrong elsewhere in the line does not matter, an unreadable byte included; quotes, commas, digits and
    blanks are ASCII, so that any decoding that keeps every byte will do for a line that cannot be decoded.
    """
    try:
        text = decode(line)
    except BadRecord:
        text = line.decode("latin-1")
    value = ""
    position: int | None = 0
    for _ in range(3):
        if position is None:
            return Decimal("0.00")
        try:
            value, position = split_off_field(text, position)
        except BadRecord:
            return Decimal("0.00")
    return Decimal(value) if AMOUNT.fullmatch(value) else Decimal("0.00")


def totals(data: bytes) -> tuple[int, Decimal]:
    """SPEC 3: `entries` counts every non-blank line; `total_amount` includes rejected lines that show an amount."""
    entries = 0
    total_amount = Decimal("0.00")
    for line in physical_lines(data):
        if not is_blank_line(line):
            entries += 1
            total_amount += third_field_as_amount(line)
    return entries, total_amount


# ---- The ledger (SPEC 2) ----


def identifier(text: str) -> str:
    """SPEC 2: identifiers "are compared after trimming white space, Unicode NFC and lower-casing" (BTR-37)."""
    return unicodedata.normalize("NFC", text.strip()).lower()


@dataclass
class Tenant:
    """A tenant; `unit` is the key of the tenant's unit, empty for none."""

    key: str
    shown: str
    unit: str
    is_past: bool
    on_hold: bool


@dataclass
class Unit:
    """A unit; `responsible_tenant` is a tenant's key, empty for none."""

    key: str
    shown: str
    responsible_tenant: str


@dataclass
class Charge:
    """A charge; `open_amount` shrinks as lines pay."""

    charge_id: str
    tenant: str
    unit: str
    ledger: str
    ledger_shown: str
    due_date: date
    open_amount: Decimal

    @property
    def is_open(self) -> bool:
        """SPEC 2: "a charge is *open* when its open amount is above 0"."""
        return self.open_amount > 0


@dataclass
class Ledger:
    """What identification and classification need of the ledger."""

    tenants: dict[str, Tenant] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    charges_of_tenant: dict[str, list[Charge]] = field(default_factory=dict)
    current_tenants_of_unit: dict[str, list[Tenant]] = field(default_factory=dict)

    def charges(self, tenant: Tenant) -> list[Charge]:
        """All charges of a tenant, open or not, on whatever unit."""
        return self.charges_of_tenant.get(tenant.key, [])

    def charges_on(self, tenant: Tenant, unit: Unit) -> list[Charge]:
        """All charges of a tenant on a unit, open or not."""
        return [charge for charge in self.charges(tenant) if charge.unit == unit.key]


def read_ledger(tables: Tables) -> Ledger:
    """The typed ledger from its text tables. SPEC 2: "an absent column reads as empty"."""

    def cell(row: Mapping[str, str], column: str) -> str:
        return (row.get(column) or "").strip()

    ledger = Ledger()
    for row in tables.get("units", []):
        shown = cell(row, "unit_id")
        ledger.units[identifier(shown)] = Unit(
            key=identifier(shown),
            shown=shown,
            responsible_tenant=identifier(cell(row, "responsible_tenant_id")),
        )
    for row in tables.get("tenants", []):
        shown = cell(row, "tenant_id")
        tenant = Tenant(
            key=identifier(shown),
            shown=shown,
            unit=identifier(cell(row, "unit_id")),
            # SPEC 2: "True and false, and the words of a status, in any case; an empty status means current".
            is_past=cell(row, "status").lower() == "past",
            on_hold=cell(row, "hold").lower() == "true",
        )
        ledger.tenants[tenant.key] = tenant
        if tenant.unit and not tenant.is_past:
            ledger.current_tenants_of_unit.setdefault(tenant.unit, []).append(tenant)
    ledger_spelling = {identifier(cell(row, "ledger_id")): cell(row, "ledger_id") for row in tables.get("ledgers", [])}
    for row in tables.get("charges", []):
        ledger_key = identifier(cell(row, "ledger_id"))
        charge = Charge(
            charge_id=cell(row, "charge_id"),
            tenant=identifier(cell(row, "tenant_id")),
            unit=identifier(cell(row, "unit_id")),
            ledger=ledger_key,
            ledger_shown=ledger_spelling.get(ledger_key, cell(row, "ledger_id")),
            due_date=date.fromisoformat(cell(row, "due_date")),
            open_amount=Decimal(cell(row, "open_amount")),
        )
        ledger.charges_of_tenant.setdefault(charge.tenant, []).append(charge)
    return ledger
