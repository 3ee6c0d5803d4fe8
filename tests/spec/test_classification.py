"""What becomes of a line (SPEC 5): the rows of its table and their order, the window, the switches, the flags."""

from datetime import date
from pathlib import Path

import pytest

from recon import decisions
from tests.spec.tables import Office, agree, classified

RENT = """
    charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
    C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00
"""
RENT_AND_FEE = """
    charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
    C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 600.00
    C2        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 90.00
"""


def pays(amount: str, day: str = "2026-06-10", memo: str = "") -> str:
    """A line of Roseman for Cedar327."""
    return f"{day} | Cedar327 | {amount} | {memo} | Roseman\n"


# ---- The rows of the table, from the first to the last ----


def test_tenant_on_hold(tmp_path: Path) -> None:
    """BTR-16: HOLD_TENANT comes before every other row; the totals are shown all the same."""
    tenants = "tenant_id | unit_id | hold\nRoseman | Cedar327 | TRUE"
    agree(
        classified(tmp_path, pays("690.00"), charges=RENT, tenants=tenants),
        """
        matchable_total | status_total | disposition | reason
        690.00          | 690.00       | individual  | HOLD_TENANT
    """,
    )


def test_posting_date_in_a_closed_period(tmp_path: Path) -> None:
    """BTR-16: PERIOD_CLOSED up to and including the last closed day; the posting date counts, not the file's."""
    office = Office(tmp_path)
    tenants = "tenant_id | unit_id | hold\nRoseman | Cedar327 |\nBruno | Fair436 | true"
    office.load(charges=RENT, tenants=tenants)
    decisions.close_period(office.workspace, date(2026, 5, 31), who="ann")
    lines = pays("690.00", "2026-05-31") + "2026-05-30 | Fair436 | 1.00 | | Bruno\n" + pays("690.00", "2026-06-01")
    batch = office.bring("may.txt", lines)
    office.post(batch)
    agree(
        office.lines(batch),
        """
        posting_date | tenant_id | matchable_total | disposition | reason        | state
        2026-05-31   | Roseman   | 690.00          | individual  | PERIOD_CLOSED | waiting
        2026-05-30   | Bruno     | 0.00            | individual  | HOLD_TENANT   | waiting
        2026-06-01   | Roseman   | 690.00          | auto        | OK_FULL       | posted
    """,
    )
    batch = office.bring("dated.txt", pays("690.00", "2026-06-02"), posting_date=date(2026, 5, 20))
    office.post(batch)
    agree(
        office.lines(batch),
        """
        posting_date | reason        | flags
        2026-05-20   | PERIOD_CLOSED | DATE_CHANGED
    """,
    )


def test_scenario_14_two_equal_payments_in_one_file(tmp_path: Path) -> None:
    """BTR-56: the first uses up what it paid; for the second the window is empty, whatever is owed later."""
    charges = RENT + "    C2 | Roseman | Cedar327 | L-Ames | 2026-09-01 | 690.00\n"
    agree(
        classified(tmp_path, pays("690.00") * 2, charges=charges),
        """
        line_number | matchable_total | status_total | disposition | reason
        1           | 690.00          | 1380.00      | auto        | OK_FULL
        2           | 0.00            | 690.00       | individual  | CONSUMED_IN_BATCH
    """,
    )


def test_only_charges_beyond_the_window_are_open(tmp_path: Path) -> None:
    """BTR-14: they count in the status total alone."""
    agree(
        classified(tmp_path, pays("690.00", "2026-05-01"), charges=RENT),
        """
        matchable_total | status_total | disposition | reason
        0.00            | 690.00       | individual  | ONLY_FUTURE_CHARGES
    """,
    )


def test_scenario_06_nothing_owed(tmp_path: Path) -> None:
    """BTR-12: a payment where nothing is open waits for a person."""
    charges = "charge_id | tenant_id | unit_id | ledger_id | due_date | amount | open_amount\n"
    charges += "C1 | Roseman | Cedar327 | L-Ames | 2026-06-01 | 690.00 | 0.00"
    agree(
        classified(tmp_path, pays("690.00"), charges=charges),
        """
        matchable_total | status_total | disposition | reason
        0.00            | 0.00         | individual  | NOTHING_OWED
    """,
    )


def test_scenario_02_the_one_charge_is_paid_exactly(tmp_path: Path) -> None:
    """BTR-10, BTR-11, BTR-12: payer known, window, equality to the cent, one ledger: it posts by itself."""
    agree(
        classified(tmp_path, pays("690.00"), charges=RENT),
        """
        matchable_total | status_total | disposition | reason
        690.00          | 690.00       | auto        | OK_FULL
    """,
    )


@pytest.mark.parametrize("other_ledger", ["MGMT", "L-Corey"])
def test_scenario_07_two_ledgers(tmp_path: Path, other_ledger: str) -> None:
    """BTR-15: rent to the owner and a fee to the management, or to another owner, is no one ledger."""
    charges = RENT + f"    C2 | Roseman | Cedar327 | {other_ledger} | 2026-06-01 | 25.00\n"
    agree(
        classified(tmp_path, pays("715.00") + pays("714.99") + pays("715.01"), charges=charges),
        """
        amount | matchable_total | disposition | reason
        715.00 | 715.00          | individual  | MULTI_LEDGER
        714.99 | 715.00          | individual  | UNDERPAID
        715.01 | 715.00          | individual  | OVERPAID
    """,
    )


def test_scenario_08_two_charges_of_one_owner(tmp_path: Path) -> None:
    """BTR-15: paid together, they post; the ledger's ID is compared without case."""
    charges = RENT + "    C2 | Roseman | Cedar327 | l-ames | 2026-06-01 | 25.00\n"
    agree(
        classified(tmp_path, pays("715.00"), charges=charges),
        """
        matchable_total | disposition | reason
        715.00          | auto        | OK_FULL
    """,
    )


@pytest.mark.parametrize("due_now", [False, True])
def test_exactly_what_is_due_by_the_posting_date(tmp_path: Path, due_now: bool) -> None:
    """BTR-11: with due-now the June rent posts though July's is in the window as well; off unless asked for."""
    charges = RENT + "    C2 | Roseman | Cedar327 | MGMT | 2026-07-01 | 690.00\n"
    disposition, reason = ("auto", "OK_DUE_NOW") if due_now else ("individual", "UNDERPAID")
    agree(
        classified(tmp_path, pays("690.00"), charges=charges, due_now=due_now),
        f"""
        matchable_total | status_total | disposition   | reason
        1380.00         | 1380.00      | {disposition} | {reason}
    """,
    )


def test_exactly_what_is_due_but_of_several_ledgers(tmp_path: Path) -> None:
    """BTR-15: due-now posts one ledger's charges only."""
    charges = (
        RENT
        + """
        C2 | Roseman | Cedar327 | MGMT   | 2026-06-10 | 25.00
        C3 | Roseman | Cedar327 | L-Ames | 2026-06-11 | 5.00
    """
    )
    agree(
        classified(tmp_path, pays("715.00") + pays("690.00"), charges=charges, due_now=True),
        """
        amount | matchable_total | disposition | reason
        715.00 | 720.00          | individual  | MULTI_LEDGER
        690.00 | 720.00          | individual  | UNDERPAID
    """,
    )


def test_due_now_after_an_earlier_line_of_the_file(tmp_path: Path) -> None:
    """BTR-56: what was due is used up by the first line; the later charge is then paid in full."""
    charges = RENT + "    C2 | Roseman | Cedar327 | L-Ames | 2026-07-01 | 700.00\n"
    agree(
        classified(tmp_path, pays("690.00") + pays("700.00"), charges=charges, due_now=True),
        """
        amount | matchable_total | reason
        690.00 | 1390.00         | OK_DUE_NOW
        700.00 | 700.00          | OK_FULL
    """,
    )


def test_scenario_03_one_cent_short(tmp_path: Path) -> None:
    """BTR-12, BTR-13: 689.99 on 690.00 waits."""
    agree(
        classified(tmp_path, pays("689.99"), charges=RENT),
        """
        matchable_total | disposition | reason
        690.00          | individual  | UNDERPAID
    """,
    )


def test_scenario_03_one_cent_short_with_partial_pay(tmp_path: Path) -> None:
    """BTR-13: with partial pay it posts on the only charge and leaves one cent open, which the next line pays."""
    agree(
        classified(tmp_path, pays("689.99") + pays("0.01"), charges=RENT, partial_pay=True),
        """
        amount | matchable_total | status_total | disposition | reason
        689.99 | 690.00          | 690.00       | auto        | OK_PARTIAL_SINGLE
        0.01   | 0.01            | 0.01         | auto        | OK_FULL
    """,
    )


def test_scenario_04_partial_payment_of_two_charges(tmp_path: Path) -> None:
    """BTR-13: 600.00 on 600.00 and 90.00 waits with partial pay too, though one charge would fit."""
    agree(
        classified(tmp_path, pays("600.00"), charges=RENT_AND_FEE, partial_pay=True),
        """
        matchable_total | disposition | reason
        690.00          | individual  | UNDERPAID
    """,
    )


def test_the_only_unpaid_charge_is_counted_in_the_window(tmp_path: Path) -> None:
    """BTR-13: paid charges and those beyond the window are no second charge."""
    charges = """
        charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount | open_amount
        C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00 | 690.00
        C2        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 25.00  | 0.00
        C3        | Roseman   | Cedar327 | L-Ames    | 2026-07-11 | 690.00 | 690.00
    """
    agree(
        classified(tmp_path, pays("100.00"), charges=charges, partial_pay=True),
        """
        matchable_total | status_total | disposition | reason
        690.00          | 1380.00      | auto        | OK_PARTIAL_SINGLE
    """,
    )


def test_partial_payment_repeated_word_for_word(tmp_path: Path) -> None:
    """BTR-74: the same date, amount and memo once more in a file is asked about; another memo or date is not."""
    lines = """
        2026-06-10 | Cedar327 | 100.00 | June, part 1 | Roseman
        2026-06-10 | Cedar327 | 100.00 | June, part 1 | Roseman
        2026-06-10 |          | 100.00 | June, part 1 | ROSEMAN
        2026-06-10 | Cedar327 | 100.00 | June, part 2 | Roseman
        2026-06-11 | Cedar327 | 100.00 | June, part 1 | Roseman
        2026-06-10 | Cedar327 | 50.00  | June, part 1 | Roseman
    """
    agree(
        classified(tmp_path, lines, charges=RENT, partial_pay=True),
        """
        line_number | matchable_total | disposition | reason
        1           | 690.00          | auto        | OK_PARTIAL_SINGLE
        2           | 590.00          | individual  | DUPLICATE_LINE
        3           | 590.00          | individual  | DUPLICATE_LINE
        4           | 590.00          | auto        | OK_PARTIAL_SINGLE
        5           | 490.00          | auto        | OK_PARTIAL_SINGLE
        6           | 390.00          | auto        | OK_PARTIAL_SINGLE
    """,
    )


def test_a_repeated_partial_payment_that_pays_the_rest_exactly(tmp_path: Path) -> None:
    """BTR-74: then it is not below the total, and the row for full payment comes first."""
    charges = RENT.replace("690.00", "200.00")
    agree(
        classified(tmp_path, pays("100.00") * 3, charges=charges, partial_pay=True),
        """
        matchable_total | reason
        200.00          | OK_PARTIAL_SINGLE
        100.00          | OK_FULL
        0.00            | CONSUMED_IN_BATCH
    """,
    )


@pytest.mark.parametrize("partial_pay", [False, True])
def test_scenario_05_more_than_is_owed(tmp_path: Path, partial_pay: bool) -> None:
    """BTR-12, BTR-13: an overpayment is for a person, with partial pay as well."""
    agree(
        classified(tmp_path, pays("700.00"), charges=RENT, partial_pay=partial_pay),
        """
        matchable_total | disposition | reason
        690.00          | individual  | OVERPAID
    """,
    )


def test_a_line_that_cannot_be_read(tmp_path: Path) -> None:
    """BTR-42, BTR-43, BTR-48: it has its number, disposition, reason and a message; the good lines go on."""
    lines = """
        "2026-06-10","Cedar327","690.00","good","Roseman",
        "2026-02-30","Cedar327","690.00","no such day","Roseman",
        "2026-06-10","Cedar327","$690.00","no such amount","Roseman",
    """
    found = classified(tmp_path, lines, charges=RENT)
    agree(found, """
        line_number | posting_date | unit_id  | tenant_id | amount | memo | matchable_total | status_total | disposition | reason     | flags
        1           | 2026-06-10   | Cedar327 | Roseman   | 690.00 | good | 690.00          | 690.00       | auto        | OK_FULL    |
        2           |              |          |           |        |      |                 |              | rejected    | BAD_RECORD |
        3           |              |          |           |        |      |                 |              | rejected    | BAD_RECORD |
    """)  # fmt: skip  # noqa: E501
    assert [line["message"] is None for line in found] == [True, False, False]


# ---- The window ----


WINDOW = """
    posting date | due        | reason
    2026-06-10   | 2026-07-10 | OK_FULL
    2026-06-10   | 2026-07-11 | ONLY_FUTURE_CHARGES
    2026-06-10   | 2026-06-10 | OK_FULL
    2026-06-10   | 2020-01-01 | OK_FULL
    2026-01-31   | 2026-03-02 | OK_FULL
    2026-01-31   | 2026-03-03 | ONLY_FUTURE_CHARGES
    2028-02-29   | 2028-03-30 | OK_FULL
    2028-02-29   | 2028-03-31 | ONLY_FUTURE_CHARGES
    2026-12-15   | 2027-01-14 | OK_FULL
    2026-12-15   | 2027-01-15 | ONLY_FUTURE_CHARGES
"""


@pytest.mark.parametrize("row", WINDOW.strip().splitlines()[1:])
def test_scenario_09_day_30_counts_and_day_31_does_not(tmp_path: Path, row: str) -> None:
    """BTR-14: thirty days after the line's posting date, across months and leap days."""
    day, due, reason = (cell.strip() for cell in row.split("|"))
    agree(
        classified(tmp_path, pays("690.00", day), charges=RENT.replace("2026-06-01", due)),
        f"""
        posting_date | status_total | reason
        {day}        | 690.00       | {reason}
    """,
    )


def test_scenario_09_update_all_dates_flips_the_answer(tmp_path: Path) -> None:
    """BTR-14, BTR-81: the posting date stands for every line's date, and the window follows it."""
    charges = RENT.replace("2026-06-01", "2026-07-11")
    lines = pays("690.00", "2026-06-10") + pays("690.00", "2026-06-11")
    agree(
        classified(tmp_path / "as it is", lines, charges=charges),
        """
        posting_date | reason              | flags
        2026-06-10   | ONLY_FUTURE_CHARGES |
        2026-06-11   | OK_FULL             |
    """,
    )
    agree(
        classified(tmp_path / "a day later", lines, charges=charges, posting_date=date(2026, 6, 11)),
        """
        posting_date | reason            | flags
        2026-06-11   | OK_FULL           | DATE_CHANGED
        2026-06-11   | CONSUMED_IN_BATCH |
    """,
    )


def test_the_status_is_all_that_is_unpaid_and_more_than_can_match(tmp_path: Path) -> None:
    """BTR-18: both totals stand side by side; another unit's charges are in neither."""
    charges = (
        RENT_AND_FEE
        + """
        C3 | Roseman | Cedar327 | L-Ames | 2026-12-01 | 33.00
        C4 | Roseman | Mail212  | L-Ames | 2026-06-01 | 7.00
        C5 | Bruno   | Cedar327 | L-Ames | 2026-06-01 | 9.00
    """
    )
    agree(
        classified(tmp_path, pays("690.00"), charges=charges),
        """
        matchable_total | status_total | reason
        690.00          | 723.00       | OK_FULL
    """,
    )


# ---- Lines in file order ----


def test_a_later_line_sees_what_an_earlier_one_left(tmp_path: Path) -> None:
    """BTR-56: file order decides, and only lines that post use anything up."""
    charges = RENT + "    C2 | Roseman | Cedar327 | L-Ames | 2026-07-05 | 10.00\n"
    lines = pays("1.00") + pays("690.00", "2026-06-04") + pays("10.00", "2026-06-05") + pays("690.00", "2026-06-04")
    agree(
        classified(tmp_path, lines, charges=charges),
        """
        line_number | posting_date | amount | matchable_total | status_total | reason
        1           | 2026-06-10   | 1.00   | 700.00          | 700.00       | UNDERPAID
        2           | 2026-06-04   | 690.00 | 690.00          | 700.00       | OK_FULL
        3           | 2026-06-05   | 10.00  | 10.00           | 10.00        | OK_FULL
        4           | 2026-06-04   | 690.00 | 0.00            | 0.00         | CONSUMED_IN_BATCH
    """,
    )


def test_consumed_is_said_only_where_this_tenants_charges_on_this_unit_were_paid(tmp_path: Path) -> None:
    """BTR-56: a room-mate's payment, or one for another unit, is no reason."""
    tenants = "tenant_id | unit_id\nRoseman | Cedar327\nBruno | Cedar327"
    lines = pays("690.00") + "2026-06-10 | Cedar327 | 690.00 | | Bruno\n" + pays("690.00")
    agree(
        classified(tmp_path, lines, charges=RENT, tenants=tenants),
        """
        tenant_id | reason
        Roseman   | OK_FULL
        Bruno     | NOTHING_OWED
        Roseman   | CONSUMED_IN_BATCH
    """,
    )


# ---- Flags ----


def test_flags_stand_in_their_order_and_change_nothing(tmp_path: Path) -> None:
    """BTR-33, BTR-34, BTR-49, BTR-81: all four that a file can give, on one line that posts."""
    units = "unit_id | responsible_tenant_id\nCedar327 |"
    tenants = "tenant_id | unit_id | status\nRoseman | Cedar327 | past\nQuinn | Cedar327 | current"
    charges = RENT + "    C2 | Quinn | Cedar327 | L-Ames | 2026-06-01 | 5.00\n"
    lines = f"2026-06-09 | Cedar327 | 5.00 | {'m' * 41} | Nobody\n2026-06-09 | Cedar327 | 690.00 | {'m' * 41} | Roseman"
    found = classified(tmp_path, lines, units=units, tenants=tenants, charges=charges, posting_date=date(2026, 6, 10))
    agree(
        found,
        """
        tenant_id | reason  | flags
        Quinn     | OK_FULL | DEFAULT_TENANT_USED MEMO_TOO_LONG DATE_CHANGED
        Roseman   | OK_FULL | PAST_TENANT MEMO_TOO_LONG DATE_CHANGED
    """,
    )
    assert {line["memo"] for line in found} == {"m" * 41}, "BTR-49: the memo is kept whole"


@pytest.mark.parametrize(("length", "flags"), [(40, ""), (41, "MEMO_TOO_LONG")])
def test_memo_of_forty_characters(tmp_path: Path, length: int, flags: str) -> None:
    """BTR-49: characters, not bytes."""
    agree(
        classified(tmp_path, pays("690.00", memo="ü" * length), charges=RENT),
        f"""
        memo           | flags
        {"ü" * length} | {flags}
    """,
    )


def test_no_records(tmp_path: Path) -> None:
    """BTR-03: a file of any number of payments may hold none."""
    assert classified(tmp_path, "", charges=RENT) == []


def test_an_open_amount_is_what_counts_not_the_amount(tmp_path: Path) -> None:
    """BTR-11: outstanding is what is unpaid."""
    charges = """
        charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount | open_amount
        C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00 | 90.00
    """
    agree(
        classified(tmp_path, pays("690.00") + pays("90.00"), charges=charges),
        """
        amount | matchable_total | reason
        690.00 | 90.00           | OVERPAID
        90.00  | 90.00           | OK_FULL
    """,
    )


def test_amounts_that_floats_would_spoil(tmp_path: Path) -> None:
    """BTR-12: 690.10 + 0.20 is 690.30 to the cent, and twelve digits stay exact."""
    charges = """
        charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
        C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.10
        C2        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 0.20
        C3        | Bruno     | Fair436  | L-Ames    | 2026-06-01 | 999999999999.98
        C4        | Bruno     | Fair436  | L-Ames    | 2026-06-01 | 0.01
    """
    lines = pays("690.30") + "2026-06-10 | Fair436 | 999999999999.99 | | Bruno"
    agree(
        classified(tmp_path, lines, charges=charges),
        """
        amount          | matchable_total | reason
        690.30          | 690.30          | OK_FULL
        999999999999.99 | 999999999999.99 | OK_FULL
    """,
    )
