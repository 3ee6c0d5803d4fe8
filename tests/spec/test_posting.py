"""Posting (SPEC 6): one transaction, judged again in it, once; what it leaves; control totals; dry runs; two runs."""

import json
from datetime import date
from pathlib import Path

import pytest

from recon import batch_work, daily, decisions
from recon.batches import Terms
from recon.errors import ControlTotalsDisagree, InputRefused, WrongUse
from recon.ledger_loading import load_ledger
from recon.lockbox.reading import read
from recon.relations import PostingRules
from tests.spec.tables import WHO, Office, agree, ledger, money, rows

CHARGES = """
    charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
    C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00
    C2        | Bruno     | Fair436  | L-Ames    | 2026-06-01 | 1115.00
    C3        | Bruno     | Fair436  | L-Ames    | 2026-06-05 | 25.00
"""
JUNE_10 = """
    2026-06-10 | Cedar327 | 690.00  | Reference #68217 | Roseman
    2026-06-11 | Fair436  | 1140.00 | Reference #1721  | Bruno
    2026-06-10 | Mail212  | 950.00  | Reference #6612  |
"""


@pytest.fixture(scope="module")
def posted(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office in which a file of three lines was imported and posted."""
    office = Office(tmp_path_factory.mktemp("posted"))
    office.load(charges=CHARGES)
    assert office.bring("June10.csv", JUNE_10) == "B000001"
    done = office.post("B000001")
    assert (done.count, done.amount, done.deposit_ids) == (2, money("1830.00"), ("D000001",))
    return office


# ---- What posting leaves ----


@pytest.mark.xdist_group("posted")
def test_scenario_02_matches_are_recorded_and_the_others_stay(posted: Office) -> None:
    """BTR-56, BTR-16, BTR-63: lines that match are posted; the rest wait for a person."""
    agree(
        posted.lines("B000001"),
        """
        line_number | posting_date | tenant_id | amount  | disposition | reason            | state
        1           | 2026-06-10   | Roseman   | 690.00  | auto        | OK_FULL           | posted
        2           | 2026-06-11   | Bruno     | 1140.00 | auto        | OK_FULL           | posted
        3           | 2026-06-10   |           | 950.00  | individual  | NO_DEFAULT_TENANT | waiting
    """,
    )


@pytest.mark.xdist_group("posted")
def test_each_match_is_an_undeposited_receipt(posted: Office) -> None:
    """BTR-57: put down for deposit; applications plus credit are the payment."""
    agree(posted.receipts("B000001"), """
        receipt_id | posting_date | tenant_id | unit_id  | ledger_id | bank_account_id | amount  | applied | credit | memo             | line_number | deposit_id
        R0000001   | 2026-06-10   | Roseman   | Cedar327 | L-Ames    | TRUST           | 690.00  | 690.00  | 0.00   | Reference #68217 | 1           | D000001
        R0000002   | 2026-06-11   | Bruno     | Fair436  | L-Ames    | TRUST           | 1140.00 | 1140.00 | 0.00   | Reference #1721  | 2           | D000001
    """)  # fmt: skip  # noqa: E501
    undeposited = posted.rows("select * from undeposited_receipts order by receipt_id")
    agree(undeposited, "receipt_id | amount\nR0000001 | 690.00\nR0000002 | 1140.00")


@pytest.mark.xdist_group("posted")
def test_each_application_reduces_its_charge(posted: Office) -> None:
    """BTR-11: applied on the line's posting date, in the charge's ledger."""
    agree(
        posted.applications("B000001"),
        """
        receipt_id | charge_id | ledger_id | amount  | applied_on
        R0000001   | C1        | L-Ames    | 690.00  | 2026-06-10
        R0000002   | C2        | L-Ames    | 1115.00 | 2026-06-11
        R0000002   | C3        | L-Ames    | 25.00   | 2026-06-11
    """,
    )
    agree(posted.charges(), "charge_id | open_amount\nC1 | 0.00\nC2 | 0.00\nC3 | 0.00")


@pytest.mark.xdist_group("posted")
def test_the_three_lists_are_disjoint_and_complete(posted: Office) -> None:
    """BTR-20: all payments are those that need a person and those that do not, in count and in cents."""
    lines = posted.lines("B000001")
    kinds = {kind: [line for line in lines if line["disposition"] == kind] for kind in ("auto", "individual")}
    assert len(lines) == len(kinds["auto"]) + len(kinds["individual"]) == 3
    assert sum(line["amount"] for line in lines) == money("2780.00")


@pytest.mark.xdist_group("posted")
def test_the_batch_knows_where_its_file_came_from_and_its_control_figures(posted: Office) -> None:
    """BTR-02, BTR-87, BTR-88: source, entries and total of the import file beside what they are now."""
    agree(posted.rows("select * from batches"), """
        batch_id | file_name  | source      | entries | total_amount | posted_count | posted_amount | waiting_count | waiting_amount
        B000001  | June10.csv | third_party | 3       | 2780.00      | 2            | 1830.00       | 1             | 950.00
    """)  # fmt: skip  # noqa: E501


@pytest.mark.xdist_group("posted")
def test_every_change_is_in_the_journal(posted: Office) -> None:
    """BTR-56: who, what, from which file."""
    agree(
        posted.journal()[:3],
        """
        seq | who | action      | batch_id | file_name
        1   | ann | load-ledger |          | ledger
        2   | ann | import      | B000001  | June10.csv
        3   | ann | post        | B000001  | June10.csv
    """,
    )


@pytest.mark.xdist_group("posted")
def test_scenario_22_posting_again_adds_nothing(posted: Office) -> None:
    """BTR-56: not a receipt, not a slip, not a journal entry."""
    before = posted.journal()
    done = posted.post("B000001")
    assert (done.count, done.amount, done.deposit_ids) == (0, money("0.00"), ())
    assert posted.journal() == before


# ---- Judged again when it is posted ----


def test_eligibility_is_judged_when_the_batch_is_posted(tmp_path: Path) -> None:
    """BTR-56: what another batch paid between import and posting is gone; the other lines post all the same."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    first = office.bring("first.txt", JUNE_10)
    second = office.bring("second.txt", "2026-06-10 | Cedar327 | 690.00 | another memo | Roseman")
    assert office.post(second).count == 1
    assert office.post(first).count == 1
    agree(
        office.lines(first),
        """
        line_number | amount  | matchable_total | reason            | state
        1           | 690.00  | 0.00            | NOTHING_OWED      | waiting
        2           | 1140.00 | 1140.00         | OK_FULL           | posted
        3           | 950.00  | 0.00            | NO_DEFAULT_TENANT | waiting
    """,
    )
    agree(office.charges(), "charge_id | open_amount\nC1 | 0.00\nC2 | 0.00\nC3 | 0.00")


def test_a_run_never_posts_lines_that_wait_in_another_batch(tmp_path: Path) -> None:
    """BTR-56: a line that became payable waits until its own batch is posted again."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    first = office.bring("first.txt", "2026-06-10 | Cedar327 | 715.00 | | Roseman")
    assert office.post(first).count == 0
    office.load(charges=CHARGES + "    C4 | Roseman | Cedar327 | L-Ames | 2026-06-01 | 25.00\n")
    assert office.post(office.bring("second.txt", "2026-06-10 | Fair436 | 1140.00 | | Bruno")).count == 1
    agree(office.lines(first), "reason | state\nOVERPAID | waiting")
    assert office.post(first).count == 1
    agree(office.lines(first), "reason | state\nOK_FULL | posted")


def test_consumed_by_a_line_that_was_posted_in_an_earlier_posting_of_the_batch(tmp_path: Path) -> None:
    """BTR-56: posting again judges the waiting lines as one file with those already posted."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    line = "2026-06-10 | Cedar327 | 690.00 | | Roseman\n"
    batch = office.bring("twice.txt", line * 2)
    assert [office.post(batch).count for _ in range(2)] == [1, 0]
    agree(
        office.lines(batch),
        """
        line_number | reason            | state
        1           | OK_FULL           | posted
        2           | CONSUMED_IN_BATCH | waiting
    """,
    )


def test_partial_payments_and_due_now_follow_the_terms_of_the_import(tmp_path: Path) -> None:
    """BTR-13, BTR-11: the switches belong to the batch; a partial payment repeated later in it still waits."""
    office = Office(tmp_path)
    office.load(charges=CHARGES + "    C4 | Bruno | Fair436 | L-Ames | 2026-07-01 | 1115.00\n")
    lines = """
        2026-06-10 | Cedar327 | 100.00  | part | Roseman
        2026-06-10 | Cedar327 | 100.00  | part | Roseman
        2026-06-10 | Fair436  | 1140.00 |      | Bruno
    """
    batch = office.bring("with switches.txt", lines, partial_pay=True, due_now=True)
    assert [office.post(batch).count for _ in range(2)] == [2, 0]
    agree(
        office.lines(batch),
        """
        amount  | matchable_total | reason            | state
        100.00  | 690.00          | OK_PARTIAL_SINGLE | posted
        100.00  | 590.00          | DUPLICATE_LINE    | waiting
        1140.00 | 2255.00         | OK_DUE_NOW        | posted
    """,
    )
    agree(office.charges(), "charge_id | open_amount\nC1 | 590.00\nC2 | 0.00\nC3 | 0.00\nC4 | 1115.00")


def test_two_batches_can_never_pay_one_charge_twice(tmp_path: Path) -> None:
    """BTR-56: however often and in whatever order they are posted."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    batches = [office.bring(f"{n}.txt", f"2026-06-10 | Cedar327 | 690.00 | memo {n} | Roseman") for n in range(3)]
    assert [office.post(batch).count for batch in (*batches, *reversed(batches))] == [1, 0, 0, 0, 0, 0]
    assert sum(receipt["amount"] for receipt in office.receipts()) == money("690.00")


def test_a_batch_that_nobody_imported(tmp_path: Path) -> None:
    """BTR-56: the message says where to look."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    with pytest.raises(WrongUse, match=r"There is no batch B000009; recon status lists them\."):
        office.post("B000009")


def test_rejected_lines_are_kept_word_for_word(tmp_path: Path) -> None:
    """BTR-36, BTR-87, BTR-88: counted, and in the total where the third field reads as an amount."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    bad = '"2026-02-30","Cedar327","690.00","no such day","Roseman",'
    batch = office.bring("bad.txt", bad + "\n" + '"2026-06-10","Fair436","1,140.00","a comma","Bruno",')
    office.post(batch)
    agree(
        office.rows("select * from batches"),
        """
        entries | total_amount | posted_count | waiting_count | rejected_count | rejected_amount
        2       | 690.00       | 0            | 0             | 2              | 690.00
    """,
    )
    assert office.rows("select raw from lines order by line_number")[0]["raw"] == bad.encode()


def test_a_file_without_records(tmp_path: Path) -> None:
    """BTR-03: 0 entries, nothing to post, and it may come again."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    assert [office.post(office.bring("empty.txt", "")).count for _ in range(2)] == [0, 0]
    agree(
        office.rows("select * from batches order by batch_id"),
        """
        batch_id | entries | total_amount
        B000001  | 0       | 0.00
        B000002  | 0       | 0.00
    """,
    )


# ---- Control totals ----


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"expect_entries": 4}, "3 entries where 4 were expected"),
        ({"expect_total": money("2780.01")}, "2,780.00 where 2,780.01 was expected (difference -0.01)"),
        ({"expect_entries": 2, "expect_total": money("0.00")}, "3 entries where 2 were expected and a total of"),
    ],
)
def test_control_totals_that_disagree_stop_everything(tmp_path: Path, terms: dict[str, object], words: str) -> None:
    """BTR-88: nothing is imported, and the file is not a duplicate afterwards."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    with pytest.raises(ControlTotalsDisagree) as refused:
        office.bring("June10.csv", JUNE_10, **terms)
    assert words in str(refused.value)
    assert office.rows("select * from batches") == []
    assert office.bring("June10.csv", JUNE_10, expect_entries=3, expect_total=money("2780.00")) == "B000001"


# ---- Runs ----


@pytest.fixture
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the notebook and the printed slips, which have tests of their own."""
    monkeypatch.setattr(daily, "_make_report", lambda *given: None)


@pytest.mark.usefixtures("no_report")
def test_scenario_01_the_main_job(tmp_path: Path) -> None:
    """BTR-50, BTR-51: the seeds' file: 3 entries, 2,780.00; what does not post is a lockbox file again (BTR-67)."""
    office = Office(tmp_path)
    file = office.file("June10.csv", JUNE_10)
    terms = Terms(expect_entries=3, expect_total=money("2780.00"))
    done = daily.run(office.workspace, file, terms, who=WHO, ledger=ledger(tmp_path / "ledger", charges=CHARGES))
    summary = json.loads(json.dumps(done.summary, default=str))
    assert summary["auto"] == summary["posted"] == {"count": 2, "amount": "1830.00"}
    assert summary["individual"] == {"count": 1, "amount": "950.00"}
    assert summary["rejected"] == {"count": 0, "amount": "0.00"}
    unprocessed = (done.folder / "unprocessed.csv").read_bytes()
    assert unprocessed == b'"2026-06-10","Mail212","950.00","Reference #6612",\r\n'


@pytest.mark.usefixtures("no_report")
def test_dry_run_registers_nothing(tmp_path: Path) -> None:
    """BTR-54: it classifies and reports with the ledger given; nothing is posted, loaded or remembered."""
    office = Office(tmp_path)
    office.load(charges="charge_id | tenant_id | unit_id | ledger_id | due_date | amount")
    before = office.journal()
    file, folder = office.file("June10.csv", JUNE_10), ledger(tmp_path / "newer", charges=CHARGES)
    for _ in range(2):
        done = daily.run(office.workspace, file, who=WHO, ledger=folder, dry_run=True)
        assert done.summary["auto"] == {"count": 2, "amount": money("1830.00")}
        assert done.summary["posted"] == {"count": 0, "amount": money("0.00")}
        assert done.summary["deposit_slips"] == []
    assert office.journal() == before
    assert office.charges() == []
    assert not list(office.workspace.archive.glob("*"))
    assert len((done.folder / "unprocessed.csv").read_bytes().splitlines()) == 1, "what would wait for a person"
    done = daily.run(office.workspace, file, who=WHO, ledger=folder)
    assert done.summary["posted"] == {"count": 2, "amount": money("1830.00")}, "a dry run is no earlier import"


@pytest.mark.usefixtures("no_report")
def test_dry_run_refuses_what_a_run_would_refuse(tmp_path: Path) -> None:
    """BTR-88, BTR-54: control totals."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    with pytest.raises(ControlTotalsDisagree):
        daily.run(office.workspace, office.file("June10.csv", JUNE_10), Terms(expect_entries=1), who=WHO, dry_run=True)


@pytest.mark.usefixtures("no_report")
def test_two_runs_one_after_the_other(tmp_path: Path) -> None:
    """BTR-56, BTR-62: the second file sees what the first one left, and has a slip of its own."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    day_1 = office.file("1.txt", "2026-06-10 | Cedar327 | 690.00 | | Roseman\n2026-06-10 | Fair436 | 25.00 | | Bruno")
    day_2 = office.file("2.txt", "2026-06-11 | Cedar327 | 690.00 | | Roseman\n2026-06-11 | Fair436 | 1140.00 | | Bruno")
    first = daily.run(office.workspace, day_1, who=WHO)
    second = daily.run(office.workspace, day_2, who=WHO)
    assert (first.run_id, second.run_id) == ("run-000001", "run-000002")
    agree(office.lines(first.batch_id), "tenant_id | reason\nRoseman | OK_FULL\nBruno | UNDERPAID")
    agree(office.lines(second.batch_id), "tenant_id | reason\nRoseman | NOTHING_OWED\nBruno | OK_FULL")
    agree(
        office.slips(),
        """
        deposit_id | batch_id | bank_account_id | deposit_date | items | total
        D000001    | B000001  | TRUST           | 2026-06-10   | 1     | 690.00
        D000002    | B000002  | TRUST           | 2026-06-11   | 1     | 1140.00
    """,
    )


@pytest.mark.usefixtures("no_report")
def test_a_run_that_cannot_begin_loads_no_ledger(tmp_path: Path) -> None:
    """BTR-47: the checks run in this order: name first."""
    office = Office(tmp_path)
    folder = ledger(tmp_path / "ledger", charges=CHARGES)
    with pytest.raises(InputRefused, match=r"ends in \.txt, \.csv or \.asc"):
        daily.run(office.workspace, office.file("June10.xlsx", JUNE_10), who=WHO, ledger=folder)
    assert not office.workspace.store.exists()


def test_import_before_there_is_a_ledger(tmp_path: Path) -> None:
    """BTR-52: the message says what to do first."""
    office = Office(tmp_path)
    with pytest.raises(WrongUse, match="There is no workspace at .*: recon load-ledger FOLDER"):
        office.bring("June10.csv", JUNE_10)


@pytest.mark.usefixtures("no_report")
def test_update_all_dates_posts_on_the_posting_date(tmp_path: Path) -> None:
    """BTR-81, BTR-14: the receipts, their applications and the slip have it; the file's date is kept."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    file = office.file("June10.csv", JUNE_10)
    done = daily.run(office.workspace, file, Terms(posting_date=date(2026, 6, 15)), who=WHO)
    assert {receipt["posting_date"] for receipt in office.receipts()} == {date(2026, 6, 15)}
    assert {part["applied_on"] for part in office.applications(done.batch_id)} == {date(2026, 6, 15)}
    agree(office.slips(), "deposit_date | total\n2026-06-15 | 1830.00")
    agree(office.lines(done.batch_id), "flags\n" + "DATE_CHANGED\n" * 3)
    assert {row["file_date"] for row in office.rows("select file_date from lines")} == {
        date(2026, 6, 10),
        date(2026, 6, 11),
    }
    assert b"2026-06-15" in (done.folder / "unprocessed.csv").read_bytes()


@pytest.mark.usefixtures("no_report")
def test_a_period_closed_after_the_import_holds_at_posting(tmp_path: Path) -> None:
    """BTR-56: closed periods are looked at when the line is posted."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    batch = office.bring("June10.csv", JUNE_10)
    decisions.close_period(office.workspace, date(2026, 6, 10), who=WHO)
    assert office.post(batch).count == 1
    agree(
        office.lines(batch),
        """
        posting_date | reason            | state
        2026-06-10   | PERIOD_CLOSED     | waiting
        2026-06-11   | OK_FULL           | posted
        2026-06-10   | NO_DEFAULT_TENANT | waiting
    """,
    )


@pytest.mark.usefixtures("no_report")
def test_the_rules_of_a_run_are_in_its_summary(tmp_path: Path) -> None:
    """BTR-13: which switches were on, so that the outcome can be read."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    file = office.file("part.txt", "2026-06-10 | Cedar327 | 100.00 | | Roseman")
    done = daily.run(office.workspace, file, Terms(rules=PostingRules(partial_pay=True)), who=WHO)
    assert done.summary["posting_rules"] == {
        "partial_pay": True, "due_now": False, "credit": False, "alias": False, "posting_date": None, "template": False,
    }  # fmt: skip
    agree(rows((done.folder / "receipts.csv").read_text().replace(",", "|")), "amount | applied\n100.00 | 100.00")


def test_the_input_file_is_left_alone_and_its_bytes_are_archived(tmp_path: Path) -> None:
    """BTR-73: not renamed, not moved, not changed; the archive and the duplicate check stand in for renaming."""
    office = Office(tmp_path)
    load_ledger(office.workspace, ledger(tmp_path / "ledger", charges=CHARGES), who=WHO)
    office.bring("June10.csv", JUNE_10)
    data = (tmp_path / "June10.csv").read_bytes()
    (archived,) = office.workspace.archive.iterdir()
    assert archived.read_bytes() == data
    assert archived.name == office.rows("select sha256 from batches")[0]["sha256"]


# ---- Again ----

TWO_DUE = """
    charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
    C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 10.00
    C2        | Roseman   | Cedar327 | L-Ames    | 2026-07-10 | 20.00
"""
TAKES_TURNS = """
    2026-06-20 | Cedar327 | 20.00 | first  | Roseman
    2026-06-01 | Cedar327 | 10.00 | second | Roseman
"""
AS_IT_STOOD = """
    line_number | amount | matchable_total | reason    | state
    1           | 20.00  | 30.00           | UNDERPAID | waiting
    2           | 10.00  | 10.00           | OK_FULL   | posted
"""


def test_posting_again_adds_nothing_though_a_line_fits_what_later_ones_left(tmp_path: Path) -> None:
    """SPEC 5, 6, BTR-56: totals are those of the line's turn; until something else happens, its answer stays."""
    office = Office(tmp_path)
    office.load(charges=TWO_DUE)
    office.bring("x.txt", TAKES_TURNS)
    assert office.post("B000001").count == 1
    for _ in range(2):
        assert office.post("B000001").count == 0
        agree(office.lines("B000001"), AS_IT_STOOD)
    decisions.reverse(office.workspace, "R0000001", "correction", date(2026, 6, 2), who=WHO, why="wrong tenant")
    assert office.post("B000001").count == 1


def test_a_batch_begun_elsewhere_lets_nothing_more_post(tmp_path: Path) -> None:
    """SPEC 6: running it again adds nothing; payments that came in elsewhere and wait have moved no money."""
    office = Office(tmp_path)
    office.load(charges=TWO_DUE)
    office.post(office.bring("x.txt", TAKES_TURNS))
    batch_work.start_batch(office.workspace, who="bob")
    office.bring("y.txt", "2026-06-10 | Cedar327 | 1.00 | | Roseman")
    assert office.post("B000001").count == 0
    agree(office.lines("B000001"), AS_IT_STOOD)


def test_an_interrupted_run_posts_no_more_than_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SPEC 6, BTR-56: the same command finishes what is missing; what was posted and answered stays as it was."""
    office = Office(tmp_path)
    office.load(charges=TWO_DUE)
    file = office.file("x.txt", TAKES_TURNS)
    with monkeypatch.context() as broken:
        broken.setattr(daily, "write_outputs", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            daily.run(office.workspace, file, who=WHO)
    office.load(charges=TWO_DUE + "    C9 | Bruno | Fair436 | L-Ames | 2026-06-01 | 5.00\n", includes="none")
    done = daily.run(office.workspace, file, who=WHO)
    assert done.resumed
    assert done.summary["posted"] == {"count": 1, "amount": money("10.00")}
    agree(office.lines("B000001"), AS_IT_STOOD)


# ---- The deposit date ----


def test_the_deposit_date_is_the_latest_posting_date_in_the_batch_as_it_is_posted(tmp_path: Path) -> None:
    """SPEC 6: dates set anew and corrected lines count; later receipts join the date of the first."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    office.bring("x.txt", """
        2026-06-01 | Cedar327 | 690.00  | | Roseman
        "2026-06-31","Fair436","1140.00","","Bruno",
    """)  # fmt: skip
    batch_work.update_all_dates(office.workspace, "B000001", date(2026, 6, 9), who=WHO)
    assert office.post("B000001").count == 1
    (slip,) = office.rows("select * from deposits")
    assert slip["deposit_date"] == date(2026, 6, 9)
    batch_work.change_line(
        office.workspace, "B000001", 2, who=WHO, why="typing error", posting_date=date(2026, 6, 30),
        amount=money("1140.00"), unit_id="Fair436", tenant_id="Bruno", memo="",
    )  # fmt: skip
    assert office.post("B000001").deposit_ids == ("D000001",)
    (slip,) = office.rows("select * from deposits")
    assert (slip["deposit_date"], slip["total"]) == (date(2026, 6, 9), money("1830.00"))


def test_a_batch_without_any_readable_line_posts_once_a_line_is_corrected(tmp_path: Path) -> None:
    """SPEC 3, 6: its deposit date is that of the corrected line."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    office.bring("bad.txt", '"2026-06-31","Cedar327","690.00","","Roseman",')
    batch_work.change_line(
        office.workspace, "B000001", 1, who=WHO, why="typing error", posting_date=date(2026, 6, 30),
        amount=money("690.00"), unit_id="Cedar327", tenant_id="Roseman", memo="",
    )  # fmt: skip
    assert office.post("B000001").count == 1
    assert office.rows("select * from deposits")[0]["deposit_date"] == date(2026, 6, 30)


@pytest.mark.parametrize(
    "unit",
    [b"U" * (64 * 1024 - len("2026-06-10,,5.00,m")), "\u00e9".encode("cp1252") * 40_000],
    ids=["unquoted", "1252"],
)
def test_a_line_at_the_limit_does_not_keep_a_run_from_its_end(
    tmp_path: Path, unit: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SPEC 3: written again, with quotes and in UTF-8, it is longer than a line may be; it waits, and the run ends."""
    monkeypatch.setattr(daily, "_make_report", lambda *given: None)
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    file = office.folder / "long.csv"
    file.write_bytes(b"2026-06-10," + unit + b",5.00,m\n")
    done = daily.run(office.workspace, file, Terms(), who=WHO)
    assert done.summary["individual"] == {"count": 1, "amount": money("5.00")}
    written = (done.folder / "unprocessed.csv").read_bytes()
    assert len(written) > 64 * 1024
    assert read("unprocessed.csv", written).entries == 1
