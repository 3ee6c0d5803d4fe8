"""camt.053 statements, camt.054 notifications and camt.052 reports (ISO 20022), of any version and namespace.

Source of the rules: ISO 20022 message definition reports, camt.052 to camt.054. defusedxml refuses document types and
entities. An entry (`Ntry`) is what the bank booked; the transactions within it
(`TxDtls`) itemise it and never count besides it. `CdtDbtInd` gives the sign, for reversals too.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from recon.bank.balances import amount_text, masked
from recon.bank.bank_file import Findings, Lines, Statement
from recon.bank.camt_paths import ACCOUNT, BALANCE, ENTRY, STATEMENT, Node, ValueReader, Values
from recon.bank.camt_pieces import Entry, Message, Section, check
from recon.bank.codes import CodeTable
from recon.bank.text import CURRENCY, iso_day, plain_amount, shown, tidy

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_KINDS = {"Stmt": "statement", "Rpt": "interim", "Ntfctn": "notification"}
_ACCOUNT = re.compile(rb"<((?:[\w.-]+:)?)Acct(?=[\s>]).{0,20000}?</\1Acct\s*>", re.DOTALL)
_BALANCE = re.compile(r"<((?:[\w.-]+:)?)Bal(?=[\s>]).{0,20000}?</\1Bal\s*>", re.DOTALL)
_STATUS = {"BOOK": "booked", "PDNG": "pending", "INFO": "information", "FUTR": "pending"}
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)


def looks_like(text: str) -> bool:
    """Say whether a text begins as one of the three messages: by its root's namespace or the element below it."""
    return re.match(r"[\ufeff\s]*<", text) is not None and re.search(
        r"BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)|camt\.05[234]|<(?:\w+:)?Document[\s>]", text
    ) is not None  # fmt: skip


def read(data: bytes, lines: Lines, found: Findings, codes: CodeTable) -> list[Statement]:
    """Read a message in UTF-8, whatever encoding it declares; one statement per Stmt, Rpt or Ntfctn."""
    reader = _Reader(data, lines, found, codes)
    if check(data, found):
        message = Message(data)
        for section in message.sections():
            reader.statement(section, message.entries(section))
    return reader.statements


class _Reader:
    """Reads statements one after the other."""

    def __init__(self, data: bytes, lines: Lines, found: Findings, codes: CodeTable) -> None:
        self.data, self.lines, self.found, self.codes = data, lines, found, codes
        self.statements: list[Statement] = []
        self.reader = ValueReader(ENTRY)
        self.number = 0
        self.account: str | None = None
        self.currency: str | None = None
        self.currencies: set[str | None] = set()  # of the entries of a statement

    def statement(self, section: Section, entries: Iterator[Entry]) -> None:
        """Read one statement with its entries."""
        self.number += 1
        self.account, self.currency = self._whose(section)
        self.currencies.clear()
        for entry in entries:
            values = self.reader.values(entry.text)
            if values is None:
                self._damaged(entry)
            else:
                self._entry(entry, values[0].texts, values[1:])
        self._end(section)

    def _whose(self, section: Section) -> tuple[str | None, str | None]:
        """Find the account and currency, which stand before the entries."""
        match = _ACCOUNT.search(self.data, section.start)
        texts = _texts(ACCOUNT, match[0].decode("utf-8", "replace")) if match else {}
        account = texts.get("iban") or texts.get("other_account") or texts.get("proprietary_account")
        return account, texts.get("currency")

    def _damaged(self, entry: Entry) -> None:
        """Show an entry whose XML cannot be read."""
        self.found.error(entry.line, "damaged", "The XML of an entry is damaged; its amount could not be read.")
        self.lines.add(
            statement=self.number, account=self.account, line_number=entry.line, line_end=entry.end_line,
            code_system="camt", raw=entry.text,
        )  # fmt: skip

    def _entry(self, entry: Entry, values: dict[str, str], details: list[Values]) -> None:
        """Add an entry, and the transactions in it when there are several."""
        line = entry.line
        amount, currency = self._amount(values, line, "the entry")
        self.currencies.add(currency)
        only = details[0].texts if len(details) == 1 else {}
        code = _bank_code(values) or _bank_code(only)
        status = _STATUS.get(values.get("status", "BOOK").upper())
        if status is None:
            words = f"{shown(values['status'])} is not a status such as BOOK; the entry was read as information."
            self.found.warning(line, "status", words)
            status = "information"
        booked, value = self._day(values, "booking", line), self._day(values, "value", line)
        if booked is None and status == "booked" and not {"booking_date", "booking_time"} & values.keys():
            booked = value  # some banks give only the value date, which then is the day of both
        common = {
            "statement": self.number, "account": self.account, "status": status, "code_system": "camt",
            "booking_date": booked, "value_date": value,
            "is_reversal": values.get("reversal", "").lower() in {"true", "1"},
        }  # fmt: skip
        number = self.lines.add(
            amount=amount, currency=currency, bank_code=code, event=self.codes.event("camt", code), line_number=line,
            line_end=entry.end_line, raw=entry.text, **common, **_described({**only, **values}, amount),
        )  # fmt: skip
        if len(details) > 1:
            self._compare(entry, amount, currency, values, details)
            for detail in details:
                self._detail(number, line, detail, values, {**common, "currency": currency, "bank_code": code})

    def _compare(
        self, entry: Entry, amount: Decimal | None, currency: str | None, values: dict[str, str], details: list[Values]
    ) -> None:
        """Tell of transactions that do not come to their entry; those in other currencies cannot be compared."""
        total = Decimal(0)
        for detail in details:
            size = plain_amount(detail.texts.get("amount", ""))
            if size is None or detail.texts.get("amount_currency", currency) != currency:
                return
            total += -size if detail.texts.get("sign", values.get("sign", "")).upper() == "DBIT" else size
        if amount is not None and total != amount:
            words = f"The transactions of the entry come to {total:f}, the entry is {amount:f}."
            self.found.warning(entry.line, "details", words)

    def _detail(
        self, entry: int, entry_line: int, detail: Values, values: dict[str, str], common: dict[str, Any]
    ) -> None:
        """Add one of the transactions that an entry is made of; its text is in the entry's."""
        texts, line = detail.texts, entry_line + detail.line
        name = "amount" if "amount" in texts else "transaction_amount"
        amount = None
        if name in texts:
            merged = {
                "amount": texts[name], "amount_currency": texts.get(f"{name}_currency", ""),
                "sign": texts.get("sign") or values.get("sign", ""),
            }  # fmt: skip
            amount, common["currency"] = self._amount(merged, line, "a transaction of the entry")
        common["bank_code"] = _bank_code(texts) or common["bank_code"]
        self.lines.add(
            parent=entry, amount=amount, line_number=line, line_end=line,
            event=self.codes.event("camt", common["bank_code"]), **common, **_described(texts, amount),
        )  # fmt: skip

    def _amount(self, values: dict[str, str], line: int, what: str) -> tuple[Decimal | None, str | None]:
        """Read an amount with its sign and currency."""
        text, sign = values.get("amount", ""), values.get("sign", "").upper()
        amount = plain_amount(text)
        if amount is None:
            words = f"{shown(text)} is not an amount of {what}." if text else f"The amount of {what} is missing."
            self.found.error(line, "amount", words)
        elif sign not in {"CRDT", "DBIT"}:
            words = f"It is not said whether {what} is a credit or a debit (CdtDbtInd {shown(sign)})."
            self.found.error(line, "amount", words)
            amount = None
        elif sign == "DBIT":
            amount = -amount
        currency = values.get("amount_currency") or self.currency
        if currency is not None and not CURRENCY.fullmatch(currency):
            self.found.warning(line, "currency", f"{shown(currency)} is not a currency code.")
            currency = None
        return amount, currency

    def _day(self, values: dict[str, str], name: str, line: int) -> date | None:
        text = values.get(f"{name}_date") or values.get(f"{name}_time")
        if text is None:
            return None
        found = iso_day(text)
        if found is None:
            self.found.error(line, "date", f"{shown(text)} is not a date of the form 2024-03-31.")
        return found

    # ---- Statements ----

    def _end(self, section: Section) -> None:
        """Read what a statement says besides its entries."""
        content = b"".join(section.around).decode("utf-8", "replace")
        values = _texts(STATEMENT, content)  # of one that is cut off only the balances are had
        balances = [_texts(BALANCE, match[0]) for match in _BALANCE.finditer(content)]
        read = self._read_balances(balances, section.line)
        if self.account and _IBAN.fullmatch(self.account) and not _is_iban(self.account):
            words = f"The check digits of the IBAN {masked(self.account)} are wrong; see which account this is."
            self.found.warning(section.line, "account", words)
        opening = next((read[code] for code in _OPENING if code in read), (None, None))
        closing = next((read[code] for code in _CLOSING if code in read), (None, None))
        (alone,) = self.currencies if len(self.currencies) == 1 else (None,)
        currency = self.currency or next(
            (balance["amount_currency"] for balance in balances if "amount_currency" in balance), alone
        )
        statement = Statement(
            self.number, section.line, account=self.account, currency=currency,
            from_date=iso_day(values.get("from", "")) or opening[1],
            to_date=closing[1] or iso_day(values.get("to", "")), opening=opening[0], closing=closing[0],
            available=read.get("CLAV", (None, None))[0], bank_id=values.get("bank"), kind=_KINDS[section.name],
            sequence=values.get("legal_sequence") or values.get("sequence"),
            notes={code: amount_text(pair[0]) for code, pair in read.items()},
        )  # fmt: skip
        self._check_totals(values, statement)
        self.statements.append(statement)

    def _read_balances(self, balances: list[dict[str, str]], line: int) -> dict[str, tuple[Decimal, date | None]]:
        """Read balances by type; of the closing ones the last counts, of the others the first."""
        read: dict[str, tuple[Decimal, date | None]] = {}
        for text in balances:
            code = (text.get("code") or text.get("proprietary") or "")[:40]
            raw = text.get("amount", "")
            amount = plain_amount(raw.removeprefix("-"))
            sign = text.get("sign", "CRDT").upper()
            if amount is None or sign not in {"CRDT", "DBIT"}:
                self.found.error(line, "amount", f"{shown(raw)} {sign[:4]} is not an amount of the balance {code}.")
                continue
            if raw.startswith("-"):
                words = f"The balance {code} has a minus besides its sign {sign}; it was read as below nought."
                self.found.warning(line, "signed", words)
            amount = -amount if sign == "DBIT" or raw.startswith("-") else amount
            if code not in read or code in _CLOSING:
                read[code] = (amount, iso_day(text.get("date") or text.get("time") or ""))
        return read

    def _check_totals(self, values: dict[str, str], statement: Statement) -> None:
        """Hold counts and sums that the message gives against its entries."""
        summed = self.lines.summed(statement)
        have = {
            "entries_count": Decimal(summed.entries), "entries_sum": summed.credits + summed.debits,
            "credits_sum": summed.credits, "debits_sum": summed.debits,
        }  # fmt: skip
        for name, amount in have.items():
            said = plain_amount(values[name]) if name in values else amount
            if said != amount:
                words = (
                    f"The message says {name.replace('_', ' ')} {shown(values[name])}, its entries come to {amount:f}."
                )
                self.found.error(statement.line, "control_total", words)


def _is_iban(text: str) -> bool:
    """Say whether the check digits are right (ISO 13616)."""
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1


def _texts(root: Node, content: str) -> dict[str, str]:
    """Take the texts of one element that has no transactions in it."""
    values = ValueReader(root).values(content)
    return values[0].texts if values else {}


def _bank_code(values: dict[str, str]) -> str | None:
    """Give domain, family and sub-family, as `PMNT.RCDT.ESCT`, or the bank's own code."""
    if "domain" in values:
        return ".".join(values[name] for name in ("domain", "family", "subfamily") if name in values)
    return values.get("proprietary_code")


def _described(values: dict[str, str], amount: Decimal | None) -> dict[str, Any]:
    """Give references, the other party and the text; the other party of a credit is who pays."""
    side = "debtor" if amount is None or amount >= 0 else "creditor"
    other = "creditor" if side == "debtor" else "debtor"
    texts = [values.get(name) for name in ("remittance", "structured", "additional", "entry_text")]
    party = (
        values.get(side) or values.get(f"{side}_party") or (values.get(other) if "return_reason" in values else None)
    )
    account = values.get(f"{side}_iban") or values.get(f"{side}_account")
    return {
        "bank_reference": values.get("bank_reference"),
        "customer_reference": values.get("instruction_id") or _given(values.get("entry_reference")),
        "end_to_end_id": _given(values.get("end_to_end_id")),
        "trace_number": values.get("transaction_id"),
        "original_trace_number": values.get("original_end_to_end_id") or values.get("original_transaction_id"),
        "check_number": values.get("check_number"),
        "return_code": values.get("return_reason") or values.get("return_proprietary"),
        "counterparty_name": tidy(party) if party else None,
        "counterparty_account": account,
        "description": tidy(" ".join(dict.fromkeys(text for text in texts if text))) or "",
    }


def _given(text: str | None) -> str | None:
    return None if text is None or text.upper() in {"NOTPROVIDED", "NOT PROVIDED", "NONREF"} else text
