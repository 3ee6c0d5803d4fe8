"""NACHA files: ACH entries in records of 94 columns, and the returns and changes that come back in the same form.

Source of the rules: the layout of the NACHA Operating Rules (records 1, 5, 6, 7, 8, 9; return addenda 99, change
addenda 98). Columns are written here as the rules write them, from 1, both ends included.

The sign of an amount is that of the ACH: a credit (22) is +, a debit (27) is -, as the receiver's account sees it. For
whom that is money in depends on the reader's role: a debit that we sent brings money to us. The return of a debit (26)
takes it away again, which is the sign it has.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from recon.bank.balances import amount_text
from recon.bank.bank_file import Findings, Lines, Statement
from recon.bank.codes import CodeTable
from recon.bank.text import day, from_minor, physical_lines, shown, tidy, yymmdd

WIDTH = 94
_PADDING = re.compile(r"9{20,}")
_CHECKS = {"ARC": (40, 54), "BOC": (40, 54), "RCK": (40, 54), "XCK": (40, 54), "POP": (40, 48)}
_CREDIT_DIGITS, _DEBIT_DIGITS = "1234", "56789"


def looks_like(text: str) -> bool:
    """Say whether a text begins as a NACHA file, or as one whose header is missing."""
    first = text.lstrip("\ufeff\r\n\t ")[:200].split("\n")[0].rstrip("\r")
    if re.match(r"101.{31}094", first):
        return True
    batch, entry = r"5[0-9]{3}.{46}[A-Z]{3}.{26,41}", r"6[0-9]{10}.{18}[0-9]{10}.{39}[01][0-9]{15}"
    return re.search(rf"(?m)^(?:{batch}|{entry})[ \r]*$", text) is not None


@dataclass
class _Entry:
    line: int
    record: str
    addenda: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class _Batch:
    statement: Statement
    header: str
    records: int = 0  # entries and addenda
    hash: int = 0
    debits: Decimal = Decimal(0)
    credits: Decimal = Decimal(0)

    @property
    def sec(self) -> str:
        return columns(self.header, 51, 53)


@dataclass
class _Totals:
    """What a file's control (record 9) is held against."""

    line: int
    created: date | None = None
    batches: int = 0
    records: int = 0
    hash: int = 0
    debits: Decimal = Decimal(0)
    credits: Decimal = Decimal(0)
    advice: bool = False  # ADV: wider sums


def columns(record: str, first: int, last: int) -> str:
    """Give columns of a record, counted from 1."""
    return record[first - 1 : last]


def read(text: str, lines: Lines, found: Findings, codes: CodeTable) -> list[Statement]:
    """Read a NACHA file; one statement per batch, whose account is the company's identification."""
    reader = _Reader(lines, found, codes)
    for line, record in _records(text, found):
        reader.take(line, record)
    return reader.finish()


def _records(text: str, found: Findings) -> Iterator[tuple[int, str]]:
    """Give records of 94 columns, however they are broken into lines; trailing blanks may be missing."""
    for number, line in enumerate(physical_lines(text), 1):
        record = line.rstrip()
        if not record:
            continue
        if len(record) > WIDTH:
            if len(record) < 2 * WIDTH - 40 and not record.startswith("1"):
                words = f"The record has {len(record)} columns instead of {WIDTH}; what is beyond was not read."
                found.error(number, "long_line", words)
                yield number, record[:WIDTH]
                continue
            for at in range(0, len(record), WIDTH):
                yield number, record[at : at + WIDTH].ljust(WIDTH)
            continue
        if len(record) < WIDTH and len(line) < WIDTH:
            words = f"The record has {len(record)} columns instead of {WIDTH}; it was read as if blanks followed."
            found.warning(number, "short_line", words)
        yield number, record.ljust(WIDTH)


class _Reader:
    """Takes records one by one and holds the controls against them."""

    def __init__(self, lines: Lines, found: Findings, codes: CodeTable) -> None:
        self.lines, self.found, self.codes = lines, found, codes
        self.statements: list[Statement] = []
        self.file: _Totals | None = None
        self.batch: _Batch | None = None
        self.entry: _Entry | None = None
        self.ended = False
        self.lines_seen = 0

    def take(self, line: int, record: str) -> None:
        """Read one record."""
        kind = record[0]
        self.lines_seen += 1
        if kind == "9" and self.ended and _PADDING.match(record):
            return
        if self.ended and kind != "1":
            self.found.error(
                line, "after_end", f"A record {shown(record[:10])} stands after the file control (record 9)."
            )
        if kind not in "67":
            self._end_entry()
        handle = {
            "1": self._begin_file, "5": self._begin_batch, "6": self._begin_entry, "7": self._addenda,
            "8": self._end_batch, "9": self._end_file,
        }.get(kind)  # fmt: skip
        if handle is None:
            self.found.error(
                line, "record", f"{shown(record.rstrip())} is no record of a NACHA file (1, 5, 6, 7, 8, 9)."
            )
        else:
            handle(line, record)

    def finish(self) -> list[Statement]:
        """Close what was left open."""
        self._end_entry()
        self._close_batch()
        if not self.ended:
            self.found.error(None, "cut_off", "The file has no file control (record 9): it was cut off.")
        return self.statements

    def _begin_file(self, line: int, record: str) -> None:
        self._close_batch()
        if self.file is not None:
            self.found.error(line, "cut_off", "A new file begins before the file control (record 9) of the last one.")
        self.file, self.ended = _Totals(line, yymmdd(columns(record, 24, 29))), False

    def _begin_batch(self, line: int, record: str) -> None:
        self._close_batch()
        if self.file is None and not self.ended:
            if not self.found.has("no_header"):
                self.found.error(line, "no_header", "The file has no file header (record 1); its beginning is missing.")
            self.file = _Totals(line)
        effective = yymmdd(columns(record, 70, 75))
        notes = {
            "service_class": columns(record, 2, 4), "company": columns(record, 5, 20).strip(),
            "sec": columns(record, 51, 53), "entry_description": columns(record, 54, 63).strip(),
            "odfi": columns(record, 80, 87), "batch_number": columns(record, 88, 94),
        }  # fmt: skip
        settled = self._settlement_day(columns(record, 76, 78), effective)
        notes["settlement_date"] = str(settled or "")
        statement = Statement(
            len(self.statements) + 1, line, account=columns(record, 41, 50).strip() or None, currency="USD",
            from_date=effective, to_date=effective, kind="batch", sequence=notes["batch_number"].strip() or None,
            notes=notes,
        )  # fmt: skip
        self.batch = _Batch(statement, record)

    def _settlement_day(self, julian: str, effective: date | None) -> date | None:
        """Complete the day of the year that the operator set with the year that lies nearest."""
        near = effective or (self.file.created if self.file else None)
        if near is None or not julian.isdigit() or not 1 <= int(julian) <= 366:
            return None
        days = [date(year, 1, 1) + timedelta(int(julian) - 1) for year in range(near.year - 1, near.year + 2)]
        return min(days, key=lambda found: abs(found - near))

    def _begin_entry(self, line: int, record: str) -> None:
        self._end_entry()
        if self.batch is None:
            self.found.error(line, "record", "An entry (record 6) stands outside a batch (record 5).")
            self._begin_batch(line, "5".ljust(WIDTH))
        self.entry = _Entry(line, record)

    def _addenda(self, line: int, record: str) -> None:
        if self.entry is None:
            self.found.error(line, "record", "Addenda (record 7) stand without their entry (record 6).")
            if self.batch is not None:
                self.batch.records += 1
            return
        self.entry.addenda.append((line, record))

    def _end_entry(self) -> None:
        """Add the entry that was being read."""
        entry, self.entry = self.entry, None
        batch = self.batch
        if entry is None or batch is None:
            return
        record, code = entry.record, columns(entry.record, 2, 3)
        amount = self._amount(entry, batch)
        returns = [(line, text) for line, text in entry.addenda if text[1:3] == "99"]
        changed = any(text[1:3] == "98" for _, text in entry.addenda)
        no_money = code[1:] in {"3", "8", "4", "9"} and code[:1] in set("2345")
        status = "information" if changed or no_money else "booked"
        values = self._values(entry, batch)
        if returns:
            values |= _return_values(returns[0][1])
        event = "ach_return" if returns else self.codes.event("nacha", code)
        common = {
            "statement": batch.statement.number, "account": batch.statement.account, "currency": "USD",
            "amount": amount, "booking_date": batch.statement.to_date, "status": status, "event": event,
            "bank_code": code.strip() or None, "code_system": "nacha",
            "value_date": _iso(batch.statement.notes["settlement_date"]),
        }  # fmt: skip
        number = self.lines.add(
            line_number=entry.line, line_end=entry.addenda[-1][0] if entry.addenda else entry.line,
            raw="\n".join([record.rstrip(), *(text.rstrip() for _, text in entry.addenda)]), **common, **values,
        )  # fmt: skip
        for line, text in returns[1:]:  # a return that was dishonored or contested carries each step
            more = {**values, **_return_values(text)}
            self.lines.add(parent=number, line_number=line, line_end=line, raw=text.rstrip(), **common, **more)

    def _amount(self, entry: _Entry, batch: _Batch) -> Decimal | None:
        """Read an entry's amount, with its sign, and count the entry for the controls."""
        record, code = entry.record, columns(entry.record, 2, 3)
        batch.records += 1 + len(entry.addenda)
        routing = columns(record, 4, 11)
        if routing.isascii() and routing.isdigit():
            batch.hash += int(routing)
        else:
            self.found.error(entry.line, "record", f"{shown(routing)} is no routing number (columns 4 to 11).")
        text = columns(record, 28, 39) if batch.sec == "ADV" else columns(record, 30, 39)
        amount = from_minor(text, 2)
        if amount is None:
            self.found.error(entry.line, "amount", f"{shown(text)} is not an amount in cents (columns 30 to 39).")
            return None
        sign = _sign(code)
        if not sign:
            words = f"{shown(code)} is no transaction code, so it cannot be said whether this is a credit or a debit."
            self.found.error(entry.line, "code", words)
            return None
        if sign > 0:
            batch.credits += amount
        else:
            batch.debits += amount
        return sign * amount

    def _values(self, entry: _Entry, batch: _Batch) -> dict[str, object]:
        """Give the columns that an entry and its payment addenda fill."""
        record, sec = entry.record, batch.sec
        texts = [columns(text, 4, 83) for _, text in entry.addenda if text[1:3] == "05"]
        others = [columns(text, 4, 79) for _, text in entry.addenda if text[1:3] not in {"05", "99"}]
        values: dict[str, object] = {
            "customer_reference": columns(record, 40, 54).strip() or None,
            "counterparty_name": tidy(columns(record, 55, 76)),
            "counterparty_account": columns(record, 13, 29).strip() or None,
            "trace_number": columns(record, 80, 94).strip() or None,
        }
        if sec in {"CTX", "ATX", "ACK", "ENR", "TRX"}:  # these count their addenda before the name
            values["counterparty_name"] = tidy(columns(record, 59, 74))
        elif sec.startswith("IAT"):
            values["counterparty_account"] = columns(record, 40, 74).strip() or None
            values["customer_reference"], values["counterparty_name"] = None, None
            named = next((text for _, text in entry.addenda if text[1:3] == "10"), None)
            if named is not None:
                values["counterparty_name"] = tidy(columns(named, 47, 81))
        elif sec == "ADV":
            values["counterparty_account"] = columns(record, 13, 27).strip() or None
            values["customer_reference"] = None
        if sec in _CHECKS:
            values["check_number"] = columns(record, *_CHECKS[sec]).strip() or None
        about = batch.statement.notes["entry_description"]
        values["description"] = tidy(" ".join([about, *texts, *others])) or ""
        return values

    def _end_batch(self, line: int, record: str) -> None:
        batch, self.batch = self.batch, None
        if batch is None:
            self.found.error(line, "record", "A batch control (record 8) stands without its batch (record 5).")
            return
        wide = batch.sec == "ADV"
        said = {
            "entries and addenda": columns(record, 5, 10), "entry hash": columns(record, 11, 20),
            "debits": columns(record, 21, 40) if wide else columns(record, 21, 32),
            "credits": columns(record, 41, 60) if wide else columns(record, 33, 44),
        }  # fmt: skip
        said_id, own_id = columns(record, 45, 54).strip(), columns(batch.header, 41, 50).strip()
        if own_id and said_id != own_id and not wide:
            words = f"The control of the batch is of company {shown(said_id)}, its header of {shown(own_id)}."
            self.found.warning(line, "company", words)
        self._compare(line, f"batch {batch.statement.sequence or batch.statement.number}", said, batch)
        self._add(batch)

    def _close_batch(self) -> None:
        batch, self.batch = self.batch, None
        if batch is not None:
            words = "The batch has no batch control (record 8): the file was cut off or lines are missing."
            self.found.error(batch.statement.line, "cut_off", words)
            self._add(batch)

    def _add(self, batch: _Batch) -> None:
        self.statements.append(batch.statement)
        if self.file is not None:
            self.file.batches += 1
            self.file.records += batch.records
            self.file.hash += batch.hash
            self.file.debits += batch.debits
            self.file.credits += batch.credits
            self.file.advice = self.file.advice or batch.sec == "ADV"

    def _end_file(self, line: int, record: str) -> None:
        self._close_batch()
        totals, self.file, self.ended = self.file, None, True
        if totals is None:
            self.found.error(line, "no_header", "A file control (record 9) stands without its file header (record 1).")
            return
        said = {
            "batches": columns(record, 2, 7), "entries and addenda": columns(record, 14, 21),
            "entry hash": columns(record, 22, 31),
            "debits": columns(record, 32, 51) if totals.advice else columns(record, 32, 43),
            "credits": columns(record, 52, 71) if totals.advice else columns(record, 44, 55),
        }  # fmt: skip
        self._compare(line, "the file", said, totals)

    def _compare(self, line: int, of: str, said: dict[str, str], totals: _Batch | _Totals) -> None:
        """Hold a control against what it closes."""
        counted = {
            "batches": str(totals.batches) if isinstance(totals, _Totals) else "0",
            "entries and addenda": str(totals.records), "entry hash": str(totals.hash % 10**10),
            "debits": f"{totals.debits.scaleb(2):.0f}", "credits": f"{totals.credits.scaleb(2):.0f}",
        }  # fmt: skip
        for name, text in said.items():
            have = counted[name]
            whole = not text.endswith(" ")  # the record may have been cut off within the number
            if whole and text.strip().lstrip("0") == have.lstrip("0"):
                continue
            if name in {"debits", "credits"}:
                cents = from_minor(text.strip(), 2)
                said_words = shown(text) if cents is None else amount_text(cents)
                have = amount_text(getattr(totals, name))
            else:
                said_words = text.strip() or "nothing"
            words = f"The control of {of} says {name} {said_words}, but there are {have}."
            self.found.error(line, "control_total", words)


def _return_values(addenda: str) -> dict[str, object]:
    """Give what return addenda (99) say: why, and which entry came back (columns 7 to 21)."""
    values: dict[str, object] = {
        "return_code": columns(addenda, 4, 6).strip() or None,
        "original_trace_number": columns(addenda, 7, 21).strip() or None,
    }
    information = tidy(columns(addenda, 36, 79))
    if information:
        values["description"] = information
    return values


def _sign(code: str) -> int:
    """Say whether a transaction code is a credit (1) or a debit (-1); 0 when it is no code."""
    if len(code) != 2 or code[0] not in "23458" or code[1] not in "123456789":
        return 0
    if code[0] == "8":  # advices: odd codes are credits
        return 1 if code[1] in "1357" else -1
    return 1 if code[1] in _CREDIT_DIGITS else -1


def _iso(text: str) -> date | None:
    return day(*map(int, text.split("-"))) if text else None
