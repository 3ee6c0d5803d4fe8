"""The same payment twice: files refused or let in again, single lines held, templates meant to come every month."""

from datetime import date
from pathlib import Path

import pytest

from recon import batch_work, batches, daily, decisions
from recon.batches import Terms
from recon.decisions import Part
from recon.errors import ControlTotalsDisagree, DuplicateFile, InputRefused, WrongUse
from recon.workspace import Workspace
from tests.spec.tables import WHO, Office, agree, classified, money

CHARGES = """
    charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
    C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00
    C2        | Roseman   | Cedar327 | L-Ames    | 2026-07-12 | 690.00
    C3        | Bruno     | Fair436  | L-Ames    | 2026-06-01 | 1140.00
"""
JUNE_10 = """
    2026-06-10 | Cedar327 | 690.00  | Reference #68217 | Roseman
    2026-06-10 | Fair436  | 1000.00 | Reference #1721  | Bruno
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with the ledger above."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    return office


@pytest.fixture
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the notebook and the printed slips."""
    monkeypatch.setattr(daily, "_make_report", lambda *given: None)


# ---- Files ----


SAME_RECORDS = {
    "the same bytes": b"",
    "LF alone, and none at the end": (
        b'"2026-06-10","Cedar327","690.00","Reference #68217","Roseman",\n'
        b'"2026-06-10","Fair436","1000.00","Reference #1721","Bruno",'
    ),
    "no quotes, dates month first": (
        b"06/10/2026,Cedar327,690.00,Reference #68217,Roseman\r\n06/10/2026,Fair436,1000.00,Reference #1721,Bruno\r\n"
    ),
    "a mark, blank lines, spaces, Ctrl-Z": (
        b'\xef\xbb\xbf\r\n "2026-06-10" , " Cedar327" ,"690.00","Reference #68217 ","Roseman","",\r\n'.replace(
            b'"",', b'""'
        )
        + b'\r\n"2026-06-10","Fair436","1000.00","Reference #1721","Bruno"\r\n\x1a'
    ),
}


@pytest.mark.parametrize("how", SAME_RECORDS)
def test_scenario_15_the_same_file_twice(office: Office, how: str) -> None:
    """BTR-73, BTR-74: refused, renamed or written otherwise as well; the message names the earlier batch."""
    office.post(office.bring("June10.csv", JUNE_10))
    again = office.folder / "renamed.TXT"
    again.write_bytes(SAME_RECORDS[how] or (office.folder / "June10.csv").read_bytes())
    with pytest.raises(DuplicateFile) as refused:
        batches.import_file(office.workspace, again, Terms(), who=WHO)
    assert "renamed.TXT: these payments were imported before, as batch B000001 (as June10.csv)" in str(refused.value)
    assert "--again REASON" in str(refused.value)
    assert len(office.rows("select * from batches")) == 1


def test_another_order_or_another_cent_is_another_file(office: Office) -> None:
    """BTR-74: what is not the same file is looked at line by line."""
    office.post(office.bring("June10.csv", JUNE_10))
    batch = office.bring("other order.csv", "\n".join(reversed(JUNE_10.strip().splitlines())))
    office.post(batch)
    agree(office.lines(batch), "tenant_id | reason\nBruno | DUPLICATE_LINE\nRoseman | DUPLICATE_LINE")


def test_again_with_a_reason(office: Office) -> None:
    """BTR-74: it comes in, the reason is in the journal, and its lines are still held as duplicates."""
    office.post(office.bring("June10.csv", JUNE_10))
    batch = office.bring("June10.csv", JUNE_10, again="the bank sent a second deposit")
    assert office.post(batch).count == 0
    agree(
        office.lines(batch),
        """
        tenant_id | amount  | disposition | reason         | state
        Roseman   | 690.00  | individual  | DUPLICATE_LINE | waiting
        Bruno     | 1000.00 | individual  | DUPLICATE_LINE | waiting
    """,
    )
    agree(office.journal()[3:4], "action | why\nimport | the bank sent a second deposit")


def test_what_does_not_count_as_an_earlier_import(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """BTR-73, BTR-88: refused imports, dry runs and classify leave no trace that would refuse the right one."""
    monkeypatch.setattr(daily, "_make_report", lambda *given: None)
    file = office.file("June10.csv", JUNE_10)
    with pytest.raises(ControlTotalsDisagree):
        daily.run(office.workspace, file, Terms(expect_entries=3), who=WHO)
    with pytest.raises(InputRefused):
        daily.run(office.workspace, office.file("June10.xls", JUNE_10), Terms(), who=WHO)
    daily.run(office.workspace, file, Terms(), who=WHO, dry_run=True)
    classified(office.folder / "classify", JUNE_10, charges=CHARGES)
    done = daily.run(office.workspace, file, Terms(), who=WHO)
    assert done.summary["posted"] == {"count": 1, "amount": money("690.00")}
    with pytest.raises(DuplicateFile):
        daily.run(office.workspace, file, Terms(), who=WHO)
    with pytest.raises(DuplicateFile):
        daily.run(office.workspace, file, Terms(), who=WHO, dry_run=True)


def test_the_duplicate_check_comes_before_the_control_totals(office: Office) -> None:
    """BTR-73, BTR-88: name, duplicate, control totals, lines, in this order."""
    office.bring("June10.csv", JUNE_10)
    with pytest.raises(DuplicateFile):
        office.bring("June10.csv", JUNE_10, expect_entries=99)


def test_a_batch_that_was_cleared_before_anything_was_posted(office: Office) -> None:
    """BTR-73, BTR-64: it does not count as earlier; one line less than cleared does, and so does a posted one."""
    batch = office.bring("June10.csv", JUNE_10)
    batch_work.remove_lines(office.workspace, batch, [1], who=WHO, why="not ours")
    with pytest.raises(DuplicateFile):
        office.bring("June10.csv", JUNE_10)
    batch_work.remove_lines(office.workspace, batch, None, who=WHO, why="start over")
    second = office.bring("June10.csv", JUNE_10)
    assert office.post(second).count == 1
    agree(office.lines(second), "reason | state\nOK_FULL | posted\nUNDERPAID | waiting")
    batch_work.remove_lines(office.workspace, second, None, who=WHO, why="start over")
    with pytest.raises(DuplicateFile, match="as batch B000002"):
        office.bring("June10.csv", JUNE_10)


# ---- Lines ----


def test_a_line_that_repeats_a_receipt_of_another_batch(office: Office) -> None:
    """BTR-74: the same file date, tenant, unit, amount and memo; however tenant and unit were named."""
    office.post(office.bring("June10.csv", JUNE_10))
    lines = """
        2026-06-10 | Cedar327 | 690.00 | Reference #68217 | Roseman
        2026-06-10 | cedar327 | 690.00 | Reference #68217 |
        2026-06-10 | Cedar327 | 690.00 | Reference #99999 | Roseman
        2026-06-11 | Cedar327 | 690.00 | Reference #68217 | Roseman
        2026-06-10 | Cedar327 | 690.01 | Reference #68217 | Roseman
    """
    batch = office.bring("June11.csv", lines)
    office.post(batch)
    agree(
        office.lines(batch),
        """
        line_number | reason
        1           | DUPLICATE_LINE
        2           | DUPLICATE_LINE
        3           | ONLY_FUTURE_CHARGES
        4           | ONLY_FUTURE_CHARGES
        5           | ONLY_FUTURE_CHARGES
    """,
    )


def test_a_line_that_repeats_a_line_still_waiting_in_another_batch(office: Office) -> None:
    """BTR-74: whether that batch was posted before or not; each of two waiting lines sees the other."""
    first = office.bring("first.csv", JUNE_10)
    second = office.bring("second.csv", JUNE_10 + "2026-06-10 | Fair436 | 140.00 | | Bruno")
    assert office.post(second).count == 0
    agree(office.lines(second), "reason\nDUPLICATE_LINE\nDUPLICATE_LINE\nUNDERPAID")
    assert office.post(first).count == 0, "now its lines repeat those that wait in the second"
    batch_work.remove_lines(office.workspace, second, [1, 2], who=WHO, why="sent twice")
    assert office.post(first).count == 1
    agree(office.lines(first), "reason | state\nOK_FULL | posted\nUNDERPAID | waiting")


def test_the_file_date_makes_the_duplicate_not_the_posting_date(office: Office) -> None:
    """BTR-74, BTR-81: Update All Dates does not hide a payment that came before."""
    office.post(office.bring("June10.csv", JUNE_10))
    other = JUNE_10 + "2026-06-09 | Cedar327 | 690.00 | Reference #68217 | Roseman"
    batch = office.bring("dated.csv", other, posting_date=date(2026, 6, 12))
    office.post(batch)
    agree(
        office.lines(batch),
        """
        posting_date | reason         | flags
        2026-06-12   | DUPLICATE_LINE | DATE_CHANGED
        2026-06-12   | DUPLICATE_LINE | DATE_CHANGED
        2026-06-12   | OK_FULL        | DATE_CHANGED
    """,
    )


@pytest.mark.parametrize(("kind", "reason"), [("returned", "OK_FULL"), ("correction", "DUPLICATE_LINE")])
def test_a_reversed_receipt_is_no_duplicate_but_a_line_that_waits_again_is(
    office: Office, kind: str, reason: str
) -> None:
    """BTR-74: a tenant whose payment came back pays once more in the same words."""
    office.post(office.bring("June10.csv", "2026-06-10 | Cedar327 | 690.00 | Reference #68217 | Roseman"))
    decisions.reverse(office.workspace, "R0000001", kind, date(2026, 6, 12), who=WHO, why="as the bank says")
    batch = office.bring("again.csv", JUNE_10)
    office.post(batch)
    agree(office.lines(batch), f"tenant_id | reason\nRoseman | {reason}\nBruno | UNDERPAID")


def test_within_one_file_equal_lines_are_no_duplicates(office: Office) -> None:
    """BTR-56, BTR-74: the second is consumed, not a duplicate: both lie in one file of the bank."""
    batch = office.bring("twice.csv", "2026-06-10 | Cedar327 | 690.00 | same | Roseman\n" * 2)
    office.post(batch)
    agree(office.lines(batch), "reason\nOK_FULL\nCONSUMED_IN_BATCH")


def test_a_partial_payment_repeated_in_another_file(office: Office) -> None:
    """BTR-13, BTR-74: by the receipt, whatever is left of the charge."""
    line = "2026-06-10 | Fair436 | 100.00 | part | Bruno\n"
    office.post(office.bring("first.csv", line, partial_pay=True))
    batch = office.bring("second.csv", line + "2026-06-10 | Fair436 | 100.00 | next part | Bruno", partial_pay=True)
    office.post(batch)
    agree(
        office.lines(batch),
        """
        matchable_total | reason
        1040.00         | DUPLICATE_LINE
        1040.00         | OK_PARTIAL_SINGLE
    """,
    )


# ---- Local templates ----


TEMPLATE = "2020-01-01 | Cedar327 | 690.00 | direct deposit | Roseman"


@pytest.mark.usefixtures("no_report")
def test_scenario_15_a_local_template_next_month(office: Office) -> None:
    """BTR-74, BTR-02, BTR-67, BTR-69: used over and over again with a new date; refused twice on one date."""
    file = office.file("template.txt", TEMPLATE)
    june = daily.run(office.workspace, file, Terms(template=True, posting_date=date(2026, 6, 1)), who=WHO)
    with pytest.raises(DuplicateFile):
        daily.run(office.workspace, file, Terms(template=True, posting_date=date(2026, 6, 1)), who=WHO)
    july = daily.run(office.workspace, file, Terms(template=True, posting_date=date(2026, 7, 1)), who=WHO)
    assert (june.warnings, july.warnings) == ((), ())
    agree(office.receipts(), "posting_date | amount\n2026-06-01 | 690.00\n2026-07-01 | 690.00")
    assert {row["source"] for row in office.rows("select source from batches")} == {"local"}
    agree(office.lines(july.batch_id), "posting_date | reason | flags\n2026-07-01 | OK_FULL | DATE_CHANGED")


@pytest.mark.usefixtures("no_report")
def test_a_template_without_a_date_is_posted_today(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """BTR-69, BTR-80: its own dates are those of the day it was written."""
    monkeypatch.setattr(Workspace, "today", lambda self: date(2026, 6, 3))
    done = daily.run(office.workspace, office.file("template.txt", TEMPLATE), Terms(template=True), who=WHO)
    agree(office.lines(done.batch_id), "posting_date | reason\n2026-06-03 | OK_FULL")
    assert done.summary["posting_rules"]["posting_date"] == date(2026, 6, 3)  # type: ignore[index]


@pytest.mark.usefixtures("no_report")
def test_a_template_that_pays_what_was_paid_this_month(office: Office) -> None:
    """BTR-74: allowed, with a warning that counts the payments and names a tenant."""
    file = office.file("template.txt", TEMPLATE)
    daily.run(office.workspace, file, Terms(template=True, posting_date=date(2026, 6, 2)), who=WHO)
    done = daily.run(office.workspace, file, Terms(template=True, posting_date=date(2026, 6, 30)), who=WHO)
    (warning,) = done.warnings
    assert warning == "Of this template, 1 payment the same tenant made this month already, such as Roseman."
    agree(office.lines(done.batch_id), "reason\nOK_FULL")


def test_a_template_warns_of_the_tenant_who_is_meant(office: Office) -> None:
    """BTR-74: a line that names the unit alone pays for its tenant; and posting says it, whoever posts."""
    office.post(office.bring("June10.csv", JUNE_10))
    office.load(charges=CHARGES.replace("2026-07-12", "2026-06-20"), includes="none")
    template = "2020-01-01 | Cedar327 | 690.00 | rent |"
    done = office.post(office.bring("template.txt", template, template=True, posting_date=date(2026, 6, 30)))
    assert done.count == 1
    assert done.warnings == ("Of this template, 1 payment the same tenant made this month already, such as Roseman.",)


def test_a_template_line_is_a_duplicate_by_its_posting_date(office: Office) -> None:
    """BTR-74: its file dates are old and the same every month."""
    office.post(office.bring("template.txt", TEMPLATE, template=True, posting_date=date(2026, 6, 1)))
    other = TEMPLATE + "\n2020-01-01 | Fair436 | 1.00 | | Bruno"
    same_day = office.bring("other.txt", other, template=True, posting_date=date(2026, 6, 1))
    next_day = office.bring("other.txt", other, template=True, posting_date=date(2026, 6, 12))
    third_party = office.bring("bank.txt", "2026-06-01 | Cedar327 | 690.00 | direct deposit | Roseman")
    for batch in (same_day, next_day, third_party):
        office.post(batch)
    agree(office.lines(same_day)[:1], "reason\nDUPLICATE_LINE")
    agree(office.lines(next_day)[:1], "reason\nOK_FULL")
    agree(office.lines(third_party), "reason\nDUPLICATE_LINE")


def test_a_split_payment_is_known_again_when_it_comes_whole(office: Office) -> None:
    """BTR-74: one check, processed in two parts, does not post a second time; nor does a line like one of its parts."""
    office.load(charges=CHARGES)
    office.bring("June10.csv", "2026-06-10 | Cedar327 | 600.00 | Reference #1 | Roseman")
    parts = [Part(money(amount), "Roseman", "Cedar327", {"C1": money(amount)}) for amount in ("400.00", "200.00")]
    office.process("B000001", 1, *parts)
    more = "C9 | Roseman | Cedar327 | L-Ames | 2026-06-02 | 510.00"
    office.load(charges=f"{CHARGES.rstrip()}\n{more}", includes="none")
    lines = "\n".join(f"2026-06-10 | Cedar327 | {amount} | Reference #1 | Roseman" for amount in ("600.00", "200.00"))
    batch = office.bring("again.csv", lines)
    office.post(batch)
    agree(office.lines(batch), "amount | reason\n600.00 | DUPLICATE_LINE\n200.00 | DUPLICATE_LINE")


def test_a_cleared_template_does_not_come_back_beside_its_successor(office: Office) -> None:
    """BTR-73: on the same posting date it would count twice; on another it is another month's."""
    terms = {"template": True, "posting_date": date(2026, 6, 1)}
    first = office.bring("template.txt", TEMPLATE, **terms)
    batch_work.remove_lines(office.workspace, first, None, who=WHO, why="start over")
    office.bring("template.txt", TEMPLATE, template=True, posting_date=date(2026, 7, 1))
    assert batch_work.restore_lines(office.workspace, first, [1], who=WHO, why="after all") == 1
    batch_work.remove_lines(office.workspace, first, None, who=WHO, why="start over")
    second = office.bring("template.txt", TEMPLATE, **terms)
    with pytest.raises(WrongUse, match=f"imported anew as {second}"):
        batch_work.restore_lines(office.workspace, first, [1], who=WHO, why="oops")
