"""What a person does to a batch before it posts: the screen's upper and lower part as functions (SPEC 6, BTR-96)."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from recon import batch_work, decisions, tenant_credit, undo
from recon.batch_work import Payment
from recon.decisions import Part
from recon.errors import ControlTotalsDisagree, InputRefused, WrongUse
from schemas.lockbox import MEMO_CHARACTERS_MAX
from tests.spec.tables import WHO, Office, agree, money
from tests.workspaces import assert_silent

CHARGES = """
    charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
    C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00
    C2        | Bruno     | Fair436  | L-Corey   | 2026-06-01 | 1140.00
    C3        | Bruno     | Fair436  | L-Corey   | 2026-07-20 | 1140.00
"""
LINES = """
    2026-06-10 | Cedar327 | 690.00 | Reference #1 | Roseman
    2026-06-10 | Fair436  | 140.00 | Reference #2 | Bruno
    2026-06-31 | Fair436  | 1000.00 | Reference #3 | Bruno
"""
ON = date(2026, 6, 10)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with the lines above as batch B000001; nothing is posted."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    office.bring("June10.csv", LINES)
    batch_work.reclassify(office.workspace, "B000001", who=WHO)
    return office


def states(office: Office, batch_id: str = "B000001") -> str:
    """Line, reason and state of every line."""
    return ", ".join(f"{row['line_number']} {row['reason']} {row['state']}" for row in office.lines(batch_id))


def proof(office: Office, batch_id: str = "B000001") -> str:
    """The batch's control totals and what it adds up to."""
    (row,) = office.rows("select * from batches where batch_id = $batch", batch=batch_id)
    return f"{row['control_entries']} {row['control_total']} / {row['loaded_count']} {row['loaded_amount']}"


def test_a_batch_is_looked_at_before_it_posts(office: Office) -> None:
    """BTR-16, BTR-56: what the rules would do is known before anything is posted."""
    assert states(office) == "1 OK_FULL waiting, 2 UNDERPAID waiting, 3 BAD_RECORD rejected"
    assert proof(office) == "3 1830.00 / 3 1830.00"
    assert batch_work.reclassify(office.workspace, "B000001", who=WHO) == 0


def test_payments_are_added_to_a_batch_of_ones_own(office: Office) -> None:
    """BTR-65, BTR-66, BTR-82: unit or tenant alone will do; each is classified at once."""
    batch = batch_work.start_batch(office.workspace, who=WHO, deposit_date=ON)
    for payment in (
        Payment(ON, money("690.00"), unit_id="cedar327", memo="check #17"),
        Payment(ON, money("5.00"), tenant_id=" BRUNO "),
        Payment(ON, money("7.00"), unit_id="Nowhere"),
    ):
        batch_work.add_payment(office.workspace, batch, payment, who=WHO)
    # The same payment waits in the file's batch, but with another memo: no duplicate.
    assert states(office, batch) == "1 OK_FULL waiting, 2 UNDERPAID waiting, 3 UNIDENTIFIED waiting"
    assert proof(office, batch) == "None None / 3 702.00"
    assert office.post(batch).count == 1
    assert states(office, batch) == "1 OK_FULL posted, 2 UNDERPAID waiting, 3 UNIDENTIFIED waiting"
    assert_silent(office.workspace)


@pytest.mark.parametrize(
    ("payment", "words"),
    [
        (Payment(ON, Decimal("0.00"), "Cedar327"), "above 0.00"),
        (Payment(ON, Decimal("1.005"), "Cedar327"), "above 0.00"),
        (Payment(ON, Decimal("-1.00"), "Cedar327"), "above 0.00"),
        (Payment(ON, Decimal("NaN"), "Cedar327"), "amount"),
        (Payment(ON, Decimal("1e12"), "Cedar327"), "above 0.00"),
        (Payment(date(1899, 12, 31), Decimal("1.00"), "Cedar327"), "posting date"),
        (Payment(ON, Decimal("1.00"), "Cedar\n327"), "unit ID"),
        (Payment(ON, Decimal("1.00"), "Cedar327", memo="a\x00b"), "memo"),
    ],
)
def test_what_a_lockbox_line_cannot_hold_is_not_taken(office: Office, payment: Payment, words: str) -> None:
    """BTR-84: nothing is added, and the sentence says what is wrong."""
    before = office.journal()
    with pytest.raises(WrongUse, match=words):
        batch_work.add_payment(office.workspace, "B000001", payment, who=WHO)
    assert office.journal() == before


def test_a_rejected_line_is_corrected_in_place(office: Office) -> None:
    """BTR-36, BTR-64: the line keeps its number and its raw text, and is classified; undone, it is rejected again."""
    with pytest.raises(WrongUse, match="give it a date and an amount"):
        batch_work.change_line(office.workspace, "B000001", 3, who=WHO, memo="x")
    batch_work.change_line(
        office.workspace, "B000001", 3, who=WHO, posting_date=ON, amount=money("1000.00"), unit_id="Fair436"
    )
    assert states(office) == "1 OK_FULL waiting, 2 UNDERPAID waiting, 3 UNDERPAID waiting"
    assert proof(office) == "3 1830.00 / 3 1830.00"
    (row,) = office.rows("select raw from lines where line_number = 3")
    assert b"2026-06-31" in row["raw"]
    undo.undo(office.workspace, "B000001", who=WHO)
    assert states(office) == "1 OK_FULL waiting, 2 UNDERPAID waiting, 3 BAD_RECORD rejected"
    assert_silent(office.workspace)


def test_an_amount_that_the_processor_sent_is_changed_with_a_reason_and_then_does_not_post(office: Office) -> None:
    """BTR-72, BTR-88: the variance is shown, and posting waits until the control totals are stated anew."""
    with pytest.raises(WrongUse, match=r"line|Line 2 came from the processor with 140\.00"):
        batch_work.change_line(office.workspace, "B000001", 2, who=WHO, amount=money("1140.00"))
    batch_work.change_line(office.workspace, "B000001", 2, who=WHO, amount=money("1140.00"), why="the check says so")
    assert states(office) == "1 OK_FULL waiting, 2 OK_FULL waiting, 3 BAD_RECORD rejected"
    agree(office.lines("B000001")[1:2], "amount | flags\n1140.00 | AMOUNT_EDITED")
    assert proof(office) == "3 1830.00 / 3 2830.00"
    with pytest.raises(ControlTotalsDisagree, match=r"difference 1,000\.00"):
        office.post("B000001")
    with pytest.raises(WrongUse, match="where the control totals come from"):
        batch_work.state_control_totals(office.workspace, "B000001", 3, money("2830.00"), who=WHO, why="")
    batch_work.state_control_totals(
        office.workspace, "B000001", 3, money("2830.00"), who=WHO, why="processor's mail of 11 June"
    )
    assert office.post("B000001").amount == money("1830.00")
    assert_silent(office.workspace)


def test_update_all_dates_leaves_posted_payments_and_the_files_dates(office: Office) -> None:
    """BTR-81: only what is not posted changes; a later window sees a later charge, and the line is looked at again."""
    office.post("B000001")
    assert batch_work.update_all_dates(office.workspace, "B000001", date(2026, 6, 25), who=WHO) == 1
    agree(
        office.lines("B000001")[:2],
        """
        line_number | posting_date | matchable_total | flags
        1           | 2026-06-10   | 690.00          |
        2           | 2026-06-25   | 2280.00         | DATE_CHANGED
    """,
    )
    assert batch_work.update_all_dates(office.workspace, "B000001", date(2026, 6, 25), who=WHO) == 0
    undo.undo(office.workspace, "B000001", who=WHO)
    agree(office.lines("B000001")[1:2], "posting_date | matchable_total | flags\n2026-06-10 | 1140.00 | ")


def test_a_removed_payment_comes_back_edited(office: Office) -> None:
    """BTR-71: Remove Payment fills the form, Add Payment to Batch puts the same line back, changed or not."""
    batch_work.remove_lines(office.workspace, "B000001", [2], who=WHO, why="")
    assert states(office) == "1 OK_FULL waiting, 2 UNDERPAID removed, 3 BAD_RECORD rejected"
    assert proof(office) == "3 1830.00 / 3 1830.00"
    batch_work.change_line(office.workspace, "B000001", 2, who=WHO, memo="check #9")
    assert states(office) == "1 OK_FULL waiting, 2 UNDERPAID waiting, 3 BAD_RECORD rejected"
    agree(office.lines("B000001")[1:2], "memo\ncheck #9")


def test_undo_goes_back_step_by_step(office: Office) -> None:
    """BTR-71: beyond the last removal, every step of the same person is undone, last first."""
    start = states(office)
    place = office.workspace
    batch_work.remove_lines(place, "B000001", None, who=WHO, why="start over")
    batch_work.restore_lines(place, "B000001", [1, 2], who=WHO, why="")
    batch_work.add_payment(place, "B000001", Payment(ON, money("5.00"), "Fair436"), who=WHO)
    batch_work.change_line(place, "B000001", 4, who=WHO, amount=money("6.00"))
    office.process("B000001", 2, Part(money("140.00"), "Bruno", "Fair436", {"C2": money("140.00")}))
    assert states(office).startswith("1 OK_FULL waiting, 2 UNDERPAID posted, 3 BAD_RECORD removed, 4 UNDERPAID")
    done = [undo.undo(place, "B000001", who=WHO).action for _ in range(5)]
    assert done == ["process-payment", "change-line", "add-payment", "lines-restored", "lines-removed"]
    # The line that was added stays in the store as removed, and counts nowhere.
    assert states(office) == start
    assert proof(office) == "3 1830.00 / 3 1830.00"
    with pytest.raises(WrongUse, match="nothing of ann's to undo"):
        undo.undo(place, "B000001", who=WHO)
    assert_silent(place)


def test_what_was_posted_or_done_by_another_since_is_not_undone(office: Office) -> None:
    """Two people on one batch: undo takes back one's own steps, and none that another's work builds on."""
    place = office.workspace
    batch_work.change_line(place, "B000001", 1, who=WHO, memo="mine")
    batch_work.change_line(place, "B000001", 1, who="bob", memo="bob's")
    with pytest.raises(WrongUse, match="Line 1 of B000001 was posted or changed since"):
        undo.undo(place, "B000001", who=WHO)
    undo.undo(place, "B000001", who="bob")
    office.post("B000001")
    with pytest.raises(WrongUse, match="posted or changed since"):
        undo.undo(place, "B000001", who=WHO)


def test_a_processed_payment_changes_what_the_others_may_do(office: Office) -> None:
    """BTR-58: after each step the rest is looked at again, so that the screen never promises too much."""
    batch_work.add_payment(office.workspace, "B000001", Payment(ON, money("690.00"), "Cedar327", memo="again"), who=WHO)
    assert states(office).endswith("4 CONSUMED_IN_BATCH waiting")
    office.process("B000001", 1, Part(money("690.00"), "Roseman", "Cedar327"), bank_account="TRUST")
    assert states(office).endswith("4 OK_FULL waiting")


def test_the_unprocessed_batch_is_saved_and_loaded_again(office: Office, tmp_path: Path) -> None:
    """BTR-67, BTR-68: without loss, only what is not posted; an existing file is overwritten only if so wanted."""
    office.post("B000001")
    target = tmp_path / "templates" / "rest.csv"
    assert batch_work.save_unprocessed(office.workspace, "B000001", target) == 1
    assert target.read_bytes() == b'"2026-06-10","Fair436","140.00","Reference #2","Bruno",\r\n'
    with pytest.raises(InputRefused, match="exists already"):
        batch_work.save_unprocessed(office.workspace, "B000001", target)
    batch_work.save_unprocessed(office.workspace, "B000001", target, overwrite=True)
    with pytest.raises(InputRefused, match="ends in"):
        batch_work.save_unprocessed(office.workspace, "B000001", tmp_path / "rest.xlsx")


def test_a_credit_is_applied_later(office: Office) -> None:
    """SPEC 6: a tenant's credit pays a charge on a later day, and never more than there is."""
    office.process("B000001", 2, Part(money("140.00"), "Bruno", "Fair436"), bank_account="RESERVE")
    place, on = office.workspace, date(2026, 6, 20)
    with pytest.raises(WrongUse, match=r"140\.00 credit left"):
        tenant_credit.apply_credit(place, "R0000001", {"C2": money("140.01")}, on, who=WHO)
    with pytest.raises(WrongUse, match="no charge C1"):
        tenant_credit.apply_credit(place, "R0000001", {"C1": money("1.00")}, on, who=WHO)
    with pytest.raises(WrongUse, match="is before receipt R0000001"):
        tenant_credit.apply_credit(place, "R0000001", {"C2": money("1.00")}, date(2026, 6, 9), who=WHO)
    left = tenant_credit.apply_credit(place, "R0000001", {"C2": money("100.00")}, on, who=WHO)
    assert left == money("40.00")
    tenant_credit.refund_credit(place, "R0000001", money("40.00"), on, who=WHO, why="moved out")
    agree(office.receipts(), "receipt_id | amount | applied | credit\nR0000001 | 140.00 | 100.00 | 40.00")
    assert_silent(place)


def test_steps_on_lines_that_are_posted_or_not_there_are_refused(office: Office) -> None:
    """One sentence each, and nothing changes."""
    office.post("B000001")
    with pytest.raises(WrongUse, match="is posted"):
        batch_work.change_line(office.workspace, "B000001", 1, who=WHO, memo="x")
    with pytest.raises(WrongUse, match="has no line 9"):
        batch_work.change_line(office.workspace, "B000001", 9, who=WHO, memo="x")
    with pytest.raises(WrongUse, match="no batch B9"):
        batch_work.add_payment(office.workspace, "B9", Payment(ON, money("1.00")), who=WHO)
    with pytest.raises(WrongUse, match="waiting line can be processed"):
        decisions.process_payment(office.workspace, "B000001", 3, [Part(money("1000.00"), "Bruno", "Fair436")], who=WHO)


def test_an_addition_that_was_undone_is_restored(office: Office) -> None:
    """BTR-64, BTR-71: what is told as put back is back, and a change brings it back as well."""
    number = batch_work.add_payment(office.workspace, "B000001", Payment(ON, money("5.00"), "Cedar327"), who=WHO)
    undo.undo(office.workspace, "B000001", who=WHO)
    assert batch_work.restore_lines(office.workspace, "B000001", [number], who=WHO, why="it came after all") == 1
    assert states(office).endswith("4 CONSUMED_IN_BATCH waiting")
    undo.undo(office.workspace, "B000001", who=WHO)
    assert "4 " not in states(office)
    batch_work.change_line(office.workspace, "B000001", number, who=WHO, memo="by hand")
    assert states(office).endswith("4 CONSUMED_IN_BATCH waiting")
    assert_silent(office.workspace)


@pytest.mark.parametrize("memo", ["tab\tin it", "no\u00a0break", "soft\u00adhyphen", "\u05d3\u05d5\u05d3\u200f 12"])
def test_what_a_line_may_hold_it_may_keep(office: Office, memo: str) -> None:
    """BTR-64, BTR-71: characters that reading takes stand in no one's way when another value is changed."""
    batch = office.bring("June11.csv", f"2026-06-11 | Cedar327 | 5.00 | {memo} |")
    batch_work.change_line(office.workspace, batch, 1, who=WHO, tenant_id="Roseman")
    (line,) = office.rows("select memo, tenant_id from lines where batch_id = $batch", batch=batch)
    assert line == {"memo": memo, "tenant_id": "Roseman"}
    with pytest.raises(WrongUse, match="The memo has characters that a lockbox line cannot hold"):
        batch_work.change_line(office.workspace, batch, 1, who=WHO, memo="two\nlines")


def test_a_memo_is_too_long_by_the_same_rule_wherever_it_comes_from(office: Office) -> None:
    """BTR-49: read, typed or changed."""
    for length, flag in ((MEMO_CHARACTERS_MAX, ""), (MEMO_CHARACTERS_MAX + 1, "MEMO_TOO_LONG")):
        memo = "m" * length
        batch = office.bring(f"{length}.csv", f"2026-06-11 | Cedar327 | 5.00 | {memo} |")
        batch_work.add_payment(office.workspace, batch, Payment(ON, money("5.00"), "Cedar327", memo=memo), who=WHO)
        batch_work.add_payment(office.workspace, batch, Payment(ON, money("6.00"), "Cedar327"), who=WHO)
        batch_work.change_line(office.workspace, batch, 3, who=WHO, memo=memo)
        assert [row["flags"] for row in office.rows("select flags from lines where batch_id = $b", b=batch)] == [
            flag
        ] * 3


def test_undo_goes_on_before_what_was_reversed(office: Office) -> None:
    """BTR-71: a processed payment that was taken back since is undone already; the step before it comes next."""
    batch_work.change_line(office.workspace, "B000001", 2, who=WHO, memo="of June")
    office.process("B000001", 1, Part(money("690.00"), "Roseman", "Cedar327"), bank_account="TRUST")
    undo.take_back(office.workspace, "B000001", [1], who=WHO)
    assert undo.undo(office.workspace, "B000001", who=WHO).action == "change-line"


def test_an_added_payment_that_is_posted_in_part_and_removed_still_counts(office: Office) -> None:
    """SPEC 3: what is posted of it came in; loaded is what is posted and what was taken out."""
    added = batch_work.add_payment(office.workspace, "B000001", Payment(ON, money("40.00"), "Cedar327"), who=WHO)
    parts = [Part(money(amount), "Roseman", "Cedar327") for amount in ("30.00", "10.00")]
    office.process("B000001", added, *parts, bank_account="TRUST")
    decisions.reverse(office.workspace, "R0000001", "correction", ON, who=WHO, why="x")
    batch_work.remove_lines(office.workspace, "B000001", [added], who=WHO, why="x")
    (row,) = office.rows("select * from batches")
    assert (row["loaded_count"], row["loaded_amount"]) == (4, money("1870.00"))
    assert (row["posted_amount"], row["removed_amount"]) == (money("10.00"), money("30.00"))
    assert_silent(office.workspace)


@pytest.mark.parametrize("total", [Decimal("nan"), Decimal("1.001")])
def test_figures_that_are_none_are_refused(office: Office, total: Decimal) -> None:
    """BTR-88: in one sentence."""
    with pytest.raises(WrongUse, match="are not control totals"):
        batch_work.state_control_totals(office.workspace, "B000001", 1, total, who=WHO, why="x")
    with pytest.raises(WrongUse, match="cents"):
        tenant_credit.apply_credit(office.workspace, "R0000001", {"C2": total}, ON, who=WHO)
    with pytest.raises(WrongUse, match="named twice"):
        tenant_credit.apply_credit(office.workspace, "R1", {"C2": money("1.00"), "c2": money("1.00")}, ON, who=WHO)
