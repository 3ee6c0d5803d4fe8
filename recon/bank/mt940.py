"""MT940 and MT942: fields such as `:61:` at the beginning of a line, in messages that begin with `:20:`.

Source of the rules: SWIFT Standards, category 9, MT940 and MT942; the structured `:86:` follows German and Dutch usage.
Amounts have a comma; a point before no more than two decimals, as one bank writes it, can mean nothing else, since
thousands are never marked. `C` and `RD` bring money, `D` and `RC` take it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

from recon.bank.balances import amount_text
from recon.bank.bank_file import Findings, Lines, Statement
from recon.bank.codes import CodeTable
from recon.bank.narrative import Narrative, structured
from recon.bank.text import day, physical_lines, plain_amount, shown, tidy, yymmdd

_TAG = re.compile(r"[ \t\ufeff]*(?:\{[^{}]*\})*(?:\{4:)?:([0-9]{2}[A-Z]?|NS):")
_MESSAGE_END = re.compile(r"-(?:\}.*|[\s\x03]*)")  # what is after the brace is a trailer, or the next envelope
_BETWEEN = " \t$\x01\x03"  # what may stand between messages besides line ends
_DECIMALS = r"(?:,[0-9]{0,15}|\.[0-9]{0,2})"
_BALANCE = re.compile(rf"([CD])([0-9]{{6}})(?:([A-Z]{{3}})(0*[0-9]{{1,15}}{_DECIMALS}?)|(0*[0-9]{{1,15}}{_DECIMALS}))")
_LINE = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4}| {4})?(?P<mark>R[CD]|E[CD]|[CD])(?P<funds>[A-Z])?"
    rf"(?P<amount>0*[0-9]{{1,15}}{_DECIMALS}(?![.,0-9])|[0-9]{{1,15}}(?=[NFS][A-Z0-9]{{3}}))"
    r" ?(?P<type>[A-Z][A-Z0-9]{2}[A-Z0-9 ])?(?P<rest>.*)",
    re.DOTALL,
)
_LINE_LOOSELY = re.compile(r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4})?(?P<mark>R?[CD])?(?P<amount>[A-Z]?[0-9., ]*)")
_TOTAL = re.compile(r"([0-9]{1,5})([A-Z]{3})([0-9]{1,15},[0-9]{0,15})")
_FLOOR = re.compile(r"([A-Z]{3})[CD]?[0-9]")
_SIGNS = {"C": 1, "RD": 1, "EC": 1, "D": -1, "RC": -1, "ED": -1}
# The last four say that the reference is to be found in :86:.
_NO_REFERENCE = {"NONREF", "NOREF", "", "EREF", "PREF", "MARF", "KREF"}


def looks_like(text: str) -> bool:
    """Say whether a text has the fields of an MT940 or MT942 at the beginning of lines."""
    return re.search(r"(?m)^[ \t\ufeff]*(?:\{[^\n]*)?:(?:20|25|28C?|60[FM]|61|62[FM]|34F|940):", text) is not None


@dataclass
class _Field:
    line: int
    tag: str
    lines: list[str]

    @property
    def end(self) -> int:
        return self.line + len(self.lines) - 1

    @property
    def value(self) -> str:
        return self.lines[0].strip()

    @property
    def raw(self) -> str:
        return f":{self.tag}:" + "\n".join(self.lines).rstrip()


@dataclass
class _Message:
    """A statement while it is read."""

    statement: Statement
    seen: set[str] = field(default_factory=set)
    totals: dict[str, tuple[int, int, Decimal]] = field(default_factory=dict)  # line, count and sum by C and D
    found: dict[str, list[Decimal]] = field(default_factory=lambda: {"C": [], "D": []})


def read(text: str, lines: Lines, found: Findings, codes: CodeTable) -> list[Statement]:
    """Read an MT940 or MT942; one statement per message."""
    reader = _Reader(lines, found, codes)
    for item in _fields(text, found):
        reader.take(item)
    return reader.finish()


def _fields(text: str, found: Findings) -> Iterator[_Field | None]:
    """Give the fields; null where a message ends."""
    current: _Field | None = None
    open_block = head = 0  # lines: of a block 4 that is open, and of what has stood between fields since the last one
    has_ends = False
    for number, line in enumerate(physical_lines(text), 1):
        match = _TAG.match(line)
        if "{4:" in line[:2000]:
            open_block = number
        if match:
            if current is not None:
                yield current
            current, head = _Field(number, match[1], [line[match.end() :]]), 0
        elif line.startswith("-") and _MESSAGE_END.fullmatch(line):
            if current is not None:
                yield current
            yield None
            current, open_block, has_ends = None, number if "{4:" in line else 0, True
        elif current is not None and not line.startswith("{1:"):
            current.lines.append(line)
            if line.endswith("-}"):
                open_block = 0
        elif (text := line.strip(_BETWEEN)) and not text.startswith(("{5:", "{S:", ":940:", ":942:")):
            head = head or number
            if not text.startswith("{"):
                found.info(number, "header", f"{shown(text)} is no field of a statement and was passed over.")
    if current is not None:
        yield current
    if open_block:
        words = "The message that begins here has no end (-}): the file was cut off."
        found.error(open_block, "cut_off", words)
    elif current is not None and has_ends:
        found.error(current.line, "cut_off", "The last message has no end (-) as others have: the file was cut off.")
    elif head:
        found.error(head, "cut_off", "The file ends here, where another message begins: it was cut off.")


@lru_cache(maxsize=4096)
def _amount(text: str) -> Decimal | None:
    return plain_amount(text.replace(",", ".")) if text.count(",") <= 1 else None


@lru_cache(maxsize=4096)
def _value_day(text: str) -> date | None:
    """Read a value date; banks whose months all have 30 days write 30 February for its last day."""
    if text[2:] in {"0229", "0230"}:
        return yymmdd(f"{text[:4]}29") or yymmdd(f"{text[:4]}28")
    return yymmdd(text)


@lru_cache(maxsize=4096)
def _entry_day(text: str, value: date | None) -> date | None:
    """Complete the month and day of booking with the year that lies nearest to the value date."""
    if value is None or len(text) != 4:
        return None
    near = [day(year, int(text[:2]), int(text[2:])) for year in (value.year - 1, value.year, value.year + 1)]
    return min((found for found in near if found), key=lambda found: abs(found - value), default=None)


class _Reader:
    """Takes fields one by one and puts statements together."""

    def __init__(self, lines: Lines, found: Findings, codes: CodeTable) -> None:
        self.lines, self.found, self.codes = lines, found, codes
        self.messages: list[_Message] = []
        self.message: _Message | None = None
        self.entry: tuple[_Field, list[_Field]] | None = None

    def take(self, item: _Field | None) -> None:
        """Read one field, or the end of a message."""
        if item is None:
            self._end_message()
            return
        if item.tag == "86" and self.entry is not None:
            self.entry[1].append(item)
            return
        self._release()
        if item.tag == "20" or (self.message is not None and self._begins_anew(item, self.message)):
            self._end_message()
        message = self.message
        if message is None:
            message = self.message = _Message(Statement(len(self.messages) + 1, item.line))
            self.messages.append(message)
        again = item.tag in message.seen
        message.seen.add(item.tag)
        if item.tag == "61":
            self.entry = (item, [])
        elif item.tag in {"60F", "60M", "62F", "62M", "64"}:
            self._balance(message, item)
        elif item.tag in {"90C", "90D"}:
            self._total(message, item)
        else:
            self._header(message, item, again=again)

    def finish(self) -> list[Statement]:
        """Close the last message."""
        self._end_message()
        return [message.statement for message in self.messages]

    @staticmethod
    def _begins_anew(item: _Field, message: _Message) -> bool:
        """Some banks leave out the second `:20:`; after a closing balance a header field begins another statement."""
        return item.tag in {"25", "28", "28C", "60F", "60M"} and bool(message.seen & {"62F", "62M"})

    def _header(self, message: _Message, item: _Field, *, again: bool) -> None:
        if again and item.tag in {"20", "25", "28C", "28"}:
            words = f"The field :{item.tag}: comes a second time in one statement; the first one counts."
            self.found.warning(item.line, "repeated_field", words)
            return
        statement = message.statement
        if item.tag == "25":
            statement = replace(statement, account=item.value or None)
        elif item.tag in {"28", "28C"}:
            statement = replace(statement, sequence=tidy("".join(item.lines)))
        elif item.tag == "34F":
            floor = _FLOOR.match(item.value)
            kind = statement.currency or (floor[1] if floor else None)
            statement = replace(statement, kind="interim", currency=kind)
        elif item.tag in {"13", "13D"}:
            statement = replace(statement, kind="interim", to_date=statement.to_date or yymmdd(item.value[:6]))
        notes = {**statement.notes, item.tag: " ".join(part.strip() for part in item.lines).strip()}
        message.statement = replace(statement, notes=notes)

    def _balance(self, message: _Message, item: _Field) -> None:
        match = _BALANCE.fullmatch(item.value)
        digits = (match[4] or match[5]) if match else ""
        amount = _amount(digits)
        if match is None or amount is None:
            words = f"{shown(item.value)} is not a balance such as C240331EUR1234,56."
            self.found.error(item.line, "amount", words)
            return
        if "." in digits:
            self._note_point(item, digits)
        amount = -amount if match[1] == "D" else amount
        booked = yymmdd(match[2])
        if booked is None:
            self.found.warning(item.line, "date", f"{shown(match[2])} is not a date of the form YYMMDD.")
        statement = message.statement
        if match[3] is None:
            self.found.warning(item.line, "currency", "The balance names no currency; it was read as the statement's.")
        elif statement.currency not in {None, match[3]}:
            words = f"The balance is in {match[3]}, the statement in {statement.currency}."
            self.found.error(item.line, "currency", words)
        statement = replace(statement, currency=statement.currency or match[3])
        if item.tag in {"60F", "60M"}:
            statement = replace(statement, opening=amount, from_date=booked)
        elif item.tag in {"62F", "62M"}:
            statement = replace(statement, closing=amount, to_date=booked)
        else:
            statement = replace(statement, available=amount)
        message.statement = statement

    def _note_point(self, item: _Field, digits: str) -> None:
        """Tell once that the file's amounts are written in another way."""
        if not self.found.has("point"):
            words = f"The amount {shown(digits)} has a point instead of a comma; it was read as the mark of decimals."
            self.found.warning(item.line, "point", words)

    def _total(self, message: _Message, item: _Field) -> None:
        """Keep the number and sum that an MT942 gives for debits or credits."""
        match = _TOTAL.fullmatch(item.value)
        amount = _amount(match[3]) if match else None
        if match is None or amount is None:
            self.found.error(item.line, "amount", f"{shown(item.value)} is not a count and sum such as 3EUR120,00.")
            return
        message.totals[item.tag[-1]] = (item.line, int(match[1]), amount)
        currency = message.statement.currency or match[2]
        message.statement = replace(message.statement, kind="interim", currency=currency)

    def _release(self) -> None:
        """Add the transaction that was being read."""
        if self.entry is None or self.message is None:
            return
        item, details = self.entry
        self.entry = None
        message = self.message
        text = "\n".join(item.lines)
        match = _LINE.fullmatch(text.strip())
        if match is None and len(item.lines) > 1:
            match = _LINE.fullmatch("".join(item.lines).strip())
            if match is not None:
                words = "The transaction was broken into several lines; they were read as one."
                self.found.warning(item.line, "broken_line", words)
        if match is None:
            amount, values = self._unreadable(item, text)
        else:
            amount, values = self._read(item, match)
            message.found["C" if amount is not None and amount >= 0 else "D"].append(abs(amount or Decimal(0)))
        narrative = structured([line for detail in details for line in detail.lines])
        description = narrative.description
        supplement = values.pop("supplement", None)
        if supplement and not description:
            description = str(supplement)
        self.lines.add(
            statement=message.statement.number, line_number=item.line,
            line_end=details[-1].end if details else item.end, account=message.statement.account,
            currency=message.statement.currency, amount=amount, code_system="mt940", description=description,
            raw="\n".join([item.raw, *(detail.raw for detail in details)]), **_merged(values, narrative),
        )  # fmt: skip

    def _read(self, item: _Field, match: re.Match[str]) -> tuple[Decimal | None, dict[str, object]]:
        value, amount = _value_day(match["value"]), _amount(match["amount"])
        if "." in match["amount"]:
            self._note_point(item, match["amount"])
        if value is None:
            words = f"{shown(match['value'])} is not a date of the form YYMMDD."
            self.found.error(item.line, "date", words)
        elif yymmdd(match["value"]) is None:
            words = f"{shown(match['value'])} is no day; the value date was read as the last of February."
            self.found.warning(item.line, "date", words)
        if amount is None:
            self.found.error(item.line, "amount", f"{shown(match['amount'])} is too large or has too many decimals.")
        mark = match["mark"]
        signed = None if amount is None else amount * _SIGNS[mark]
        entry = match["entry"]
        booked = _entry_day(entry, value) if entry and entry.strip() else value
        if booked is None and value is not None:
            self.found.error(item.line, "date", f"{shown(entry)} is not a month and day.")
        kind, rest = match["type"] and match["type"].rstrip(), match["rest"]
        if kind is None:
            self.found.warning(item.line, "type", "The transaction has no type such as NTRF.")
        first, _, supplement = rest.partition("\n")
        ours, _, theirs = first.partition("//")
        code = kind[1:] if kind else None
        values: dict[str, object] = {
            "booking_date": booked, "value_date": value, "is_reversal": mark[0] == "R", "bank_code": kind,
            "event": self.codes.event("mt940", code), "customer_reference": _reference(ours),
            "bank_reference": _reference(theirs), "supplement": tidy(supplement),
            "status": "pending" if mark[0] == "E" else "booked",
        }  # fmt: skip
        if code == "CHK" and ours.strip().isdigit():
            values["check_number"] = ours.strip()
        return signed, values

    def _unreadable(self, item: _Field, text: str) -> tuple[None, dict[str, object]]:
        """Tell what is wrong with a transaction whose amount cannot be had, and keep what can be read."""
        loose = _LINE_LOOSELY.match(text.strip())
        value = yymmdd(loose["value"]) if loose else None
        if loose is None:
            words = f"{shown(text.strip())} is not a transaction such as 2403310331C1234,56NTRFNONREF."
        elif loose["mark"] is None:
            words = f"{shown(text.strip())} does not say whether money came (C) or went (D)."
        else:
            words = f"{shown(loose['amount'])} is not an amount such as 1234,56."
        self.found.error(item.line, "amount", words)
        return None, {"value_date": value, "booking_date": value}

    def _end_message(self) -> None:
        self._release()
        message, self.message = self.message, None
        if message is None:
            return
        statement = self.lines.summed(message.statement)
        self._check_totals(message)
        if "62M" in message.seen and "62F" not in message.seen:
            message.statement = replace(message.statement, notes={**statement.notes, "page": "62M"})
        if statement.kind == "interim":
            if statement.entries and not message.totals:
                words = "The interim report has no totals (:90C:, :90D:), so its lines cannot be checked."
                self.found.warning(statement.line, "no_control", words)
            return
        if statement.closing is None and not message.seen & {"62F", "62M"}:
            words = "The statement has no closing balance (:62F:): it was cut off or is only part of one."
            self.found.error(statement.line, "cut_off", words)
        elif statement.opening is None and not message.seen & {"60F", "60M"}:
            words = "The statement has no opening balance (:60F:): its beginning is missing."
            self.found.error(statement.line, "no_header", words)

    def _check_totals(self, message: _Message) -> None:
        """Hold the number and sum of debits and credits against an MT942's own."""
        for side, (line, count, amount) in message.totals.items():
            amounts = message.found[side]
            if len(amounts) != count or sum(amounts, Decimal(0)) != amount:
                words = (
                    f"The statement counts {count} {'credits' if side == 'C' else 'debits'} of {amount_text(amount)}, "
                    f"but its lines are {len(amounts)} of {amount_text(sum(amounts, Decimal(0)))}."
                )
                self.found.error(line, "control_total", words)


def _reference(text: str) -> str | None:
    stripped = text.strip()
    return None if stripped.upper().rstrip("+") in _NO_REFERENCE else stripped


def _merged(values: dict[str, object], narrative: Narrative) -> dict[str, object]:
    """Let the structured text fill what the transaction's own line leaves open."""
    more = {
        "end_to_end_id": narrative.end_to_end_id, "counterparty_name": narrative.counterparty_name,
        "counterparty_account": narrative.counterparty_account, "return_code": narrative.return_code,
    }  # fmt: skip
    return {**more, **values}
