"""What a person decides (SPEC 6): Process Payment, Process as a Ledger Receipt, removal, reversal, refund."""

from datetime import date
from pathlib import Path

import pytest

from recon import allocation, batch_work, decisions, tenant_credit
from recon.decisions import Part
from recon.errors import WrongUse
from tests.spec.tables import WHO, Office, agree, money

CHARGES = """
    charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
    C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00
    C2        | Roseman   | Cedar327 | MGMT      | 2026-05-01 | 25.00
    C3        | Roseman   | Cedar327 | L-Ames    | 2026-07-01 | 690.00
    C4        | Bruno     | Fair436  | L-Corey   | 2026-06-01 | 1140.00
"""
LINES = """
    2026-06-10 | Cedar327 | 800.00  | Reference #1 | Roseman
    2026-06-10 | Fair436  | 1140.00 | Reference #2 | Bruno
    2026-06-10 | Nowhere  | 50.00   | Reference #3 | Nobody
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with the lines above as batch B000001, of which Bruno's is posted."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    office.post(office.bring("June10.csv", LINES))
    return office


def open_amounts(office: Office) -> str:
    """What is open of each charge."""
    return ", ".join(f"{charge['charge_id']} {charge['open_amount']}" for charge in office.charges())


def test_proposed_oldest_first(office: Office) -> None:
    """BTR-60, BTR-17: by due date, the last one in part; what is over is credit."""
    (part,) = allocation.proposed(office.workspace, "B000001", 1)
    assert (part.tenant_id, part.unit_id) == ("Roseman", "Cedar327")
    assert dict(part.applications) == {"C2": money("25.00"), "C1": money("690.00"), "C3": money("85.00")}
    office.process("B000001", 1, part)
    agree(
        office.receipts()[1:],
        """
        receipt_id | tenant_id | amount | applied | credit | reason
        R0000002   | Roseman   | 800.00 | 800.00  | 0.00   | PERSON
    """,
    )
    assert open_amounts(office) == "C1 0.00, C2 0.00, C3 605.00, C4 0.00"
    agree(office.lines("B000001")[:1], "reason | state\nUNDERPAID | posted")


def test_what_is_not_applied_is_credit(office: Office) -> None:
    """BTR-60: applications plus credit are the payment; the credit is shown as such."""
    office.process("B000001", 1, Part(money("800.00"), "roseman", "CEDAR327", {"c1": money("690.00")}))
    agree(
        office.receipts()[1:],
        """
        tenant_id | ledger_id | amount | applied | credit
        Roseman   | L-Ames    | 800.00 | 690.00  | 110.00
    """,
    )
    agree(office.applications("B000001"), "charge_id | amount\nC4 | 1140.00\nC1 | 690.00")


def test_split_over_tenants_and_ledgers(office: Office) -> None:
    """BTR-60, BTR-61: each part is a receipt of its own; together they are the payment."""
    parts = (
        Part(money("690.00"), "Roseman", "Cedar327", {"C1": money("690.00")}),
        Part(money("100.00"), "Bruno", "Fair436"),
        Part(money("10.00"), ledger_id="mgmt"),
    )
    assert office.process("B000001", 1, *parts, bank_account="TRUST") == ("R0000002", "R0000003", "R0000004")
    agree(
        office.receipts()[1:],
        """
        receipt_id | tenant_id | ledger_id | amount | applied | credit | line_number | deposit_id
        R0000002   | Roseman   | L-Ames    | 690.00 | 690.00  | 0.00   | 1           | D000002
        R0000003   | Bruno     |           | 100.00 | 0.00    | 100.00 | 1           | D000002
        R0000004   |           | MGMT      | 10.00  | 10.00   | 0.00   | 1           | D000002
    """,
    )
    agree(
        office.slips(),
        """
        deposit_id | bank_account_id | items | total
        D000001    | RESERVE         | 1     | 1140.00
        D000002    | TRUST           | 3     | 800.00
    """,
    )


def test_process_as_a_ledger_receipt(office: Office) -> None:
    """BTR-61: for an owner or the management, no tenant, no charge; it lands among the receipts to deposit."""
    office.process("B000001", 3, Part(money("50.00"), ledger_id="L-Ames"))
    agree(
        office.receipts()[1:],
        """
        tenant_id | unit_id | ledger_id | bank_account_id | amount | applied | credit | deposit_id
                  |         | L-Ames    | TRUST           | 50.00  | 50.00   | 0.00   | D000002
    """,
    )
    assert office.applications("B000001")[1:] == []
    agree(office.rows("select * from undeposited_receipts order by receipt_id"), "amount\n1140.00\n50.00")


def test_any_payment_can_be_processed_also_one_that_would_post_by_itself(tmp_path: Path) -> None:
    """BTR-64: Process Payment works on every line that is not posted."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    batch = office.bring("June10.csv", LINES)
    office.process(batch, 2, Part(money("1140.00"), "Bruno", "Fair436", {"C4": money("140.00")}))
    office.post(batch)
    assert open_amounts(office) == "C1 690.00, C2 25.00, C3 690.00, C4 1000.00"
    agree(office.lines(batch), "line_number | state\n1 | waiting\n2 | posted\n3 | waiting")


def test_the_batch_is_finished_when_nothing_waits(office: Office) -> None:
    """BTR-58: line after line, until the list is empty."""
    office.process("B000001", 1, *allocation.proposed(office.workspace, "B000001", 1))
    office.process("B000001", 3, Part(money("50.00"), ledger_id="MGMT"))
    agree(office.rows("select * from batches"), "posted_count | posted_amount | waiting_count\n3 | 1990.00 | 0")
    assert office.post("B000001").count == 0


REFUSED = {
    "less than the payment": (
        [Part(money("799.99"), "Roseman", "Cedar327")],
        "Line 1 of B000001 is 800.00; the parts leave 0.01 of it",
    ),
    "more than the payment": ([Part(money("800.01"), "Roseman", "Cedar327")], "the parts leave -0.01 of it"),
    "a part of nothing": (
        [Part(money("800.00"), "Roseman", "Cedar327"), Part(money("0.00"), "Bruno", "Fair436")],
        "A part of a payment is more than 0.00, not 0.00",
    ),
    "more than the part": (
        [Part(money("700.00"), "Roseman", "Cedar327", {"C1": money("690.00"), "C2": money("25.00")}),
         Part(money("100.00"), "Roseman", "Cedar327")],
        "715.00 is put to charges, but the part is only 700.00",
    ),
    "more than is open": (
        [Part(money("800.00"), "Roseman", "Cedar327", {"C2": money("25.01")})],
        "Charge C2 has 25.00 open; 25.01 cannot be put to it",
    ),
    "less than nothing": (
        [Part(money("800.00"), "Roseman", "Cedar327", {"C2": money("-1.00")})],
        "Charge C2 has 25.00 open; -1.00 cannot be put to it",
    ),
    "twice what is open, in two parts": (
        [Part(money("400.00"), "Roseman", "Cedar327", {"C2": money("25.00")})] * 2,
        "Charge C2 has 0.00 open; 25.00 cannot be put to it",
    ),
    "another tenant's charge": (
        [Part(money("800.00"), "Roseman", "Cedar327", {"C4": money("1.00")})],
        "Tenant Roseman has no charge C4 on unit Cedar327",
    ),
    "an unknown tenant": ([Part(money("800.00"), "Nobody", "Cedar327")], "There is no tenant 'Nobody' in the ledger"),
    "an unknown unit": ([Part(money("800.00"), "Roseman", "Nowhere")], "There is no unit 'Nowhere' in the ledger"),
    "a tenant without a unit": (
        [Part(money("800.00"), "Roseman", None, {"C1": money("690.00")})], "name tenant and unit together"
    ),
    "a unit without a tenant": ([Part(money("800.00"), None, "Cedar327")], "name tenant and unit together"),
    "an unknown tenant alone": ([Part(money("800.00"), "Nobody")], "There is no tenant 'Nobody' in the ledger"),
    "a charge of an unknown tenant": (
        [Part(money("800.00"), "Nobody", "Cedar327", {"C1": money("690.00")})],
        "There is no tenant 'Nobody' in the ledger",
    ),
    "a charge twice": (
        [Part(money("800.00"), "Roseman", "Cedar327", {"C1": money("1.00"), "c1": money("2.00")})],
        "A charge is named twice in one part; give it one amount",
    ),
    "nobody": ([Part(money("800.00"))], "There is no tenant"),
    "an unknown ledger": ([Part(money("800.00"), ledger_id="L-X")], "L-X is not an owner's or the management's ledger"),
    "the tenants' deposits": (
        [Part(money("800.00"), ledger_id="DEPOSITS")], "DEPOSITS is not an owner's or the management's ledger"
    ),
    "a ledger and a tenant": (
        [Part(money("800.00"), "Roseman", ledger_id="MGMT")], "A ledger receipt has a ledger and no tenant"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office that refuses everything and so stays as it is."""
    office = Office(tmp_path_factory.mktemp("refused"))
    office.load(charges=CHARGES)
    office.post(office.bring("June10.csv", LINES))
    return office


@pytest.mark.xdist_group("kept")
@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_the_figure_or_name_that_does_not_fit(kept: Office, what: str) -> None:
    """BTR-60, BTR-61: and nothing is posted, also where the first of two parts would do."""
    parts, words = REFUSED[what]
    before = kept.journal()
    with pytest.raises(WrongUse) as refused:
        kept.process("B000001", 1, *parts, bank_account="TRUST")
    assert words in str(refused.value)
    assert kept.journal() == before
    assert len(kept.receipts()) == 1


@pytest.mark.xdist_group("kept")
@pytest.mark.parametrize(
    ("line_number", "words"),
    [(2, "Line 2 of B000001 is posted; only a waiting line"), (9, "Batch B000001 has no line 9")],
)
def test_lines_that_cannot_be_processed(kept: Office, line_number: int, words: str) -> None:
    """BTR-60: posted lines and lines that do not exist."""
    with pytest.raises(WrongUse, match=words):
        kept.process("B000001", line_number, Part(money("1140.00"), "Bruno", "Fair436"))


@pytest.mark.xdist_group("kept")
def test_names_are_looked_at_before_the_bank_account_is(kept: Office) -> None:
    """BTR-60: an unknown tenant is said to be one, also where no ledger settles the bank account."""
    with pytest.raises(WrongUse, match="There is no tenant 'Nobody' in the ledger"):
        kept.process("B000001", 1, Part(money("800.00"), "Nobody", "Cedar327"))


@pytest.mark.xdist_group("kept")
def test_charges_without_a_payer_need_an_identified_line(kept: Office) -> None:
    """BTR-19, BTR-60: nobody is guessed."""
    with pytest.raises(WrongUse, match="The payer of line 3 of B000001 is not known; name tenant and unit"):
        kept.process("B000001", 3, Part(money("50.00"), applications={"C1": money("50.00")}))


def test_charges_of_the_lines_own_payer_are_named_alone(office: Office) -> None:
    """BTR-60, as README says: an identified line needs neither tenant nor unit."""
    office.process("B000001", 1, Part(money("800.00"), applications={"C2": money("25.00"), "C1": money("100.00")}))
    agree(office.receipts()[1:], "tenant_id | amount | applied | credit\nRoseman | 800.00 | 125.00 | 675.00")
    assert open_amounts(office) == "C1 590.00, C2 0.00, C3 690.00, C4 0.00"


@pytest.mark.xdist_group("kept")
def test_no_proposal_without_a_payer(kept: Office) -> None:
    """BTR-19: an unidentified payer has to be named by a person."""
    with pytest.raises(WrongUse, match="The payer of line 3 of B000001 is not known; name tenant and unit"):
        allocation.proposed(kept.workspace, "B000001", 3)


def test_a_payment_that_needs_two_accounts_needs_the_batch_account(office: Office) -> None:
    """BTR-62, BTR-83: Roseman's line may pay Ames's and Corey's ledgers, which bank in two places."""
    office.load("all", charges=CHARGES.replace("MGMT   ", "L-Corey"))
    part = Part(money("800.00"), "Roseman", "Cedar327", {"C1": money("690.00"), "C2": money("25.00")})
    with pytest.raises(WrongUse, match="The payment belongs to several bank accounts; say in which one it lies"):
        office.process("B000001", 1, part)
    office.process("B000001", 1, part, bank_account="RESERVE")
    agree(
        office.transfers("B000001"),
        """
        from_bank_account_id | to_bank_account_id | ledger_id | amount
        RESERVE              | TRUST              | L-Ames    | 690.00
    """,
    )


def test_a_payment_that_pays_no_charge_needs_the_batch_account(office: Office) -> None:
    """BTR-62, BTR-83: no ledger says where the money of a mere credit lies."""
    with pytest.raises(WrongUse, match="no ledger settles its bank account; say which it is"):
        office.process("B000001", 1, Part(money("800.00"), "Roseman", "Cedar327"))
    office.process("B000001", 1, Part(money("800.00"), "Roseman", "Cedar327"), bank_account="reserve")
    agree(office.slips(), "bank_account_id | items | total\nRESERVE | 2 | 1940.00")


def test_the_account_of_the_batch_is_that_of_its_payments(tmp_path: Path) -> None:
    """BTR-62, BTR-83: a receipt's account is its batch's; another one is refused, and nothing is posted."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    office.bring("June10.csv", "2026-06-10 | Cedar327 | 800.00 | | Roseman", bank_account="TRUST")
    part = Part(money("800.00"), "Roseman", "Cedar327")
    with pytest.raises(WrongUse, match="The payments of B000001 lie in TRUST, and line 1 cannot lie in reserve"):
        office.process("B000001", 1, part, bank_account="reserve")
    office.process("B000001", 1, part, bank_account="trust")
    agree(office.slips(), "bank_account_id | items | total\nTRUST | 1 | 800.00")


def test_one_payment_lies_in_one_account_however_it_is_split(office: Office) -> None:
    """BTR-62: its parts cannot be on the slips of two accounts, for the bank shows one credit."""
    parts = (
        Part(money("690.00"), "Roseman", "Cedar327", {"C1": money("690.00")}),
        Part(money("110.00"), ledger_id="L-Corey"),
    )
    with pytest.raises(WrongUse, match="belongs to several bank accounts"):
        office.process("B000001", 1, *parts)


def test_not_in_a_closed_period(office: Office) -> None:
    """BTR-60: the books are closed; the message says what to do."""
    decisions.close_period(office.workspace, date(2026, 6, 10), who=WHO)
    with pytest.raises(WrongUse, match=r"closed through 2026-06-10; give it a later date in the workbench"):
        office.process("B000001", 1, Part(money("800.00"), "Roseman", "Cedar327"))
    with pytest.raises(WrongUse, match="closed through 2026-06-10 already"):
        decisions.close_period(office.workspace, date(2026, 6, 9), who=WHO)


# ---- Removal ----


def test_scenario_16_removed_restored_and_started_over(office: Office) -> None:
    """BTR-64: removed lines are kept and counted apart; restoring puts them back; Start Over never un-posts."""
    remove, restore = batch_work.remove_lines, batch_work.restore_lines
    assert remove(office.workspace, "B000001", [1], who=WHO, why="not ours") == 1
    agree(office.lines("B000001"), "line_number | state\n1 | removed\n2 | posted\n3 | waiting")
    agree(office.rows("select * from batches"), "waiting_amount | removed_count | removed_amount\n50.00 | 1 | 800.00")
    assert restore(office.workspace, "B000001", [1], who=WHO, why="ours after all") == 1
    assert remove(office.workspace, "B000001", None, who=WHO, why="start over") == 2
    agree(office.lines("B000001"), "line_number | state\n1 | removed\n2 | posted\n3 | removed")
    assert restore(office.workspace, "B000001", None, who=WHO, why="a mistake") == 2
    agree(
        office.journal()[-4:],
        """
        action         | why
        lines-removed  | not ours
        lines-restored | ours after all
        lines-removed  | start over
        lines-restored | a mistake
    """,
    )
    with pytest.raises(WrongUse, match="Line 2 of B000001 is posted; it cannot be removed"):
        remove(office.workspace, "B000001", [1, 2], who=WHO, why="too much")
    agree(office.lines("B000001")[:1], "state\nwaiting")


def test_a_removed_line_does_not_post(tmp_path: Path) -> None:
    """BTR-64: whatever it would have paid."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    batch = office.bring("June10.csv", LINES)
    batch_work.remove_lines(office.workspace, batch, [2], who=WHO, why="not ours")
    assert office.post(batch).count == 0


# ---- Reversals and refunds ----


def test_a_returned_payment_reopens_its_charges(office: Office) -> None:
    """BTR-57, BTR-60: at the return date; the line stays as it was posted, and nothing is edited."""
    decisions.reverse(office.workspace, "R0000001", "returned", date(2026, 6, 20), who=WHO, why="NSF")
    agree(
        office.receipts(),
        """
        receipt_id | amount  | reversal_kind | reversed_on
        R0000001   | 1140.00 | returned      | 2026-06-20
    """,
    )
    assert open_amounts(office) == "C1 690.00, C2 25.00, C3 690.00, C4 1140.00"
    agree(office.lines("B000001")[1:2], "state\nposted")
    assert office.post("B000001").count == 0, "the money is gone: the line does not post again"


def test_a_correction_lets_the_line_wait_again(office: Office) -> None:
    """BTR-60: the money stayed; what replaces the receipt has the line's own date."""
    decisions.reverse(office.workspace, "R0000001", "correction", date(2026, 6, 20), who=WHO, why="wrong tenant")
    agree(office.lines("B000001")[1:2], "state\nwaiting")
    office.process("B000001", 2, Part(money("1140.00"), "Roseman", "Cedar327", {"C1": money("690.00")}))
    agree(
        office.receipts(),
        """
        receipt_id | tenant_id | posting_date | amount  | credit | deposit_id | reversal_kind
        R0000001   | Bruno     | 2026-06-10   | 1140.00 | 0.00   |            | correction
        R0000002   | Roseman   | 2026-06-10   | 1140.00 | 450.00 | D000001    |
    """,
    )
    agree(office.slips(), "deposit_id | items | total\nD000001 | 1 | 1140.00")


def test_what_cannot_be_reversed(office: Office) -> None:
    """BTR-60: unknown, reversed before, before its own date, in a closed period, or in a way that does not exist."""

    def reverse(receipt_id: str, kind: str, day: date) -> None:
        decisions.reverse(office.workspace, receipt_id, kind, day, who=WHO, why="test")

    with pytest.raises(WrongUse, match="There is no receipt R0000009; recon receipts lists them"):
        reverse("R0000009", "returned", date(2026, 6, 20))
    with pytest.raises(WrongUse, match="A reversal is 'returned' or 'correction', not 'void'"):
        reverse("R0000001", "void", date(2026, 6, 20))
    with pytest.raises(WrongUse, match="2026-06-09 is before receipt R0000001, which is of 2026-06-10"):
        reverse("R0000001", "returned", date(2026, 6, 9))
    decisions.close_period(office.workspace, date(2026, 6, 15), who=WHO)
    with pytest.raises(WrongUse, match=r"closed period \(through 2026-06-15\)"):
        reverse("R0000001", "returned", date(2026, 6, 15))
    reverse("R0000001", "returned", date(2026, 6, 16))
    with pytest.raises(WrongUse, match="Receipt R0000001 was reversed before"):
        reverse("R0000001", "returned", date(2026, 6, 17))


def test_a_credit_is_refunded_at_move_out(office: Office) -> None:
    """BTR-60: up to what is left of it; a refunded receipt is not reversed any more."""
    office.process("B000001", 1, Part(money("800.00"), "Roseman", "Cedar327", {"C1": money("690.00")}))

    def refund(amount: str, on: date = date(2026, 6, 30)) -> None:
        tenant_credit.refund_credit(office.workspace, "R0000002", money(amount), on, who=WHO, why="moved out")

    with pytest.raises(WrongUse, match=r"Receipt R0000002 has 110\.00 credit left; 110\.01 cannot be refunded"):
        refund("110.01")
    with pytest.raises(WrongUse, match="2026-06-09 is before receipt R0000002, which is of 2026-06-10"):
        refund("100.00", date(2026, 6, 9))
    refund("100.00")
    with pytest.raises(WrongUse, match=r"has 10\.00 credit left; 10\.01 cannot"):
        refund("10.01")
    decisions.close_period(office.workspace, date(2026, 6, 30), who=WHO)
    with pytest.raises(WrongUse, match=r"2026-06-30 lies in a closed period \(through 2026-06-30\); name a later day"):
        refund("10.00")
    refund("10.00", date(2026, 7, 1))
    agree(office.rows("select * from receipts where receipt_id = 'R0000002'"), "credit | refunded\n110.00 | 110.00")
    with pytest.raises(WrongUse, match="Receipt R0000002 was refunded before"):
        decisions.reverse(office.workspace, "R0000002", "returned", date(2026, 7, 1), who=WHO, why="NSF")
