"""BAI lockbox files: fixed columns, whose places are data because each bank has its own (`layouts/*.toml`).

Source of the default layout: the record tables that FundersClub/bai-lockbox (Apache-2.0) prints for one bank. A wrong
layout shows itself: the batch totals (7), the lockbox totals (8) and the record count (9) are enforced.
"""

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

from recon.bank.balances import amount_text
from recon.bank.bank_file import Findings, Lines, Statement
from recon.bank.codes import CodeTable
from recon.bank.text import day, from_minor, physical_lines, shown, tidy
from recon.errors import InputRefused

_DATE_PARTS = {"YY", "YYYY", "MM", "DD"}
_NEEDED = {"detail": {"amount"}, "header": {"lockbox", "deposit_date"}}


def looks_like(text: str) -> bool:
    """Say whether a text begins as a BAI lockbox: record 1 of priority 00, and then only records 1, 2, 4 to 9."""
    rows = [line for line in text[:20_000].lstrip("\ufeff").replace("\r", "\n").split("\n") if line.strip()][:-1][:50]
    rows = rows or [text.strip()]
    if not re.match(r"1[0-9]{2}[A-Za-z0-9 ]{10,}", rows[0]) or re.match(r"101.{31}094", rows[0]) or "," in rows[0]:
        return False
    return all(row[0] in "12456789" for row in rows) and any(row[0] in "58" for row in rows)


@dataclass(frozen=True)
class Layout:
    """Where the fields of each record are: first and last column from 1, by record and field name."""

    name: str
    records: dict[str, str]  # the character that begins a record -> its name
    places: dict[str, dict[str, tuple[int, int]]]
    dates: dict[str, str]  # deposit_date, check_date: such as YYMMDD


def load_layout(path: Path | None = None) -> Layout:
    """Read a layout: the user's, or the one that comes with the program.

    Raises:
        InputRefused: the file is not TOML or a field that is needed has no place.
    """
    name = path.name if path else "bai_lockbox.toml"
    try:
        if path is None:
            text = files("recon.bank").joinpath("layouts", name).read_text(encoding="utf-8")
        else:
            text = path.read_text(encoding="utf-8")
        return layout_of(name, tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputRefused(f"{name} cannot be read as a layout: {error}. Copy the one of the program.") from error


def layout_of(name: str, content: dict[str, Any]) -> Layout:
    """Make a layout of the content of its file.

    Raises:
        InputRefused: a field that is needed has no place, or a place is not two columns.
    """
    try:
        places = {
            record: {field_: (int(first), int(last)) for field_, (first, last) in fields.items()}
            for record, fields in content["columns"].items()
        }
        records = {str(key): str(value) for key, value in content["records"].items()}
        dates = {str(key): str(value) for key, value in content["dates"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        words = f"{name}: a layout has [records], [dates] and [columns.*] with first and last column of each field"
        raise InputRefused(f"{words} ({error}).") from error
    for record, needed in _NEEDED.items():
        missing = needed - places.get(record, {}).keys()
        if missing:
            raise InputRefused(f"{name}: [columns.{record}] does not say where {min(missing)} is.")
    return Layout(name, records, places, dates)


@dataclass
class _Count:
    count: int = 0
    amount: Decimal = Decimal(0)


@dataclass
class _Check:
    line: int
    record: str
    overflow: list[tuple[int, str, str]] = field(default_factory=list)  # line, text, raw


def read(text: str, lines: Lines, found: Findings, codes: CodeTable, layout: Layout | None = None) -> list[Statement]:
    """Read a BAI lockbox file; one statement of kind deposit per lockbox and day, one line per check."""
    reader = _Reader(lines, found, codes, layout or load_layout())
    for number, line in enumerate(physical_lines(text), 1):
        if line.strip():
            reader.take(number, line)
    return reader.finish()


class _Reader:
    """Takes records one by one and holds the totals against them."""

    def __init__(self, lines: Lines, found: Findings, codes: CodeTable, layout: Layout) -> None:
        self.lines, self.found, self.codes, self.layout = lines, found, codes, layout
        self.statements: list[Statement] = []
        self.statement: Statement | None = None
        self.batch, self.service = _Count(), _Count()
        self.check: _Check | None = None
        self.in_batch = False
        self.records = 0
        self.ended = self.begun = False

    def take(self, line: int, record: str) -> None:
        """Read one record."""
        self.records += 1
        name = self.layout.records.get(record[0])
        if self.ended:
            self.found.error(line, "after_end", "There are records after the trailer (record 9).")
        if name != "overflow":
            self._end_check()
        handle = {
            "address": self._address, "service": self._ignore, "header": self._header, "detail": self._detail,
            "overflow": self._overflow, "batch_total": self._batch_total, "service_total": self._service_total,
            "trailer": self._trailer,
        }.get(name or "")  # fmt: skip
        if handle is None:
            self.found.error(line, "record", f"{shown(record)} is no record of the layout {self.layout.name}.")
        else:
            handle(line, record)

    def finish(self) -> list[Statement]:
        """Close what was left open."""
        self._end_check()
        if self.statement is not None:
            self.found.error(self.statement.line, "cut_off", "The lockbox has no total (record 8): lines are missing.")
            self.statements.append(self.statement)
        if not self.begun:
            self.found.error(1, "no_header", "The file has no header (record 1), so its beginning is missing.")
        if not self.ended:
            self.found.error(None, "cut_off", "The file has no trailer (record 9): it was cut off.")
        return self.statements

    def _get(self, record_name: str, field_: str, record: str) -> str:
        place = self.layout.places.get(record_name, {}).get(field_)
        return "" if place is None else record[place[0] - 1 : place[1]].strip()

    def _day(self, field_: str, text: str) -> date | None:
        form = self.layout.dates.get(field_, "YYMMDD")
        at, parts = 0, {}
        for part in re.findall("YYYY|YY|MM|DD", form):
            piece = text[at : at + len(part)]
            if not (piece.isascii() and piece.isdigit()):
                return None
            parts[part] = int(piece)
            at += len(part)
        if at != len(text):
            return None
        year = parts.get("YYYY", parts.get("YY", 0) + (1900 if parts.get("YY", 0) >= 70 else 2000))
        return day(year, parts.get("MM", 0), parts.get("DD", 0))

    def _address(self, line: int, _: str) -> None:
        if self.begun:
            self.found.error(line, "record", "The file has a second header (record 1).")
        self.begun = True

    def _ignore(self, line: int, record: str) -> None:
        """Service records say nothing that is needed."""

    def _header(self, line: int, record: str) -> None:
        number = self._get("header", "lockbox", record)
        text = self._get("header", "deposit_date", record)
        deposited = self._day("deposit_date", text)
        if deposited is None:
            self.found.error(line, "date", f"{shown(text)} is not a deposit date; is this the right layout?")
        if self.statement is not None:
            self.found.error(self.statement.line, "cut_off", "The lockbox has no total (record 8): lines are missing.")
            self.statements.append(self.statement)
        self.statement = Statement(
            len(self.statements) + 1, line, account=number or None, currency="USD", from_date=deposited,
            to_date=deposited, kind="deposit",
        )  # fmt: skip
        self.batch, self.service = _Count(), _Count()

    def _detail(self, line: int, record: str) -> None:
        if self.statement is None:
            self.found.error(line, "record", "A check (record 6) stands outside a lockbox (record 5).")
            self.statement = Statement(len(self.statements) + 1, line, currency="USD", kind="deposit")
        self.check = _Check(line, record)

    def _overflow(self, line: int, record: str) -> None:
        if self.check is None:
            self.found.error(line, "record", "An overflow record (4) stands without its check (record 6).")
        else:
            self.check.overflow.append((line, self._get("overflow", "memo", record), record.rstrip()))

    def _end_check(self) -> None:
        """Add the check that was being read."""
        check, self.check = self.check, None
        statement = self.statement
        if check is None or statement is None:
            return
        record = check.record
        text = self._get("detail", "amount", record)
        amount = from_minor(text, 2)
        if amount is None:
            self.found.error(
                check.line, "amount", f"{shown(text)} is not an amount in cents; is this the right layout?"
            )
        for count in (self.batch, self.service):
            count.count += 1
            count.amount += amount or Decimal(0)
        number = self._get("detail", "check_number", record)
        routing, account = self._get("detail", "routing", record), self._get("detail", "account", record)
        batch, item = self._get("detail", "batch", record), self._get("detail", "item", record)
        self.lines.add(
            statement=statement.number, line_number=check.line,
            line_end=check.overflow[-1][0] if check.overflow else check.line, account=statement.account,
            currency="USD", amount=amount, booking_date=statement.to_date, event=self.codes.event("bai2", "116"),
            bank_code="6", code_system="bai_lockbox", bank_reference=f"{batch}-{item}" if batch or item else None,
            check_number=number.lstrip("0") or None, counterparty_name=tidy(self._get("detail", "remitter", record)),
            counterparty_account=f"{routing}/{account}" if routing or account else None,
            description=tidy(" ".join(memo for _, memo, _ in check.overflow)) or "",
            raw="\n".join([record.rstrip(), *(raw for _, _, raw in check.overflow)]),
        )  # fmt: skip

    def _batch_total(self, line: int, record: str) -> None:
        self._compare(line, record, "batch_total", "the batch", self.batch)
        self.batch = _Count()

    def _service_total(self, line: int, record: str) -> None:
        if self.batch.count:
            self.found.error(line, "cut_off", "The last batch has no total (record 7): lines are missing.")
        self._compare(line, record, "service_total", "the lockbox", self.service)
        number = self._get("service_total", "lockbox", record)
        if self.statement is None:
            self.found.error(line, "record", "A total (record 8) stands without its lockbox (record 5).")
        elif number and number != self.statement.account:
            words = f"The total is of lockbox {shown(number)}, the header of {shown(self.statement.account or '')}."
            self.found.error(line, "control_total", words)
            self.statements.append(self.statement)
        else:
            self.statements.append(self.statement)
        self.statement, self.batch, self.service = None, _Count(), _Count()

    def _compare(self, line: int, record: str, name: str, of: str, have: _Count) -> None:
        count, total = self._get(name, "count", record), from_minor(self._get(name, "total", record), 2)
        if count.lstrip("0") != str(have.count).lstrip("0") or total != have.amount:
            said = shown(self._get(name, "total", record)) if total is None else amount_text(total)
            words = (
                f"The total of {of} says {count or 'no'} checks of {said}, "
                f"but there are {have.count} of {amount_text(have.amount)}."
            )
            self.found.error(line, "control_total", words)

    def _trailer(self, line: int, record: str) -> None:
        self.ended = True
        text = self._get("trailer", "records", record)
        if text.lstrip("0") != str(self.records):
            words = f"The trailer says {text or 'no'} records, but there are {self.records}."
            self.found.error(line, "control_total", words)
