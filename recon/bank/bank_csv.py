"""CSV files of banks and processors, read by profile, or by the usual names of columns where these leave no doubt."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import islice

from recon.bank.bank_file import Findings, Lines, Statement
from recon.bank.codes import CodeTable
from recon.bank.csv_balance import Step, running_balance
from recon.bank.csv_rows import Row, Table, rows_of, table_of
from recon.bank.csv_values import amount_of, cleaned, date_of, date_order, date_parts, decimal_mark
from recon.bank.profiles import Profile
from recon.bank.text import CURRENCY, shown, tidy
from schemas.bank import BankStatus

_CREDIT_WORDS = frozenset(
    ["cr", "credit", "c", "h", "haben", "bij", "in", "deposit", "+", "crdt", "credits", "incoming", "crédit"]
)
_DEBIT_WORDS = frozenset(
    ["dr", "debit", "d", "s", "soll", "af", "out", "withdrawal", "-", "dbit", "debits", "outgoing", "débit", "debet"]
)
_PLAIN_DEBITS = frozenset(word for word in _DEBIT_WORDS if len(word) > 3)
_NO_LINE = re.compile(
    r"\b(?:balances?|totals?|summe|saldo|solde|end of|generated|count|anzahl|opening|closing|beginning|ending)\b",
    re.IGNORECASE,
)
_CARD_PAID = re.compile(r"\bpayment\b.{0,20}\bthank you\b", re.IGNORECASE)  # what a card's bank says, no other
_MARKED_MONEY = ("amount", "debit", "credit", "balance", "fee")
_ACCOUNTS_MAX = 3  # that one file has of its own, whatever its length
_ROWS_LOOKED_AT = 2_000  # to tell whose accounts a column has
_CELLS_MIN = 3  # of a row; what stands below the rows may have as few
_CODES_MAX = 100  # different cells of a column; a column of codes has fewer


@dataclass(frozen=True)
class CsvLine:
    """One row that moved money, or should have: a null stands where a value could not be read."""

    row: Row
    booking_date: date | None
    value_date: date | None
    amount: Decimal | None  # signed
    balance: Decimal | None
    fee: Decimal | None
    status: str
    texts: dict[str, str]  # every other role that has a text


def looks_like(text: str) -> bool:
    """Say whether some line near the top names a date and an amount."""
    return table_of(text) is not None


def read(text: str, lines: Lines, found: Findings, codes: CodeTable, profile: Profile | None = None) -> list[Statement]:
    """Read a CSV file; one statement per account and currency, in the order in which they come.

    Rows are read twice when a profile does not say how amounts and dates are written, and are never kept.
    """
    table = table_of(text, profile)
    if table is None:
        name = profile.name if profile else "known"
        found.error(
            None, "no_header", f"No line names the columns of a date and an amount as the profile {name} has them."
        )
        return []
    groups: dict[tuple[str | None, str | None], _Group] = {}
    for line in csv_lines(table, found):
        own = line.texts.get("account", "").lstrip("'")  # which keeps it a text in a spreadsheet
        key = (own or table.profile.account, _currency(line, table.currency, found))
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group(len(groups) + 1, line.row.line)
        group.take(line)
        account, currency = key
        lines.add(statement=group.number, account=account, currency=currency, **_values(line, codes))
    if not groups and found.has("no_line"):
        found.error(None, "no_statement", "No row of the file could be read as a bank line; it may need a profile.")
    if not groups:
        groups[table.profile.account, table.currency] = _Group(1, max(table.header_line, 1))
    return [
        group.statement(account, currency, table.profile.name, found) for (account, currency), group in groups.items()
    ]


@dataclass
class _Group:
    """The lines of one account and currency, as far as the statement needs them."""

    number: int
    line: int
    first_day: date | None = None
    last_day: date | None = None
    steps: list[Step] = field(default_factory=list)

    def take(self, line: CsvLine) -> None:
        """Keep the dates and, of a booked line, amount and balance."""
        booked = line.booking_date
        if booked is not None:
            self.first_day = min(booked, self.first_day or booked)
            self.last_day = max(booked, self.last_day or booked)
        if line.status == BankStatus.BOOKED:
            self.steps.append(Step(line.row.line, line.amount, line.balance))

    def statement(self, account: str | None, currency: str | None, profile: str, found: Findings) -> Statement:
        """Make the statement, with the balances that its lines lead to."""
        opening, closing = running_balance(self.steps, found)
        return Statement(
            self.number, self.line, account=account, currency=currency, from_date=self.first_day,
            to_date=self.last_day, opening=opening, closing=closing, notes={"profile": profile},
        )  # fmt: skip


def csv_lines(table: Table, found: Findings) -> Iterator[CsvLine]:
    """Read the rows of a table one by one; every row becomes a line or a finding."""
    table = _directed(_of_card(_of_own_account(table, found), found), found)
    profile = table.profile
    mark, order = profile.decimal, profile.date_order
    if mark is None:
        mark = decimal_mark(_cells(table, _MARKED_MONEY))
        if mark is None:
            words = "It cannot be told whether 1,234 is a thousand or one and a fraction; say decimal in a profile."
            found.error(table.header_line or None, "decimal", words)
    if order is None:
        order = date_order(_cells(table, ("booking_date", "value_date")))
        if order is None and table.is_day_first:
            order = "dmy"
            words = "The dates were read with the day first, as in the language of the header."
            found.info(table.header_line, "date_order", words)
        if order is None:
            words = "It cannot be told whether 03/04 is in March or in April; say date_order in a profile."
            found.error(table.header_line or None, "date_order", words)
    usual = _usual_cells(table)
    if any(date_parts(name) for name in table.names):
        found.error(
            table.header_line, "no_header", "A date stands among the names of the columns; a line end was lost."
        )
    fewest = count = 0
    last: Row | None = None
    for row in rows_of(table, found):
        if last is not None:
            fewest = min(fewest or len(last.cells), len(last.cells))
        last, count = row, count + 1
        if table.width and len(row.cells) > table.width and any(row.cells[table.width :]):
            # Empty cells beyond the header are a habit of some banks; anything else has shifted.
            words = f"The row has {len(row.cells)} cells, but the header names {table.width} columns."
            found.error(row.line, "columns", words)
        line = _line(table, row, mark, order, found)
        if len(row.cells) < usual and (line is not None or len(row.cells) == usual - 1):
            found.error(row.line, "columns", f"The row has {len(row.cells)} cells, but all others have {usual}.")
        if line is not None:
            yield line
    _check_end(table, last, fewest, found)


def _directed(table: Table, found: Findings) -> Table:
    """Find the column that says which amounts went out, where none of them has a sign to say so.

    Without it every amount would read as money in. The column of the bank's codes is taken if all of its cells are
    directions; where another column speaks of debits, or a code's cells are mixed, only a profile can tell. Where some
    amounts have a + or CR and no one a -, those without went out.
    """
    if not table.is_by_usual_names or "amount" not in table.places or "direction" in table.places:
        return table
    (amount,) = table.places["amount"]
    words: dict[int, set[str]] = {}
    is_marked = is_plain = False
    for row in rows_of(table, Findings()):
        split = cleaned(row.cells[amount]) if amount < len(row.cells) else None
        if split is None:
            continue
        if split[0] < 0:
            return table
        is_marked |= split[0] > 0
        is_plain |= split[0] == 0 and split[1].strip("0.,") != ""
        for place, cell in enumerate(row.cells[: table.width]):
            seen = words.setdefault(place, set())
            if len(seen) < _CODES_MAX and cell:
                seen.add(cell.lower())
    if is_marked and is_plain:
        problem = "Only some amounts have a sign, + or CR; those without were read as money that went out."
        found.warning(table.header_line, "signed", problem)
        return replace(table, profile=replace(table.profile, positive="marked"))
    if is_marked:
        return table
    speaking = [place for place, seen in words.items() if _speaks_of_debits(seen)]
    if not speaking:
        return table
    code = table.places.get("code", ())
    if tuple(speaking) == code and words[code[0]] <= _DEBIT_WORDS | _CREDIT_WORDS:
        return replace(table, places={**table.places, "direction": code})
    name = shown(table.names[speaking[0]])
    problem = (
        f"No amount has a sign, and the column {name} speaks of debits; say in a profile which column is direction."
    )
    found.error(table.header_line, "direction", problem)
    return table


def _of_card(table: Table, found: Findings) -> Table:
    """Turn the signs of a card's file round where the payments that it thanks for have a minus, for they came in."""
    known = table.places.keys()
    if not table.is_by_usual_names or "amount" not in known or {"direction", "balance"} & known:
        return table
    if not any(_CARD_PAID.search(line) for line in table.lines):
        return table
    (amount,) = table.places["amount"]
    paid: set[int] = set()
    out = count = 0
    for row in rows_of(table, Findings()):
        split = cleaned(row.cells[amount]) if amount < len(row.cells) else None
        if split is None:
            continue
        out, count = out + (split[0] < 0), count + 1
        if _CARD_PAID.search(row.raw):
            paid.add(split[0])
    if paid != {-1} or out * 2 > count:  # most lines of a card are purchases
        return table
    words = "Payments to the card have a minus, so amounts without one were read as money that went out."
    found.warning(table.header_line, "signed", words)
    return replace(table, profile=replace(table.profile, positive="out"))


def _of_own_account(table: Table, found: Findings) -> Table:
    """Give the column of accounts to the other party where it cannot be the own account's.

    That one stands in every row and changes seldom; the other party's is missing where there is none.
    """
    if not table.is_by_usual_names or not {"account", "booking_date"} <= table.places.keys():
        return table
    (place,), (day,) = table.places["account"], table.places["booking_date"]
    accounts, rows = set(), 0
    for row in islice(rows_of(table, Findings()), _ROWS_LOOKED_AT):
        if max(place, day) < len(row.cells) and date_parts(row.cells[day]) is not None:
            accounts.add(row.cells[place])
            rows += 1
            if "" in accounts:
                break
    if "" not in accounts and len(accounts) <= max(_ACCOUNTS_MAX, rows // 2):
        return table
    name = shown(table.names[place])
    found.info(
        table.header_line, "account", f"The column {name} was read as the other party's account, not as the own."
    )
    others = {role: places for role, places in table.places.items() if role != "account"}
    return replace(table, places={"counterparty_account": (place,)} | others)


def _speaks_of_debits(words: set[str]) -> bool:
    """Say whether a column's cells may be directions; a lone letter or dash may stand for anything else."""
    return bool(words & _PLAIN_DEBITS) or (
        words <= _DEBIT_WORDS | _CREDIT_WORDS and bool(words & _DEBIT_WORDS) and bool(words & _CREDIT_WORDS)
    )


def _check_end(table: Table, last: Row | None, fewest: int, found: Findings) -> None:
    """Tell of a last row that breaks off; the format has no trailer, so a cut between rows cannot be seen."""
    if last is None:
        found.warning(table.header_line or None, "no_entries", "The file has no rows below its header.")
    elif not table.is_ended and len(last.cells) < fewest:
        words = "The last row has fewer cells than all others and no line end: the file was cut off."
        found.error(last.line, "cut_off", words)
    elif not table.is_ended:
        found.info(last.line, "no_line_end", "The last row has no line end; see that the file is whole.")


def _usual_cells(table: Table) -> int:
    """Say how many cells each dated row has but one, which then lacks some; 0 where rows may end early."""
    (day, *_) = table.places.get("booking_date") or table.places["value_date"]
    rows = islice(rows_of(table, Findings()), _ROWS_LOOKED_AT)
    counts = [len(row.cells) for row in rows if day < len(row.cells) and date_parts(row.cells[day]) is not None]
    most = max(counts, default=0)
    return most if sum(count < most for count in counts) <= 1 < len(counts) and most > _CELLS_MIN else 0


def _cells(table: Table, roles: Sequence[str]) -> Iterator[str]:
    """Give all cells of some columns that hold something."""
    places = [place for role in roles for place in table.places.get(role, ())]
    for row in rows_of(table, Findings()):
        for place in places:
            if place < len(row.cells) and row.cells[place]:
                yield row.cells[place]


def _texts(table: Table, row: Row) -> dict[str, str]:
    """Give the cells that hold something, by role; a role of several columns has them joined."""
    cells = row.cells
    width = len(cells)
    texts: dict[str, str] = {}
    for role, places in table.places.items():
        if len(places) == 1:
            text = cells[places[0]] if places[0] < width else ""
        else:
            text = " ".join(dict.fromkeys(cells[place] for place in places if place < width and cells[place]))
        if text:
            texts[role] = text
    return texts


def _line(table: Table, row: Row, mark: str | None, order: str | None, found: Findings) -> CsvLine | None:
    """Read one row; null when it moved no money, which a finding says."""
    texts = _texts(table, row)
    profile = table.profile
    dated = texts.get("booking_date") or texts.get("value_date") or ""
    booked = date_of(dated, order)
    status = texts.get("status", "").lower()
    if status and status in {word.lower() for word in profile.skip_words}:
        found.info(row.line, "no_money", f"The row's status is {shown(status)}, so it moved no money.")
        return None
    amount, problem = _amount(texts, profile, mark or ".") if mark else (None, None)
    if booked is None and (amount is None or _NO_LINE.search(row.raw)):
        if not _is_money_row(texts):
            found.warning(row.line, "no_line", f"{shown(row.raw)} has neither date nor amount and is no bank line.")
            return None
        if _NO_LINE.search(row.raw):
            found.warning(row.line, "no_line", f"{shown(row.raw)} has no date; it was taken as a total or balance.")
            return None
    if amount is None and problem is None and mark and _NO_LINE.search(row.raw):
        found.warning(row.line, "no_line", f"{shown(row.raw)} has no amount; it was taken as a balance.")
        return None
    if amount == 0 and "amount" not in table.places and not {"debit", "credit"} <= table.places.keys():
        amount, problem = None, "The row has no amount in the one column of amounts that was found; another is missing."
    if amount is None and mark:
        found.error(row.line, "amount", problem or "The row has a date but no amount.")
    pending = bool(status) and status in {word.lower() for word in profile.pending_words}
    if booked is None and order is not None and (dated or not pending):  # what is pending may have no day yet
        found.error(row.line, "date", f"{shown(dated)} is not a date that can be read.")
    if "amount" not in table.places and profile.positive != "out" and (credit := texts.get("credit", "")) and mark:
        read = amount_of(credit, mark)
        if read is not None and read[0] < 0 and read[1]:
            words = f"The credit {shown(credit)} has a minus; it was read as money taken back."
            found.warning(row.line, "signed", words)
    balance, fee = (amount_of(texts.pop(role, ""), mark or ".") for role in ("balance", "fee"))
    return CsvLine(
        row, booked, date_of(texts.get("value_date", ""), order), amount,
        balance[1] * (balance[0] or 1) if balance else None, fee[1] * (fee[0] or 1) if fee else None,
        "pending" if pending else "booked", texts,
    )  # fmt: skip


def _is_money_row(texts: dict[str, str]) -> bool:
    """Say whether a row that could not be read looks like money all the same."""
    cells = [texts.get(role, "") for role in ("amount", "debit", "credit")]
    return any(re.search("[0-9]", cell) for cell in cells)


def _amount(texts: dict[str, str], profile: Profile, mark: str) -> tuple[Decimal | None, str | None]:
    """Read a row's amount, signed as the account sees it, or say what is wrong with it."""
    if "amount" in texts:
        read = amount_of(texts["amount"], mark)
        if read is None:
            return None, f"{shown(texts['amount'])} is not an amount."
        sign, size = read
        word = texts.get("direction", "").strip().lower()
        if word:
            wanted = _direction(word, profile)
            if wanted == 0:
                return None, f"{shown(word)} does not say whether money came or went."
            if sign and sign != wanted and size and sign > 0:
                return (
                    None,
                    f"The amount {shown(texts['amount'])} and the direction {shown(word)} contradict each other.",
                )
            if sign < 0 < wanted and size:
                return (
                    None,
                    f"The amount {shown(texts['amount'])} and the direction {shown(word)} contradict each other.",
                )
            return wanted * size, None
        usual = -1 if profile.positive == "marked" else 1
        return (sign or usual) * size * (-1 if profile.positive == "out" else 1), None
    total, seen = Decimal(0), 0
    for role, direction in (("debit", -1), ("credit", 1)):
        if role in texts:
            read = amount_of(texts[role], mark)
            if read is None:
                if texts[role].strip("-–— ") == "":
                    continue
                return None, f"{shown(texts[role])} is not an amount."
            sign, size = read
            if size:
                seen += 1
            # A debit column may be written with a minus already; a minus in a credit column takes the credit back,
            # unless the file shows all money that comes in as negative.
            total += direction * size if direction < 0 or profile.positive == "out" else (sign or 1) * size
    if seen > 1:
        return None, "The row has both a debit and a credit."
    if not seen and not {"debit", "credit"} & texts.keys():
        return None, None
    return total, None


def _direction(word: str, profile: Profile) -> int:
    """Say what a direction word means; a profile's own words go first."""
    if word in {text.lower() for text in profile.credit_words}:
        return 1
    if word in {text.lower() for text in profile.debit_words}:
        return -1
    return 1 if word in _CREDIT_WORDS else -1 if word in _DEBIT_WORDS else 0


def _currency(line: CsvLine, usual: str | None, found: Findings) -> str | None:
    text = line.texts.get("currency", "").upper()
    if not text:
        return usual
    if CURRENCY.fullmatch(text):
        return text
    symbol = {"$": "USD", "€": "EUR", "£": "GBP"}.get(text)
    if symbol is None:
        found.warning(line.row.line, "currency", f"{shown(text)} is not a currency code.")
    return symbol


def _values(line: CsvLine, codes: CodeTable) -> dict[str, object]:
    """Give the columns of a bank line."""
    texts = line.texts
    code = texts.get("code")
    return {
        "line_number": line.row.line, "line_end": line.row.end, "amount": line.amount,
        "booking_date": line.booking_date, "value_date": line.value_date,
        "status": BankStatus(line.status).value, "bank_code": code, "code_system": "csv",
        "event": codes.event("csv", code), "bank_reference": texts.get("bank_reference"),
        "customer_reference": texts.get("customer_reference"), "check_number": texts.get("check_number"),
        "counterparty_name": texts.get("counterparty_name"),
        "counterparty_account": texts.get("counterparty_account"),
        "description": tidy(texts.get("description", "")) or "", "raw": line.row.raw,
    }  # fmt: skip
