"""The printed statement: the same data gives the same bytes."""

import io
from typing import Any

from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, LongTable, PageTemplate, Paragraph, Spacer

from recon.rendering import statement_layout as layout
from recon.rendering.print_page import (
    CELL,
    GREY,
    HAIR,
    INK,
    MARGIN,
    NOTE,
    PADDING,
    PALE,
    RULE,
    SIZE,
    WIDTH,
    NumberedCanvas,
    cell,
    fitted,
    frame,
)
from recon.rendering.print_text import BOLD, REGULAR, has_codes, marked, printable, use_fonts
from recon.rendering.statement_layout import Block
from recon.statements import Statement

_HEAD = ParagraphStyle("head", parent=CELL, fontName=BOLD, fontSize=9.5, leading=12)
_LEDGER = ParagraphStyle("ledger", parent=_HEAD, fontSize=11.5, leading=14)
_DATE, _AMOUNT = 0.82 * inch, 1.0 * inch


def statement_pdf(statement: Statement) -> bytes:
    """Print a statement on letter paper, page x of y, with its typefaces in the file.

    A character that no typeface here has is printed as its code, see `print_text.printable`.
    """
    use_fonts()
    target = io.BytesIO()
    document = BaseDocTemplate(
        target,
        pagesize=letter,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        title=f"{layout.title(statement)}, {layout.days(statement)}",
        author=statement.firm,
        subject=statement.name,
        lang="en-US",
        invariant=1,  # no dates and no random id in the file
    )
    document.addPageTemplates(
        [
            PageTemplate(
                "first",
                [frame(2.05 * inch)],
                onPage=lambda canvas, _: _first_head(canvas, statement),
                autoNextPageTemplate="later",
            ),
            PageTemplate("later", [frame(1.0 * inch)], onPage=lambda canvas, _: _later_head(canvas, statement)),
        ]
    )

    class Numbered(NumberedCanvas):
        footer = f"{statement.firm} · books as of entry {max(section.as_of for section in statement.sections)}"

    document.build(_story(statement), canvasmaker=Numbered)
    return target.getvalue()


def _first_head(canvas: Canvas, statement: Statement) -> None:
    y, right = letter[1] - 0.75 * inch, MARGIN + WIDTH
    canvas.setFillColor(GREY)
    canvas.setFont(BOLD, 8)
    canvas.drawString(MARGIN, y, fitted(statement.firm, BOLD, 8, WIDTH * 0.6))
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 19)
    canvas.drawString(MARGIN, y - 24, layout.title(statement))
    canvas.setFont(REGULAR, 9)
    canvas.drawRightString(right, y - 24, layout.days(statement))
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(1.5)
    canvas.line(MARGIN, y - 34, right, y - 34)
    facts = (
        (0.0, 0.62, "For", statement.name, " · ".join(filter(None, (statement.holder_id, statement.home)))),
        (0.66, 0.34, layout.balance_word(statement), layout.balance(statement), f"on {statement.period.last}"),
    )
    for left, width, label, value, below in facts:
        x, room = MARGIN + left * WIDTH, width * WIDTH
        canvas.setFillColor(GREY)
        canvas.setFont(REGULAR, 7.5)
        canvas.drawString(x, y - 50, label)
        canvas.drawString(x, y - 79, fitted(below, REGULAR, 7.5, room))
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 13)
        canvas.drawString(x, y - 67, fitted(value, BOLD, 13, room))


def _later_head(canvas: Canvas, statement: Statement) -> None:
    y = letter[1] - 0.75 * inch
    said = f"{layout.title(statement)} · {layout.days(statement)} · {statement.name}"
    canvas.setFillColor(INK)
    canvas.setFont(REGULAR, 8)
    canvas.drawString(MARGIN, y, fitted(said, REGULAR, 8, WIDTH - inch))
    canvas.setFillColor(GREY)
    canvas.drawRightString(MARGIN + WIDTH, y, "continued")
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(1)
    canvas.line(MARGIN, y - 6, MARGIN + WIDTH, y - 6)


def _story(statement: Statement) -> list[Flowable]:
    story: list[Flowable] = []
    codes = False
    for section in statement.sections:
        if len(statement.sections) > 1:
            story += [Spacer(1, 6), Paragraph(marked(f"Ledger {section.party_id}", BOLD), _LEDGER)]
        for block in layout.blocks(statement, section):
            heading, table, has_code = _block(block)
            story += [CondPageBreak(1.1 * inch), heading, table, Spacer(1, 10)]
            codes = codes or has_code
    if statement.note:
        story += [Paragraph("Note", _HEAD), Paragraph(marked(statement.note), CELL), Spacer(1, 10)]
    if codes:
        story.append(Paragraph("Characters such as \\u0e01 stand for letters that this print cannot draw.", NOTE))
    return story


def _block(block: Block) -> tuple[Paragraph, LongTable, bool]:
    widths = _widths(block)
    rows: list[list[Any]] = [[name for name, _ in block.columns]]
    rows += [[cell(text, width - 2 * PADDING) for text, width in zip(row, widths, strict=True)] for row in block.rows]
    style = list(_TABLE)
    if block.total:
        rows.append(list(block.total))
        style += _TOTAL
    style += [("ALIGN", (at, 0), (at, -1), "RIGHT") for at, (_, kind) in enumerate(block.columns) if kind == "amount"]
    table = LongTable(rows, colWidths=widths, repeatRows=1, style=style, hAlign="LEFT", splitInRow=1)
    return (
        Paragraph(marked(block.title, BOLD), _HEAD),
        table,
        any(has_codes(printable(text)) for row in block.rows for text in row),
    )


def _widths(block: Block) -> list[float]:
    """Share the page: dates and amounts take what they need, texts the rest, the first text twice as much."""
    fixed = {"date": _DATE, "amount": _AMOUNT}
    texts = [at for at, (_, kind) in enumerate(block.columns) if kind == "text"]
    left = WIDTH - sum(fixed.get(kind, 0) for _, kind in block.columns)
    share = left / (len(texts) + 1)
    return [fixed.get(kind) or share * (2 if at == texts[0] else 1) for at, (_, kind) in enumerate(block.columns)]


_TABLE = [
    ("FONT", (0, 0), (-1, -1), REGULAR, SIZE),
    ("TEXTCOLOR", (0, 0), (-1, -1), INK),
    ("TEXTCOLOR", (0, 0), (-1, 0), GREY),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
    ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
    ("TOPPADDING", (0, 0), (-1, -1), 2.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ("LINEBELOW", (0, 0), (-1, 0), 0.8, RULE),
    ("LINEBELOW", (0, 1), (-1, -1), 0.25, HAIR),
]
_TOTAL = [
    ("FONT", (0, -1), (-1, -1), BOLD, SIZE),
    ("BACKGROUND", (0, -1), (-1, -1), PALE),
    ("LINEABOVE", (0, -1), (-1, -1), 0.8, RULE),
]
