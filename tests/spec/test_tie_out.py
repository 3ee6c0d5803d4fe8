"""The three-way tie-out (SPEC 7): bank adjusted = book = owners and tenants, every difference an item of its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from recon import decisions
from recon.audits import audit
from recon.decisions import Part
from recon.errors import WrongUse
from recon.reconciliation import matching, tie_out
from recon.tenant_credit import refund_credit
from tests.bank_days import ACCOUNT, bai2
from tests.spec.tables import WHO, Office, agree, money

CHARGES = """
    charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
    C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00
    C2        | Bruno     | Fair436  | L-Corey   | 2026-06-01 | 1140.00
"""
# What the owners, the management and the tenants had in TRUST when June began: 1,000.00 in all.
ENTRIES = """
    entry_id | ledger_id | tenant_id | entry_date | kind             | description    | amount
    E1       | L-Ames    |           | 2026-06-01 | opening_balance  | Opening        | 250.00
    E2       | MGMT      |           | 2026-06-01 | opening_balance  | Opening        | 150.00
    E3       | DEPOSITS  | Roseman   | 2026-06-01 | security_deposit | Deposit held   | 600.00
    E4       | L-Ames    |           | 2026-06-05 | disbursement     | Plumber        | -80.00
    E5       | L-Ames    |           | 2026-06-11 | owner_draw       | Draw           | -100.00
"""
LINES = """
    2026-06-10 | Cedar327 | 690.00  | check 1 | Roseman
    2026-06-10 | Fair436  | 1140.00 | check 2 | Bruno
"""
JUNE_12 = date(2026, 6, 12)


class Bank(Office):
    """An office with an opening balance of 1,000.00 in TRUST and a slip of 1,830.00, of which 1,140.00 is Corey's."""

    def __init__(self, folder: Path, entries: str = ENTRIES) -> None:
        super().__init__(folder)
        self.load(
            bank_accounts=f"bank_account_id | account_number\nTRUST | {ACCOUNT}\nRESERVE | 000888002",
            charges=CHARGES,
            ledger_entries=entries,
        )
        self.post(self.bring("June10.csv", LINES, bank_account="TRUST"))

    def told(self, lines: str, **more: str) -> None:
        """Take in a statement of TRUST."""
        (self.folder / "bank.txt").write_text(bai2(lines, **more))
        matching.match_statement(self.workspace, self.folder / "bank.txt", who=WHO)


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    """An office with a bank."""
    return Bank(tmp_path)


def test_all_agree(bank: Bank) -> None:
    """BTR-62: deposit and disbursement are at the bank, the draw is not yet; Corey's money is a transfer due."""
    bank.told(
        """
        date       | amount  | code
        2026-06-05 | -80.00  | 475
        2026-06-12 | 1830.00 | 175
        """
    )
    one = tie_out.tie_out(bank.workspace, "trust", JUNE_12)
    agree(
        [one.__dict__ | {"ties": one.ties}],
        "bank_account_id | bank_balance | adjusted_balance | book_balance | difference | party_balance | ties\n"
        "TRUST | 2750.0000 | 2650.0000 | 2650.00 | 0.0000 | 1510.00 | True",
    )
    agree(one.items, "kind | id | day | amount\nentry_not_at_bank | e5 | 2026-06-11 | -100.0000")
    agree(
        one.parties,
        """
        party   | party_id | balance
        deposit | Roseman  | 600.00
        ledger  | L-Ames   | 760.00
        ledger  | MGMT     | 150.00
    """,
    )
    agree(one.transfers, "party_id | balance\nRESERVE | 1140.00")
    assert audit(bank.workspace) == []


def test_each_difference_is_an_item(bank: Bank) -> None:
    """SPEC 7: in transit, unrecorded, returned: each by itself, and the balances agree."""
    bank.told(
        """
        date       | amount  | code | text
        2026-06-05 | -80.00  | 475  |
        2026-06-11 | 500.00  | 142  | SOMEBODY
        2026-06-12 | -12.50  | 698  | FEE
        2026-06-12 | -690.00 | 555  | RETURNED
        """
    )
    one = tie_out.tie_out(bank.workspace, "TRUST", JUNE_12)
    agree(
        one.items,
        """
        kind               | id       | amount
        deposit_in_transit | D000001  | 1830.0000
        entry_not_at_bank  | e5       | -100.0000
        returned_item      | L0000004 | 690.0000
        unrecorded_credit  | L0000002 | -500.0000
        unrecorded_debit   | L0000003 | 12.5000
    """,
    )
    assert (one.ties, one.adjusted_balance) == (True, money("2650.00"))
    matching.post_item(bank.workspace, "L0000003", "MGMT", who=WHO, why="monthly fee")
    matching.accept(bank.workspace, ["L0000004"], receipt_ids=["R0000001"], who=WHO)
    one = tie_out.tie_out(bank.workspace, "TRUST", JUNE_12)
    assert (one.ties, one.book_balance) == (True, money("1947.50"))
    agree(one.parties[-2:], "party_id | balance\nL-Ames | 70.00\nMGMT | 137.50")
    assert audit(bank.workspace) == []


def test_a_day_before_the_bank_had_it(bank: Bank) -> None:
    """SPEC 7: as of 11 June the slip, matched on the 12th, was in transit."""
    bank.told("date | amount | code\n2026-06-05 | -80.00 | 475\n2026-06-11 | -100.00 | 475\n2026-06-12 | 1830.00 | 175")
    one = tie_out.tie_out(bank.workspace, "TRUST", date(2026, 6, 11))
    agree(one.items, "kind | id | amount\ndeposit_in_transit | D000001 | 1830.0000")
    assert one.ties


def test_credit_refund_and_correction(bank: Bank) -> None:
    """SPEC 7: a tenant's credit is owed to the tenant; a refund waits for the bank; a correction is not posted."""
    bank.told("date | amount | code\n2026-06-05 | -80.00 | 475\n2026-06-11 | -100.00 | 475\n2026-06-12 | 1830.00 | 175")
    decisions.reverse(bank.workspace, "R0000001", "correction", JUNE_12, who=WHO, why="other charge")
    agree(tie_out.tie_out(bank.workspace, "TRUST", JUNE_12).items, "kind | amount\ncounted_on_another_day | -690.0000")
    bank.process("B000001", 1, Part(money("690.00"), "Roseman", "Cedar327"))
    refund_credit(bank.workspace, "R0000003", money("40.00"), JUNE_12, who=WHO, why="moved out")
    one = tie_out.tie_out(bank.workspace, "TRUST", JUNE_12)
    (refund_id,) = [row["refund_id"] for row in bank.rows("select refund_id from refunds")]
    agree(one.items, f"kind | id | amount\nrefund_not_at_bank | {refund_id} | -40.0000")
    agree(one.parties[:1], "party | party_id | balance\ncredit | Roseman | 650.00")
    assert one.ties
    assert audit(bank.workspace) == []


def test_the_check_of_a_refund_meets_its_line(bank: Bank) -> None:
    """SPEC 7: a refund is matched when only one fits, else by a person; unmatched it is open again."""
    bank.told("date | amount | code\n2026-06-05 | -80.00 | 475\n2026-06-11 | -100.00 | 475\n2026-06-12 | 1830.00 | 175")
    decisions.reverse(bank.workspace, "R0000001", "correction", JUNE_12, who=WHO, why="other charge")
    bank.process("B000001", 1, Part(money("690.00"), "Roseman", "Cedar327"))
    for amount in ("40.00", "25.00", "25.00"):
        refund_credit(bank.workspace, "R0000003", money(amount), JUNE_12, who=WHO, why="moved out")
    bank.told("date | amount | code\n2026-06-13 | -40.00 | 475\n2026-06-14 | -25.00 | 475", opening="2650.00")
    last_day = date(2026, 6, 14)
    open_items = tie_out.tie_out(bank.workspace, "TRUST", last_day).items
    refunds = [row["refund_id"] for row in bank.rows("select refund_id from refunds order by entry_seq")]
    agree(
        open_items,
        "kind | id | amount\n"
        f"refund_not_at_bank | {refunds[1]} | -25.0000\n"
        f"refund_not_at_bank | {refunds[2]} | -25.0000\n"
        "unrecorded_debit | L0000005 | 25.0000",
    )
    with pytest.raises(WrongUse, match=r"The bank shows -25\.00 and the books -50\.00"):
        matching.accept(bank.workspace, ["L0000005"], refund_ids=refunds[1:], who=WHO)
    with pytest.raises(WrongUse, match="There is no unmatched refund R0000003-refund-1 of this bank account"):
        matching.accept(bank.workspace, ["L0000005"], refund_ids=["R0000003-refund-1"], who=WHO)
    done = matching.accept(bank.workspace, ["L0000005"], refund_ids=refunds[2:], who=WHO)
    one = tie_out.tie_out(bank.workspace, "TRUST", last_day)
    agree(one.items, f"kind | id | amount\nrefund_not_at_bank | {refunds[1]} | -25.0000")
    assert one.ties
    assert audit(bank.workspace) == []
    matching.unmatch(bank.workspace, done.matches[0], who=WHO, why="the other check")
    assert len(tie_out.tie_out(bank.workspace, "TRUST", last_day).items) == 3


def test_what_nothing_explains_stays_visible(tmp_path: Path) -> None:
    """SPEC 7: the bank began with 1,000.00, the books with 900.00."""
    bank = Bank(tmp_path, ENTRIES.replace("250.00", "150.00"))
    bank.told("date | amount | code\n2026-06-05 | -80.00 | 475\n2026-06-12 | 1830.00 | 175")
    one = tie_out.tie_out(bank.workspace, "TRUST", JUNE_12)
    assert (one.ties, one.difference, one.party_difference) == (False, money("100.00"), money("0.00"))


def test_balances_below_zero_are_listed(tmp_path: Path) -> None:
    """SPEC 7: one owner's money must not pay another's plumber."""
    bank = Bank(tmp_path, ENTRIES.replace("-80.00", "-950.00"))
    bank.told("date | amount | code\n2026-06-05 | -950.00 | 475\n2026-06-12 | 1830.00 | 175")
    agree(
        tie_out.tie_out(bank.workspace, "TRUST", JUNE_12).below_zero,
        "party | party_id | balance\nledger | L-Ames | -110.00",
    )


def test_closing_through_the_tie_out_locks_it(bank: Bank) -> None:
    """SPEC 7: what was signed off is kept, and the period is closed."""
    bank.told("date | amount | code\n2026-06-05 | -80.00 | 475\n2026-06-12 | 1830.00 | 175")
    with pytest.raises(WrongUse, match="No statement of reserve gives a closing balance for 2026-06-12"):
        tie_out.tie_out(bank.workspace, "reserve", JUNE_12)
    tie_out.close(bank.workspace, JUNE_12, who=WHO)
    agree(
        bank.rows("select * from facts.tie_outs"),
        "bank_account_key | statement_date | bank_balance | adjusted_balance | book_balance | party_balance\n"
        "trust | 2026-06-12 | 2750.0000 | 2650.0000 | 2650.00 | 1510.00",
    )
    agree(bank.rows("select * from facts.period_closings"), "closed_through\n2026-06-12")
    with pytest.raises(WrongUse, match="the books are closed through 2026-06-12, so it stays"):
        matching.unmatch(bank.workspace, "M000001", who=WHO, why="late")
    with pytest.raises(WrongUse, match="closed through 2026-06-12 already"):
        tie_out.close(bank.workspace, JUNE_12, who=WHO)


def test_closing_with_a_difference_needs_a_reason(tmp_path: Path) -> None:
    """SPEC 7: nothing is absorbed; who closed with it and why is in the journal."""
    bank = Bank(tmp_path, ENTRIES.replace("250.00", "150.00"))
    bank.told("date | amount | code\n2026-06-05 | -80.00 | 475\n2026-06-12 | 1830.00 | 175")
    with pytest.raises(WrongUse, match="TRUST does not tie on 2026-06-12: 100.00 is explained by no item"):
        tie_out.close(bank.workspace, JUNE_12, who=WHO)
    assert bank.rows("select * from facts.period_closings") == []
    tie_out.close(bank.workspace, JUNE_12, who=WHO, why="opening entry follows in July")
    agree(bank.journal()[-1:], "action | why\nclose-tied | opening entry follows in July")


def test_a_balance_given_by_a_person(bank: Bank) -> None:
    """SPEC 7: some files carry no balance."""
    one = tie_out.tie_out(bank.workspace, "TRUST", JUNE_12, money("820.00"))
    assert one.bank_balance == money("820.00")
    with pytest.raises(WrongUse, match="There is no bank account 'CASH'; there are RESERVE, TRUST"):
        tie_out.tie_out(bank.workspace, "CASH", JUNE_12)


def test_the_next_months_export_begins_with_an_opening_balance(bank: Bank) -> None:
    """SPEC 2, 7: what it stands for, a check paid in July among it, is in neither balance twice."""
    bank.told("date | amount | code\n2026-06-05 | -80.00 | 475\n2026-06-12 | 1830.00 | 175")
    bank.load(
        includes="all",
        bank_accounts=f"bank_account_id | account_number\nTRUST | {ACCOUNT}\nRESERVE | 000888002",
        charges="""
            charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount  | open_amount
            C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00  | 0.00
            C2        | Bruno     | Fair436  | L-Corey   | 2026-06-01 | 1140.00 | 0.00
        """,
        ledger_entries="""
            entry_id | ledger_id | tenant_id | entry_date | kind            | description  | amount
            J1       | L-Ames    |           | 2026-07-01 | opening_balance | Opening      | 860.00
            J2       | MGMT      |           | 2026-07-01 | opening_balance | Opening      | 150.00
            J3       | DEPOSITS  | Roseman   | 2026-07-01 | opening_balance | Deposit held | 600.00
            J4       | L-Corey   |           | 2026-07-01 | opening_balance | Opening      | 1140.00
            J5       | L-Ames    |           | 2026-07-05 | disbursement    | Plumber      | -30.00
        """,
    )
    bank.told("date | amount | code\n2026-07-06 | -30.00 | 475", opening="2750.00")
    one = tie_out.tie_out(bank.workspace, "TRUST", date(2026, 7, 6))
    assert (one.ties, one.items, one.book_balance) == (True, [], money("2720.00"))
    agree(one.transfers, "party_id | balance\nRESERVE | 1140.00")
    assert audit(bank.workspace) == []
