"""The report of a batch on which people have worked: true figures, whatever was done since the run (BTR-54, BTR-55)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from recon import batch_work, batches, daily, decisions, deposits, receipts
from recon.batch_work import Payment
from recon.batches import Terms
from recon.daily import run
from recon.decisions import Part
from recon.errors import ControlTotalsDisagree, WrongUse
from recon.ledger_loading import load_ledger
from recon.report import gather
from recon.report.model import BatchReport, Standing, Tally
from recon.workspace import Workspace
from tests.workspaces import WHO

JUNE = Path(__file__).parents[2] / "data" / "sample" / "june10"
LINE = 3  # the one that waits: 950.00 of 2,780.00
TERMS = Terms(expect_entries=3, expect_total=Decimal("2780.00"))


@pytest.fixture
def books(tmp_path: Path) -> Workspace:
    """June10.csv as `recon run` left it: two lines posted, one waiting."""
    place = Workspace.at(tmp_path / "books")
    run(place, JUNE / "June10.csv", TERMS, who=WHO, ledger=JUNE / "ledger")
    return place


def printed(books: Workspace) -> BatchReport:
    """The report as it is printed now."""
    return gather(daily.report_batch(books, "B000001", who=WHO).parent)


def of(count: int, amount: str) -> Tally:
    """A count and an amount."""
    return Tally(count, Decimal(amount))


def process(books: Workspace) -> None:
    """Pay the waiting line to the charge it is for."""
    part = Part(Decimal("950.00"), "Hartley", "Mail212", {"4": Decimal("950.00")})
    decisions.process_payment(books, "B000001", LINE, [part], who=WHO)


def split(books: Workspace) -> None:
    """Part of it is the tenant's, part the management's."""
    parts = [
        Part(Decimal("900.00"), "Hartley", "Mail212", {"4": Decimal("900.00")}),
        Part(Decimal("50.00"), ledger_id="MGMT"),
    ]
    decisions.process_payment(books, "B000001", LINE, parts, who=WHO)


def take_out(books: Workspace) -> None:
    """The waiting line is taken out."""
    batch_work.remove_lines(books, "B000001", [LINE], who=WHO, why="twice")


def correct(books: Workspace) -> None:
    """A receipt of the run was wrong, and its line waits again."""
    decisions.reverse(books, "R0000001", "correction", date(2006, 6, 12), who=WHO, why="other charge")


def send_back(books: Workspace) -> None:
    """The bank returned a payment; it had come in, so its line stays posted."""
    decisions.reverse(books, "R0000001", "returned", date(2006, 6, 12), who=WHO, why="NSF")


def restate(books: Workspace, entries: int, total: str) -> None:
    """The bank says something else now."""
    batch_work.state_control_totals(books, "B000001", entries, Decimal(total), who=WHO, why="advice of the bank")


def change(books: Workspace) -> None:
    """950.00 was misread, and the bank says so."""
    batch_work.change_line(books, "B000001", LINE, who=WHO, why="misread", amount=Decimal("975.00"))
    restate(books, 3, "2805.00")


def add(books: Workspace) -> None:
    """A payment was left out of the file, and the bank says so."""
    late = Payment(date(2006, 6, 10), Decimal("25.00"), "Mail212", "Hartley", "late fee")
    batch_work.add_payment(books, "B000001", late, who=WHO)
    restate(books, 4, "2805.00")


NOTHING_LEFT = of(0, "0.00")
DONE: dict[Callable[[Workspace], None], tuple[Tally, Tally, Tally]] = {  # posted, waiting, taken out
    process: (of(3, "2780.00"), NOTHING_LEFT, NOTHING_LEFT),
    split: (of(4, "2780.00"), NOTHING_LEFT, NOTHING_LEFT),
    take_out: (of(2, "1830.00"), NOTHING_LEFT, of(1, "950.00")),
    correct: (of(1, "1140.00"), of(2, "1640.00"), NOTHING_LEFT),
    send_back: (of(2, "1830.00"), of(1, "950.00"), NOTHING_LEFT),
    change: (of(2, "1830.00"), of(1, "975.00"), NOTHING_LEFT),
    add: (of(2, "1830.00"), of(2, "975.00"), NOTHING_LEFT),
}


@pytest.mark.parametrize("work", DONE, ids=lambda work: work.__name__)
def test_what_is_signed_adds_up_to_what_there_is(books: Workspace, work: Callable[[Workspace], None]) -> None:
    """BTR-54: posted, waiting and taken out are as they stand, are all that came in, and nothing is unexplained."""
    work(books)
    report = printed(books)
    found = report.proof
    assert (found.posted, found.waiting, found.removed) == DONE[work]
    assert found.posted.amount + found.waiting.amount + found.removed.amount == found.loaded.amount
    assert found.ready == NOTHING_LEFT, "nothing is certain and left"
    assert found.file == of(3, "2780.00"), "the file stays what it was"
    assert not [check.claim for check in found.checks if check.standing is Standing.DIFFERS]
    assert found.holds
    (said,) = [warning for warning in report.warnings if warning.startswith("People have worked on this batch")]
    assert f"waiting {found.waiting.count} · {found.waiting.amount:,.2f}" in said


def test_a_change_that_no_total_covers_is_not_proved(books: Workspace) -> None:
    """BTR-88: as long as nobody says what the bank says now, the page must not be signed."""
    batch_work.change_line(books, "B000001", LINE, who=WHO, why="misread", amount=Decimal("975.00"))
    found = printed(books).proof
    assert not found.holds
    assert found.difference.amount == Decimal("-25.00")


def test_who_is_not_known_is_named_as_the_file_names_it(tmp_path: Path) -> None:
    """BTR-91: on the page printed later too, when lines before it were processed by then."""
    place, file = Workspace.at(tmp_path / "books"), tmp_path / "two.csv"
    file.write_text('"2006-06-10","Mail212","900.00","a","Hartley",\n"2006-06-10","Nowhere","1.00","b","Nobody",\n')
    run(place, file, Terms(), who=WHO, ledger=JUNE / "ledger")
    part = Part(Decimal("900.00"), "Hartley", "Mail212", {"4": Decimal("900.00")})
    decisions.process_payment(place, "B000001", 1, [part], who=WHO)
    assert [line.description for line in printed(place).individual.lines][1] == "Nobody - Nowhere"


def test_a_batch_left_as_the_run_left_it_is_proved_as_then(books: Workspace) -> None:
    """BTR-88: the control totals that came with the file are still known."""
    report = printed(books)
    assert report.proof.holds
    assert report.proof.control == of(3, "2780.00")
    assert report.warnings == gather(books.runs / "run-000001").warnings
    assert report.proof.waiting == of(1, "950.00")


def test_every_receipt_of_a_split_payment_is_listed(books: Workspace) -> None:
    """BTR-91: a line that became two receipts names both."""
    split(books)
    report = printed(books)
    assert [line.receipt_id for line in report.all_payments.lines if line.line_number == LINE] == ["R0000003, R0000004"]


def test_control_totals_bind_whoever_finishes_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BTR-88, SPEC 8: a run that was interrupted is held against the totals given now, and against those given then."""
    place = Workspace.at(tmp_path / "books")

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(daily, "_make_report", killed)
        with pytest.raises(KeyboardInterrupt):
            run(place, JUNE / "June10.csv", TERMS, who=WHO, ledger=JUNE / "ledger")
    with pytest.raises(ControlTotalsDisagree, match="2,780.00 where 9,999.99.*the run was not finished"):
        run(place, JUNE / "June10.csv", Terms(expect_total=Decimal("9999.99")), who=WHO)
    done = run(place, JUNE / "June10.csv", Terms(), who=WHO)
    assert done.resumed
    assert gather(done.folder).proof.control == of(3, "2780.00")


@pytest.mark.parametrize("total", [1830.0, 1830, "1830.00", Decimal("1830.001"), Decimal("nan")])
def test_an_amount_is_a_decimal_of_whole_cents(books: Workspace, total: Decimal) -> None:
    """SPEC 6, amounts are never floats: what only looks like the slip's total is not recorded."""
    with pytest.raises(WrongUse, match="is no amount of whole cents; give a Decimal such as 1830.00"):
        deposits.record(books, "D000001", total, who=WHO)
    with pytest.raises(WrongUse, match=r"whole cents|cent"):
        decisions.process_payment(books, "B000001", LINE, [Part(total, "Hartley", "Mail212")], who=WHO)


def test_a_batch_that_is_not_posted_yet_is_reported_as_it_would_be(tmp_path: Path) -> None:
    """BTR-54, BTR-55: imported alone, nothing is rejected; processed first, the line is known with its reason later."""
    place = Workspace.at(tmp_path / "books")
    load_ledger(place, JUNE / "ledger", who=WHO)
    batches.import_file(place, JUNE / "June10.csv", TERMS, who=WHO)
    found = printed(place).proof
    assert (found.ready, found.waiting, found.rejected) == (of(2, "1830.00"), of(1, "950.00"), NOTHING_LEFT)
    assert found.holds
    lone = Workspace.at(tmp_path / "others")
    load_ledger(lone, JUNE / "ledger", who=WHO)
    batches.import_file(lone, JUNE / "June10.csv", TERMS, who=WHO)
    part = Part(Decimal("950.00"), "Hartley", "Mail212", {"4": Decimal("950.00")})
    decisions.process_payment(lone, "B000001", LINE, [part], who=WHO)
    receipts.post(lone, "B000001", who=WHO)
    report = printed(lone)
    assert (report.proof.posted, report.proof.rejected, report.proof.holds) == (of(3, "2780.00"), NOTHING_LEFT, True)
