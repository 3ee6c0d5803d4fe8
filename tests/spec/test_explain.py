"""What explain shows of a line: who stood in its way, what was done to it, where its money went; and status of all."""

from datetime import date
from pathlib import Path

import pytest

from recon import batch_work, decisions, undo
from recon.decisions import Part
from recon.explain import EarlierLine, explain, rule_words
from recon.status import Figure, status
from schemas.vocabulary import NOT_IDENTIFIED, Reason
from tests.spec.tables import WHO, Office, money

CHARGES = """
    charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
    C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00
    C3        | Bruno     | Fair436  | L-Ames    | 2026-06-01 | 1140.00
"""
JUNE_10 = """
    2026-06-10 | Cedar327 | 690.00  | Reference #68217 | Roseman
    2026-06-10 | Fair436  | 1000.00 | Reference #1721  | Bruno
"""
ROSEMAN = "2026-06-10 | Cedar327 | 690.00 | Reference #68217 | Roseman"
BRUNO = "2026-06-10 | Fair436 | 1000.00 | Reference #1721 | Bruno"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with the ledger above and the payments of June 10, posted: Bruno's waits."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    office.post(office.bring("June10.csv", JUNE_10))
    return office


def test_the_earlier_line_that_paid_is_named(office: Office) -> None:
    """BTR-17: CONSUMED_IN_BATCH says by which line and receipt."""
    july = "C2 | Roseman | Cedar327 | L-Ames | 2026-07-01 | 690.00"
    office.load(charges=f"{CHARGES.rstrip()}\n{july}", includes="none")
    once, more = (f"2026-06-11 | Cedar327 | 690.00 | {memo} | Roseman" for memo in ("July", "July once more"))
    batch_id = office.bring("twice.csv", f"{once}\n{more}")
    office.post(batch_id)
    found = explain(office.workspace, f"{batch_id}:2")
    assert found.reason == "CONSUMED_IN_BATCH"
    assert found.earlier == (
        EarlierLine(batch_id, 1, "twice.csv", date(2026, 6, 11), money("690.00"), "posted", "R0000002"),
    )


@pytest.mark.parametrize(
    ("line", "like", "state", "receipt_ids"), [(ROSEMAN, 1, "posted", "R0000001"), (BRUNO, 2, "waiting", None)]
)
def test_the_payment_that_a_line_repeats_is_named(
    office: Office, line: str, like: int, state: str, receipt_ids: str | None
) -> None:
    """BTR-17, BTR-74: of which file and batch, and whether it was posted or waits."""
    batch_id = office.bring("again.csv", line)
    office.post(batch_id)
    found = explain(office.workspace, f"{batch_id}:1")
    assert found.reason == "DUPLICATE_LINE"
    (earlier,) = found.earlier
    assert (earlier.batch_id, earlier.line_number, earlier.file_name) == ("B000001", like, "June10.csv")
    assert (earlier.state, earlier.receipt_ids) == (state, receipt_ids)


def test_a_payment_reversed_since_still_stood_in_the_way_then(office: Office) -> None:
    """BTR-17: the answer is explained as of the moment when it was given."""
    batch_id = office.bring("again.csv", ROSEMAN)
    office.post(batch_id)
    decisions.reverse(office.workspace, "R0000001", "correction", date(2026, 6, 12), who=WHO, why="other tenant")
    batch_work.remove_lines(office.workspace, "B000001", [1], who=WHO, why="other tenant")
    found = explain(office.workspace, f"{batch_id}:1")
    assert [(earlier.state, earlier.receipt_ids) for earlier in found.earlier] == [("removed", "R0000001")]


def test_who_removed_a_line_and_why(office: Office) -> None:
    """BTR-17: what people did to the line is among its journal entries, and so is what took it back."""
    batch_work.remove_lines(office.workspace, "B000001", [2], who="bea", why="not ours")
    batch_work.restore_lines(office.workspace, "B000001", [2], who="cleo", why="ours after all")
    said = [(entry["who"], entry["action"], entry["why"]) for entry in explain(office.workspace, "B000001:2").journal]
    assert [words for words in said if words[0] != WHO] == [
        ("bea", "lines-removed", "not ours"),
        ("cleo", "lines-restored", "ours after all"),
    ]


def test_where_a_processed_payment_went(office: Office) -> None:
    """BTR-17: of which tenant, on which unit, to which charge, and what became credit."""
    roseman = Part(money("100.00"), "Roseman", "Cedar327")
    bruno = Part(money("900.00"), "Bruno", "Fair436", {"C3": money("850.00")})
    office.process("B000001", 2, roseman, bruno)
    found = explain(office.workspace, "B000001:2").receipts
    keys = ("tenant_id", "unit_id", "charges", "applied", "credit")
    assert [tuple(receipt[key] for key in keys) for receipt in found] == [
        ("Roseman", "Cedar327", None, money("0.00"), money("100.00")),
        ("Bruno", "Fair436", "C3 850.00", money("850.00"), money("50.00")),
    ]


def test_a_persons_step_comes_before_the_answers_that_it_changes(tmp_path: Path) -> None:
    """BTR-17: a later line of the same tenant was processed first; the evidence is what was left then."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    lines = "2026-06-10 | Fair436 | 200.00 | a | Bruno\n2026-06-10 | Fair436 | 400.00 | b | Bruno"
    office.post(office.bring("two.csv", lines))
    office.process("B000001", 2, Part(money("400.00"), "Bruno", "Fair436", {"C3": money("400.00")}))
    found = explain(office.workspace, "B000001:1")
    assert (found.matchable_total, found.is_replayed) == (money("740.00"), True)


def test_status_counts_what_is_left_of_a_split_payment(office: Office) -> None:
    """SPEC 8: posted is what is posted, waiting what waits of each line; together they are all that came in."""
    roseman, bruno = Part(money("600.00"), "Roseman", "Cedar327"), Part(money("400.00"), "Bruno", "Fair436")
    office.process("B000001", 2, roseman, bruno, bank_account="TRUST")
    decisions.reverse(office.workspace, "R0000003", "correction", date(2026, 6, 12), who=WHO, why="other tenant")
    found = status(office.workspace)
    assert (found.posted, found.waiting) == (Figure(1, money("1290.00")), Figure(1, money("400.00")))


def test_status_leaves_out_what_was_added_and_taken_back(office: Office) -> None:
    """SPEC 8: it was never money received."""
    payment = batch_work.Payment(date(2026, 6, 10), money("5.00"), "Cedar327")
    batch_work.add_payment(office.workspace, "B000001", payment, who=WHO)
    undo.undo(office.workspace, "B000001", who=WHO)
    assert status(office.workspace).removed == Figure(0, money("0.00"))


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.BAD_RECORD])
def test_there_are_words_of_its_own_for_every_reason(reason: Reason) -> None:
    """BTR-17, SPEC 9: none is taken for another; only who is not identified has one sentence for all."""
    kept = {
        "disposition": "individual", "reason": reason, "amount": money("1.00"), "matchable_total": money("2.00"),
        "posting_date": date(2026, 6, 1), "message": None,
    }  # fmt: skip
    assert rule_words(kept, ()).startswith("Not identified") == (reason in NOT_IDENTIFIED)


def test_an_answer_that_was_foreseen_is_no_false_alarm(tmp_path: Path) -> None:
    """BTR-17: before posting, an earlier line of the file has paid nothing yet; the evidence shows it all."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    lines = "2026-06-10 | Cedar327 | 690.00 | a | Roseman\n2026-06-10 | Cedar327 | 690.00 | b | Roseman"
    office.bring("two.csv", lines)
    batch_work.reclassify(office.workspace, "B000001", who=WHO)
    found = explain(office.workspace, "B000001:2")
    assert (found.reason, found.is_replayed, len(found.earlier)) == ("CONSUMED_IN_BATCH", None, 1)
