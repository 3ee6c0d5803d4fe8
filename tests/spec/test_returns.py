"""Returned items (SPEC 6, 7): the receipt that the bank names is reversed once; the rest is proposed to a person."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from recon import decisions, receipt_export, store
from recon.audits import audit
from recon.decisions import Part
from recon.errors import InputRefused, WrongUse
from recon.reconciliation import matching, returns
from schemas.return_codes import return_words
from tests.bank_days import ACCOUNT, bai2, nacha
from tests.spec.tables import WHO, Office, agree, money

CHARGES = """
    charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
    C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00
    C2        | Bruno     | Fair436  | L-Ames    | 2026-06-01 | 1140.00
"""
# As recon convert writes them: the trace of an ACH entry, the number of a check, then the payer.
LINES = """
    2026-06-10 | Cedar327 | 690.00  | 121000350001001 ROSEMAN DALE | Roseman
    2026-06-10 | Fair436  | 1140.00 | CK 77 BRUNO                  | Bruno
"""
ACH_RETURN = """
    code | amount | id      | name         | trace           | reason | original
    26   | 690.00 | Roseman | ROSEMAN DALE | 311076670000451 | R01    | 121000350001001
"""
BOTH_BACK = """
    date       | amount   | code | bank_ref | ref             | text
    2026-06-15 | -690.00  | 557  | RET0615  | 311076670000451 | ACH RETURN R01 ROSEMAN ORIG TRACE 121000350001001
    2026-06-15 | -1140.00 | 555  | RTNCK    | 77              | DEPOSITED ITEM RETURNED NSF BRUNO
    2026-06-15 | -12.00   | 567  | FEE      |                 | RETURN ITEM FEE
"""


class Bank(Office):
    """An office that has posted the lines above and may hear from the bank."""

    def __init__(self, folder: Path, lines: str = LINES) -> None:
        super().__init__(folder)
        self.load(
            bank_accounts=f"bank_account_id | account_number\nTRUST | {ACCOUNT}\nRESERVE | 000888002", charges=CHARGES
        )
        self.post(self.bring("June10.csv", lines))

    def told(self, text: str, name: str = "bank.txt") -> matching.Matched:
        """Take in a file of the bank."""
        (self.folder / name).write_text(text)
        return matching.match_statement(self.workspace, self.folder / name, who=WHO)

    def reversals(self) -> list[dict[str, object]]:
        """What was reversed, and when."""
        return [row for row in self.receipts() if row["reversal_kind"]]


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """An office with a bank."""
    return Bank(tmp_path)


def test_lines_of_the_statement_reverse_by_trace_and_check_number(bank: Bank) -> None:
    """BTR-62: charges reopen at the return date, the bank's line is matched with the reversal, the fee is not."""
    done = bank.told(bai2(BOTH_BACK))
    assert done.reversed_receipts == ("R0000001", "R0000002")
    agree(bank.charges(), "charge_id | open_amount\nC1 | 690.00\nC2 | 1140.00")
    agree(
        bank.rows("select * from bank_lines order by bank_line_id"),
        """
        amount     | return_code | match_rule
        -690.0000  | R01         | reference
        -1140.0000 |             | reference
        -12.0000   |             |
    """,
    )
    agree(
        bank.rows("select * from receipts order by receipt_id"),
        "receipt_id | reversal_kind | reversed_on\nR0000001 | returned | 2026-06-15\nR0000002 | returned | 2026-06-15",
    )
    agree(bank.slips(), "deposit_id | total | state\nD000001 | 1830.00 | open")
    assert audit(bank.workspace) == []


def test_a_file_of_returns_and_the_statement_tell_of_the_same_item(bank: Bank) -> None:
    """BTR-62: reversed once; the statement's line is matched with that reversal."""
    first = bank.told(nacha(ACH_RETURN, day=date(2026, 6, 14)), "returns.ach")
    assert (first.reversed_receipts, first.matches) == (("R0000001",), ())
    assert bank.told(nacha(ACH_RETURN, day=date(2026, 6, 14)), "again.ach").reversed_receipts == ()
    second = bank.told(bai2(BOTH_BACK))
    assert (second.reversed_receipts, len(second.matches)) == (("R0000002",), 2)
    agree(
        bank.rows("select * from receipts order by receipt_id"),
        "receipt_id | reversed_on\nR0000001 | 2026-06-14\nR0000002 | 2026-06-15",
    )
    agree(
        bank.rows("select * from returned_items order by bank_line_id"),
        """
        told_by   | return_code | receipt_id
        returns   | R01         | R0000001
        statement | R01         | R0000001
        statement |             | R0000002
    """,
    )
    assert audit(bank.workspace) == []


def test_the_statement_first_and_the_file_of_returns_after(bank: Bank) -> None:
    """BTR-62: nothing is reversed a second time."""
    bank.told(bai2(BOTH_BACK))
    assert bank.told(nacha(ACH_RETURN), "returns.ach").reversed_receipts == ()
    assert bank.rows("select * from returned_items where receipt_id is null") == []


def test_a_reversal_by_hand_is_matched_by_its_total(bank: Bank) -> None:
    """SPEC 7: the negative on the bank's side, where one reversal and one line fit."""
    decisions.reverse(bank.workspace, "R0000002", "returned", date(2026, 6, 15), who=WHO, why="NSF")
    bank.told(bai2("date | amount | code\n2026-06-16 | -1140.00 | 555"))
    agree(bank.rows("select * from bank_lines"), "amount | match_rule\n-1140.0000 | total")
    agree(bank.rows("select * from returned_items"), "receipt_id\nR0000002")


def test_all_returns_of_a_day_in_one_line(bank: Bank) -> None:
    """SPEC 7: a bank may sum the returns of a day."""
    for receipt_id in ("R0000001", "R0000002"):
        decisions.reverse(bank.workspace, receipt_id, "returned", date(2026, 6, 15), who=WHO, why="NSF")
    bank.told(bai2("date | amount | code\n2026-06-15 | -1830.00 | 557"))
    agree(bank.rows("select * from bank_lines"), "match_rule\ntogether")


def test_without_a_reference_it_is_proposed(bank: Bank) -> None:
    """SPEC 7: the same amount is no proof; a person sees the candidates, who names the payer first."""
    bank.told(bai2("date | amount | code | text\n2026-06-15 | -1140.00 | 555 | RETURNED BRUNO"))
    assert bank.reversals() == []
    with store.reading(bank.workspace) as current:
        proposed = returns.candidates(current).to_pylist()
    agree(proposed, "bank_line_id | receipt_id | tenant_id | names_payer\nL0000001 | R0000002 | Bruno | True")
    matching.accept(bank.workspace, ["L0000001"], receipt_ids=["R0000002"], who=WHO, why="called the bank")
    agree(
        bank.rows("select * from receipts where receipt_id = 'R0000002'"),
        "reversal_kind | reversed_on\nreturned | 2026-06-15",
    )
    agree(bank.journal()[-1:], "action | why\naccept-match | called the bank")
    assert audit(bank.workspace) == []


def test_two_receipts_with_the_reference_are_left_to_a_person(tmp_path: Path) -> None:
    """SPEC 7: check 77 of two payers of the same amount."""
    bank = Bank(
        tmp_path,
        """
        2026-06-10 | Cedar327 | 690.00 | CK 77 ROSEMAN | Roseman
        2026-06-10 | Fair436  | 690.00 | CK 0077 BRUNO | Bruno
        """,
    )
    bank.process("B000001", 2, Part(money("690.00"), "Bruno", "Fair436"), bank_account="TRUST")
    bank.told(bai2("date | amount | code | ref\n2026-06-15 | -690.00 | 555 | 77"))
    assert bank.reversals() == []
    with store.reading(bank.workspace) as current:
        assert len(returns.candidates(current)) == 2


def test_a_return_into_a_closed_period_waits_for_a_later_day(bank: Bank) -> None:
    """SPEC 7: returns can come two months later; a closed period is never touched silently."""
    decisions.close_period(bank.workspace, date(2026, 6, 30), who=WHO)
    done = bank.told(bai2("date | amount | code | ref\n2026-06-15 | -1140.00 | 555 | 77"))
    assert done.warnings == (
        "Returned item L0000001 of 2026-06-15 belongs to receipt R0000002, but the books are closed through "
        "2026-06-30: recon match --accept L0000001 --receipt R0000002 --on DATE.",
    )
    with pytest.raises(WrongUse, match="2026-06-15 lies in a closed period"):
        matching.accept(bank.workspace, ["L0000001"], receipt_ids=["R0000002"], who=WHO)
    matching.accept(bank.workspace, ["L0000001"], receipt_ids=["R0000002"], who=WHO, on=date(2026, 7, 1))
    agree(bank.rows("select * from receipts where reversal_kind is not null"), "reversed_on\n2026-07-01")


def test_the_nsf_charge_is_listed_for_the_system_of_record(bank: Bank) -> None:
    """SPEC 7: for lack of funds only; charges come from the ledger, so it is added there."""
    bank.workspace.settings.write_text('nsf_charge = "35.00"\n')
    bank.told(
        bai2(
            """
            date       | amount   | code | ref             | text
            2026-06-15 | -690.00  | 557  | 311076670000451 | ACH RETURN R02 ORIG TRACE 121000350001001
            2026-06-15 | -1140.00 | 555  | 77              | RETURNED NSF
            """
        )
    )
    agree(
        bank.rows("select * from facts.charges_to_add"),
        "receipt_id | amount | charged_on\nR0000002 | 35.00 | 2026-06-15",
    )


def test_the_nsf_charge_goes_back_to_the_system_of_record_once(bank: Bank) -> None:
    """SPEC 6, 7: with the receipts and reversals that caused it, under a record of its own."""
    bank.workspace.settings.write_text('nsf_charge = "35.00"\n')
    bank.told(bai2("date | amount | code | ref | text\n2026-06-15 | -1140.00 | 555 | 77 | RETURNED NSF"))
    done = receipt_export.export(bank.workspace, bank.folder / "out.csv", who=WHO)
    assert (done.receipts, done.reversals, done.refunds, done.charges) == (2, 1, 0, 1)
    written = (bank.folder / "out.csv").read_text(encoding="utf-8").splitlines()
    rows = [row for row in csv.DictReader(written) if row["record"] == "charge"]
    assert [(row["receipt_id"], row["tenant_id"], row["date"], row["amount"], row["memo"]) for row in rows] == [
        ("R0000002", "Bruno", "2026-06-15", "35.00", "Returned payment, NSF")
    ]
    again = receipt_export.export(bank.workspace, bank.folder / "again.csv", who=WHO)
    assert (again.receipts, again.reversals, again.charges) == (0, 0, 0)


def test_a_file_without_returns_is_refused(bank: Bank) -> None:
    """SPEC 7: payments are converted, not matched."""
    with pytest.raises(InputRefused, match="holds no returned items; payments in it are read with recon convert"):
        bank.told(nacha("code | amount | id | name | trace\n22 | 1.00 | Roseman | R | 121000350001001"), "credits.ach")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("R01", "R01: Insufficient funds; may be presented again"),
        ("R02", "R02: Account closed; must not be presented again as it is"),
        ("r09", "r09: Uncollected funds; may be presented again"),
        ("Q77", "Q77: see the bank's list of codes"),
        (None, "The bank gives no reason"),
    ],
)
def test_return_codes_in_words(code: str | None, words: str) -> None:
    """SPEC 7: why it came back, and whether it may be presented again."""
    assert return_words(code) == words
