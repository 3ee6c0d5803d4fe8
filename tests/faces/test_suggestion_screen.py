"""The screen `Suggestions` without a browser: by kind, previewed, single ones taken out, accepted, taken back."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from recon import store
from recon.batch_work import Payment
from recon.suggestions.kinds import Kind
from recon.workbench.screen import Screen
from recon.workbench.session import Session
from recon.workbench.suggestion_screen import SuggestionScreen
from tests.spec.tables import Office
from tests.spec.test_suggestions import CHARGES
from tests.workspaces import assert_silent

LINES = """
    2026-06-10 | Ceder327 | 715.00 | check 1 | Rosmean
    2026-06-10 | Fiar436  | 700.00 | check 2 | Brumo
    2026-06-10 |          | 690.00 | check 3 | Rosemam
"""


@pytest.fixture
def screen(tmp_path: Path) -> Screen:
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    office.post(office.bring("June10.csv", LINES))
    return Screen(Session(office.workspace, "ann", threaded=False))


def opened(screen: Screen) -> SuggestionScreen:
    screen.show(SuggestionScreen)
    return screen.place(SuggestionScreen)


def log(screen: Screen) -> str:
    return "\n".join(line.text for line in screen.session.said)


def posted(screen: Screen) -> int:
    with store.reading(screen.session.workspace) as current:
        return int(current.one("select count(*) from receipts where reversal_kind is null")[0])


def test_the_preview_says_payer_amount_charges_evidence_count_and_sum(screen: Screen) -> None:
    """Issue 7, point 7: nothing is posted by looking."""
    place = opened(screen)
    assert place.is_open
    assert list(place.kind.options) == [("Misspelt ID · 3 · 2,105.00", "misspelt-id")]
    (row, *_) = place.lines._rows._table.to_pylist()
    assert (row["payer"], str(row["amount"]), row["posted_to"]) == ("Roseman Cedar327", "715.00", "C1 690.00, C2 25.00")
    assert row["evidence"].startswith("the tenant ID 'Rosmean' is 1 off Roseman; ")
    assert place.take.description == "Accept 3 · 2,105.00"
    assert "Line 1, 90 points" in place.evidence.value
    assert posted(screen) == 0


def test_single_lines_are_taken_out_the_rest_accepted_and_undone_together(screen: Screen) -> None:
    place = opened(screen)
    place.lines.select([1, 2])
    assert place.take.description == "Accept 2 · 1,415.00"
    screen.session.refresh()  # what was taken out stays out when things are read anew
    assert place.lines.selected_ids == [1, 2]
    place.accept(place.lines.selected_ids)
    assert "Misspelt ID: 2 payments accepted, 1,415.00" in log(screen)
    assert place.accepted._rows._table["receipt_ids"].to_pylist() == ["R0000001", "R0000002"]
    assert screen.session.how_far is None
    screen.do_undo()
    assert "Undone: accepting suggestions" in log(screen)
    assert posted(screen) == 0
    assert [line.line_number for line in place._sets[Kind.MISSPELT]] == [1, 2, 3]
    assert_silent(screen.session.workspace)


def test_a_line_that_comes_while_the_screen_is_open_is_not_marked(screen: Screen) -> None:
    """Only what was there when a person looked is accepted with the rest."""
    place = opened(screen)
    payment = Payment(date(2026, 6, 10), Decimal("25.00"), "Ceder327", "Rosmean", "x")
    number = screen.session.batch.add_payment_to_batch(payment)
    screen.session.refresh()
    assert number in place.lines.shown_ids
    assert place.lines.selected_ids == [1, 2, 3]


def test_what_is_not_the_same_any_more_is_left_out_and_said(screen: Screen) -> None:
    """Line 3 wants the rent that line 1 pays."""
    place = opened(screen)
    place.accept(place.lines.selected_ids)
    assert "Line 3 is left out: it is not beyond doubt any more" in log(screen)
    assert posted(screen) == 2


def test_one_key_accepts_the_line_with_the_cursor_and_single_ones_are_taken_back(screen: Screen) -> None:
    place = opened(screen)
    place.lines._on_open(2)  # type: ignore[misc] - Enter
    assert "Misspelt ID: 1 payment accepted, 700.00" in log(screen)
    place.take_back()
    assert "Mark the payments that are to be taken back" in log(screen)
    place.accepted.select([2])
    place.take_back()
    assert "1 payment taken back; their lines wait again" in log(screen)
    assert posted(screen) == 0
    place.close()
    assert not place.is_open


def test_without_a_batch_or_suggestions_it_is_one_sentence(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    screen = Screen(Session(office.workspace, "ann", threaded=False))
    screen.show(SuggestionScreen)
    assert "No batch is open" in log(screen)
    assert not screen.place(SuggestionScreen).is_open
    office.post(office.bring("June10.csv", "2026-06-10 | Nix | 1.00 | x |"))
    screen.session.open_batch("B000001")
    opened(screen).accept([1])
    assert "No suggestion is one key away" in log(screen)
