"""BAI2 statements: records of fields between commas, each ended by a slash.

Source of the rules: BAI Cash Management Balance Reporting Specifications, Version 2. A type code tells what an amount
is and, for transactions, its sign. Control totals (49, 98, 99) are enforced.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from recon.bank.bai2_records import Record, before_text, fields_of, fields_with_text, records, sub_fields
from recon.bank.balances import amount_text, masked
from recon.bank.bank_file import Findings, Lines, Statement
from recon.bank.codes import CodeTable
from recon.bank.text import CURRENCY, decimals_of, from_minor, shown, tidy, yymmdd, yyyymmdd
from schemas.bank import BankEvent, BankStatus

_TRACE = re.compile(r"(?<![0-9])[0-9]{15}(?![0-9])")
_RETURN_CODE = re.compile(r"\bR[0-9]{2}\b")
_ORIGINAL = re.compile(r"\bORIG(?:INAL)?\.? *(?:TRACE|TRN)\D{0,12}([0-9]{15})(?![0-9])", re.IGNORECASE)
_FUNDS = frozenset({"", "0", "1", "2", "Z", "S", "V", "D"})
# Items that restate an entry before them: each goes below it if together they come to its amount (pitfalls: 115/116).
_ITEM_OF = {
    "116": {"110", "115"},
    "143": {"140", "142"},
    "136": {"135"},
    "156": {"155"},
    "345": {"342"},
    "452": {"451"},
}
_CHECK_CODES = {"395", "474", "475"}
_GROUP_STATUS = {
    "2": ("deletion", "The bank withdraws what it sent before (group status 2); take it out by hand."),
    "4": ("test", "The bank marks this group as a test (group status 4); it is never posted."),
}


@dataclass
class _Sums:
    """What a trailer is held against."""

    line: int
    amount: Decimal = Decimal(0)  # in minor units: groups may mix currencies
    records: int = 0
    parts: int = 0


@dataclass
class _Transaction:
    record: Record
    code: str
    amount: Decimal | None  # signed, major units
    values: dict[str, object]


def read(text: str, lines: Lines, found: Findings, codes: CodeTable) -> list[Statement]:
    """Read a BAI2 file; one statement per record 03."""
    reader = _Reader(lines, found, codes)
    for record in records(text, found):
        reader.take(record)
    return reader.finish()


def _sign(code: str) -> int:
    """Say what a transaction does to the account: 1, -1, or 0 when its code does not say."""
    if len(code) != 3 or not (code.isascii() and code.isdigit()):
        return 0
    number = int(code)
    if 100 <= number <= 399 or 720 <= number <= 759 or 920 <= number <= 959:
        return 1
    return -1 if 400 <= number <= 699 or 760 <= number <= 799 or 960 <= number <= 999 else 0


class _Reader:
    """Takes records one by one and holds the trailers against them."""

    def __init__(self, lines: Lines, found: Findings, codes: CodeTable) -> None:
        self.lines, self.found, self.codes = lines, found, codes
        self.statements: list[Statement] = []
        self.file: _Sums | None = None
        self.group: _Sums | None = None
        self.account: _Sums | None = None
        self.ended = False
        self.group_day: date | None = None
        self.group_currency = "USD"  # the specification's default
        self.kind = "statement"
        self.values: dict[str, Decimal] = {}
        self.items: list[_Transaction] = []  # an entry and the items after it, until it is clear whether they are its
        self.group_status = ""

    def take(self, record: Record) -> None:
        """Read one record."""
        if self.ended and record.code != "01":
            self.found.error(record.line, "after_end", "There are records after the end of the file (record 99).")
        for sums in (self.file, self.group, self.account):
            if sums is not None:
                sums.records += record.physical
        {
            "01": self._begin_file, "02": self._begin_group, "03": self._begin_account, "16": self._transaction,
            "49": self._end_account, "98": self._end_group, "99": self._end_file,
        }[record.code](record)  # fmt: skip

    def finish(self) -> list[Statement]:
        """Close what was left open, which means that the file was cut off."""
        self._close_account()
        if self.file is None and not self.ended:
            self.found.error(1, "no_header", "The file has no header (record 01), so its beginning is missing.")
        if not self.ended:
            self.found.error(None, "cut_off", "The file has no trailer (record 99): it was cut off.")
        return self.statements

    def _begin_file(self, record: Record) -> None:
        if self.file is not None:
            self.found.error(
                record.line, "cut_off", "A new file begins before the trailer (record 99) of the last one."
            )
        self.file, self.group, self.ended = _Sums(record.line, records=record.physical), None, False

    def _begin_group(self, record: Record) -> None:
        self._close_account()
        if self.group is not None:
            self.found.error(
                record.line, "cut_off", "A new group begins before the trailer (record 98) of the last one."
            )
        self.group = _Sums(record.line, records=record.physical)
        fields = [*fields_of(record), *[""] * 7][:7]
        _, _, status, as_of, _, currency, modifier = fields
        self.group_day = yymmdd(as_of) or _long_day(as_of)
        if self.group_day is None:
            self.found.error(record.line, "date", f"{shown(as_of)} is not a date of the form YYMMDD.")
        self.group_currency = self._currency(record, currency) or "USD"
        self.kind = "interim" if modifier in {"1", "3"} else "statement"
        if status in _GROUP_STATUS:
            self.found.error(record.line, *_GROUP_STATUS[status])
        elif status == "3":
            self.found.warning(
                record.line, "correction", "This group replaces one that the bank sent before (status 3)."
            )
        self.group_status = status

    def _currency(self, record: Record, text: str) -> str | None:
        if not text:
            return None
        if CURRENCY.fullmatch(text.upper()):
            return text.upper()
        self.found.warning(record.line, "currency", f"{shown(text)} is not a currency code.")
        return None

    def _begin_account(self, record: Record) -> None:
        self._close_account()
        if self.group is None:
            self.found.error(record.line, "record", "An account (record 03) stands outside a group (record 02).")
        else:
            self.group.parts += 1
        self.account = _Sums(record.line, records=record.physical)
        fields = fields_of(record)
        currency = (self._currency(record, fields[1]) if len(fields) > 1 else None) or self.group_currency
        self.values = {}
        for code, amount in self._summaries(record, fields[2:], decimals_of(currency)):
            self.values.setdefault(code, amount)
        if not fields[0]:
            self.found.error(record.line, "account", "The account number (second field of record 03) is missing.")
        notes = {code: amount_text(amount) for code, amount in self.values.items()}
        statement = Statement(
            len(self.statements) + 1, record.line, account=fields[0] or None, currency=currency,
            to_date=self.group_day, opening=self.values.get("010"), closing=self.values.get("015"),
            available=self.values.get("045"), kind=self.kind, notes={"group_status": self.group_status, **notes},
        )  # fmt: skip
        self.statements.append(statement)

    def _summaries(self, record: Record, fields: list[str], decimals: int) -> Iterator[tuple[str, Decimal]]:
        """Read the type, amount, count and funds type of each balance or summary."""
        at = 0
        while at < len(fields):
            code = fields[at]
            at += 1
            if not code:  # some banks add a comma
                continue
            if not re.fullmatch(r"[0-9]{3}", code):
                self.found.error(record.line, "record", f"{shown(code)} stands where a type code such as 010 belongs.")
                return
            text = fields[at] if at < len(fields) else ""
            at += 2
            funds = fields[at].upper() if at < len(fields) else ""
            if funds in _FUNDS:
                at += 1 + sub_fields(funds, fields[at + 1 : at + 2])
            amount = self._signed(record, text, decimals, "the balance or summary")
            if amount is not None and text:
                yield code, amount

    def _signed(self, record: Record, text: str, decimals: int, what: str) -> Decimal | None:
        """Read an amount that may have a sign, and count it for the trailer."""
        digits = text[1:] if text[:1] in {"+", "-"} else text
        amount = from_minor(digits or "0", decimals)
        if amount is None:
            self.found.error(
                record.line, "amount", f"{shown(text)} is not an amount of {what}; digits only are expected."
            )
            return None
        amount = -amount if text[:1] == "-" else amount
        if self.account is not None:
            self.account.amount += amount.scaleb(decimals)
        return amount

    def _transaction(self, record: Record) -> None:
        if self.account is None or not self.statements:
            self.found.error(record.line, "record", "A transaction (record 16) stands outside an account (record 03).")
            self._begin_account(Record(record.line, record.line, "03", ",,"))
            assert self.account is not None
            self.account.records = record.physical
        statement = self.statements[-1]
        fields = fields_with_text(record)
        code, text, funds = (fields[at].strip() if len(fields) > at else "" for at in range(3))
        amount = self._signed(record, text, decimals_of(statement.currency), "a transaction")
        sign = _sign(code)
        if not text and code != "890":
            self.found.warning(record.line, "no_amount", "The transaction has no amount; it was read as nought.")
        elif text[:1] == "-" and amount:
            self.found.warning(record.line, "signed", "The amount has a minus, so it goes against its type code.")
        if funds.upper() not in _FUNDS:
            self.found.warning(record.line, "funds", f"{shown(funds)} is not a funds type (0, 1, 2, S, V, D or Z).")
        if code == "890":
            amount = Decimal(0)
        elif not sign:
            words = f"{shown(code)} is not a transaction type, so it cannot be said whether money came or went."
            self.found.error(record.line, "code", words)
            amount = None
        elif amount is not None:
            amount *= sign
        self._hold(_Transaction(record, code, amount, self._values(record, code, funds.upper(), fields)))

    def _values(self, record: Record, code: str, funds: str, fields: list[str]) -> dict[str, object]:
        """Give the columns that the fields of a transaction fill."""
        before = before_text(fields)
        bank, customer = ((fields[at].strip() or None) if len(fields) > at else None for at in (before - 2, before - 1))
        event = self.codes.event("bai2", code)
        description = (tidy(fields[before]) if len(fields) > before else None) or ""
        values: dict[str, object] = {
            "line_number": record.line, "line_end": record.end, "booking_date": self.group_day,
            "bank_code": code or None, "code_system": "bai2", "event": event, "bank_reference": bank,
            "customer_reference": customer, "description": description,
            "raw": "\n".join([f"16,{record.body}", *(f"88,{more}" for more in record.more)]),
        }  # fmt: skip
        if funds == "V" and len(fields) > 3:
            values["value_date"] = yymmdd(fields[3].strip())
        if code in _CHECK_CODES:
            values["check_number"] = customer
        if code == "890":
            values["status"] = BankStatus.INFORMATION.value
        if event == BankEvent.ACH_RETURN:
            reason, trace = _RETURN_CODE.search(description), _TRACE.search(f"{customer} {bank} {description}")
            values["return_code"], values["trace_number"] = reason and reason[0], trace and trace[0]
            original = _ORIGINAL.search(description)
            values["original_trace_number"] = original and original[1]
        return values

    def _hold(self, transaction: _Transaction) -> None:
        """Keep an entry back while items of it may follow."""
        if self.items and self.items[0].code in _ITEM_OF.get(transaction.code, ()):
            self.items.append(transaction)
        else:
            self._release()
            self.items.append(transaction)

    def _release(self) -> None:
        """Add the held entry and its items; the items go below it only if they come to its amount."""
        if not self.items:
            return
        first, *items = self.items
        below = bool(items) and sum(item.amount or 0 for item in items) == first.amount
        if items and not below:
            words = (
                f"The items (type {items[0].code}) after this entry do not come to its amount; each counts by itself."
            )
            self.found.warning(first.record.line, "items", words)
        entry = self._add(first, None)
        for item in items:
            self._add(item, entry if below else None)
        self.items.clear()

    def _add(self, transaction: _Transaction, parent: int | None) -> int:
        statement = self.statements[-1]
        return self.lines.add(
            statement=statement.number, parent=parent, account=statement.account, currency=statement.currency,
            amount=transaction.amount, **transaction.values,
        )  # fmt: skip

    def _close_account(self) -> None:
        if self.account is not None:
            words = "The account has no trailer (record 49): the file was cut off or lines are missing."
            self.found.error(self.account.line, "cut_off", words)
            self._add_to(self.group, self.account)
        self._release()
        self.account = None

    def _end_account(self, record: Record) -> None:
        self._release()
        if self.account is None:
            self.found.error(record.line, "record", "A trailer (record 49) stands without its account (record 03).")
            return
        account = masked(self.statements[-1].account)
        self._check_summaries(record)
        self._hold_against(record, self.account, f"account {account}", ["amount", "records"])
        self._add_to(self.group, self.account)
        self.account = None

    def _check_summaries(self, record: Record) -> None:
        """Tell when the transactions are not those that the account's totals of credits (100) and debits (400) say."""
        summed = self.lines.summed(self.statements[-1])
        for code, name, amount in (("100", "credits", summed.credits), ("400", "debits", summed.debits)):
            said = self.values.get(code)
            if said is not None and summed.entries and said != amount:
                words = f"The account's total of {name} (type {code}) is {said:f}, its transactions come to {amount:f}."
                self.found.warning(record.line, "summary", words)

    def _end_group(self, record: Record) -> None:
        self._close_account()
        if self.group is None:
            self.found.error(record.line, "record", "A trailer (record 98) stands without its group (record 02).")
            return
        self._hold_against(record, self.group, "the group", ["amount", "accounts", "records"])
        if self.file is not None:
            self.file.parts += 1
        self._add_to(self.file, self.group)
        self.group = None

    def _end_file(self, record: Record) -> None:
        self._close_account()
        if self.group is not None:
            self.found.error(record.line, "cut_off", "The last group has no trailer (record 98); lines are missing.")
        if self.file is None:
            self.found.error(record.line, "no_header", "A trailer (record 99) stands without its header (record 01).")
        else:
            self._hold_against(record, self.file, "the file", ["amount", "groups", "records"])
        self.file, self.group, self.ended = None, None, True

    def _add_to(self, outer: _Sums | None, inner: _Sums) -> None:
        if outer is not None:
            outer.amount += inner.amount

    def _hold_against(self, record: Record, sums: _Sums, of: str, names: list[str]) -> None:
        """Compare a trailer with what it closes; an empty amount claims nothing, but the counts must be there."""
        fields = fields_of(record)
        if len(fields) < len(names) or not all(fields[1 : len(names)]):
            self.found.error(record.line, "cut_off", f"The trailer of {of} is not whole: the file was cut off.")
            return
        counted = {"amount": sums.amount, "records": sums.records, "accounts": sums.parts, "groups": sums.parts}
        for name, text in zip(names, fields, strict=False):
            if not text:
                self.found.warning(record.line, "no_control", f"The trailer of {of} gives no total of {name}.")
                continue
            digits = text[1:] if text[:1] in {"+", "-"} else text
            said = from_minor(digits, 0)
            said = -said if said is not None and text[:1] == "-" else said
            if said is None or said != counted[name]:
                words = f"The trailer of {of} says {name} {shown(text)}, but the lines come to {counted[name]:.0f}."
                self.found.error(record.line, "control_total", words)


def _long_day(text: str) -> date | None:
    """Read a date of eight digits, which some banks write though the specification has six."""
    return yyyymmdd(text)
