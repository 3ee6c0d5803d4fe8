"""What every printed page of the house shares: paper, colours, cells that wrap, and `Page x of y`."""

from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Frame, Paragraph

from recon.rendering.print_text import REGULAR, marked, printable, runs, width

INK, GREY, RULE = colors.HexColor("#1f2933"), colors.HexColor("#52606d"), colors.HexColor("#243b53")
HAIR, PALE = colors.HexColor("#cbd2d9"), colors.HexColor("#f0f4f8")
MARGIN = 0.7 * inch
WIDTH = letter[0] - 2 * MARGIN
SIZE = 8.0
PADDING = 4
CELL = ParagraphStyle("cell", fontName=REGULAR, fontSize=SIZE, leading=10, textColor=INK, splitLongWords=1)
NOTE = ParagraphStyle("note", parent=CELL, fontSize=7.5, textColor=GREY)


def frame(top: float) -> Frame:
    """Give the part of a letter page below its head."""
    height = letter[1] - top - MARGIN
    return Frame(MARGIN, MARGIN, WIDTH, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)


class NumberedCanvas(Canvas):  # type: ignore[misc]  # reportlab has no type hints
    """Holds pages back until their number is known, to write `Page x of y`."""

    footer = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._held: list[dict[str, Any]] = []

    def showPage(self) -> None:
        """Hold a finished page back."""
        self._held.append(dict(self.__dict__))
        self._startPage()

    def drawString(self, x: float, y: float, text: str, *args: Any, **kwargs: Any) -> None:
        """Draw a printable text, each stretch in the typeface that has it."""
        font, size = self._fontname, self._fontsize
        for face, part in runs(text, font):
            if face != font:
                self.setFont(face, size)
            super().drawString(x, y, part, *args, **kwargs)
            x += width(part, face, size)
            if face != font:
                self.setFont(font, size)

    def drawRightString(self, x: float, y: float, text: str, *args: Any, **kwargs: Any) -> None:
        """Draw a printable text that ends at x."""
        self.drawString(x - width(text, self._fontname, self._fontsize), y, text, *args, **kwargs)

    def save(self) -> None:
        """Write all pages, each with its number and theirs."""
        for number, state in enumerate(self._held, start=1):
            self.__dict__.update(state)
            self.setFont(REGULAR, 7)
            self.setFillColor(GREY)
            self.drawString(MARGIN, 0.42 * inch, fitted(self.footer, REGULAR, 7, WIDTH - inch))
            self.drawRightString(MARGIN + WIDTH, 0.42 * inch, f"Page {number} of {len(self._held)}")
            super().showPage()
        super().save()


def fitted(text: str, font: str, size: float, room: float) -> str:
    """Give a text as it can be printed, cut to a width; the three dots show that it was cut."""
    shown = printable(text, font)
    if width(shown, font, size) <= room:
        return shown
    while shown and width(shown + "…", font, size) > room:
        shown = shown[:-1]
    return shown + "…"


def cell(text: str, room: float) -> Any:
    """Give a plain string where it fits: a paragraph, which wraps, costs twenty times as much to lay out."""
    shown = printable(text)
    return shown if width(shown, REGULAR, SIZE) <= room else Paragraph(marked(text), CELL)
