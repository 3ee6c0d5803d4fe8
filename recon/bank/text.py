"""From bytes to text and physical lines, and from the text of fields to amounts and dates."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from recon.bank.bank_file import Findings

_MARKS = (  # the longer first: the mark of UTF-32 begins with that of UTF-16
    (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"), (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
_LINE_END = re.compile(r"\r\n?|\n")
_SPACES = re.compile(r"\s+")
_HEAD = 20_000  # bytes
_STRETCH = 1 << 20  # characters
AMOUNT_DIGITS_MAX = 14  # before the decimal mark, what DECIMAL(18,4) holds
# Currencies whose minor unit is not a hundredth (ISO 4217).
_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_DECIMALS = dict.fromkeys(_WHOLE.split(), 0) | dict.fromkeys(_THOUSANDTHS.split(), 3)
CURRENCY = re.compile(r"[A-Z]{3}")


def decoded(data: bytes, found: Findings, declared: str | None = None) -> str:
    """Decode a file: by its byte-order mark, as UTF-8 if it is valid, as declared, else as Windows-1252.

    UTF-8 goes before what a file declares, because declarations lie and other encodings are hardly ever valid UTF-8 by
    chance. NUL bytes are told of: they come from damaged disks and interrupted transfers.
    """
    text = _decoded(data, found, declared)
    at = text.find("\0")
    if at >= 0:
        line = 1 + len(_LINE_END.findall(text, 0, at))
        found.error(line, "nul", "The file holds NUL bytes, so it is damaged or was not transferred whole.")
    return text


def head_of(data: bytes) -> str:
    """Decode the beginning of a file, well enough to tell what it is."""
    return _decoded(data[:_HEAD], Findings(), "latin-1")


def _decoded(data: bytes, found: Findings, declared: str | None) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            text = data.decode(name, "replace")
            if "\ufffd" in text:
                found.error(None, "encoding", f"The file begins as {name.upper()} but is not valid {name.upper()}.")
            return text
    for name in ("utf-16-le", "utf-16-be"):
        if len(data) > 3 and data[:64].count(0) * 3 > len(data[:64]) and _is_ascii_in(data[:64], name):
            found.info(None, "encoding", f"The file has no byte-order mark and was read as {name.upper()}.")
            return data.decode(name, "replace")
    for candidate in ("utf-8", declared):
        try:
            if candidate is not None:
                return data.decode(candidate)
        except (UnicodeDecodeError, LookupError):
            continue
    found.info(None, "encoding", "The file is not valid UTF-8 and was read as Windows-1252.")
    return data.decode("cp1252", "latin_1_where_undefined")


def _is_ascii_in(data: bytes, name: str) -> bool:
    return data[: len(data) // 2 * 2].decode(name, "replace").isascii()


def _latin_1_where_undefined(error: UnicodeError) -> tuple[str, int]:
    """Read the five bytes that Windows-1252 leaves undefined as control characters, which shows them as they are."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("latin-1"), error.end


def _register() -> None:
    import codecs

    codecs.register_error("latin_1_where_undefined", _latin_1_where_undefined)


_register()


def physical_lines(text: str) -> Iterator[str]:
    """Split at CR LF, LF and CR; a Ctrl-Z at the end, the end-of-file mark of old, is dropped.

    Lines are cut out a stretch at a time, because a list of all of them would take more memory than the file.
    """
    at, end = 0, len(text)
    if text[-100:].rstrip().endswith("\x1a"):
        end = len(text.rstrip().rstrip("\x1a"))
    while at < end:
        upto = text.find("\n", at + _STRETCH, end) + 1 or end
        stretch = text[at:upto]
        if "\r" in stretch:
            stretch = _LINE_END.sub("\n", stretch)
        yield from stretch.removesuffix("\n").split("\n")
        at = upto


def tidy(text: str) -> str | None:
    """Put text in one line, runs of blanks as one; null when nothing is left."""
    return " ".join(text.split()) or None


def shown(text: str) -> str:
    """Quote a value of the file in a message, cut when it is long."""
    return repr(text if len(text) <= 40 else text[:40] + "...")


@lru_cache(maxsize=4096)
def day(year: int, month: int, day_: int) -> date | None:
    """Give a date of the years 1900 to 2199, or null when there is no such day."""
    try:
        return date(year, month, day_) if 1900 <= year <= 2199 else None
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def yymmdd(text: str) -> date | None:
    """Read `240331`; years 70 to 99 are of the last century."""
    if len(text) != 6 or not (text.isascii() and text.isdigit()):
        return None
    year = int(text[:2])
    return day(year + (1900 if year >= 70 else 2000), int(text[2:4]), int(text[4:]))


@lru_cache(maxsize=4096)
def yyyymmdd(text: str) -> date | None:
    """Read `20240331`."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    return day(int(text[:4]), int(text[4:6]), int(text[6:]))


@lru_cache(maxsize=4096)
def iso_day(text: str) -> date | None:
    """Read the day of `2024-03-31`, with or without a time or zone after it; the local day, never moved to UTC."""
    match = re.match(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])", text)
    return None if match is None else day(*(int(part) for part in match.groups()))


def decimals_of(currency: str | None) -> int:
    """Say how many decimals a currency has (ISO 4217); two when it is not known."""
    return _DECIMALS.get(currency or "", 2)


def from_minor(digits: str, decimals: int) -> Decimal | None:
    """Read an unsigned whole number of minor units, such as cents; null when it is none or too large."""
    if not (digits.isascii() and digits.isdigit()):
        return None
    digits = digits.lstrip("0")
    if len(digits) > AMOUNT_DIGITS_MAX + decimals:
        return None
    return Decimal(digits or "0").scaleb(-decimals)


_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+")


@lru_cache(maxsize=4096)
def plain_amount(text: str) -> Decimal | None:
    """Read digits with at most one decimal point and no sign; null when it is not that, or more than four decimals.

    Zeros beyond the fourth decimal are not counted: nothing is rounded.
    """
    if _PLAIN.fullmatch(text) is None:
        return None
    whole, _, fraction = text.partition(".")
    whole, fraction = whole.lstrip("0"), fraction.rstrip("0") if len(fraction) > 4 else fraction
    if len(whole) > AMOUNT_DIGITS_MAX or len(fraction) > 4:
        return None
    return Decimal(f"{whole or '0'}.{fraction or '0'}")
