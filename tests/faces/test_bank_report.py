"""The bank reconciliation report: what its page and its print say, made by the notebook from the folder alone."""

from __future__ import annotations

import html
import re
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from recon import bank_report, notebook_runs
from recon.analyst import Books
from recon.errors import InputRefused
from recon.reconciliation import matching, reporting
from recon.rendering import bank_sections
from tests.bank_days import bai2
from tests.spec.tables import WHO, money
from tests.spec.test_tie_out import ENTRIES, JUNE_12, Bank

STATEMENT = """
    date       | amount  | code | ref | text
    2026-06-05 | -80.00  | 475  |     |
    2026-06-11 | 500.00  | 142  |     | <b>SOMEBODY</b> & CO
    2026-06-12 | 1830.00 | 175  |     |
    2026-06-12 | -690.00 | 555  | 1   | RETURNED NSF
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a report: a slip matched, a credit nobody recorded, a returned check, a draw still to come."""
    folder = tmp_path_factory.mktemp("report")
    bank = Bank(folder, ENTRIES.replace("-80.00", "-950.00").replace("250.00", "1120.00"))
    bank.workspace.settings.write_text('firm = "Maple Court"\nnsf_charge = "35.00"\n')
    bank.told(STATEMENT.replace("-80.00", "-950.00"), opening="1870.00")
    return bank_report.make(bank.workspace, "TRUST", JUNE_12, who=WHO)


def text_of(folder: Path) -> str:
    """The page's words, in one line."""
    page = re.sub(r"<style>.*?</style>", "", (folder / "report.html").read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_the_page_says_what_matched_what_is_left_and_who_signs(made: Path) -> None:
    """BTR-62, SPEC 7: side by side, items, proof of cash, three balances, sign-off."""
    said = text_of(made)
    for words in (
        "Maple Court Bank reconciliation",
        "✓ Bank, books and parties agree",
        "Adjusted balance 1,960.00",
        "Balance of the books 1,960.00",
        "Transfer due to RESERVE 1,140.00",
        "At the bank 1,870.00 2,330.00 1,640.00 2,560.00",
        "Unrecorded credit at the bank L0000002 2026-06-11 <b>SOMEBODY</b> & CO -500.00",
        "Ledger entry not at the bank yet e5 2026-06-11 Draw -100.00",
        "1,830.00 D000001 the only reading of this total ann",
        "-690.00 RETURNED NSF R0000001 the bank names it, totals equal ann",
        "D000001 2026-06-10 2 1,830.00 recorded L0000003",
        "No balance is below zero.",
        "The bank gives no reason R0000001 Roseman",
        "Roseman Cedar327 2026-06-12 35.00 Returned payment",
        "TRUST at 2026-06-12: bank 2,560.00, adjusted 1,960.00, books 1,960.00",
        "Prepared by Date Reviewed by Date",
        "Head of the journal when this was made: entry",
    ):
        assert words in said, f"{words!r} is not in {said}"


def test_the_page_is_static(made: Path) -> None:
    """SPEC 8: no script, no outside address; what the bank wrote is text."""
    page = (made / "report.html").read_text(encoding="utf-8")
    assert "<b>SOMEBODY" not in page
    assert not re.search(r"<script|https?://|src=", page)


def test_the_print_says_the_same(made: Path) -> None:
    """SPEC 7: on letter paper, with room to sign."""
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(made / "report.pdf").pages]
    said = " ".join(pages)
    for words in ("Bank reconciliation", "Maple Court", "1,960.00", "SOMEBODY", "Prepared by", "D000001", "Page 1 of"):
        assert words in said, words


def test_the_report_is_read_again_from_its_folder(made: Path, tmp_path: Path) -> None:
    """SPEC 8: an archived folder can be reported years later, without the store."""
    report = reporting.read(made)
    assert report.tie_out.ties
    assert report.tie_out.bank_balance == money("2560.00")
    reporting.write(report, tmp_path)
    assert (tmp_path / reporting.FILE).read_bytes() == (made / reporting.FILE).read_bytes()
    notebook_runs.execute("bank_reconciliation", {"folder": str(tmp_path)}, tmp_path / "again.ipynb")
    (tmp_path / reporting.FILE).write_text("{}")
    with pytest.raises(InputRefused, match="holds no bank reconciliation"):
        reporting.read(tmp_path)


def test_a_difference_is_said_first(tmp_path: Path) -> None:
    """SPEC 7: nobody signs over what no item explains."""
    bank = Bank(tmp_path, ENTRIES.replace("250.00", "150.00"))
    bank.told("date | amount | code\n2026-06-05 | -80.00 | 475\n2026-06-12 | 1830.00 | 175")
    report = reporting.gather(bank.workspace, "TRUST", JUNE_12, who=WHO)
    assert bank_sections.verdict(report) == (
        False, "Difference 100.00", "No item explains it. Do not sign before it is found."
    )  # fmt: skip
    assert report.from_date == date(2026, 6, 5)
    assert matching.match_open(bank.workspace, who=WHO) == matching.Matched()


def test_long_lists_are_cut_and_say_so() -> None:
    """SPEC 8: above 2,000 items the first 500, and where the rest is."""
    rows = [{"id": f"D{number:06d}", "amount": money("1.00")} for number in range(2_001)]
    cut = bank_sections._table("Deposit slips", "Slip word id; Total amount amount", rows)
    assert (len(cut.rows), cut.note[:36]) == (500, "The first 500 of 2,001 are shown; de")
    assert len(bank_sections._table("Deposit slips", "Slip word id", rows[:2_000]).rows) == 2_000


def test_an_analyst_can_do_the_same(tmp_path: Path) -> None:
    """SPEC 1: what one face can do, the others can do."""
    bank = Bank(tmp_path)
    books = Books(bank.workspace, WHO)
    lines = "2026-06-05 | -80.00 | 475\n2026-06-12 | 1830.00 | 175\n2026-06-12 | -9.00 | 698"
    (tmp_path / "bank.txt").write_text(bai2(f"date | amount | code\n{lines}"))
    assert books.match_statement(tmp_path / "bank.txt").matches == ("M000001", "M000002")
    assert [row["bank_line_id"] for row in books.left_over().bank_lines] == ["L0000003"]
    assert books.post_bank_item("L0000003", "MGMT", why="monthly fee") == "M000003"
    books.unmatch("M000002", why="to see")
    assert books.accept_match(["L0000002"], deposit_ids=["D000001"], why="as it was").matches == ("M000004",)
    assert books.tie_out("TRUST", JUNE_12).ties
    assert [one.bank_account_id for one in books.close_tied(JUNE_12)] == ["TRUST"]
    assert books.audit() == []
