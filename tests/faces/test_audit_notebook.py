"""The audit notebook and what stands behind it: questions to a copy of the books, tables that leave it as text."""

from __future__ import annotations

import csv
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from recon import decisions, notebook_runs
from recon.aliases import confirm_alias
from recon.decisions import Part
from recon.errors import WrongUse
from recon.inquiry import answers, inquire
from recon.publishing.publish import publish
from recon.publishing.terms import settled
from recon.reconciliation import matching
from recon.rendering import audit_tables
from recon.statements import Period
from recon.tenant_credit import refund_credit
from tests.bank_days import ACCOUNT, bai2
from tests.spec.tables import WHO, Office, money

CHARGES = """
charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00
C3        | Bruno     | Fair436  | L-Ames    | 2026-06-01 | 700.00
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """One payment posted and returned, one twice, one of nobody whose memo is a formula."""
    made = Office(tmp_path_factory.mktemp("books"))
    made.load(charges=CHARGES)
    batch = made.bring(
        "June10.csv",
        """2026-06-10 | Cedar327 | 690.00 | check 1 | Roseman
           2026-06-10 | Cedar327 | 690.00 | check 2 | Roseman
           2026-06-10 | Nix | 55.00 | =1+1 |""",
    )
    made.post(batch)
    confirm_alias(made.workspace, "Payroll", "Bruno", who=WHO, why="her employer")
    decisions.reverse(made.workspace, "R0000001", "returned", date(2026, 6, 20), who=WHO, why="NSF")
    return made


def test_the_notebook_answers_and_exports(office: Office, tmp_path: Path) -> None:
    given = {"workspace": str(office.workspace.root), "on": "2026-06-30", "earlier": 1, "subject": "Roseman",
             "folder": str(tmp_path / "out")}  # fmt: skip
    notebook_runs.execute("audit_unmatched", given, tmp_path / "audit.ipynb")
    notebook_runs.to_html(tmp_path / "audit.ipynb", tmp_path / "audit.html", "Audit")
    page = (tmp_path / "audit.html").read_text("utf-8")
    for words in ("Unmatched payments", "UNIDENTIFIED", "8-30 days", "R0000001", "June10.csv, line 1", "<svg"):
        assert words in page
    with (tmp_path / "out" / "unmatched.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["memo"] for row in rows] == ["check 2", "'=1+1"]
    with zipfile.ZipFile(tmp_path / "out" / "audit.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "=1+1" in book.read("xl/sharedStrings.xml").decode()


def test_a_trail_goes_from_the_file_line_to_the_return(office: Office) -> None:
    kinds = inquire(office.workspace).trail("R0000001")["kind"].to_pylist()
    assert kinds[0] == "file line"
    assert {"answer", "receipt", "application", "deposit slip", "returned"} <= set(kinds)
    assert inquire(office.workspace).trail("B000001:3")["kind"].to_pylist() == ["file line", "answer"]


def test_a_trail_begins_at_a_line_of_the_bank_and_ends_at_the_statements(tmp_path: Path) -> None:
    """Issue 7, item 5: from the bank's credit, return or refund to the file line, and on to owner and tenant."""
    made = Office(tmp_path)
    made.load(bank_accounts=f"bank_account_id | account_number\nTRUST | {ACCOUNT}\nRESERVE |", charges=CHARGES)
    lines = """2026-06-10 | Cedar327 | 690.00 | check 1 | Roseman
               2026-06-10 | Fair436  | 720.00 | check 2 | Bruno"""
    made.post(made.bring("June10.csv", lines))
    made.process("B000001", 2, Part(money("720.00"), "Bruno", "Fair436", {"C3": money("700.00")}))
    refund_credit(made.workspace, "R0000002", money("20.00"), date(2026, 6, 15), who=WHO, why="moved out")
    terms = settled(made.workspace, Period.month("2026-06"), today=date(2026, 7, 2))
    publish(made.workspace, terms, who=WHO)
    decisions.reverse(made.workspace, "R0000001", "returned", date(2026, 7, 3), who=WHO, why="NSF")
    statement = """
        date       | amount  | code | text
        2026-06-11 | 1410.00 | 165  | DEPOSIT
        2026-06-16 | -20.00  | 475  | CHECK 9
        2026-07-03 | -690.00 | 555  | RETURNED ITEM
    """
    (tmp_path / "june.bai").write_text(bai2(statement))
    matching.match_statement(made.workspace, tmp_path / "june.bai", who=WHO)
    of_credit, of_refund, of_return = (inquire(made.workspace).trail(f"L000000{number}") for number in (1, 2, 3))
    told = [row["words"] for row in of_return.to_pylist() if row["kind"] == "statement"]
    assert told == ["of owner ledger l-ames from 2026-06-01", "of tenant roseman from 2026-06-01"]
    assert [row["name"] for row in of_return.to_pylist() if row["kind"] == "bank line"] == ["L0000001", "L0000003"]
    assert {row["name"] for row in of_refund.to_pylist() if row["kind"] in {"receipt", "file line"}} == {
        "R0000002", "B000001:2"
    }  # fmt: skip
    assert "refund" in of_refund["kind"].to_pylist()
    assert {row["name"] for row in of_credit.to_pylist() if row["kind"] == "receipt"} == {"R0000001", "R0000002"}


def test_two_moments_differ_by_their_causes(office: Office) -> None:
    now = inquire(office.workspace)
    posting = next(entry["seq"] for entry in office.journal() if entry["action"] == "post")
    assert inquire(office.workspace, posting).between(1).to_pylist() == [
        {"charge_id": "C1", "open_before": money("690.00"), "open_after": money("0.00"), "entry_seq": posting,
         "amount": money("-690.00"), "cause": "applied from R0000001"}
    ]  # fmt: skip
    assert now.between(1).to_pylist() == []
    assert [row["cause"] for row in now.between(posting).to_pylist()] == ["returned R0000001"]


def test_duplicates_samples_tallies_and_laws(office: Office) -> None:
    asked = inquire(office.workspace)
    assert [(row["line_number"], row["likeness"]) for row in asked.duplicates().to_pylist()] == [(2, "alike")]
    (alias,) = asked.aliases(date(2026, 6, 30)).to_pylist()
    assert (alias["alias"], alias["tenant_id"], alias["support"], alias["last_used"]) == ("Payroll", "Bruno", 0, None)
    assert alias["state"] == "in force"
    (later,) = asked.aliases(alias["expires_on"] + timedelta(days=1)).to_pylist()
    assert later["state"] == "expired: it counts again when a person confirms it again"
    drawn = asked.sample(1, "x", money("10000"))
    assert drawn.to_pylist() == asked.sample(1, "x", money("10000")).to_pylist()
    assert asked.verification().num_rows == 0
    tally = {row["part"]: row["count"] for row in asked.unmatched_by(date(2026, 6, 30), "reason").to_pylist()}
    assert tally["UNIDENTIFIED"] == 1
    assert sum(tally.values()) == asked.unmatched(date(2026, 6, 30)).num_rows
    assert asked.relation("lines").num_rows == 3


def test_wrong_questions_are_answered_in_one_sentence(office: Office) -> None:
    asked = inquire(office.workspace)
    with pytest.raises(WrongUse, match="not by 'colour'"):
        asked.unmatched_by(date(2026, 6, 30), "colour")
    with pytest.raises(WrongUse, match="not a day"):
        answers(asked, on="June")
    with pytest.raises(WrongUse, match="no journal entry 99"):
        inquire(office.workspace, 99)
    assert "No" not in audit_tables.table_of("Empty", asked.verification())[:4]
