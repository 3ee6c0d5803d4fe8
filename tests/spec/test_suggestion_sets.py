"""Suggestions of one kind accepted together: shown first, each looked at again at its turn, taken back together."""

from __future__ import annotations

from pathlib import Path

import pytest

import recon
from recon import batch_work, explain, undo
from recon.errors import WrongUse
from recon.suggestions import kinds, listing, sets
from recon.suggestions.kinds import Kind
from tests.spec.tables import WHO, Office, money
from tests.spec.test_suggestions import CHARGES
from tests.workspaces import assert_silent

LINES = """
    2026-06-10 | Ceder327 | 715.00 | check 1 | Rosmean
    2026-06-10 | Nix      | 700.00 | for bruno, apt 436 | Kettleman
    2026-06-10 | Nix      | 12.00  | cash    | Kettleman
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.load(charges=CHARGES)
    return made


def brought(office: Office, lines: str) -> str:
    batch_id = office.bring("June10.csv", lines)
    office.post(batch_id)
    return batch_id


def of_kinds(office: Office) -> dict[Kind, list[int]]:
    found = sets.by_kind(listing.suggest(office.workspace))
    return {kind: [line.line_number for line in lines] for kind, lines in found.items()}


def balances(office: Office) -> list[tuple[object, ...]]:
    return [(row["charge_id"], row["open_amount"]) for row in office.charges()]


def test_a_set_has_the_lines_that_one_key_would_accept_by_what_has_to_be_believed(office: Office) -> None:
    """Issue 7, point 7: line 3 names nobody, so it is in no set."""
    brought(office, LINES)
    assert of_kinds(office) == {Kind.MISSPELT: [1], Kind.MEMO: [2]}
    assert [line.line_number for line in sets.offered(office.workspace, Kind.MEMO, "B000001")] == [2]
    with pytest.raises(WrongUse, match="no suggestions of the kind 'typo'; there are misspelt-id, alias"):
        kinds.read("typo")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("2026-06-10 | Cedar327 | 690.00 | x | Roseman", Kind.ONE_CHARGE),
        ("2026-06-10 | Cedar327 | 300.00 | x | Roseman", Kind.PART),
        ("2026-06-10 | Cedar327 | 900.00 | x | Roseman", Kind.AHEAD),
        ("2026-06-10 |          | 715.00 | x | Rita Roseman", Kind.NAME),
    ],
)
def test_where_the_ids_are_right_the_figures_are_the_kind(office: Office, line: str, kind: Kind) -> None:
    names = "tenant_id | unit_id | name\nRoseman | Cedar327 | Rita Roseman\nBruno | Fair436 | Bo"
    office.load(charges=CHARGES, tenants=names)
    brought(office, line)
    assert of_kinds(office) == {kind: [1]}


def test_all_of_a_kind_is_one_entry_of_the_journal_and_one_undo(office: Office) -> None:
    """SPEC 6: who, when, why; the evidence of each line; undo returns to the same balances."""
    batch_id = brought(
        office, "2026-06-10 | Ceder327 | 715.00 | a | Rosmean\n2026-06-10 | Fiar436 | 700.00 | b | Brumo"
    )
    before = balances(office)
    told: list[tuple[int, int]] = []
    lines = sets.offered(office.workspace, Kind.MISSPELT)
    done = sets.accept_all(office.workspace, lines, who=WHO, progress=lambda done, count: told.append((done, count)))
    assert [(line.line_number, line.receipt_ids) for line in done.accepted] == [(1, ("R0000001",)), (2, ("R0000002",))]
    assert (done.amount, done.left_out, told) == (money("1415.00"), (), [(2, 2)])
    entry = office.journal()[-1]
    assert (entry["action"], entry["who"], entry["why"]) == ("accept-suggestions", WHO, "all of the kind misspelt-id")
    (detail,) = office.rows("select detail from facts.journal where action = 'accept-suggestions'")
    assert "the tenant ID 'Rosmean' is 1 off Roseman" in detail["detail"]
    why = explain.explain(office.workspace, "R0000002").journal[-1]["why"]
    assert why.startswith("all of the kind misspelt-id: the tenant ID 'Brumo' is 1 off Bruno; ")
    assert_silent(office.workspace)
    step = undo.undo(office.workspace, batch_id, who=WHO)
    assert step.words == "accepting suggestions"
    assert balances(office) == before
    assert of_kinds(office) == {Kind.MISSPELT: [1, 2]}
    assert_silent(office.workspace)


def test_what_an_earlier_line_used_up_is_left_out_and_said(office: Office) -> None:
    """Nothing is guessed: the second payment of the same rent does not go anywhere by itself."""
    brought(office, "2026-06-10 | | 690.00 | x | Rosemam\n2026-06-10 | | 690.00 | y | Rosemam")
    lines = sets.offered(office.workspace, Kind.MISSPELT)
    assert [line.line_number for line in lines] == [1, 2]
    done = sets.accept_all(office.workspace, lines, who=WHO)
    assert [line.line_number for line in done.accepted] == [1]
    ((number, words),) = done.left_out
    assert number == 2
    assert words.startswith("it is not beyond doubt any more: ")
    assert [row["state"] for row in office.lines("B000001")] == ["posted", "waiting"]
    assert_silent(office.workspace)


def test_what_was_taken_out_or_has_changed_since_it_was_shown_stays(office: Office) -> None:
    brought(office, "2026-06-10 | Ceder327 | 715.00 | a | Rosmean\n2026-06-10 | Fiar436 | 700.00 | b | Brumo")
    first, second = sets.offered(office.workspace, Kind.MISSPELT)
    listing.accept(office.workspace, "B000001", 1, who=WHO)
    done = sets.accept_all(office.workspace, [first], who=WHO)
    assert (done.accepted, done.left_out) == ((), ((1, "it does not wait any more"),))
    entries = len(office.journal())
    with pytest.raises(WrongUse, match="No line is marked"):
        sets.accept_all(office.workspace, [], who=WHO)
    assert len(office.journal()) == entries
    assert [line.line_number for line in sets.accept_all(office.workspace, [second], who=WHO).accepted] == [2]


def test_doubtful_lines_and_two_kinds_at_once_are_refused(office: Office) -> None:
    brought(office, LINES)
    one, two, doubtful = listing.suggest(office.workspace)
    with pytest.raises(WrongUse, match="by batch and kind"):
        sets.accept_all(office.workspace, [one, two], who=WHO)
    with pytest.raises(WrongUse, match="Line 3 of B000001 is not beyond doubt"):
        sets.accept_all(office.workspace, [doubtful], who=WHO)


def test_a_line_that_cannot_be_posted_is_left_out_with_the_reason(office: Office) -> None:
    """A payment that pays no charge needs the batch's bank account; the others are posted."""
    office.load(
        charges=CHARGES,
        tenants="tenant_id | unit_id\nRoseman | Cedar327\nBruno | Fair436\nSilva | Oak1",
        units="unit_id\nCedar327\nFair436\nOak1",
    )
    brought(office, "2026-06-10 | Oak1 | 50.00 | x | Silva\n2026-06-10 | Cedar327 | 900.00 | y | Roseman")
    done = sets.accept_all(office.workspace, sets.offered(office.workspace, Kind.AHEAD), who=WHO)
    assert [line.line_number for line in done.accepted] == [2]
    assert done.left_out[0][1].startswith("The payment pays no charge")
    assert_silent(office.workspace)


def test_what_a_line_that_posts_by_itself_will_pay_is_not_for_a_suggestion(office: Office) -> None:
    """Line 1 has every ID right and is not posted yet: line 2 is asked until it is."""
    batch_id = office.bring(
        "June10.csv", "2026-06-10 | Cedar327 | 715.00 | x | Roseman\n2026-06-10 | Ceder327 | 690.00 | y | Rosemam"
    )
    batch_work.reclassify(office.workspace, batch_id, who=WHO)
    assert of_kinds(office) == {}
    second = listing.suggest(office.workspace, batch_id, 2)[0]
    assert second.first is not None
    assert "B000001:1 of Roseman posts by itself; post it first" in second.first.against


def test_an_analyst_previews_accepts_and_takes_back(office: Office) -> None:
    """DESIGN: what one face can do, the others can do."""
    batch_id = brought(office, LINES)
    books = recon.open_workspace(office.workspace.root, who=WHO)
    done = books.accept_all(books.offered("memo", batch_id), why="looked through")
    assert (done.kind, done.amount, office.journal()[-1]["why"]) == (Kind.MEMO, money("700.00"), "looked through")
    assert books.take_back(batch_id, [2], why="wrong tenant") == 1
    books.accept_all(books.offered("misspelt-id"))
    assert books.undo(batch_id).action == "accept-suggestions"
    with pytest.raises(WrongUse, match="no suggestions of the kind 'memos'"):
        books.offered("memos")
    assert_silent(office.workspace)


def test_single_ones_are_taken_back_and_undo_takes_the_rest(office: Office) -> None:
    """SPEC 6: a correction; the line waits again and the rest of the set stays posted."""
    batch_id = brought(
        office, "2026-06-10 | Ceder327 | 715.00 | a | Rosmean\n2026-06-10 | Fiar436 | 700.00 | b | Brumo"
    )
    before = balances(office)
    sets.accept_all(office.workspace, sets.offered(office.workspace, Kind.MISSPELT), who=WHO)
    assert undo.take_back(office.workspace, batch_id, [1], who="bob") == 1
    assert [row["state"] for row in office.lines("B000001")] == ["waiting", "posted"]
    assert of_kinds(office) == {Kind.MISSPELT: [1]}
    with pytest.raises(WrongUse, match="Line 1 of B000001 was not posted by a person, or was taken back before"):
        undo.take_back(office.workspace, batch_id, [1, 2], who=WHO)
    with pytest.raises(WrongUse, match="Name the lines"):
        undo.take_back(office.workspace, batch_id, [], who=WHO)
    undo.undo(office.workspace, batch_id, who=WHO)
    assert balances(office) == before
    assert_silent(office.workspace)
