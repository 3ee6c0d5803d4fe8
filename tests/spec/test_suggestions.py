"""What is suggested for lines that need a person: best reading first, one key only where no other is as good.

Points: tenant or unit ID as the ledger has it 45 each, misspelt 30, named in the memo 30 to 35; the amount equal to all
that is due 30, to one charge 25, to the only set of charges 20. A reading must leave another payer 35 behind.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from recon import decisions
from recon.aliases import confirm_alias
from recon.errors import WrongUse
from recon.suggestions import listing
from recon.suggestions.listing import Suggested, accept, suggest
from tests.spec.tables import WHO, Office, money

CHARGES = """
charge_id | tenant_id | unit_id  | ledger_id | charge_code | due_date   | amount
C1        | Roseman   | Cedar327 | L-Ames    | RENT        | 2026-06-01 | 690.00
C2        | Roseman   | Cedar327 | L-Ames    | LATE        | 2026-06-06 | 25.00
C3        | Bruno     | Fair436  | L-Ames    | RENT        | 2026-06-01 | 700.00
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.load(charges=CHARGES)
    return made


def lines_of(office: Office, lines: str, **terms: object) -> dict[int, Suggested]:
    """What is suggested for the lines of a file, by line number."""
    batch_id = office.bring("June10.csv", lines, **terms)
    office.post(batch_id)
    return {line.line_number: line for line in suggest(office.workspace, batch_id)}


def paid(line: Suggested) -> tuple[str | None, dict[str, Decimal], bool]:
    """The first suggestion: whom, which charges, and whether one key is enough."""
    assert line.first is not None
    return line.first.parts[0].tenant_id, dict(line.first.parts[0].applications), line.is_acceptable


def test_a_misspelt_or_transposed_id_is_recognised_with_its_evidence(office: Office) -> None:
    """BTR-60: a person processes the line; the suggestion says why it is Roseman's."""
    found = lines_of(office, "2026-06-10 | Ceder327 | 715.00 | x | Rosmean\n2026-06-10 | | 690.00 | y | Rosemam")
    assert paid(found[1]) == ("Roseman", {"C1": money("690.00"), "C2": money("25.00")}, True)
    assert paid(found[2]) == ("Roseman", {"C1": money("690.00")}, True)
    assert found[1].first is not None
    assert found[1].first.evidence == (
        "the tenant ID 'Rosmean' is 1 off Roseman",
        "the unit ID 'Ceder327' is 1 off Cedar327",
        "715.00 = all that is due by the posting date (C1 690.00, C2 25.00)",
    )


def test_names_and_unit_numbers_are_found_in_the_memo(office: Office) -> None:
    found = lines_of(office, "2026-06-10 | Nix | 700.00 | for bruno, apt 436 | Kettleman")
    assert paid(found[1]) == ("Bruno", {"C3": money("700.00")}, True)


def test_an_amount_alone_names_nobody(office: Office) -> None:
    found = lines_of(office, "2026-06-10 | Nix | 700.00 | cash | Kettleman")
    assert paid(found[1]) == ("Bruno", {"C3": money("700.00")}, False)
    assert found[1].first is not None
    assert found[1].first.against == ("the payer is named with 0 points, where 30 are needed",)


def test_two_known_ids_that_do_not_belong_together_are_both_shown_and_none_can_be_accepted(office: Office) -> None:
    found = lines_of(office, "2026-06-10 | Fair436 | 690.00 | x | Roseman")
    assert [row.parts[0].tenant_id for row in found[1].suggestions][:2] == ["Roseman", "Bruno"]
    assert not any(row.is_acceptable for row in found[1].suggestions)


def test_colliding_rents_and_ids_one_letter_apart_are_asked(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.load(
        tenants="tenant_id | unit_id\nT-101 | Cedar327\nT-102 | Fair436",
        charges="""charge_id | tenant_id | unit_id | ledger_id | due_date | amount
                   C1 | T-101 | Cedar327 | L-Ames | 2026-06-01 | 700.00
                   C2 | T-102 | Fair436 | L-Ames | 2026-06-01 | 700.00""",
    )
    found = lines_of(office, "2026-06-10 | | 700.00 | x | T-103")
    assert {row.parts[0].tenant_id for row in found[1].suggestions} == {"T-101", "T-102"}
    assert not found[1].is_acceptable


def test_an_older_charge_of_the_same_code_left_open_is_a_doubt(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.load(
        charges="""charge_id | tenant_id | unit_id | ledger_id | due_date | amount
                   C1 | Roseman | Cedar327 | L-Ames | 2026-05-01 | 400.00
                   C2 | Roseman | Cedar327 | L-Ames | 2026-06-01 | 690.00"""
    )
    found = lines_of(office, "2026-06-10 | Cedar327 | 690.00 | x | Roseman")
    assert not found[1].is_acceptable


def test_what_is_beyond_the_charges_becomes_credit_but_a_likely_duplicate_is_asked(office: Office) -> None:
    found = lines_of(
        office,
        """2026-06-10 | Cedar327 | 715.00 | check 1 | Roseman
           2026-06-10 | Cedar327 | 715.00 | check 2 | Roseman
           2026-06-10 | Fair436  | 800.00 | check 3 | Bruno""",
    )
    assert set(found) == {2, 3}
    assert not found[2].is_acceptable
    assert "duplicate" in [row.kind for row in found[2].suggestions]
    assert paid(found[3]) == ("Bruno", {"C3": money("700.00")}, True)
    assert accept(office.workspace, "B000001", 3, who=WHO) == ("R0000002",)
    assert office.receipts()[1]["credit"] == money("100.00")


def test_a_payment_for_all_tenants_of_a_unit_has_a_part_for_each(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.load(
        tenants="tenant_id | unit_id\nRoseman | Cedar327\nBruno | Cedar327",
        charges="""charge_id | tenant_id | unit_id | ledger_id | due_date | amount
                   C1 | Roseman | Cedar327 | L-Ames | 2026-06-01 | 400.00
                   C2 | Bruno | Cedar327 | L-Ames | 2026-06-01 | 350.00""",
    )
    found = lines_of(
        office,
        """2026-06-10 | Cedar327 | 750.00 | roseman and bruno |
           2026-06-10 | Cedar327 | 750.00 | rent | Roseman""",
    )
    first = found[1].first
    assert first is not None
    assert {part.tenant_id: part.amount for part in first.parts} == {"Roseman": money("400"), "Bruno": money("350")}
    assert first.is_acceptable
    # Named alone, Roseman may as well have paid ahead.
    assert not found[2].is_acceptable
    assert len({row.payers for row in found[2].suggestions}) > 1


def test_a_payment_that_came_back_is_no_duplicate_when_it_comes_again(office: Office) -> None:
    office.post(office.bring("June1.csv", "2026-06-06 | Cedar327 | 715.00 | check 1 | Roseman"))
    decisions.reverse(office.workspace, "R0000001", "returned", date(2026, 6, 8), who=WHO, why="NSF")
    found = lines_of(office, "2026-06-10 | Ceder327 | 715.00 | check 1 | Rosman")
    assert found[1].first is not None
    assert found[1].is_acceptable
    assert "R0000001 of as much came back on 2026-06-08" in found[1].first.evidence


def test_the_same_words_of_an_unknown_payer_in_another_batch_are_asked(office: Office) -> None:
    """The first may be accepted with one key; the second is likely the same payment, posted or not."""
    line = "2026-06-10 | Nix | 700.00 | for bruno, apt 436 | Kettleman"
    first = lines_of(office, line)
    again = office.bring("June11.csv", f"{line}\n2026-06-10 | Nix | 1.00 | other |", again="sent twice")
    (repeated, _) = suggest(office.workspace, again)
    assert first[1].is_acceptable
    assert suggest(office.workspace, "B000001")[0].is_acceptable
    assert not repeated.is_acceptable
    assert repeated.first is not None
    assert "a line with the same date, payer, amount and memo is here already" in repeated.first.against


def test_a_known_fee_taken_off_and_a_confirmed_alias_are_evidence(office: Office) -> None:
    confirm_alias(office.workspace, "Northwind-Payroll", "Bruno", who=WHO, why="her employer")
    office.workspace.settings.write_text('known_fees = ["1.95"]\n', "utf-8")
    found = lines_of(office, "2026-06-10 | | 698.05 | payroll | Northwind-Payroll")
    assert paid(found[1]) == ("Bruno", {"C3": money("698.05")}, True)
    assert found[1].first is not None
    assert "698.05 = 700.00 less the known fee of 1.95" in found[1].first.evidence


def test_holds_and_closed_periods_are_never_accepted_with_one_key(office: Office) -> None:
    decisions.close_period(office.workspace, date(2026, 6, 9), who=WHO)
    found = lines_of(office, "2026-06-08 | Fair436 | 700.00 | x | Bruno")
    assert not found[1].is_acceptable


def test_accepting_is_processing_the_payment_and_the_journal_keeps_the_evidence(office: Office) -> None:
    found = lines_of(office, "2026-06-10 | Ceder327 | 715.00 | x | Rosmean")
    assert accept(office.workspace, "B000001", 1, who=WHO, seen=found[1].first) == ("R0000001",)
    entry = office.journal()[-1]
    assert entry["action"] == "process-payment"
    assert entry["why"].startswith("suggestion 1: the tenant ID 'Rosmean' is 1 off Roseman; ")
    with pytest.raises(WrongUse, match="does not wait"):
        accept(office.workspace, "B000001", 1, who=WHO)


def test_what_has_changed_since_it_was_shown_is_not_accepted(office: Office) -> None:
    found = lines_of(office, "2026-06-10 | | 690.00 | x | Rosemam\n2026-06-10 | | 690.00 | y | Rosemam")
    accept(office.workspace, "B000001", 1, who=WHO, seen=found[1].first)
    with pytest.raises(WrongUse, match="Things have changed"):
        accept(office.workspace, "B000001", 2, who=WHO, seen=found[2].first)


def test_wrong_requests_are_answered_in_one_sentence(office: Office) -> None:
    lines_of(office, "2026-06-10 | Nix | 1.00 | x |")
    with pytest.raises(WrongUse, match="has 0 suggestions, none 1"):
        accept(office.workspace, "B000001", 1, who=WHO)
    assert [line.line_number for line in listing.find(office.workspace, "b000001")] == [1]
    office.workspace.settings.write_text('known_fees = ["much"]\n', "utf-8")
    with pytest.raises(WrongUse, match="known_fees"):
        suggest(office.workspace)
