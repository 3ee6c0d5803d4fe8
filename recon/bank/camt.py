"""camt.053 statements, camt.054 notifications and camt.052 reports (ISO 20022), of any version and namespace.

Source of the rules: ISO 20022 message definition reports, camt.052 to camt.054. Read as a stream through defusedxml,
which refuses document types and entities. An entry (`Ntry`) is what the bank booked; the transactions within it
(`TxDtls`) itemise it and never count besides it. `CdtDbtInd` gives the sign, for reversals too.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from recon.bank.balances import amount_text
from recon.bank.bank_file import Findings, Lines, Statement
from recon.bank.camt_paths import STATEMENT, Node
from recon.bank.codes import CodeTable
from recon.bank.text import CURRENCY, iso_day, plain_amount, shown, tidy

_KINDS = {"Stmt": "statement", "Rpt": "interim", "Ntfctn": "notification"}
_DEPTH_MAX = 100
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
    parser = XMLParser(encoding="utf-8", forbid_dtd=True).parser  # the expat parser, with the guards of defusedxml
    reader.parser = parser
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.characters
    parser.DefaultHandlerExpand = None
    parser.CommentHandler = parser.ProcessingInstructionHandler = None
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    try:
        parser.Parse(data, True)
    except DefusedXmlException:
        words = "The XML declares a document type or entities, which no bank file has; it was not read any further."
        found.error(parser.CurrentLineNumber, "entities", words)
    except ExpatError as error:
        words = f"The XML breaks off or is damaged here ({_reason(error)})."
        found.error(error.lineno, "cut_off", words)
    except _TooDeep:
        found.error(parser.CurrentLineNumber, "too_deep", f"The XML is nested deeper than {_DEPTH_MAX} elements.")
    return reader.finish()


def _reason(error: ExpatError) -> str:
    return str(error).partition(":")[0]


class _TooDeep(Exception):
    """Elements within elements beyond any sense."""


class _Reader:
    """Takes the parser's events; keeps the values of one entry at a time."""

    parser: Any

    def __init__(self, data: bytes, lines: Lines, found: Findings, codes: CodeTable) -> None:
        self.data, self.lines, self.found, self.codes = data, lines, found, codes
        self.statements: list[Statement] = []
        self.nodes: list[Node | None] = []  # where we are among the paths that are read; null: nowhere
        self.names: dict[str, str] = {}
        self.text: list[str] = []
        self.values: dict[str, str] | None = None  # of the statement
        self.entry: dict[str, str] | None = None
        self.details: list[dict[str, str]] = []
        self.target: dict[str, str] | None = None  # which of these the next value belongs to
        self.balances: list[dict[str, str]] = []
        self.line = self.entry_line = self.entry_at = 0

    def start(self, name: str, attributes: list[str]) -> None:
        """An element begins."""
        local = self.names.get(name)
        if local is None:
            local = name.rpartition("}")[2]
            if len(self.names) < 10_000:
                self.names[name] = local
        nodes = self.nodes
        above = nodes[-1] if nodes else None
        node = None if above is None else above.below.get(local)
        if node is None:
            if above is None and local in _KINDS and len(nodes) <= 3:
                node = STATEMENT
                self._begin_statement(local)
        elif node.opens is not None:
            self._open(node)
        nodes.append(node)
        if len(nodes) > _DEPTH_MAX:
            raise _TooDeep
        self.text.clear()
        if attributes and node is not None and node.name.endswith("amount") and self.target is not None:
            for at in range(0, len(attributes), 2):
                if attributes[at] == "Ccy":
                    self.target.setdefault(f"{node.name}_currency", attributes[at + 1])

    def characters(self, data: str) -> None:
        """Text comes."""
        if self.nodes and self.nodes[-1] is not None:
            self.text.append(data)

    def end(self, _: str) -> None:
        """An element ends."""
        node = self.nodes.pop()
        if node is None:
            return
        if node.name and self.target is not None and self.text:
            value = "".join(self.text).strip()
            if value:
                if node.repeats and node.name in self.target:
                    self.target[node.name] += "\n" + value
                else:
                    self.target.setdefault(node.name, value)
        self.text.clear()
        if node.opens == "entry":
            self._end_entry()
            self.target = self.values
        elif node.opens == "balance":
            self.target = self.values
        elif node.opens == "details":
            self.target = self.entry
        elif node is STATEMENT:
            self._end_statement()

    def finish(self) -> list[Statement]:
        """Close what a broken file left open."""
        if self.entry is not None:
            self._end_entry()
        if self.values is not None:
            self._end_statement()
        return self.statements

    def _open(self, node: Node) -> None:
        if node.opens == "entry":
            self.entry = self.target = {}
            self.details = []
            self.entry_line, self.entry_at = self.parser.CurrentLineNumber, self.parser.CurrentByteIndex
        elif node.opens == "details":
            self.target = {"line": str(self.parser.CurrentLineNumber)}
            self.details.append(self.target)
        else:
            self.target = {"line": str(self.parser.CurrentLineNumber)}
            self.balances.append(self.target)

    def _begin_statement(self, name: str) -> None:
        self.values = self.target = {"kind": _KINDS[name]}
        self.balances = []
        self.line = self.parser.CurrentLineNumber

    # ---- Entries ----

    def _end_entry(self) -> None:
        values, self.entry = self.entry, None
        assert values is not None
        assert self.values is not None
        amount, currency = self._amount(values, self.entry_line, "the entry")
        code = _bank_code(values) or (_bank_code(self.details[0]) if len(self.details) == 1 else None)
        status = _STATUS.get(values.get("status", "BOOK").upper())
        if status is None:
            words = f"{shown(values['status'])} is not a status such as BOOK; the entry was read as information."
            self.found.warning(self.entry_line, "status", words)
            status = "information"
        common = {
            "statement": len(self.statements) + 1, "account": self._account(),
            "currency": currency, "booking_date": self._day(values, "booking"), "status": status,
            "value_date": self._day(values, "value"), "code_system": "camt",
            "is_reversal": values.get("reversal", "").lower() in {"true", "1"},
        }  # fmt: skip
        only = self.details[0] if len(self.details) == 1 else {}
        raw = self.data[self.entry_at : self._tag_end()].decode("utf-8", "replace")
        entry = self.lines.add(
            amount=amount, bank_code=code, event=self.codes.event("camt", code), raw=raw, line_number=self.entry_line,
            line_end=self.parser.CurrentLineNumber, **common, **_described({**only, **values}, amount),
        )  # fmt: skip
        if len(self.details) > 1:
            for detail in self.details:
                self._detail(entry, detail, values, common, code)

    def _tag_end(self) -> int:
        """Find where the tag that is being read ends."""
        at: int = self.parser.CurrentByteIndex
        return self.data.find(b">", at) + 1 or len(self.data)

    def _detail(
        self, entry: int, detail: dict[str, str], values: dict[str, str], common: dict[str, Any], code: str | None
    ) -> None:
        """Add one of the transactions that an entry is made of."""
        line = int(detail["line"])
        amount = None
        currency = common["currency"]
        text = detail.get("amount") or detail.get("transaction_amount")
        name = "amount" if "amount" in detail else "transaction_amount"
        if text is not None:
            merged = {"amount": text, "sign": detail.get("sign") or values.get("sign", "")}
            merged["amount_currency"] = detail.get(f"{name}_currency", "")
            amount, currency = self._amount(merged, line, "a transaction of the entry")
        own = _bank_code(detail) or code
        self.lines.add(
            parent=entry, amount=amount, line_number=line, line_end=line, bank_code=own,
            event=self.codes.event("camt", own), **{**common, "currency": currency}, **_described(detail, amount),
        )  # fmt: skip

    def _amount(self, values: dict[str, str], line: int, what: str) -> tuple[Decimal | None, str | None]:
        """Read an amount with its sign and currency."""
        assert self.values is not None
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
        currency = values.get("amount_currency") or self.values.get("currency")
        if currency is not None and not CURRENCY.fullmatch(currency):
            self.found.warning(line, "currency", f"{shown(currency)} is not a currency code.")
            currency = None
        return amount, currency

    def _day(self, values: dict[str, str], name: str) -> date | None:
        text = values.get(f"{name}_date") or values.get(f"{name}_time")
        if text is None:
            return None
        found = iso_day(text)
        if found is None:
            self.found.error(self.entry_line, "date", f"{shown(text)} is not a date of the form 2024-03-31.")
        return found

    def _account(self) -> str | None:
        assert self.values is not None
        return self.values.get("iban") or self.values.get("other_account") or self.values.get("proprietary_account")

    # ---- Statements ----

    def _end_statement(self) -> None:
        values, self.values, self.target = self.values, None, None
        assert values is not None
        self.values = values
        balances = self._read_balances()
        opening = next((balances[code] for code in _OPENING if code in balances), (None, None))
        closing = next((balances[code] for code in _CLOSING if code in balances), (None, None))
        currency = values.get("currency") or next(
            (text["amount_currency"] for text in self.balances if "amount_currency" in text), None
        )
        statement = Statement(
            len(self.statements) + 1, self.line, account=self._account(), currency=currency,
            from_date=iso_day(values.get("from", "")) or opening[1],
            to_date=closing[1] or iso_day(values.get("to", "")),
            opening=opening[0], closing=closing[0], available=balances.get("CLAV", (None, None))[0],
            sequence=values.get("legal_sequence") or values.get("sequence"), kind=values["kind"],
            bank_id=values.get("bank"), notes={code: amount_text(pair[0]) for code, pair in balances.items()},
        )  # fmt: skip
        self._check_totals(values, statement)
        self.statements.append(statement)
        self.values, self.balances = None, []

    def _read_balances(self) -> dict[str, tuple[Decimal, date | None]]:
        """Read balances by type; of the closing ones the last counts, of the others the first."""
        balances: dict[str, tuple[Decimal, date | None]] = {}
        for text in self.balances:
            line = int(text["line"])
            code = text.get("code") or text.get("proprietary") or ""
            raw = text.get("amount", "")
            amount = plain_amount(raw.removeprefix("-"))
            sign = text.get("sign", "CRDT").upper()
            if amount is None or sign not in {"CRDT", "DBIT"}:
                self.found.error(line, "amount", f"{shown(raw)} {sign[:4]} is not an amount of the balance {code[:4]}.")
                continue
            if raw.startswith("-"):
                words = f"The balance {code[:4]} has a minus besides its sign {sign}; it was read as below nought."
                self.found.warning(line, "signed", words)
            amount = -amount if sign == "DBIT" or raw.startswith("-") else amount
            day = iso_day(text.get("date") or text.get("time") or "")
            if code not in balances or code in _CLOSING:
                balances[code] = (amount, day)
        return balances

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
                self.found.error(self.line, "control_total", words)


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
