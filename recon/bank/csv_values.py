"""What the cells of a CSV file mean: which mark is the decimal one and which part of a date is the day.

Both are found from the whole file and never from one row, since one row may read either way. Where no row decides, the
file is refused until a profile says.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache

from recon.bank.text import day, plain_amount

# Signs of money and blanks stand beside the digits; between them only what parts thousands, for else a digit is lost.
_SYMBOLS = re.compile(
    r"(?<![0-9.,])[$€£¥₹ \t\u00a0\u202f'’`]|[$€£¥₹ \t\u00a0\u202f'’`](?![0-9.,])"
    r"|(?<=[0-9])[ \u00a0\u202f'’`](?=[0-9]{3}(?![0-9]))"
    r"|(?<![A-Za-z])(?:USD|EUR|GBP|CAD|AUD|CHF|PLN|SEK|NOK|DKK|SGD|HKD|NZD|INR|ZAR|JPY|CZK|HUF)(?![A-Za-z])"
)
_DIGITS = re.compile(r"[0-9.,]*[0-9][0-9.,]*")
_NUMERIC = re.compile(r"([0-9]{1,4})([-/. ])([0-9]{1,2})\2([0-9]{4}|[0-9]{1,2})(?![0-9])(?:[T ,].*)?")
_WITH_NAME = re.compile(r"([0-9]{1,2})[-. /]*([A-Za-z]{3,9})\.?,?[-. /]*([0-9]{4}|[0-9]{2})(?![0-9])(?:[T ,].*)?")
_NAME_FIRST = re.compile(r"(?:[A-Za-z]{3,9},? +)?([A-Za-z]{3,9})\.? +([0-9]{1,2}),? +([0-9]{4})(?:[T ,].*)?")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar|mär", "apr", "may|mai", "jun", "jul", "aug", "sep", "oct|okt", "nov", "dec|dez"), 1
    )
    for name in names.split("|")
}


@lru_cache(maxsize=8192)
def cleaned(text: str) -> tuple[int, str] | None:
    """Split an amount into its sign and its digits with marks.

    `(12.50)`, `12.50-`, `-$12.50`, `$ -12.50` and `12.50 DR` are negative; `+ $73.01` and `12.50 CR` are positive.

    Returns:
        sign (-1, 1, or 0 when none is written) and digits; null when it is not an amount.
    """
    plain = text.removeprefix("-")
    if _DIGITS.fullmatch(plain):  # as most are
        return (0 if plain == text else -1), plain
    rest = _SYMBOLS.sub("", text.replace("\u2212", "-"))
    signs = []
    rest = rest.removesuffix(".") if rest[-3:].upper() in {"CR.", "DR."} else rest
    if rest[-2:].upper() in {"CR", "DR"}:
        signs.append(1 if rest[-2:].upper() == "CR" else -1)
        rest = rest[:-2]
    if rest.startswith("(") and rest.endswith(")"):
        signs.append(-1)
        rest = rest[1:-1]
    for end, mark in ((0, rest[:1]), (-1, rest[-1:])):
        if mark in {"+", "-"} and len(rest) > 1:
            signs.append(1 if mark == "+" else -1)
            rest = rest[1:] if end == 0 else rest[:-1]
    if len(signs) > 1 or _DIGITS.fullmatch(rest) is None:
        return None
    return (signs[0] if signs else 0), rest


def decimal_mark(texts: Iterable[str]) -> str | None:
    """Tell the decimal mark of a file from all its amounts; null when one can be read both ways and none decides.

    `1.234,56` decides, and so does `12,5`; `1,234` does not.
    """
    votes = {".": 0, ",": 0}
    in_doubt = False
    for text in texts:
        split = cleaned(text)
        if split is None:
            continue
        digits = split[1]
        points, commas = digits.count("."), digits.count(",")
        if points and commas:
            votes["." if digits.rfind(".") > digits.rfind(",") else ","] += 1
        elif points > 1 or commas > 1:
            votes["," if points else "."] += 1
        elif points or commas:
            mark = "." if points else ","
            whole, _, fraction = digits.partition(mark)
            if len(fraction) != 3 or len(whole) > 3 or whole in {"", "0"}:
                votes[mark] += 1
            else:
                in_doubt = True
    if votes["."] == votes[","]:
        return None if in_doubt or votes["."] else "."
    return max(votes, key=lambda mark: votes[mark])


_SIMPLE = re.compile(r"(-?)([0-9]{1,12}\.[0-9]{2})")


def amount_of(text: str, mark: str) -> tuple[int, Decimal] | None:
    """Read an amount: its sign (0 when none is written) and its size; null when it cannot be read with this mark."""
    simple = _SIMPLE.fullmatch(text) if mark == "." else None
    if simple is not None:  # nearly all are, and no two the same
        return (-1 if simple[1] else 0), Decimal(simple[2])
    return _amount_of(text, mark)


@lru_cache(maxsize=8192)
def _amount_of(text: str, mark: str) -> tuple[int, Decimal] | None:
    split = cleaned(text)
    if split is None:
        return None
    sign, digits = split
    whole, _, fraction = digits.partition(mark)
    group = "," if mark == "." else "."
    if group in fraction or mark in fraction:
        return None
    if group in whole:
        first, *others = whole.split(group)
        good = 1 <= len(first) <= 3 and all(len(part) in {2, 3} for part in others) and len(others[-1]) == 3
        if not good:
            return None
        whole = "".join([first, *others])
    size = plain_amount(f"{whole or '0'}.{fraction}" if fraction else whole or "0")
    return None if size is None else (sign, size)


@lru_cache(maxsize=8192)
def date_parts(text: str) -> tuple[str, int, int, int] | None:
    """Split a date into its form and parts; the form is its order if that is plain, else `?` (day or month first)."""
    match = _NUMERIC.fullmatch(text)
    if match:
        first, mark, second, third = match[1], match[2], int(match[3]), match[4]
        if len(first) == 4:
            return "ymd", int(first), second, int(third)
        if len(first) > 2 or len(third) == 1:
            return None
        year = int(third) if len(third) == 4 else _full(int(third))
        return ("dmy" if mark == "." else "?"), year, int(first), second
    if re.fullmatch(r"(?:19|20)[0-9]{6}(?:[T ].*)?|(?:19|20)[0-9]{12}", text):
        return "ymd", int(text[:4]), int(text[4:6]), int(text[6:8])
    for pattern, places in ((_WITH_NAME, (1, 2, 3)), (_NAME_FIRST, (2, 1, 3))):
        match = pattern.fullmatch(text)
        month = _MONTHS.get(match[places[1]][:3].lower()) if match else None
        if match and month:
            written = match[places[2]]
            return "ymd", int(written) if len(written) == 4 else _full(int(written)), month, int(match[places[0]])
    return None


def _full(year: int) -> int:
    return year + (1900 if year >= 70 else 2000)


def date_order(texts: Iterable[str]) -> str | None:
    """Tell whether days or months come first: `mdy` or `dmy`; null when dates are in doubt and none decides."""
    votes = {"mdy": 0, "dmy": 0}
    in_doubt = False
    for text in texts:
        parts = date_parts(text)
        if parts is None:
            continue
        form, _, first, second = parts
        if form == "dmy":
            votes["dmy"] += 1
        elif form == "?":
            if first > 12 >= second:
                votes["dmy"] += 1
            elif second > 12 >= first:
                votes["mdy"] += 1
            elif first != second:
                in_doubt = True
    if votes["mdy"] == votes["dmy"]:
        return None if in_doubt or votes["mdy"] else "ymd"
    return max(votes, key=lambda order: votes[order])


@lru_cache(maxsize=8192)
def date_of(text: str, order: str | None) -> date | None:
    """Read a date; one whose day and month are in doubt only with an order."""
    parts = date_parts(text)
    if parts is None:
        return None
    form, year, first, second = parts
    if form == "ymd":
        return day(year, first, second)
    if form == "?" and order not in {"mdy", "dmy"} and first != second:
        return None
    return day(year, second, first) if "dmy" in {form, order} else day(year, first, second)
