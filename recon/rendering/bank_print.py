"""The printed bank reconciliation: the sections of the page on letter paper; the same data gives the same bytes."""

import io
from typing import Any

from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.platypus import BaseDocTemplate, Flowable, LongTable, PageTemplate, Paragraph, Spacer

from recon.reconciliation.reporting import BankReport
from recon.rendering import bank_sections as sections
from recon.rendering.bank_sections import Section, Table
from recon.rendering.print_page import (
    CELL,
    HAIR,
    INK,
    MARGIN,
    NOTE,
    PADDING,
    RULE,
    SIZE,
    WIDTH,
    NumberedCanvas,
    cell,
    frame,
)
from recon.rendering.print_text import BOLD, REGULAR, marked, use_fonts

_SHARES = {"text": 2.4, "word": 1.2, "date": 1.35, "amount": 1.2}  # of the width, by a column's kind


def bank_report_pdf(report: BankReport) -> bytes:
    """Print the report; characters that no typeface here has are printed as their codes."""
    use_fonts()
    target = io.BytesIO()
    one = report.tie_out
    title = f"Bank reconciliation {one.bank_account_id}, {one.statement_date}"
    document = BaseDocTemplate(
        target, pagesize=letter, leftMargin=MARGIN, rightMargin=MARGIN, title=title, author=report.firm, lang="en-US",
        invariant=1,
    )  # fmt: skip
    document.addPageTemplates([PageTemplate("page", [frame(0.7 * inch)])])

    class Numbered(NumberedCanvas):
        footer = f"{report.firm} · {title} · {report.made_at}"

    document.build(_story(report), canvasmaker=Numbered)
    return target.getvalue()


def _story(report: BankReport) -> list[Flowable]:
    heading = ParagraphStyle("heading", fontName=BOLD, fontSize=11, leading=14, textColor=INK, spaceBefore=10)
    big = ParagraphStyle("big", parent=heading, fontSize=17, leading=22)
    one = report.tie_out
    _, headline, sentence = sections.verdict(report)
    story: list[Flowable] = [
        Paragraph(marked(report.firm), NOTE),
        Paragraph("Bank reconciliation", big),
        Paragraph(marked(f"{one.bank_account_id} at {one.statement_date}, by {report.who}"), CELL),
        Paragraph(marked(f"{headline}. {sentence}"), heading),
    ]
    for make in sections.ALL:
        story += _section(make(report), heading)
        if make is sections.sign_off:
            story += [Spacer(1, 34), _signatures()]
    return story


def _section(found: Section, heading: ParagraphStyle) -> list[Flowable]:
    story: list[Flowable] = [Paragraph(marked(found.title), heading)]
    story += [Paragraph(marked(sentence), CELL) for sentence in found.sentences]
    for table in found.tables:
        if table.rows or table.foot:
            story += [Spacer(1, 4), Paragraph(marked(f"{table.title} {table.note}".strip()), NOTE)]
            story.append(_table(table))
    return story


def _table(table: Table) -> LongTable:
    shares = [_SHARES[kind] for _, kind in table.columns]
    widths = [share / sum(shares) * WIDTH for share in shares]
    rows = [[name for name, _ in table.columns], *table.rows, *([table.foot] if table.foot else [])]
    cells = [[cell(text, width - 2 * PADDING) for text, width in zip(row, widths, strict=True)] for row in rows]
    style: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), REGULAR, SIZE),
        ("FONT", (0, 0), (-1, 0), BOLD, SIZE),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("LINEBELOW", (0, 0), (-1, 0), 0.75, RULE),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, HAIR),
    ]
    style += [("ALIGN", (at, 0), (at, -1), "RIGHT") for at, (_, kind) in enumerate(table.columns) if kind == "amount"]
    if table.foot:
        style.append(("FONT", (0, -1), (-1, -1), BOLD, SIZE))
    return LongTable(cells, colWidths=widths, repeatRows=1, style=style, hAlign="LEFT")


def _signatures() -> LongTable:
    gap = 0.35 * inch
    widths = [(WIDTH - 2 * gap) * share if share else gap for share in (0.4, 0, 0.4, 0, 0.2)]
    style: list[tuple[Any, ...]] = [("FONT", (0, 0), (-1, -1), REGULAR, SIZE)]
    style += [("LINEABOVE", (at, 0), (at, 0), 0.75, INK) for at in (0, 2, 4)]
    return LongTable([["Prepared by", "", "Reviewed by", "", "Date"]], colWidths=widths, style=style, hAlign="LEFT")
