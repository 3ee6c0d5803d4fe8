"""Text for print: a typeface that is in the file, and nothing of a name lost in silence."""

import os
import re
import unicodedata
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from arabic_reshaper import reshape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from recon.errors import WrongUse
from recon.rendering.html import visible

# A number, or a character with the accents and vowel signs that sit on it.
_NUMBER_OR_LETTER = re.compile(
    r"[0-9][0-9.,/-]*|\\[xuU][0-9a-f]+|.[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f]*"
)

REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
_CHINESE, _KOREAN = "NotoSansSC-Regular", "NanumGothic"
# The package whose files each typeface is one of; the first that has a character draws it.
_FACES = {REGULAR: "matplotlib", BOLD: "matplotlib", _CHINESE: "zhplot", _KOREAN: "koreanize_matplotlib"}
FONTS = "RECON_PRINT_FONTS"  # the variable that names TrueType files for what these lack, parted as in PATH


@cache
def _others() -> tuple[str, ...]:
    """The typefaces that are asked for what the ordinary one lacks, in their order; of the user's the paths."""
    return (_CHINESE, _KOREAN, *filter(None, os.environ.get(FONTS, "").split(os.pathsep)))


@cache
def _glyphs(font: str) -> frozenset[int]:
    """Register a typeface, and give the characters that it can draw. A large one is read when first asked for.

    Raises:
        WrongUse: a file that the user named is no TrueType font.
    """
    path = Path(font)
    if font in _FACES:
        package = find_spec(_FACES[font])
        folders = package.submodule_search_locations if package else None
        if not folders:
            return frozenset()
        (path,) = Path(folders[0]).rglob(f"{font}.ttf")
    try:
        face = TTFont(font, str(path))
    except (TTFError, OSError) as error:
        raise WrongUse(f"{FONTS} names {font}, which is no TrueType font (.ttf); name another file.") from error
    pdfmetrics.registerFont(face)
    return frozenset(face.face.charToGlyph)


def use_fonts() -> None:
    """Make the typefaces of ordinary text known to reportlab."""
    _glyphs(REGULAR)
    _glyphs(BOLD)


def printable(text: str, font: str = REGULAR) -> str:
    r"""Give the text as it can be printed.

    DejaVu covers Latin, Greek, Cyrillic, Hebrew, Arabic and more; what it lacks of Chinese, Japanese and Korean others
    draw, see `runs`, and for the rest the user may name files (RECON_PRINT_FONTS). A character that none can draw is
    printed as its code (`\u0e01`), never as a blank or an empty box: the reader sees that something is there, and which
    character it is.
    Arabic letters are joined, and right-to-left words put in the order in which they are read.
    """
    shown = visible(unicodedata.normalize("NFC", text))
    if any(map(_is_right_to_left, shown)):
        shown = _in_reading_order(reshape(shown))
    drawn = (c if _face_of(c, font) else c.encode("unicode_escape").decode("ascii") for c in shown)
    return shown if _glyphs(font).issuperset(map(ord, shown)) else "".join(drawn)


def _face_of(char: str, font: str) -> str | None:
    return next((face for face in (font, *_others()) if ord(char) in _glyphs(face)), None)


def runs(text: str, font: str) -> list[tuple[str, str]]:
    """Split a printable text into stretches, each with the typeface that draws it."""
    if _glyphs(font).issuperset(map(ord, text)):
        return [(font, text)]
    faces = ((_face_of(char, font) or font, char) for char in text)
    return [(face, "".join(char for _, char in group)) for face, group in groupby(faces, key=lambda pair: pair[0])]


def marked(text: str, font: str = REGULAR) -> str:
    """Give a text for a paragraph of that typeface: printable, escaped, each stretch with its own."""
    return "".join(
        escape(part) if face == font else f"<font name={quoteattr(face)}>{escape(part)}</font>"
        for face, part in runs(printable(text, font), font)
    )


def width(text: str, font: str, size: float) -> float:
    """Measure a printable text in points."""
    points: float = sum(stringWidth(part, face, size) for face, part in runs(text, font))
    return points


def has_codes(text: str) -> bool:
    """Say whether a printable text has characters that are printed as their codes."""
    return re.search(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})", text) is not None


def _is_right_to_left(char: str) -> bool:
    return unicodedata.bidirectional(char) in {"R", "AL"}


def _in_reading_order(text: str) -> str:
    """Turn each stretch of right-to-left words around; digits and Latin words keep their order.

    This is enough for names and memos on one line. The full algorithm of Unicode is a library's job.
    """
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
