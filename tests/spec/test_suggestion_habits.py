"""Habits of payers, banks and scanners, one each: how names and units are written, who pays for whom, what was moved.

Each line is one that a bookkeeper has seen. What can mean one thing only is one key away; what cannot is asked.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from recon.decisions import Part
from recon.suggestions.kinds import Kind
from recon.suggestions.listing import suggest
from tests.spec.tables import Office, money
from tests.spec.test_suggestions import lines_of, paid

TENANTS = """
tenant_id | unit_id    | name
T116      | #007       | José Díaz-Núñez
T216      | Bldg C-105 | Trần Thị Hoa
T305      | 00412      | Robert L. O'Brien
"""
UNITS = "unit_id\n#007\nBldg C-105\n00412\nEmpty 9"
CHARGES = """
charge_id | tenant_id | unit_id    | ledger_id | charge_code | due_date   | amount
C1        | T116      | #007       | L-Ames    | RENT        | 2026-06-01 | 700.00
C2        | T216      | Bldg C-105 | L-Ames    | RENT        | 2026-06-01 | 825.00
C3        | T305      | 00412      | L-Ames    | RENT        | 2026-06-01 | 950.00
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.load(tenants=TENANTS, units=UNITS, charges=CHARGES)
    return made


@pytest.mark.parametrize(
    ("line", "tenant", "kind"),
    [
        # A name in any order, without its accents, points and hyphens, or beside another name.
        ("2026-06-10 | | 700.00 | x | DIAZ NUNEZ, JOSE", "T116", Kind.NAME),
        ("2026-06-10 | | 825.00 | x | Hoa Thi Tran", "T216", Kind.NAME),
        ("2026-06-10 | | 950.00 | x | Robert & Ann OBrien", "T305", Kind.NAME),
        ("2026-06-10 | | 700.00 | x | Jose Diaz", "T116", Kind.NAME),
        ("2026-06-10 | | 825.00 | rent of tran thi hoa |", "T216", Kind.MEMO),
        ("2026-06-10 | | 950.00 | for Robert | Ann O'Brien", "T305", Kind.MEMO),
        # A unit as people write it and as scanners read it, in its field and in the memo.
        ("2026-06-10 | Apt 7     | 700.00 | x |", "T116", Kind.MISSPELT),
        ("2026-06-10 | C1O5      | 825.00 | x |", "T216", Kind.MISSPELT),
        ("2026-06-10 | unit #412 | 950.00 | x |", "T305", Kind.MISSPELT),
        ("2026-06-10 | | 700.00 | rent unit #7  |", "T116", Kind.MEMO),
        ("2026-06-10 | | 825.00 | c-105 june    |", "T216", Kind.MEMO),
        # Tenant and unit in each other's place.
        ("2026-06-10 | T305 | 950.00 | x | 00412", "T305", Kind.MISSPELT),
    ],
)
def test_what_is_written_otherwise_means_the_same(office: Office, line: str, tenant: str, kind: Kind) -> None:
    found = lines_of(office, line)[1]
    assert found.first is not None
    assert (found.first.parts[0].tenant_id, found.first.kind, found.is_acceptable) == (tenant, kind, True)


@pytest.mark.parametrize(
    "line",
    [
        "2026-06-10 | | 950.00 | x        | R OBrien",  # an initial is no name
        "2026-06-10 | | 950.00 | check 412 |",  # the number of a check
        "2026-06-10 | | 950.00 | 412      |",  # a bare number
        "2026-06-10 | | 825.00 | x        | Tran Thi Lan",  # another person of that name
        "2026-06-10 | | 700.00 | x        | Juan Diaz Nunez",
    ],
)
def test_what_is_only_like_a_name_or_a_unit_is_asked(office: Office, line: str) -> None:
    assert not lines_of(office, line)[1].is_acceptable


def test_two_tenants_of_one_name_are_asked(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.load(tenants=TENANTS.replace("Trần Thị Hoa", "José Diaz Nuñez"), units=UNITS, charges=CHARGES)
    assert not lines_of(office, "2026-06-10 | | 700.00 | x | Nunez, Jose Diaz")[1].is_acceptable


def test_the_same_line_twice_in_a_file_is_asked_the_second_time(office: Office) -> None:
    """A bank that gives an entry twice; two parts of one payment have two checks."""
    line = "2026-06-10 | Apt 7 | 300.00 | x | José Díaz-Núñez"
    found = lines_of(office, f"{line}\n{line}")
    assert [found[number].is_acceptable for number in (1, 2)] == [True, False]


def test_a_tenant_of_the_payers_name_is_not_taken_where_the_memo_names_another(tmp_path: Path) -> None:
    """Ann O'Brien pays for Robert, and a tenant of her name owes as much."""
    office = Office(tmp_path)
    office.load(
        tenants=TENANTS.replace("Trần Thị Hoa", "Ann O'Brien"), units=UNITS, charges=CHARGES.replace("825", "950")
    )
    found = lines_of(office, "2026-06-10 | | 950.00 | for Robert | Ann O'Brien")[1]
    assert {row.parts[0].tenant_id for row in found.suggestions} >= {"T216", "T305"}
    assert not found.is_acceptable


def test_one_id_alone_is_asked_where_the_figures_speak_for_somebody_else(office: Office) -> None:
    """Line 1 may be T116's with another tenant's ID; nobody owes 812.34, and both IDs together tell whose it is."""
    found = lines_of(
        office,
        """2026-06-10 |       | 700.00  | x | T305
           2026-06-10 |       | 812.34  | x | T305
           2026-06-10 |       | 1900.00 | x | T305
           2026-06-10 | 00412 | 700.00  | y | T305""",
    )
    assert [found[number].is_acceptable for number in (1, 2, 3, 4)] == [False, True, True, True]
    assert found[1].first is not None
    assert "the payer is named with 45 points, where 60 are needed" in found[1].first.against


def test_an_id_that_stands_in_the_line_is_not_overruled_by_one_a_step_off(office: Office) -> None:
    """T216 has paid; as likely as that T116 was misread, he pays ahead."""
    office.post(office.bring("June5.csv", "2026-06-05 | Bldg C-105 | 825.00 | x | T216"))
    found = lines_of(office, "2026-06-10 | | 700.00 | x | T216")[1]
    assert not found.is_acceptable
    assert found.first is not None
    assert found.first.parts[0].tenant_id == "T116"
    assert "an ID of T216 on Bldg C-105 stands in the line as the ledger has it" in found.first.against


def test_who_pays_for_several_tenants_names_one_of_them_only_by_a_memo_of_its_own(office: Office) -> None:
    batch_id = office.bring(
        "June1.csv", "2026-06-01 | | 500.00 | HAP W-1 | Housing\n2026-06-01 | | 600.00 | HAP W-2 | Housing"
    )
    office.process(batch_id, 1, Part(money("500.00"), "T116", "#007", {"C1": money("500.00")}))
    office.process(batch_id, 2, Part(money("600.00"), "T216", "Bldg C-105", {"C2": money("600.00")}))
    found = lines_of(
        office,
        """2026-06-20 | | 200.00 | HAP W-1 | Housing
           2026-06-20 | | 200.00 | HAP W-3 | Housing
           2026-06-20 | | 200.00 | rent    | Housing""",
    )
    assert [found[number].is_acceptable for number in (1, 2, 3)] == [True, False, False]
    assert paid(found[1]) == ("T116", {"C1": money("200.00")}, True)


def test_a_payment_for_two_units_that_the_memo_names_has_a_part_for_each(office: Office) -> None:
    found = lines_of(
        office,
        """2026-06-10 | | 1525.00 | #7 & C105 | Acme Housing
           2026-06-10 | | 700.00  | #7 & C105 | Acme Housing""",
    )
    first = found[1].first
    assert first is not None
    assert {part.tenant_id: part.amount for part in first.parts} == {"T116": money("700"), "T216": money("825")}
    assert (first.kind, found[1].is_acceptable) == (Kind.MEMO, True)
    assert not found[2].is_acceptable
    assert found[2].first is not None
    assert "the memo names T216 on Bldg C-105 as well" in found[2].first.against


def test_a_unit_in_the_memo_may_be_where_the_payer_lived_before(office: Office) -> None:
    """T305 has moved; both owe as much, and the memo may say the old unit out of habit."""
    office.post(office.bring("June5.csv", "2026-06-05 | 00412 | 950.00 | x | T305"))
    july = """charge_id | tenant_id | unit_id | ledger_id | charge_code | due_date   | amount
              C4        | T305      | Empty 9 | L-Ames    | RENT        | 2026-07-01 | 950.00
              C5        | T400      | 00412   | L-Ames    | RENT        | 2026-07-01 | 950.00"""
    moved = TENANTS.replace("T305      | 00412  ", "T305      | Empty 9") + "T400 | 00412 | Mia Wolf"
    office.load(tenants=moved, units=UNITS, charges=july)
    batch_id = office.bring("July5.csv", "2026-07-05 | | 950.00 | rent apt 412 |")
    (found,) = suggest(office.workspace, batch_id)
    assert {row.parts[0].tenant_id for row in found.suggestions} == {"T305", "T400"}
    assert not found.is_acceptable


def test_what_is_paid_in_two_parts_each_month_has_two_habits(office: Office) -> None:
    """The last payment is the other part; one ID and the same amount as before are enough."""
    batch_id = office.bring("June1.csv", "2026-06-01 | | 333.00 | x | T305\n2026-06-02 | | 300.00 | y | T305")
    for number, amount in ((1, "333.00"), (2, "300.00")):
        office.process(batch_id, number, Part(money(amount), "T305", "00412", {"C3": money(amount)}))
    office.load(tenants=TENANTS, units=UNITS, charges=CHARGES.replace("950.00", "1950.00"), includes="none")
    found = lines_of(office, "2026-06-20 | | 333.00 | z | T305")[1]
    assert paid(found) == ("T305", {"C3": money("333.00")}, True)
    assert found.first is not None
    assert "a payment before, R0000001 of 2026-06-01, was as much" in found.first.evidence


def test_who_has_left_and_owes_nothing_is_not_paid_ahead_by_one_key(tmp_path: Path) -> None:
    """Nothing but the unit speaks for a tenant who lives there no more; a person says so, and to which account."""
    office = Office(tmp_path)
    tenants = "tenant_id | unit_id | name | status\nT9 | Empty 9 | Ann Gone | past\nT116 | #007 | Jo | current"
    office.load(tenants=tenants, units=UNITS, charges=CHARGES.split("C2", maxsplit=1)[0])
    found = lines_of(office, "2026-06-10 | Empty 9 | 900.00 | x |")[1]
    assert found.first is not None
    assert found.first.parts[0].tenant_id == "T9"
    assert "T9 does not live on Empty 9, and owes nothing there" in found.first.against
