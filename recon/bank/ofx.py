"""OFX and QFX: SGML of version 1, where values have no closing tags, and XML of version 2, read by one tokenizer.

Source of the rules: OFX 1.0.3 and 2.x, chapters 3 and 11. The format has no opening balance, and several accounts may
come in one file. Dates are taken as written, in the bank's own time zone. No DTD or entity of a file's own is read: a
tokenizer knows tags and values only, so nothing can be expanded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from recon.bank.balances import masked
from recon.bank.bank_file import Findings, Lines, Statement
from recon.bank.codes import CodeTable
from recon.bank.text import CURRENCY, plain_amount, shown, tidy, yyyymmdd

# A tag and the text up to the next one. A "<" that begins no tag belongs to the text.
_TOKEN = re.compile(r"<(/?)([A-Za-z][\w.:-]{0,60})(?:\s[^<>]*)?/?>([^<]*(?:<(?!/?[A-Za-z][\w.:-]{0,60}[\s/>])[^<]*)*)")
_ENTITY = re.compile(r"&(?:(amp|lt|gt|nbsp|quot|apos)|#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "nbsp": " ", "quot": '"', "apos": "'"}
_NOT_MARKUP = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|$)|<!--.*?(?:-->|$)", re.DOTALL)
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]{1,4}|[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]{1,4}")
_STATEMENTS = {"STMTRS": "BANKACCTFROM", "CCSTMTRS": "CCACCTFROM", "INVSTMTRS": "INVACCTFROM"}
# Aggregates inside a transaction whose members mean something else there.
_INNER = frozenset({"PAYEE", "BANKACCTTO", "CCACCTTO", "CURRENCY", "ORIGCURRENCY", "IMAGEDATA", "INV401KSOURCE"})
# What an investment statement lists besides bank transactions; each has its securities' amount and no bank line.
_SECURITY_TRADE = re.compile(
    r"(?:BUY|SELL)(?:DEBT|MF|OPT|OTHER|STOCK)|CLOSUREOPT|INCOME|INVEXPENSE|JRNLFUND|JRNLSEC|MARGININTEREST|REINVEST|"
    r"RETOFCAP|SPLIT|TRANSFER"
)
_RETURN_CODE = re.compile(r"\bR[0-9]{2}\b")
_DECLARED = re.compile(r"CHARSET\s*[:=]\s*\"?([\w-]{1,20})|encoding\s*=\s*[\"']([\w-]{1,20})", re.IGNORECASE)


def looks_like(text: str) -> bool:
    """Say whether a text begins as OFX: its header, or the element OFX."""
    return re.search(r"OFXHEADER|<OFX[\s>]|<STMTTRN>|<BANKTRANLIST>", text[:20_000], re.IGNORECASE) is not None


def declared_encoding(head: bytes) -> str | None:
    """Give the encoding that a header names, as Python calls it."""
    match = _DECLARED.search(head[:2000].decode("latin-1"))
    if match is None:
        return None
    name = (match[1] or match[2]).lower()
    return {"none": None, "1252": "cp1252", "8859-1": "latin-1"}.get(name, f"cp{name}" if name.isdigit() else name)


@dataclass
class _Reading:
    """Where the reader stands."""

    statement: Statement | None = None
    account_tag: str = ""
    in_account: bool = False
    balance: str | None = None  # LEDGERBAL or AVAILBAL while inside
    balance_line: int = 0
    entry: dict[str, str] | None = None  # the transaction's values while inside
    entry_line: int = 0
    entry_at: int = 0
    inner: list[str] = field(default_factory=list)
    depth: dict[str, int] = field(default_factory=dict)  # open aggregates that must be closed, by name


def read(text: str, lines: Lines, found: Findings, codes: CodeTable) -> list[Statement]:
    """Read an OFX file; one statement per STMTRS, CCSTMTRS and INVSTMTRS."""
    if "<!" in text:
        text = _NOT_MARKUP.sub(_as_text, text)
    return _Reader(text, lines, found, codes).read()


@lru_cache(maxsize=4096)
def amount(text: str) -> Decimal | None:
    """Read an amount: sign, digits, and a comma or a point before the decimals; null when it has no single reading."""
    sign, digits = (-1, text[1:]) if text[:1] == "-" else (1, text.removeprefix("+"))
    if _GROUPED.fullmatch(digits):
        digits = digits.replace("," if digits.rfind(".") > digits.rfind(",") else ".", "")
    elif re.fullmatch(r"[0-9]{1,3},[0-9]{3}", digits):  # thousands or thousandths
        return None
    value = plain_amount(digits.replace(",", ".")) if digits.count(",") <= 1 else None
    return None if value is None else sign * value


def _day(text: str) -> date | None:
    """Take the day of `20240331120000.000[-5:EST]` as it stands; some banks write dashes."""
    return yyyymmdd(text[:8]) or (yyyymmdd(text[:10].replace("-", "")) if text[4:5] == "-" else None)


def _as_text(match: re.Match[str]) -> str:
    """Leave out a comment, and write a CDATA section so that its tags are none; lines keep their numbers."""
    if match[1] is None:
        return "\n" * match[0].count("\n")
    return match[1].replace("&", "&amp;").replace("<", "&lt;")


def _unescaped(text: str) -> str:
    """Give a value its characters back."""
    if "&" in text:
        text = _ENTITY.sub(_character, text)
    return text.strip()


def _character(match: re.Match[str]) -> str:
    if match[1]:
        return _NAMED[match[1]]
    code = int(match[2]) if match[2] else int(match[3], 16)
    return chr(code) if 32 <= code < 0x110000 and not 0xD800 <= code < 0xE000 else " "


class _Reader:
    """Goes through the tags once; aggregates that are not closed end where the next one of their kind begins."""

    def __init__(self, text: str, lines: Lines, found: Findings, codes: CodeTable) -> None:
        self.text, self.lines, self.found, self.codes = text, lines, found, codes
        self.statements: list[Statement] = []
        self.at = _Reading()
        self.trades: dict[str, int] = {}
        self.seen: set[tuple[str | None, str, str, str]] = set()

    def read(self) -> list[Statement]:
        """Read all."""
        ended = False
        line, upto = 1, 0
        for position, is_end, name, value in self._tokens():
            line += self.text.count("\n", upto, position)
            upto = position
            if name == "OFX":
                ended = is_end
            if is_end:
                self._end(name, position, line)
            else:
                self._begin(name, value, position, line)
        self._end_entry(len(self.text), line)
        self._end_statement()
        if not ended:
            self.found.error(None, "cut_off", "The file does not end with </OFX>: it was cut off.")
        for name, count in sorted(self.trades.items()):
            words = f"{count} security transactions ({name}) are no bank lines and were left out."
            self.found.warning(None, "security_trade", words)
        return self.statements

    def _tokens(self) -> Iterator[tuple[int, bool, str, str]]:
        for match in _TOKEN.finditer(self.text):
            yield match.start(), match[1] == "/", match[2].upper(), match[3]

    def _begin(self, name: str, value: str, position: int, line: int) -> None:
        at = self.at
        if name == "STMTTRN":
            if at.entry is not None:
                self.found.warning(at.entry_line, "unclosed", "The transaction is not closed (</STMTTRN> is missing).")
            self._end_entry(position, line)
            at.entry, at.entry_line, at.entry_at = {}, line, position
            at.inner.clear()
        elif at.entry is not None:
            if name in _INNER and not value.strip():
                at.inner.append(name)
            else:
                key = f"{at.inner[-1]}.{name}" if at.inner else name
                if value and (value := _unescaped(value)):
                    if key == "TRNAMT" and key in at.entry:
                        words = "The transaction has two amounts (TRNAMT), so two may have run together."
                        self.found.error(line, "record", words)
                    at.entry.setdefault(key, value)
        elif name in _STATEMENTS:
            self._end_statement()
            at.statement, at.account_tag = Statement(len(self.statements) + 1, line), _STATEMENTS[name]
        elif at.statement is not None:
            self._header(name, _unescaped(value), line)

    def _header(self, name: str, value: str, line: int) -> None:
        """Read what a statement says besides its transactions."""
        at = self.at
        assert at.statement is not None
        if name == at.account_tag:
            at.in_account = True
        elif name in {"LEDGERBAL", "AVAILBAL"}:
            at.balance, at.balance_line = name, line
        elif _SECURITY_TRADE.fullmatch(name) and not value:
            self.trades[name] = self.trades.get(name, 0) + 1
        elif not value:
            return
        elif name in {"TRNAMT", "DTPOSTED"}:
            self.found.error(line, "record", f"A value of a transaction ({name}) stands outside one.")
        elif name == "CURDEF":
            if CURRENCY.fullmatch(value.upper()):
                at.statement = replace(at.statement, currency=value.upper())
            else:
                self.found.warning(line, "currency", f"{shown(value)} is not a currency code.")
        elif at.in_account and name == "ACCTID":
            at.statement = replace(at.statement, account=value)
        elif at.in_account and name in {"BANKID", "BROKERID"}:
            at.statement = replace(at.statement, bank_id=value)
        elif at.in_account:
            at.statement = replace(at.statement, notes={**at.statement.notes, name: value[:200]})
        elif name == "DTSTART":
            at.statement = replace(at.statement, from_date=at.statement.from_date or _day(value))
        elif name == "DTEND":
            at.statement = replace(at.statement, to_date=at.statement.to_date or _day(value))
        elif at.balance is not None:
            self._balance(name, value, line)

    def _balance(self, name: str, value: str, line: int) -> None:
        at = self.at
        assert at.statement is not None
        if name == "BALAMT":
            read = amount(value)
            if read is None:
                self.found.error(line, "amount", f"{shown(value)} is not an amount of the balance.")
            elif at.balance == "LEDGERBAL":
                at.statement = replace(at.statement, closing=read)
            else:
                at.statement = replace(at.statement, available=read)
        elif name == "DTASOF" and at.balance == "LEDGERBAL" and _day(value):
            at.statement = replace(at.statement, notes={**at.statement.notes, "DTASOF": value[:40]})

    def _end(self, name: str, position: int, line: int) -> None:
        at = self.at
        if at.entry is not None:
            if at.inner and name == at.inner[-1]:
                at.inner.pop()
            elif name == "STMTTRN":
                self._end_entry(self.text.find(">", position) + 1 or len(self.text), line)
            elif name in {"BANKTRANLIST", "INVBANKTRAN", "INVTRANLIST", "OFX", *_STATEMENTS}:
                self.found.warning(at.entry_line, "unclosed", "The transaction is not closed (</STMTTRN> is missing).")
                self._end_entry(position, line)
        if name == at.account_tag:
            at.in_account = False
        elif name == at.balance:
            at.balance = None
        elif name in _STATEMENTS:
            self._end_statement()

    def _end_statement(self) -> None:
        statement, self.at.statement = self.at.statement, None
        self.at.in_account, self.at.balance = False, None
        if statement is not None:
            if statement.to_date is None and "DTASOF" in statement.notes:
                statement = replace(statement, to_date=_day(statement.notes["DTASOF"]))
            self.statements.append(statement)

    def _end_entry(self, position: int, line: int) -> None:
        """Add the transaction that is open."""
        at = self.at
        values, at.entry = at.entry, None
        if values is None:
            return
        if at.statement is None:
            words = "A transaction stands outside a statement."
            self.found.error(at.entry_line, "record", words)
            at.statement = Statement(len(self.statements) + 1, at.entry_line)
        signed, booked = self._amount_and_day(values)
        kind = values.get("TRNTYPE", "").upper() or None
        name = values.get("NAME") or values.get("PAYEE.NAME") or values.get("PAYEE")
        description = tidy(" ".join(text for text in (name, values.get("MEMO")) if text)) or ""
        reason = _RETURN_CODE.search(description) if "RETURN" in description.upper() else None
        number = values.get("CHECKNUM")
        self.lines.add(
            statement=at.statement.number, line_number=at.entry_line, line_end=line, account=at.statement.account,
            currency=self._currency(values) or at.statement.currency, amount=signed, booking_date=booked,
            value_date=_day(values.get("DTAVAIL", "")), bank_code=kind, code_system="ofx",
            event=self.codes.event("ofx", kind), is_reversal="CORRECTFITID" in values,
            return_code=reason and reason[0], bank_reference=values.get("FITID"),
            customer_reference=values.get("REFNUM"), check_number=number if number and number.strip("0") else None,
            counterparty_name=tidy(name or ""),
            counterparty_account=values.get("BANKACCTTO.ACCTID") or values.get("CCACCTTO.ACCTID"),
            description=description, raw=self.text[at.entry_at : position].strip(),
        )  # fmt: skip
        self._note_repeated(at.statement, values)

    def _amount_and_day(self, values: dict[str, str]) -> tuple[Decimal | None, date | None]:
        text, posted = values.get("TRNAMT", ""), values.get("DTPOSTED", "")
        signed, booked = amount(text), _day(posted)
        if signed is None:
            words = f"{shown(text)} is not an amount of at most four decimals."
            words = words if text else "The transaction has no amount (TRNAMT)."
            self.found.error(self.at.entry_line, "amount", words)
        if booked is None:
            words = f"{shown(posted)} is not a date." if posted else "The transaction has no date (DTPOSTED)."
            self.found.error(self.at.entry_line, "date", words)
        return signed, booked

    def _currency(self, values: dict[str, str]) -> str | None:
        """Give the currency that a transaction is in when it differs from its statement's.

        An ORIGCURRENCY tells only what the amount was before the bank changed it into the account's.
        """
        text = values.get("CURRENCY.CURSYM", "").upper()
        return text if CURRENCY.fullmatch(text) else None

    def _note_repeated(self, statement: Statement, values: dict[str, str]) -> None:
        """Tell of an ID that comes twice with the same day and amount; the lines stay, since some banks repeat IDs."""
        if "FITID" not in values:
            self.found.warning(self.at.entry_line, "no_id", "The transaction has no ID of the bank's (FITID).")
            return
        key = (statement.account, values["FITID"], values.get("DTPOSTED", ""), values.get("TRNAMT", ""))
        if key in self.seen:
            words = (
                f"Account {masked(statement.account)}: the ID {shown(values['FITID'])} comes again with the same day "
                "and amount; it may be the same transaction twice."
            )
            self.found.warning(self.at.entry_line, "repeated_id", words)
        self.seen.add(key)
