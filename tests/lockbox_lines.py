"""Seeded lockbox lines for the tests: well formed ones in every form that SPEC 3 allows, and mutations of them."""

import random
from collections.abc import Iterator

LINE_ENDS = (b"\r\n", b"\n", b"\r")
ENCODINGS = ("utf-8", "cp1252")

_GOOD_DATES = ("2026-06-10", "06/10/2026", "2024-02-29", "02/29/2024", "1900-01-01", "2199-12-31")
_BAD_DATES = (
    *("2026-02-30", "30/06/2026", "2026-6-1", "1899-12-31", "2200-01-01", "02/30/2026", "2026/06/10", ""),
    "\uff12026-06-10",
)
_GOOD_AMOUNTS = ("690.00", "1140.00", "0.01", "999999999999.99", "000000000950.00")
_BAD_AMOUNTS = (
    *("0.00", "1000000000000.00", "$5.00", "1,140.00", "-5.00", "5", "5.0", "5.000", ".50", "", "5.0O", "/.00", ":.00"),
    "\u0665.00",
)
_IDS = (
    *("Cedar327", "00327", "NA", "None", "", " Mail 212 ", "\u00c912", "e\u030112", "Stra\u00dfe", "a,b", "=1+1"),
    *('He said "x"', "\u00a0U\u3000"),
)
_GOOD_MEMOS = ("Reference #68217", "")
_ODD_MEMOS = (
    *("Rent, June", '2" pipe', '"', '""', "m" * 40, "m" * 41, "\u00e9" * 40, "\u00e9" * 41, "x" * 300, "\ttab"),
    *("emoji \U0001f3e0", "line\u2028separator", "nul\0", "bell\a", "del\x7f", "c1\x85", "bom\ufeff"),
    *("a" + " " * 70 + "b", " " * 70 + "c"),
)
_SPACES = ("", "", "", "", " ", "  ", "\t", " " * 70, "\u00a0")
_MUTATIONS = b'"",,  \t\r\n\x00\x1a\x7f\x80\x81\x93\xa0\xc2\x85\xc3\xe9\xef\xbb\xbf0.-/19Aa'


def lines(random_source: random.Random) -> Iterator[bytes]:
    """Give physical lines without their ends, for ever: a third well formed, a third odd, a third mutated."""
    while True:
        kind = random_source.randrange(3)
        line = _line(random_source, odd=kind > 0)
        if kind == 2:
            for _ in range(random_source.randrange(1, 4)):
                line = _mutated(random_source, line)
        yield line.replace(b"\r", b"").replace(b"\n", b"")


def file_of(random_source: random.Random, physical_lines: list[bytes]) -> bytes:
    """Put lines into a file with line ends of every kind, the last one perhaps without."""
    ends = random_source.choice([LINE_ENDS, LINE_ENDS[:1], LINE_ENDS[1:2], LINE_ENDS[2:]])
    parts = [part for line in physical_lines for part in (line, random_source.choice(ends))]
    return b"".join(parts[:-1] if random_source.random() < 0.3 else parts)


def _line(random_source: random.Random, *, odd: bool) -> bytes:
    """Compose a line of well formed fields, or of fields that may each be odd."""
    pick = random_source.choice
    dates = _GOOD_DATES + _BAD_DATES * odd
    amounts = _GOOD_AMOUNTS + _BAD_AMOUNTS * odd
    memos = _GOOD_MEMOS + _ODD_MEMOS * odd
    fields = [pick(dates), pick(_IDS), pick(amounts), pick(memos), pick(_IDS), *pick(([], [], [""], ["x"], ["", ""]))]
    count = pick((4, 5, 5, 5, len(fields), 3) if odd else (4, 5))
    quoting = pick(("all", "all", "none", "some"))
    text = ",".join(_field(random_source, field, quoting, odd=odd) for field in fields[:count]) + pick(("", ","))
    return text.encode(pick(ENCODINGS), errors="ignore")


def _field(random_source: random.Random, value: str, quoting: str, *, odd: bool) -> str:
    """Write one field, quoted or not, with spaces around it at times."""
    pad = random_source.choice if odd else (lambda choices: choices[0])
    value = pad(_SPACES) + value + pad(_SPACES)
    if quoting == "all" or (quoting == "some" and random_source.random() < 0.5):
        value = '"' + value.replace('"', '""') + '"'
    return pad(_SPACES) + value + pad(_SPACES)


def _mutated(random_source: random.Random, line: bytes) -> bytes:
    """Change, insert, delete or double a byte or a run of bytes."""
    place = random_source.randrange(len(line) + 1)
    length = random_source.randrange(1, 4)
    change = random_source.randrange(4)
    if change == 0:
        return line[:place] + bytes([random_source.choice(_MUTATIONS)]) + line[place:]
    if change == 1:
        return line[:place] + line[place + length :]
    if change == 2:
        return line[:place] + bytes([random_source.choice(_MUTATIONS)]) + line[place + 1 :]
    return line[:place] + line[place : place + length] * 2 + line[place + length :]
