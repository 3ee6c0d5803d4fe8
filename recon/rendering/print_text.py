"""Text for print: a typeface that is in the file, and nothing of a name lost in silence."""

import re
import unicodedata
from functools import cache
from itertools import groupby
from pathlib import Path

import matplotlib as mpl
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from recon.rendering.html import visible

# A number, or a character with the accents and vowel signs that sit on it.
_NUMBER_OR_LETTER = re.compile(
    r"[0-9][0-9.,/-]*|\\[xuU][0-9a-f]+|.[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f]*"
)

REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"


@cache
def _glyphs(font: str) -> frozenset[int]:
    """Register a typeface that matplotlib brings along, and give the characters that it can draw."""
    face = TTFont(font, str(Path(mpl.get_data_path()) / "fonts" / "ttf" / f"{font}.ttf"))
    pdfmetrics.registerFont(face)
    return frozenset(face.face.charToGlyph)


def use_fonts() -> None:
    """Make both typefaces known to reportlab."""
    _glyphs(REGULAR)
    _glyphs(BOLD)


def printable(text: str, font: str = REGULAR) -> str:
    r"""Give the text as it can be printed.

    DejaVu covers Latin, Greek, Cyrillic, Hebrew, Arabic and more, but no Chinese, Japanese, Korean or Indic script and
    few emoji. A character it cannot draw is printed as its code (`\u674e`), never as a blank or an empty box: the
    reader sees that something is there, and which character it is. Right-to-left words are put in the order in which
    they are read; Arabic letters are printed unjoined.
    """
    glyphs = _glyphs(font)
    shown = visible(unicodedata.normalize("NFC", text))
    drawn = "".join(c if ord(c) in glyphs else c.encode("unicode_escape").decode("ascii") for c in shown)
    return _in_reading_order(drawn)


def has_codes(text: str) -> bool:
    """Say whether a printable text has characters that are printed as their codes."""
    return re.search(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})", text) is not None


def _is_right_to_left(char: str) -> bool:
    return unicodedata.bidirectional(char) in {"R", "AL"}


def _in_reading_order(text: str) -> str:
    """Turn each stretch of right-to-left words around; digits and Latin words keep their order.

    This is enough for names and memos on one line. The full algorithm of Unicode is a library's job.
    """
    if not any(map(_is_right_to_left, text)):
        return text
    words = re.split(r"(\s+)", text)
    kinds = [(any(map(_is_right_to_left, word)), word) for word in words]
    ordered: list[str] = []
    for is_turned, group in groupby(_with_spaces(kinds), key=lambda pair: pair[0]):
        members = [word for _, word in group]
        ordered += [_turned(word) for word in reversed(members)] if is_turned else members
    return "".join(ordered)


def _with_spaces(words: list[tuple[bool, str]]) -> list[tuple[bool, str]]:
    """Count white space between two right-to-left words as right-to-left."""
    return [
        (0 < place < len(words) - 1 and words[place - 1][0] and words[place + 1][0], word) if word.isspace() else pair
        for place, pair in enumerate(words)
        for word in [pair[1]]
    ]


def _turned(word: str) -> str:
    """Turn a word around, keeping accents behind their letters and digits in their order."""
    return "".join(reversed(_NUMBER_OR_LETTER.findall(word)))
