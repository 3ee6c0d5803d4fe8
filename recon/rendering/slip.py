"""The printed deposit slip: the same data gives the same bytes."""

import io
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import letter
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    KeepTogether,
    LongTable,
    PageTemplate,
    Paragraph,
    Spacer,
)

from recon import money
from recon.rendering import words
from recon.rendering.print_page import (
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
from recon.rendering.print_text import BOLD, REGULAR, has_codes, use_fonts
from recon.report import DepositSlip, SlipItem

_COLUMNS = (("#", 0.42), ("Receipt", 1.1), ("Tenant", 1.85), ("Unit", 1.4), ("Memo / check", 1.28), ("Amount", 1.05))


def slip_pdf(slip: DepositSlip, *, firm: str, run_id: str, file: str) -> bytes:
    """Print a deposit slip: one deposit, its items, their count and total, and a line to sign.

    Letter paper, page x of y, the table's head on every page. A character that no typeface here has is printed as
    its code, see `print_text.printable`. Above 2,000 items: the totals, the first 500 and the hash of the CSV that has
    all.

    Args:
        slip: the deposit.
        firm: whose slip it is; printed at the top.
        run_id: the run that made it.
        file: the lockbox file that it comes from.
    """
    use_fonts()
    target = io.BytesIO()
    document = BaseDocTemplate(
        target,
        pagesize=letter,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        title=f"Deposit slip {slip.deposit_id}",
        author=firm,
        subject=f"{words.both(slip.tally)}, {slip.deposit_date}",
        lang="en-US",
        invariant=1,  # no dates and no random id in the file
    )
    top = {"first": 2.12 * inch, "later": 1.0 * inch}
    document.addPageTemplates(
        [
            PageTemplate(
                "first",
                [frame(top["first"])],
                onPage=lambda canvas, _: _first_head(canvas, slip, firm),
                autoNextPageTemplate="later",
            ),
            PageTemplate("later", [frame(top["later"])], onPage=lambda canvas, _: _later_head(canvas, slip)),
        ]
    )

    class Numbered(NumberedCanvas):
        footer = " · ".join(part for part in (file, run_id and f"run {run_id}") if part)

    document.build(_story(slip), canvasmaker=Numbered)
    return target.getvalue()


def _account(slip: DepositSlip) -> tuple[str, str]:
    ending = f"account ending {slip.account_last4}" if slip.account_last4 else ""
    return slip.bank_account_name or slip.bank_account_id, ending


def _first_head(canvas: Canvas, slip: DepositSlip, firm: str) -> None:
    y = letter[1] - 0.75 * inch
    right = MARGIN + WIDTH
    canvas.setFillColor(GREY)
    canvas.setFont(BOLD, 8)
    canvas.drawString(MARGIN, y, fitted(firm, BOLD, 8, WIDTH * 0.6))
    canvas.setFillColor(INK)
    canvas.setFont(BOLD, 19)
    canvas.drawString(MARGIN, y - 24, "Deposit slip")
    canvas.setFont(BOLD, 9)
    canvas.drawRightString(right, y - 12, fitted(slip.deposit_id, BOLD, 9, WIDTH * 0.38))
    canvas.setFont(REGULAR, 9)
    canvas.drawRightString(right, y - 24, f"Deposit date {slip.deposit_date}")
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(1.5)
    canvas.line(MARGIN, y - 34, right, y - 34)
    name, ending = _account(slip)
    facts = (
        (0.0, 0.54, "Deposit to", name, ending),
        (0.56, 0.16, "Items", words.count(slip.tally), ""),
        (0.74, 0.26, "Total deposit", words.amount(slip.tally), ""),
    )
    for left, width, label, value, below in facts:
        x, room = MARGIN + left * WIDTH, width * WIDTH
        size = 13 if label == "Total deposit" else 11
        canvas.setFillColor(GREY)
        canvas.setFont(REGULAR, 7.5)
        canvas.drawString(x, y - 50, label)
        canvas.drawString(x, y - 79, below)
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, size)
        canvas.drawString(x, y - 67, fitted(value, BOLD, size, room))


def _later_head(canvas: Canvas, slip: DepositSlip) -> None:
    y = letter[1] - 0.75 * inch
    said = " · ".join(filter(None, (f"Deposit slip {slip.deposit_id}", slip.deposit_date, *_account(slip))))
    canvas.setFillColor(INK)
    canvas.setFont(REGULAR, 8)
    canvas.drawString(MARGIN, y, fitted(said, REGULAR, 8, WIDTH - inch))
    canvas.setFillColor(GREY)
    canvas.drawRightString(MARGIN + WIDTH, y, "continued")
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(1)
    canvas.line(MARGIN, y - 6, MARGIN + WIDTH, y - 6)


def _story(slip: DepositSlip) -> list[Flowable]:
    shares = sum(width for _, width in _COLUMNS)
    widths = [width / shares * WIDTH for _, width in _COLUMNS]
    rows = [[name for name, _ in _COLUMNS]]
    rows += [_row(number, item, widths) for number, item in enumerate(slip.items, start=1)]
    story: list[Flowable] = []
    count = slip.tally.count or 0
    if len(slip.items) < count:
        story += [_cut_note(slip, count), Spacer(1, 6)]
    story.append(LongTable(rows, colWidths=widths, repeatRows=1, style=_TABLE, hAlign="LEFT", splitInRow=1))
    ending = [_total(slip, widths), Spacer(1, 34), _signatures()]
    if any(has_codes(cell) for cell in _texts(rows)):
        ending.insert(1, Paragraph("Characters such as \\u0e01 stand for letters that this print cannot draw.", NOTE))
        ending.insert(1, Spacer(1, 6))
    return [*story, KeepTogether(ending)]


def _texts(rows: Iterable[Iterable[Any]]) -> Iterable[str]:
    return (cell.text if isinstance(cell, Paragraph) else cell for row in rows for cell in row)


def _cut_note(slip: DepositSlip, count: int) -> Paragraph:
    return Paragraph(
        f"The first {len(slip.items):,} of {count:,} items are listed; count and total are of all. The whole list is "
        f"deposit_slips.csv, SHA-256 {escape(slip.csv_sha256)}.",
        NOTE,
    )


def _row(number: int, item: SlipItem, widths: list[float]) -> list[Any]:
    texts = (item.receipt_id, item.tenant, item.unit, item.memo)
    cells = [cell(text, width - 2 * PADDING) for text, width in zip(texts, widths[1:5], strict=True)]
    return [str(number), *cells, money.shown(item.amount)]


def _total(slip: DepositSlip, widths: list[float]) -> LongTable:
    row = ["", f"Total, {money.counted(slip.tally.count or 0, 'item')}", "", "", "", words.amount(slip.tally)]
    return LongTable([row], colWidths=widths, style=_TOTAL, hAlign="LEFT")


def _signatures() -> LongTable:
    gap = 0.35 * inch
    names = ("Prepared by", "", "Received by", "", "Date")
    widths = [(WIDTH - 2 * gap) * share if share else gap for share in (0.4, 0, 0.4, 0, 0.2)]
    return LongTable([list(names)], colWidths=widths, style=_SIGNATURES, hAlign="LEFT")


_BASE = [
    ("FONT", (0, 0), (-1, -1), REGULAR, SIZE),
    ("TEXTCOLOR", (0, 0), (-1, -1), INK),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
    ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ("ALIGN", (0, 0), (0, -1), "RIGHT"),
    ("ALIGN", (-1, 0), (-1, -1), "RIGHT"),
]
_TABLE = [
    *_BASE,
    ("FONT", (0, 0), (-1, 0), BOLD, SIZE),
    ("LINEBELOW", (0, 0), (-1, 0), 0.8, RULE),
    ("LINEBELOW", (0, 1), (-1, -1), 0.25, HAIR),
]
_TOTAL = [
    *_BASE,
    ("FONT", (0, 0), (-1, -1), BOLD, 10),
    ("BACKGROUND", (0, 0), (-1, -1), PALE),
    ("LINEABOVE", (0, 0), (-1, -1), 0.8, RULE),
    ("SPAN", (1, 0), (4, 0)),
    ("TOPPADDING", (0, 0), (-1, -1), 6),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
]
_SIGNATURES = [
    ("FONT", (0, 0), (-1, -1), REGULAR, 7.5),
    ("TEXTCOLOR", (0, 0), (-1, -1), GREY),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    *(("LINEABOVE", (column, 0), (column, 0), 0.6, GREY) for column in (0, 2, 4)),
]
