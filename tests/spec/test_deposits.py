"""Deposit slips (SPEC 6): one per bank account and batch, so that the bank's one credit will match it."""

from datetime import date
from pathlib import Path

import pytest

from recon import audits, batch_work, decisions, deposits, undo
from recon.batch_work import Payment
from recon.decisions import Part
from recon.errors import WrongUse
from tests.spec.tables import WHO, Office, agree, money

# Roseman owes Ames, whose money belongs in TRUST; Bruno owes Corey, whose money belongs in RESERVE.
CHARGES = """
    charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
    C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00
    C2        | Bruno     | Fair436  | L-Corey   | 2026-06-01 | 1140.00
    C3        | Roseman   | Cedar327 | L-Ames    | 2026-09-01 | 690.00
"""
LINES = """
    2026-06-10 | Cedar327 | 690.00  | Reference #68217 | Roseman
    2026-06-11 | Fair436  | 1140.00 | Reference #1721  | Bruno
    2026-06-12 | Mail212  | 950.00  | Reference #6612  |
"""


def posted(folder: Path, **terms: object) -> Office:
    """An office that has posted the lines above."""
    office = Office(folder)
    office.load(charges=CHARGES)
    office.post(office.bring("June10.csv", LINES, **terms))
    return office


def test_one_slip_per_bank_account(tmp_path: Path) -> None:
    """BTR-62, BTR-57, BTR-83: the account is that of the ledger paid, the date the latest of the batch."""
    office = posted(tmp_path)
    agree(
        office.slips(),
        """
        deposit_id | batch_id | bank_account_id | deposit_date | items | total   | state
        D000001    | B000001  | RESERVE         | 2026-06-12   | 1     | 1140.00 | open
        D000002    | B000001  | TRUST           | 2026-06-12   | 1     | 690.00  | open
    """,
    )
    assert office.transfers("B000001") == []


def test_one_bank_account_for_the_batch(tmp_path: Path) -> None:
    """BTR-62, BTR-83: the bank shows one credit; what belongs in another account is listed as a transfer due."""
    office = posted(tmp_path, bank_account="trust")
    agree(
        office.slips(),
        """
        bank_account_id | deposit_date | items | total
        TRUST           | 2026-06-12   | 2     | 1830.00
    """,
    )
    agree(
        office.transfers("B000001"),
        """
        from_bank_account_id | to_bank_account_id | ledger_id | amount
        TRUST                | RESERVE            | L-Corey   | 1140.00
    """,
    )


def test_a_deposit_date_for_the_batch(tmp_path: Path) -> None:
    """BTR-62: the day on which the bank will have the money."""
    office = posted(tmp_path, bank_account="RESERVE", deposit_date=date(2026, 6, 15))
    agree(office.slips(), "bank_account_id | deposit_date | total\nRESERVE | 2026-06-15 | 1830.00")
    agree(office.transfers("B000001"), "ledger_id | amount\nL-Ames | 690.00")


def test_a_bank_account_that_the_ledger_does_not_have(tmp_path: Path) -> None:
    """BTR-83: refused by name, with those that there are; nothing is imported."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    with pytest.raises(WrongUse, match="There is no bank account 'SAVINGS' in the ledger; it has RESERVE, TRUST"):
        office.bring("June10.csv", LINES, bank_account="SAVINGS")
    assert office.rows("select * from batches") == []


def test_scenario_17_the_slip_is_the_sum_of_its_receipts_and_refuses_a_difference(tmp_path: Path) -> None:
    """BTR-57, BTR-62: it cannot be recorded while the total entered differs from its items."""
    office = posted(tmp_path, bank_account="TRUST")
    for entered, difference in (("1830.01", "0.01"), ("1829.99", "-0.01"), ("2780.00", "950.00")):
        with pytest.raises(WrongUse) as refused:
            deposits.record(office.workspace, "D000001", money(entered), who=WHO)
        assert f"(difference {difference}); it was not recorded" in str(refused.value)
    agree(office.slips(), "state | total\nopen | 1830.00")
    deposits.record(office.workspace, "D000001", money("1830.00"), who=WHO)
    agree(office.slips(), "state | total\nrecorded | 1830.00")
    assert office.rows("select * from undeposited_receipts") == []
    with pytest.raises(WrongUse, match="is recorded; only an open slip can be recorded"):
        deposits.record(office.workspace, "D000001", money("1830.00"), who=WHO)


def test_receipts_processed_later_join_the_open_slip(tmp_path: Path) -> None:
    """BTR-62, BTR-60: until a person records it; after that there is a second slip."""
    office = posted(tmp_path, bank_account="TRUST")
    credit = Part(money("900.00"), "Roseman", "Cedar327"), Part(money("50.00"), ledger_id="MGMT")
    office.process("B000001", 3, *credit)
    agree(office.slips(), "deposit_id | items | total\nD000001 | 4 | 2780.00")
    deposits.record(office.workspace, "D000001", money("2780.00"), who=WHO)
    office.bring("later.txt", "2026-06-13 | Cedar327 | 5.00 | | Roseman", bank_account="TRUST")
    office.process("B000002", 1, Part(money("5.00"), "Roseman", "Cedar327"))
    agree(
        office.slips(),
        """
        deposit_id | batch_id | items | total   | state
        D000001    | B000001  | 4     | 2780.00 | recorded
        D000002    | B000002  | 1     | 5.00    | open
    """,
    )


def test_what_comes_after_the_slip_was_recorded_goes_on_a_new_one(tmp_path: Path) -> None:
    """BTR-62: a recorded slip does not change."""
    office = posted(tmp_path, bank_account="TRUST")
    deposits.record(office.workspace, "D000001", money("1830.00"), who=WHO)
    office.process("B000001", 3, Part(money("950.00"), "Roseman", "Cedar327"))
    agree(
        office.slips(),
        """
        deposit_id | items | total   | state
        D000001    | 2     | 1830.00 | recorded
        D000002    | 1     | 950.00  | open
    """,
    )


@pytest.mark.parametrize("recorded_first", [False, True])
def test_a_slip_that_is_void_gives_its_receipts_back(tmp_path: Path, recorded_first: bool) -> None:
    """BTR-57: they are on a new open slip, and the reason is in the journal."""
    office = posted(tmp_path, bank_account="TRUST")
    if recorded_first:
        deposits.record(office.workspace, "D000001", money("1830.00"), who=WHO)
    assert deposits.void(office.workspace, "D000001", who=WHO, why="wrong account") == ("D000002",)
    agree(
        office.slips(),
        """
        deposit_id | items | total   | state
        D000001    | 0     | 0.00    | void
        D000002    | 2     | 1830.00 | open
    """,
    )
    agree(office.journal()[-1:], "action | why\nvoid-deposit | wrong account")
    with pytest.raises(WrongUse, match="is void already"):
        deposits.void(office.workspace, "D000001", who=WHO, why="again")
    with pytest.raises(WrongUse, match="is void; only an open slip"):
        deposits.record(office.workspace, "D000001", money("0.00"), who=WHO)


def test_a_slip_that_nobody_knows(tmp_path: Path) -> None:
    """BTR-62: the message says where they are listed."""
    office = posted(tmp_path)
    with pytest.raises(WrongUse, match=r"There is no deposit slip D000009; recon deposit lists them\."):
        deposits.record(office.workspace, "D000009", money("1.00"), who=WHO)


def test_a_returned_payment_leaves_a_recorded_slip_as_it_is(tmp_path: Path) -> None:
    """BTR-57: the money left the bank afterwards; the slip still equals the bank's credit."""
    office = posted(tmp_path, bank_account="TRUST")
    deposits.record(office.workspace, "D000001", money("1830.00"), who=WHO)
    decisions.reverse(office.workspace, "R0000001", "returned", date(2026, 6, 20), who=WHO, why="NSF")
    agree(office.slips(), "items | total | state\n2 | 1830.00 | recorded")
    agree(office.lines("B000001")[:1], "state\nposted")
    agree(office.charges(), "charge_id | open_amount\nC1 | 690.00\nC2 | 0.00\nC3 | 690.00")


def test_a_correction_takes_the_same_place_on_a_recorded_slip(tmp_path: Path) -> None:
    """BTR-57: the money stayed; total and account of the slip are the same before, between and after."""
    office = posted(tmp_path, bank_account="TRUST")
    deposits.record(office.workspace, "D000001", money("1830.00"), who=WHO)
    decisions.reverse(office.workspace, "R0000001", "correction", date(2026, 6, 20), who=WHO, why="wrong tenant")
    agree(office.slips(), "items | total | state\n2 | 1830.00 | recorded")
    agree(office.lines("B000001")[:1], "state\nwaiting")
    office.process("B000001", 1, Part(money("600.00"), "Bruno", "Fair436"), Part(money("90.00"), ledger_id="L-Corey"))
    agree(office.slips(), "deposit_id | items | total | state\nD000001 | 3 | 1830.00 | recorded")
    agree(
        office.receipts(),
        """
        receipt_id | tenant_id | amount  | bank_account_id | deposit_id | reversal_kind
        R0000001   | Roseman   | 690.00  | TRUST           |            | correction
        R0000002   | Bruno     | 1140.00 | TRUST           | D000001    |
        R0000003   | Bruno     | 600.00  | TRUST           | D000001    |
        R0000004   |           | 90.00   | TRUST           | D000001    |
    """,
    )
    agree(office.transfers("B000001"), "ledger_id | amount\nL-Corey | 1230.00")


def test_a_file_in_which_nothing_posts_has_no_slip(tmp_path: Path) -> None:
    """BTR-62: no receipts, no slip."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    office.post(office.bring("none.txt", "2026-06-10 | Cedar327 | 1.00 | | Roseman"))
    assert office.slips() == []


@pytest.mark.parametrize("is_recorded", [True, False])
def test_a_corrected_payment_keeps_its_amount(tmp_path: Path, is_recorded: bool) -> None:
    """BTR-62: the bank has the money, so the replacement has the same total, after a change and after an undo."""
    office = posted(tmp_path, bank_account="TRUST")
    batch_work.change_line(office.workspace, "B000001", 3, who="bob", why="misread", amount=money("940.00"))
    batch_work.state_control_totals(office.workspace, "B000001", 3, money("2770.00"), who=WHO, why="the bank's advice")
    office.process("B000001", 3, Part(money("940.00"), "Roseman", "Cedar327"))
    if is_recorded:
        deposits.record(office.workspace, "D000001", money("2770.00"), who=WHO)
    decisions.reverse(office.workspace, "R0000003", "correction", date(2026, 6, 12), who=WHO, why="other tenant")
    with pytest.raises(WrongUse, match=r"^Line 3 of B000001 has 940.00 on slip D000001, and what replaces"):
        batch_work.change_line(office.workspace, "B000001", 3, who=WHO, why="misread", amount=money("950.00"))
    with pytest.raises(WrongUse, match=r"^Line 3 of B000001 has 940.00 on slip D000001"):
        undo.undo(office.workspace, "B000001", who="bob")
    batch_work.change_line(office.workspace, "B000001", 3, who=WHO, tenant_id="Bruno")
    assert audits.audit(office.workspace) == []


def test_an_amount_that_was_wrong_from_the_start(tmp_path: Path) -> None:
    """BTR-59, BTR-64: the line is removed, the slip void, and the payment added anew."""
    office = posted(tmp_path, bank_account="TRUST")
    decisions.reverse(office.workspace, "R0000001", "correction", date(2026, 6, 12), who=WHO, why="misread")
    batch_work.remove_lines(office.workspace, "B000001", [1], who=WHO, why="misread")
    deposits.void(office.workspace, "D000001", who=WHO, why="misread")
    right = Payment(date(2026, 6, 10), money("600.00"), "Cedar327", "Roseman", "Reference #68217")
    office.process(
        "B000001",
        batch_work.add_payment(office.workspace, "B000001", right, who=WHO),
        Part(money("600.00"), "Roseman", "Cedar327"),
    )
    assert [slip["total"] for slip in office.slips() if slip["state"] == "open"] == [money("1740.00")]
    assert audits.audit(office.workspace) == []


def test_the_parts_of_one_payment_go_to_the_bank_together(tmp_path: Path) -> None:
    """BTR-59, BTR-62: one check is on one slip, whatever became of its parts."""
    office = posted(tmp_path, bank_account="TRUST")
    office.process("B000001", 3, Part(money("900.00"), "Roseman", "Cedar327"), Part(money("50.00"), "Bruno", "Fair436"))
    with pytest.raises(WrongUse, match=r"^Receipts R0000003 and R0000004 are parts of one payment; mark both or"):
        deposits.record_receipts(office.workspace, ["R0000001", "R0000003"], money("1590.00"), who=WHO)
    both = ["R0000003", "R0000004"]
    (slip,) = deposits.record_receipts(office.workspace, both, money("950.00"), who=WHO)
    for receipt_id in both:
        decisions.reverse(office.workspace, receipt_id, "correction", date(2026, 6, 12), who=WHO, why="all Bruno's")
    office.process("B000001", 3, Part(money("950.00"), "Bruno", "Fair436"))
    (stands,) = [row for row in office.slips() if row["deposit_id"] == slip.deposit_id]
    assert (stands["items"], stands["total"], stands["state"]) == (1, money("950.00"), "recorded")
    assert audits.audit(office.workspace) == []


def test_a_removal_that_was_undone_gives_nothing_up(tmp_path: Path) -> None:
    """BTR-59, BTR-71: the corrected receipt comes back from the voided slip, for its line waits again."""
    office = posted(tmp_path)
    decisions.reverse(office.workspace, "R0000001", "correction", date(2026, 6, 12), who=WHO, why="other tenant")
    batch_work.remove_lines(office.workspace, "B000001", [1], who=WHO, why="not ours")
    undo.undo(office.workspace, "B000001", who=WHO)
    (new,) = deposits.void(office.workspace, "D000002", who=WHO, why="by mistake")
    office.post("B000001")
    assert [slip["total"] for slip in office.slips() if slip["deposit_id"] == new] == [money("690.00")]
    assert audits.audit(office.workspace) == []


def test_a_line_of_another_amount_does_not_bring_the_old_one_back(tmp_path: Path) -> None:
    """BTR-59, BTR-64: removed, its slip void, brought back with another amount: only that one is on a slip."""
    office = posted(tmp_path, bank_account="TRUST")
    decisions.reverse(office.workspace, "R0000001", "correction", date(2026, 6, 12), who=WHO, why="misread")
    batch_work.remove_lines(office.workspace, "B000001", [1], who=WHO, why="misread")
    (second,) = deposits.void(office.workspace, "D000001", who=WHO, why="misread")
    batch_work.change_line(office.workspace, "B000001", 1, who=WHO, why="misread", amount=money("600.00"))
    (third,) = deposits.void(office.workspace, second, who=WHO, why="once more")
    assert [slip["total"] for slip in office.slips() if slip["deposit_id"] == third] == [money("1140.00")]
    office.process("B000001", 1, Part(money("600.00"), "Roseman", "Cedar327"))
    assert [slip["total"] for slip in office.slips() if slip["state"] == "open"] == [money("1740.00")]
    assert audits.audit(office.workspace) == []


def test_an_addition_that_was_undone_leaves_no_money_on_a_slip(tmp_path: Path) -> None:
    """BTR-59, BTR-71: it never came in, so it does not come back from a voided slip."""
    office = posted(tmp_path, bank_account="TRUST")
    late = Payment(date(2026, 6, 10), money("40.00"), "Cedar327", "Roseman", "late")
    number = batch_work.add_payment(office.workspace, "B000001", late, who=WHO)
    office.process("B000001", number, Part(money("40.00"), "Roseman", "Cedar327"))
    undo.undo(office.workspace, "B000001", who=WHO)
    undo.undo(office.workspace, "B000001", who=WHO)
    deposits.void(office.workspace, "D000001", who=WHO, why="typed by mistake")
    assert [slip["total"] for slip in office.slips() if slip["state"] == "open"] == [money("1830.00")]


def test_a_line_that_could_not_be_read_keeps_the_amount_that_was_posted(tmp_path: Path) -> None:
    """BTR-71, BTR-62: the amount that a person gave it is on a slip, and cannot be undone under it."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    office.bring("June10.csv", "2026-06-10 | Cedar327 | x1 | typo | Roseman", bank_account="TRUST")
    batch_work.change_line(office.workspace, "B000001", 1, who=WHO, why="8.88 on paper", posting_date=date(2026, 6, 10),
                           amount=money("8.88"))  # fmt: skip
    office.process("B000001", 1, Part(money("8.88"), "Roseman", "Cedar327"))
    undo.undo(office.workspace, "B000001", who=WHO)
    with pytest.raises(WrongUse, match=r"^Line 1 of B000001 has 8.88 on slip D000001"):
        undo.undo(office.workspace, "B000001", who=WHO)


def test_what_is_left_of_a_split_payment_may_get_another_day(tmp_path: Path) -> None:
    """BTR-60, BTR-81: one part was corrected and the books closed meanwhile; the rest can still be posted."""
    office = posted(tmp_path, bank_account="TRUST")
    office.process("B000001", 3, Part(money("900.00"), "Roseman", "Cedar327"), Part(money("50.00"), "Bruno", "Fair436"))
    decisions.reverse(office.workspace, "R0000003", "correction", date(2026, 6, 12), who=WHO, why="all Bruno's")
    decisions.close_period(office.workspace, date(2026, 6, 15), who=WHO)
    with pytest.raises(WrongUse, match="reverse its receipt to change it"):
        batch_work.change_line(office.workspace, "B000001", 3, who=WHO, why="x", amount=money("900.00"))
    batch_work.change_line(office.workspace, "B000001", 3, who=WHO, posting_date=date(2026, 6, 20))
    office.process("B000001", 3, Part(money("900.00"), "Bruno", "Fair436"))
    assert [slip["total"] for slip in office.slips() if slip["state"] == "open"] == [money("2780.00")]
    assert audits.audit(office.workspace) == []
