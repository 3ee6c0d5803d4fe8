"""The slip meets the bank (SPEC 7): matched by name, by total where one reading exists, or by a person."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from recon import deposits
from recon.audits import audit
from recon.decisions import Part, close_period
from recon.errors import InputRefused, ReconError, WrongUse
from recon.reconciliation import matching
from recon.reconciliation.matching import Matched
from tests.bank.small_files import CAMT, LOCKBOX, OFX
from tests.bank_days import ACCOUNT, bai2
from tests.spec.tables import WHO, Office, agree, money

ACCOUNTS = f"bank_account_id | account_number\nTRUST | {ACCOUNT}\nRESERVE | 000888002"
CHARGES = "charge_id | tenant_id | unit_id | ledger_id | due_date | amount"


class Bank(Office):
    """An office with a bank: slips of given totals, and statements."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.load(bank_accounts=ACCOUNTS, charges=CHARGES)

    def slip(self, day: str, *amounts: str) -> str:
        """Post payments as one batch on one slip of TRUST; give the slip."""
        number = len(self.slips()) + 1
        lines = "\n".join(f"{day} | Cedar327 | {amount} | check {number}{place} | Roseman"
                          for place, amount in enumerate(amounts))  # fmt: skip
        batch = self.bring(f"batch{number}.txt", lines, bank_account="TRUST")
        for place, amount in enumerate(amounts, start=1):
            self.process(batch, place, Part(money(amount), "Roseman", "Cedar327"))
        return str(self.slips()[-1]["deposit_id"])

    def statement(self, lines: str, name: str = "bank.txt", **more: Any) -> Matched:
        """Take in a statement of the bank."""
        path = self.folder / name
        path.write_text(bai2(lines, **more))
        return matching.match_statement(self.workspace, path, who=WHO)

    def matched(self) -> list[dict[str, Any]]:
        """Each line of the bank with what it was matched with."""
        return self.rows(
            """
            select lines.bank_line_id, lines.booking_date, lines.amount, lines.match_rule as rule,
                string_agg(items.item_id, ' ' order by items.item_id) as items
            from bank_lines as lines
            left join bank_matched_items as items on items.match_id = lines.match_id
            group by all order by lines.bank_line_id
            """
        )


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """An office with a bank."""
    return Bank(tmp_path)


def test_a_line_that_names_the_slip_is_matched_and_records_it(bank: Bank) -> None:
    """BTR-62: reference and exact total, whatever the day; the bank's line fixes the open slip."""
    bank.slip("2026-06-10", "690.00", "1140.00")
    done = bank.statement("date | amount | code | ref\n2026-06-25 | 1830.00 | 175 | D000001")
    assert (done.matches, done.recorded_slips) == (("M000001",), ("D000001",))
    agree(bank.matched(), "bank_line_id | rule | items\nL0000001 | reference | D000001")
    agree(bank.slips(), "deposit_id | total | state\nD000001 | 1830.00 | recorded")
    agree(bank.journal()[-1:], "who | action | file_name\nann | match-statement | bank.txt")
    assert audit(bank.workspace) == []


def test_by_total_when_one_slip_and_one_line_fit(bank: Bank) -> None:
    """BTR-62: within the days around the deposit date, both ends included."""
    for day in ("2026-06-10", "2026-07-10", "2026-08-10", "2026-09-10"):
        bank.slip(day, "690.00")
    bank.statement(
        """
        date       | amount | code
        2026-06-09 | 690.00 | 301
        2026-07-15 | 690.00 | 301
        2026-08-08 | 690.00 | 301
        2026-09-16 | 690.00 | 301
    """
    )
    agree(
        bank.matched(),
        """
        booking_date | rule  | items
        2026-06-09   | total | D000001
        2026-07-15   | total | D000002
        2026-08-08   |       |
        2026-09-16   |       |
    """,
    )


def test_two_slips_of_one_total_wait_for_a_person(bank: Bank) -> None:
    """SPEC 7: rents collide; whichever came first at the bank nobody knows."""
    bank.slip("2026-06-10", "690.00")
    bank.slip("2026-06-11", "690.00")
    bank.statement("date | amount | code\n2026-06-11 | 690.00 | 301\n2026-06-12 | 690.00 | 301")
    agree(bank.matched(), "amount | rule | items\n690.0000 | | \n690.0000 | | ")
    matching.accept(bank.workspace, ["L0000001"], deposit_ids=["D000001"], who=WHO, why="deposit book")
    agree(bank.matched()[:1], "rule | items\nperson | D000001")
    agree(bank.journal()[-1:], "action | why\naccept-match | deposit book")
    done = matching.match_open(bank.workspace, who=WHO)
    agree(bank.matched(), "rule | items\nperson | D000001\ntotal | D000002")
    assert done.matches == ("M000002",)


def test_two_lines_of_one_total_wait_for_a_person(bank: Bank) -> None:
    """SPEC 7: one of them is an unrecorded credit, and which one cannot be said."""
    bank.slip("2026-06-10", "690.00")
    bank.statement("date | amount | code\n2026-06-11 | 690.00 | 301\n2026-06-12 | 690.00 | 142")
    agree(bank.matched(), "rule | items\n | \n | ")
    assert matching.match_open(bank.workspace, who=WHO) == Matched()


def test_a_match_by_total_is_told_from_what_comes_later(bank: Bank) -> None:
    """SPEC 7: the second slip and line fit the first match as well, so it might have been the other way round."""
    bank.slip("2026-06-10", "690.00")
    bank.statement("date | amount | code\n2026-06-11 | 690.00 | 301")
    bank.slip("2026-06-11", "690.00")
    bank.statement("date | amount | code\n2026-06-12 | 690.00 | 301", "next.txt", opening="1690.00")
    agree(bank.matched(), "rule | items\ntotal | D000001\n | ")


def test_a_line_that_names_another_slip_is_not_taken_by_its_total(bank: Bank) -> None:
    """SPEC 7: the bank says D000002, so it is not D000001, though the total is."""
    bank.slip("2026-06-10", "690.00")
    bank.slip("2026-06-10", "700.00")
    bank.statement("date | amount | code | text\n2026-06-11 | 690.00 | 301 | DEPOSIT D000002")
    agree(bank.matched(), "rule | items\n | ")


def test_one_line_for_the_slips_that_it_names(bank: Bank) -> None:
    """SPEC 7: several slips on one credit, by name."""
    bank.slip("2026-06-10", "690.00")
    bank.slip("2026-06-11", "700.00")
    bank.statement("date | amount | code | text\n2026-06-12 | 1390.00 | 301 | D000001 D000002")
    agree(bank.matched(), "rule | items\nreference | D000001 D000002")


def test_several_lines_that_name_one_slip(bank: Bank) -> None:
    """SPEC 7: one slip over several credits, by name."""
    bank.slip("2026-06-10", "690.00", "700.00")
    bank.statement(
        "date | amount | code | ref\n2026-06-11 | 690.00 | 301 | D000001\n2026-06-12 | 700.00 | 301 | D000001"
    )
    agree(bank.matched(), "rule | items\nreference | D000001\nreference | D000001")
    agree(bank.rows("select * from bank_matches"), "match_id | rule\nM000001 | reference")


def test_all_slips_of_a_day_on_one_line(bank: Bank) -> None:
    """SPEC 7: one reading exists: the whole day went to the bank at once."""
    bank.slip("2026-06-10", "690.00")
    bank.slip("2026-06-10", "725.00")
    bank.slip("2026-06-11", "100.00")
    bank.statement("date | amount | code\n2026-06-11 | 1415.00 | 301")
    agree(bank.matched(), "rule | items\ntogether | D000001 D000002")


def test_all_credits_of_a_day_for_one_slip(bank: Bank) -> None:
    """SPEC 7: one slip split by the bank."""
    bank.slip("2026-06-10", "690.00", "725.00")
    bank.statement("date | amount | code\n2026-06-11 | 1000.00 | 115\n2026-06-11 | 415.00 | 115")
    agree(bank.matched(), "rule | items\ntogether | D000001\ntogether | D000001")


def test_a_day_together_or_one_slip_alone_are_two_readings(bank: Bank) -> None:
    """SPEC 7: both fit, so a person is asked."""
    bank.slip("2026-06-10", "690.00")
    bank.slip("2026-06-10", "725.00")
    bank.slip("2026-06-11", "1415.00")
    bank.statement("date | amount | code\n2026-06-11 | 1415.00 | 301")
    agree(bank.matched(), "rule | items\n | ")


def test_never_by_subset_sums(bank: Bank) -> None:
    """SPEC 7: 690 + 725 of three slips would fit; nobody said so."""
    for amount in ("690.00", "725.00", "750.00"):
        bank.slip("2026-06-10", amount)
    bank.statement("date | amount | code\n2026-06-11 | 1415.00 | 301")
    agree(bank.matched(), "rule | items\n | ")
    matching.accept(bank.workspace, ["L0000001"], deposit_ids=["D000001", "D000002"], who=WHO)
    agree(bank.matched(), "rule | items\nperson | D000001 D000002")


def test_fees_interest_and_transfers_are_no_deposits(bank: Bank) -> None:
    """SPEC 7: a sweep of the same total is not the slip."""
    bank.slip("2026-06-10", "690.00")
    bank.statement("date | amount | code\n2026-06-11 | 690.00 | 275\n2026-06-12 | 690.00 | 301")
    agree(bank.matched(), "rule | items\n | \ntotal | D000001")


def test_statements_overlap(bank: Bank) -> None:
    """SPEC 7: the same line in the next file adds nothing; two equal lines in one file are two."""
    first = "date | amount | code | ref\n2026-06-11 | 5.00 | 301 |\n2026-06-11 | 5.00 | 301 |"
    assert bank.statement(first).new_lines == 2
    assert bank.statement(first, "copy.txt").statements == ()
    done = bank.statement(first + "\n2026-06-11 | 5.00 | 301 |\n2026-06-12 | 7.00 | 301 | X", "more.txt")
    assert (done.new_lines, done.known_lines) == (2, 2)
    agree(bank.rows("select sum(amount) as total from bank_lines"), "total\n22.0000")
    assert audit(bank.workspace) == []


def test_a_statement_left_out_is_told(bank: Bank) -> None:
    """SPEC 7: the lines do not lead to the closing balance."""
    bank.statement("date | amount | code\n2026-06-11 | 5.00 | 301")
    done = bank.statement("date | amount | code\n2026-06-15 | 5.00 | 301", "later.txt", opening="1007.00")
    assert done.warnings == (
        "TRUST: the lines lead to 1,010.00 on 2026-06-15, but the statement closes with 1,012.00; a statement is "
        "missing, or lines came twice.",
    )


def test_whose_account_it_is(bank: Bank) -> None:
    """SPEC 7: by its number; one that the ledger does not have only as a person says."""
    path = bank.folder / "bank.txt"
    path.write_text(bai2("date | amount | code\n2026-06-11 | 5.00 | 301", account="4711"))
    with pytest.raises(WrongUse, match="is of account 4711, which no bank account of the ledger has"):
        matching.match_statement(bank.workspace, path, who=WHO)
    with pytest.raises(WrongUse, match="There is no bank account 'CASH' in the ledger; it has RESERVE, TRUST"):
        matching.match_statement(bank.workspace, path, who=WHO, bank_account="CASH")
    matching.match_statement(bank.workspace, path, who=WHO, bank_account="reserve")
    agree(bank.rows("select * from bank_lines"), "bank_account_key\nreserve")
    own = bank.folder / "own.txt"
    own.write_text(bai2("date | amount | code\n2026-06-11 | 5.00 | 301"))
    with pytest.raises(WrongUse, match=r"Account \.\.\.7001 is trust in the ledger, not reserve"):
        matching.match_statement(bank.workspace, own, who=WHO, bank_account="RESERVE")


def test_a_file_that_must_not_be_trusted_is_refused(bank: Bank) -> None:
    """SPEC 7: nothing of it comes in."""
    path = bank.folder / "bank.txt"
    path.write_text(bai2("date | amount | code\n2026-06-11 | 5.00 | 301").replace(",500,", ",600,"))
    with pytest.raises(InputRefused, match="Ask the sender for the file again"):
        matching.match_statement(bank.workspace, path, who=WHO)
    assert bank.rows("select * from bank_statements") == []


def test_unmatch_and_void(bank: Bank) -> None:
    """SPEC 7: taken back with who and why; a matched slip cannot be voided; the slip stays recorded."""
    bank.slip("2026-06-10", "690.00")
    bank.statement("date | amount | code\n2026-06-11 | 690.00 | 301")
    with pytest.raises(WrongUse, match="is matched with the bank"):
        deposits.void(bank.workspace, "D000001", who=WHO, why="wrong account")
    matching.unmatch(bank.workspace, "M000001", who=WHO, why="other building")
    agree(bank.matched(), "rule | items\n | ")
    assert matching.match_open(bank.workspace, who=WHO) == Matched(), "a person said that it is not this one"
    agree(bank.rows("select * from deposits_in_transit"), "deposit_id | state\nD000001 | recorded")
    with pytest.raises(WrongUse, match="There is no match M000001, or it was taken back"):
        matching.unmatch(bank.workspace, "M000001", who=WHO, why="again")
    agree(bank.journal()[-1:], "action | why\nunmatch | other building")


def test_a_person_cannot_match_what_differs(bank: Bank) -> None:
    """SPEC 7: differences are reported, never absorbed."""
    bank.slip("2026-06-10", "690.00")
    bank.statement("date | amount | code\n2026-06-11 | 700.00 | 301")
    refusals = (
        ({"deposit_ids": ["D000001"]}, "The bank shows 700.00 and the books 690.00 .difference 10.00."),
        ({"deposit_ids": ["D000009"]}, "Deposit slip D000009 is not in transit"),
        ({"receipt_ids": ["R0000009"]}, "There is no receipt R0000009"),
        ({"entry_ids": ["E9"]}, "There is no unmatched ledger entry E9"),
        ({}, "Say what the bank's line stands for"),
    )
    for given, words in refusals:
        with pytest.raises(WrongUse, match=words):
            matching.accept(bank.workspace, ["L0000001"], who=WHO, **given)  # type: ignore[arg-type]
    with pytest.raises(WrongUse, match="There is no bank line L0000009"):
        matching.accept(bank.workspace, ["L0000009"], deposit_ids=["D000001"], who=WHO)


def test_a_fee_that_only_the_bank_has_is_posted_to_a_ledger(bank: Bank) -> None:
    """SPEC 7: with who, when and why; unmatching takes it out of the books again."""
    bank.statement("date | amount | code\n2026-06-11 | -12.50 | 698")
    with pytest.raises(WrongUse, match="Ledger L-Corey is of bank account reserve"):
        matching.post_item(bank.workspace, "L0000001", "L-Corey", who=WHO, why="monthly fee")
    assert matching.post_item(bank.workspace, "L0000001", "MGMT", who=WHO, why="monthly fee") == "M000001"
    agree(
        bank.rows("select * from bank_postings"),
        "posting_id | ledger_key | posted_on | amount | description\n"
        "P000001 | mgmt | 2026-06-11 | -12.50 | monthly fee",
    )
    with pytest.raises(WrongUse, match="is matched already"):
        matching.post_item(bank.workspace, "L0000001", "MGMT", who=WHO, why="again")
    assert audit(bank.workspace) == []
    matching.unmatch(bank.workspace, "M000001", who=WHO, why="owner pays")
    assert bank.rows("select * from bank_postings") == []


def test_a_fee_of_a_closed_period_needs_a_later_day(bank: Bank) -> None:
    """SPEC 7: never into a closed period silently."""
    bank.statement("date | amount | code\n2026-06-11 | -12.50 | 698")
    close_period(bank.workspace, date(2026, 6, 30), who=WHO)
    with pytest.raises(WrongUse, match="2026-06-11 lies in a closed period .through 2026-06-30."):
        matching.post_item(bank.workspace, "L0000001", "MGMT", who=WHO, why="monthly fee")
    matching.post_item(bank.workspace, "L0000001", "MGMT", who=WHO, why="monthly fee", on=date(2026, 7, 1))
    agree(bank.rows("select * from bank_postings"), "posted_on\n2026-07-01")


def test_the_same_days_in_another_format_are_refused(bank: Bank) -> None:
    """SPEC 7: the same line in two formats cannot be told from two lines."""
    bank.statement("date | amount | code\n2024-03-04 | 5.00 | 301\n2024-03-07 | 6.00 | 301")
    path = bank.folder / "march.ofx"
    path.write_bytes(OFX.replace(b"-50,00", b"-50.00"))
    with pytest.raises(InputRefused, match="from 2024-03-05 to 2024-03-06 of this account came already .* bai2"):
        matching.match_statement(bank.workspace, path, who=WHO)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (LOCKBOX, "is a lockbox file; make payments of it with recon convert"),
        (CAMT.replace(b"camt.053", b"camt.054").replace(b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn")
         .replace(b"<Stmt>", b"<Ntfctn>").replace(b"</Stmt>", b"</Ntfctn>"), "is an interim report or notification"),
        (CAMT, "is of account ...6890, which no bank account of the ledger has as its number"),
    ],
)  # fmt: skip
def test_what_is_no_statement_of_ours(bank: Bank, content: bytes, words: str) -> None:
    """SPEC 7: said in one sentence, with what to do."""
    path = bank.folder / "file.txt"
    path.write_bytes(content)
    with pytest.raises(ReconError, match=re.escape(words)):
        matching.match_statement(bank.workspace, path, who=WHO)
    assert bank.rows("select * from bank_statements") == []


@pytest.mark.parametrize(
    ("shown", "found"),
    [("777001", "trust"), ("*****8002", "reserve"), ("8002", "reserve"), ("XXXX-7001", "trust"), ("001", None)],
)
def test_an_account_number_as_banks_write_it(bank: Bank, shown: str, found: str | None) -> None:
    """SPEC 7: leading zeros do not count; a masked number does if only one account ends so."""
    path = bank.folder / "bank.txt"
    path.write_text(bai2("date | amount | code\n2026-06-11 | 5.00 | 301", account=shown))
    if found is None:
        bank.load(includes="all", bank_accounts=ACCOUNTS.replace("000888002", "000999001"), charges=CHARGES)
        with pytest.raises(WrongUse, match="say which one it is with --bank-account"):
            matching.match_statement(bank.workspace, path, who=WHO)
    else:
        matching.match_statement(bank.workspace, path, who=WHO)
        agree(bank.rows("select * from bank_lines"), f"bank_account_key\n{found}")
