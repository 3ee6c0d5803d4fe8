"""Statements as an owner and an auditor see them: printed and on a phone, from the same blocks."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from pypdf import PdfReader

from recon.rendering.statement_html import statement_html
from recon.rendering.statement_layout import blocks
from recon.rendering.statement_pdf import statement_pdf
from recon.statements import Line, Period, Section, Statement, Unpaid

JUNE = Period.month("2026-06")
FIRM = "Harbor <Management>"
HOSTILE = '<script>alert(1)</script> \u202e=HYPERLINK("x") \x00 李'


def line(day: int, heading: str, kind: str, amount: str, unit: str = "Cedar327", **more: object) -> Line:
    known = {"party": "Rita Roseman", "description": "Rent", "reference": "R0000001", **more}
    return Line(date(2026, 6, day), heading, kind, unit, unit and "327 Cedar Street", amount=Decimal(amount), **known)  # type: ignore[arg-type]


def owner(*lines: Line, order_by: str = "unit", name: str = "Amélie Ames", note: str = "") -> Statement:
    closing = Decimal("100.00") + sum((found.amount for found in lines), Decimal(0))
    unpaid = (Unpaid(date(2026, 6, 1), "436 Fair Street", "Bruno", "Rent", Decimal("50.00"), "0-30"),)
    section = Section("l1", "L1", Decimal("100.00"), lines, closing, unpaid, 1, 17, is_new=True)
    return Statement("owner", "o1", "O1", name, "", JUNE, (section,), note, order_by, is_active=True, firm=FIRM)


LINES = (
    line(3, "receipts", "receipt", "690.00"),
    line(4, "receipts", "receipt", "10.00", unit=""),
    line(2, "owner_draws", "owner_draw", "-500.00", unit=""),
    line(28, "receipts", "receipt", "5.00", is_late=True),
)


def text_of(statement: Statement) -> str:
    pages = PdfReader(io.BytesIO(statement_pdf(statement))).pages
    return "\n".join(page.extract_text() for page in pages)


def test_the_printed_statement_has_everything_and_the_same_bytes_each_time() -> None:
    """Issue 5: opening balance, receipts by unit and tenant, draws, closing balance, unpaid bills and notes."""
    statement = owner(*LINES, note="The roof is next.")
    said = text_of(statement)
    expected = ["Owner statement", "Amélie Ames", "2026-06-01 to 2026-06-30", "Opening balance", "100.00", "690.00"]
    expected += ["Rita Roseman", "-500.00", "305.00", "Bruno", "50.00", "The roof is next.", "Page 1 of 1"]
    assert [words for words in expected if words not in said] == []
    assert statement_pdf(statement) == statement_pdf(statement)
    fonts = PdfReader(io.BytesIO(statement_pdf(statement))).pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    named = " ".join(str(font.get_object()["/BaseFont"]) for font in fonts.values())
    assert "+DejaVuSans" in named
    assert "+DejaVuSans-Bold" in named


@pytest.mark.parametrize(
    ("order_by", "titles"),
    [
        ("unit", ["Summary", "Of an earlier period, not on its statement", "Cedar327 · 327 Cedar Street",
                  "Not of one unit", "Bills not yet paid by your tenants"]),
        ("date", ["Summary", "Of an earlier period, not on its statement", "Day by day",
                  "Bills not yet paid by your tenants"]),
    ],
)  # fmt: skip
def test_owners_read_by_unit_or_day_by_day(order_by: str, titles: list[str]) -> None:
    """PUB-44: sorted by unit, or a running balance by date; what came late stands apart."""
    statement = owner(*LINES, order_by=order_by)
    shown = list(blocks(statement, statement.sections[0]))
    assert [block.title for block in shown] == titles
    assert shown[0].total[-1] == "305.00"
    if order_by == "date":
        assert [row[-1] for row in shown[2].rows] == ["105.00", "795.00", "805.00", "305.00"]


def test_a_tenants_ageing_makes_the_balance() -> None:
    """Issue 5: charges, payments, credits, balance due, ageing; what is paid ahead is said."""
    unpaid = (Unpaid(date(2026, 4, 1), "Cedar", "", "Rent", Decimal("50.00"), "61-90"),)
    section = Section("t", "T", Decimal("50.00"), (), Decimal("20.00"), unpaid, 1, 3, is_new=True)
    statement = Statement("tenant", "t", "T", "Rita", "", JUNE, (section,), "", "date", is_active=True)
    ageing = list(blocks(statement, section))[-1]
    assert ageing.rows[-1] == ("Paid ahead, or not applied yet", "-30.00")
    assert ageing.total == ("Balance", "20.00")
    assert "Balance due" in text_of(statement)
    credit = replace(statement, sections=(replace(section, closing=Decimal("-5.00")),))
    assert "Your credit" in text_of(credit)


def test_a_supplement_says_so_and_marks_what_is_new() -> None:
    """PUB-48: the owner sees the original and the supplemental statement."""
    statement = replace(owner(line(3, "receipts", "receipt", "690.00", is_added=True)), number=2)
    assert "Owner statement, supplement 1" in text_of(statement)
    assert b"New: Received: Rent" in statement_html(statement)


def test_hostile_names_stay_text_and_the_page_asks_nobody() -> None:
    """Threats: every value escaped in one module; no script, no outside address; hidden characters are shown."""
    statement = owner(line(3, "receipts", "receipt", "1.00", party=HOSTILE), name=HOSTILE, note=HOSTILE)
    html = statement_html(statement).decode()
    assert "<script" not in html
    assert "http://" not in html
    assert "https://" not in html
    assert "\u202e" not in html
    assert "\\u202e" in html
    assert "Harbor &lt;Management&gt;" in html
    assert 'name="viewport"' in html
    assert "李" in text_of(statement)
