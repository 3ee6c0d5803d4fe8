"""Who paid (SPEC 4): one test for each row of its table, and for what is said around it."""

from pathlib import Path

import pytest

from tests.spec.tables import agree, classified, money

RENT = """
    charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
    C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00
    C2        | Bruno     | Fair436  | L-Ames    | 2026-06-01 | 1140.00
"""


def test_known_tenant_and_known_unit_of_the_tenant(tmp_path: Path) -> None:
    """BTR-30, BTR-32: both IDs are used where they belong together."""
    lines = "2026-06-10 | Cedar327 | 690.00 | Reference #68217 | Roseman"
    agree(classified(tmp_path, lines, charges=RENT), """
        line_number | posting_date | unit_id  | tenant_id | amount | memo             | matchable_total | status_total | disposition | reason  | flags | message
        1           | 2026-06-10   | Cedar327 | Roseman   | 690.00 | Reference #68217 | 690.00          | 690.00       | auto        | OK_FULL |       |
    """)  # fmt: skip  # noqa: E501


def test_known_tenant_is_responsible_for_the_known_unit(tmp_path: Path) -> None:
    """BTR-32: the second way of belonging together; what is owed there is another matter."""
    units = "unit_id | responsible_tenant_id\nCedar327 |\nFair436 | Roseman\nMail212 |"
    lines = "2026-06-10 | Fair436 | 690.00 | | Roseman"
    agree(
        classified(tmp_path, lines, charges=RENT, units=units),
        """
        unit_id | tenant_id | reason
        Fair436 | Roseman   | NOTHING_OWED
    """,
    )


@pytest.mark.parametrize(("is_open", "reason"), [("50.00", "OK_FULL"), ("0.00", "NOTHING_OWED")])
def test_known_tenant_has_a_charge_on_the_known_unit(tmp_path: Path, is_open: str, reason: str) -> None:
    """BTR-32: the third way, a charge on the unit, open or not."""
    charges = f"""
        charge_id | tenant_id | unit_id | ledger_id | due_date   | amount | open_amount
        C1        | Roseman   | Mail212 | L-Ames    | 2026-06-01 | 50.00  | {is_open}
    """
    agree(
        classified(tmp_path, "2026-06-10 | Mail212 | 50.00 | | Roseman", charges=charges),
        f"""
        unit_id | tenant_id | reason
        Mail212 | Roseman   | {reason}
    """,
    )


def test_scenario_13_valid_pair_that_does_not_belong_together(tmp_path: Path) -> None:
    """BTR-32: held as ID_CONFLICT, both IDs shown in the ledger's spelling, no totals."""
    lines = "2026-06-10 | FAIR436 | 690.00 | | roseman"
    agree(
        classified(tmp_path, lines, charges=RENT),
        """
        unit_id | tenant_id | matchable_total | status_total | disposition | reason      | flags
        Fair436 | Roseman   | 0.00            | 0.00         | individual  | ID_CONFLICT |
    """,
    )


def test_scenario_10_wrong_tenant_and_right_unit(tmp_path: Path) -> None:
    """BTR-33: the unit's default tenant is used, and the line is flagged because an unknown ID was given."""
    lines = "2026-06-10 | Cedar327 | 690.00 | | Rossman"
    agree(
        classified(tmp_path, lines, charges=RENT),
        """
        unit_id  | tenant_id | disposition | reason  | flags
        Cedar327 | Roseman   | auto        | OK_FULL | DEFAULT_TENANT_USED
    """,
    )


def test_no_tenant_id_and_known_unit(tmp_path: Path) -> None:
    """BTR-31, BTR-44: one ID is enough; no flag where no tenant ID was given. Both forms leave the tenant out."""
    lines = """
        "2026-06-10","Cedar327","690.00","no fifth field"
        "2026-06-10","Fair436","1140.00","an empty fifth field","",
    """
    agree(
        classified(tmp_path, lines, charges=RENT),
        """
        unit_id  | tenant_id | reason  | flags
        Cedar327 | Roseman   | OK_FULL |
        Fair436  | Bruno     | OK_FULL |
    """,
    )


DEFAULT_TENANTS = """
    responsible | lives there                             | default
    Roseman     | Roseman current, Quinn current          | Roseman
    Bruno       | Roseman current                         | Bruno
    Bruno past  | Roseman current                         | Roseman
    Bruno past  | Roseman current, Quinn current          |
    Bruno past  | Roseman past                            |
                | Roseman current                         | Roseman
                | Roseman current, Quinn past             | Roseman
                | Roseman current, Quinn current          |
                | Roseman past                            |
                |                                         |
"""


@pytest.mark.parametrize("row", DEFAULT_TENANTS.strip().splitlines()[1:])
def test_default_tenant_of_a_unit(tmp_path: Path, row: str) -> None:
    """BTR-33: the responsible tenant if current, else the only current tenant; otherwise NO_DEFAULT_TENANT."""
    responsible, residents, default = (cell.strip() for cell in row.split("|"))
    status = dict.fromkeys(("Roseman", "Quinn", "Bruno"), "current")
    homes = {}
    for resident in filter(None, residents.split(", ")):
        name, status[name] = resident.split()
        homes[name] = "Cedar327"
    if responsible.endswith(" past"):
        responsible, status["Bruno"] = "Bruno", "past"
    tenants = "tenant_id | unit_id | status\n" + "\n".join(
        f"{name} | {homes.get(name, '')} | {state}" for name, state in status.items()
    )
    units = f"unit_id | responsible_tenant_id\nCedar327 | {responsible}"
    (line,) = classified(tmp_path, "2026-06-10 | Cedar327 | 5.00 | |", units=units, tenants=tenants)
    assert line["unit_id"] == "Cedar327"
    assert (line["tenant_id"] or "") == default
    assert line["reason"] == ("NOTHING_OWED" if default else "NO_DEFAULT_TENANT")


def test_vacant_unit_has_no_default_tenant(tmp_path: Path) -> None:
    """BTR-33: the unit is shown, as far as known; nothing is flagged, for no default tenant was used."""
    lines = "2026-06-10 | mail212 | 950.00 | | Nobody"
    agree(
        classified(tmp_path, lines, charges=RENT),
        """
        unit_id | tenant_id | amount | matchable_total | status_total | disposition | reason            | flags
        Mail212 |           | 950.00 | 0.00            | 0.00         | individual  | NO_DEFAULT_TENANT |
    """,
    )


def test_scenario_11_wrong_unit_and_right_tenant(tmp_path: Path) -> None:
    """BTR-34, BTR-31: the tenant's unit is used, whether the unit ID is unknown or empty."""
    lines = "2026-06-10 | Ceder327 | 690.00 | | Roseman\n2026-06-10 | | 1140.00 | | Bruno"
    agree(
        classified(tmp_path, lines, charges=RENT),
        """
        unit_id  | tenant_id | reason  | flags
        Cedar327 | Roseman   | OK_FULL |
        Fair436  | Bruno     | OK_FULL |
    """,
    )


def test_tenant_without_a_unit(tmp_path: Path) -> None:
    """BTR-34: no unit to go by is NO_UNIT."""
    tenants = "tenant_id | unit_id\nRoseman |"
    charges = """
        charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
        C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00
    """
    agree(
        classified(tmp_path, "2026-06-10 | | 690.00 | | Roseman", charges=charges, tenants=tenants),
        """
        unit_id | tenant_id | matchable_total | status_total | disposition | reason
                | Roseman   | 0.00            | 0.00         | individual  | NO_UNIT
    """,
    )


@pytest.mark.parametrize(
    ("elsewhere", "reason"), [("25.00", "AMBIGUOUS_UNIT"), ("0.00", "OK_FULL")], ids=["open", "not open"]
)
def test_tenant_with_open_charges_on_another_unit_as_well(tmp_path: Path, elsewhere: str, reason: str) -> None:
    """BTR-34: an open charge elsewhere, whatever its date, leaves two readings; one that is paid does not."""
    charges = f"""
        charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount | open_amount
        C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00 | 690.00
        C2        | Roseman   | Mail212  | L-Ames    | 2027-01-01 | 25.00  | {elsewhere}
    """
    unit, total = ("Cedar327", "690.00") if reason == "OK_FULL" else ("", "0.00")
    agree(
        classified(tmp_path, "2026-06-10 | Nowhere | 690.00 | | Roseman", charges=charges),
        f"""
        unit_id | tenant_id | matchable_total | reason
        {unit}  | Roseman   | {total}         | {reason}
    """,
    )


def test_a_unit_in_doubt_is_settled_when_an_earlier_line_pays_the_charge_elsewhere(tmp_path: Path) -> None:
    """BTR-34, BTR-56: what is open is looked at when the line's turn comes."""
    charges = """
        charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
        C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00
        C2        | Roseman   | Mail212  | L-Ames    | 2026-06-01 | 25.00
    """
    lines = """
        2026-06-10 |         | 690.00 | before | Roseman
        2026-06-10 | Mail212 | 25.00  |        | Roseman
        2026-06-10 |         | 690.00 | after  | Roseman
    """
    agree(
        classified(tmp_path, lines, charges=charges),
        """
        line_number | unit_id  | reason
        1           |          | AMBIGUOUS_UNIT
        2           | Mail212  | OK_FULL
        3           | Cedar327 | OK_FULL
    """,
    )


def test_scenario_12_both_wrong(tmp_path: Path) -> None:
    """BTR-35, BTR-19, BTR-36: kept in the list for a person, its amount in the totals (the error log: test_cli)."""
    lines = """
        2026-06-10 | Nowhere  | 690.00 | both unknown | Nobody
        2026-06-10 |          | 5.00   | both empty   |
        2026-06-10 | Cedar327 | 690.00 | a good one   | Roseman
    """
    found = classified(tmp_path, lines, charges=RENT)
    agree(
        found,
        """
        unit_id  | tenant_id | amount | memo         | matchable_total | status_total | disposition | reason
                 |           | 690.00 | both unknown | 0.00            | 0.00         | individual  | UNIDENTIFIED
                 |           | 5.00   | both empty   | 0.00            | 0.00         | individual  | UNIDENTIFIED
        Cedar327 | Roseman   | 690.00 | a good one   | 690.00          | 690.00       | auto        | OK_FULL
    """,
    )
    assert sum(line["amount"] for line in found) == money("1385.00")


def test_identifiers_are_compared_without_case_and_outer_spaces_but_with_leading_zeros(tmp_path: Path) -> None:
    """BTR-37: IDs are text; near matches are no matches; an ID may be NA, and a tenant may be called like a unit."""
    units = "unit_id\n0327\n327\nNA\nZoë"
    tenants = "tenant_id | unit_id\n0327 | 327\nNA | NA\nZoë | Zoë"
    charges = """
        charge_id | tenant_id | unit_id | ledger_id | due_date   | amount
        C1        | 0327      | 327     | L-Ames    | 2026-06-01 | 1.00
        C2        | NA        | NA      | L-Ames    | 2026-06-01 | 2.00
        C3        | Zoë       | Zoë     | L-Ames    | 2026-06-01 | 3.00
    """
    lines = """
        2026-06-10 | 327      | 1.00 | a leading zero is part of the ID   | 0327
        2026-06-10 | 00327    | 1.00 | so that this names nothing         | 00327
        2026-06-10 | na       | 2.00 | NA is a name                       | nA
        2026-06-10 | zoe\u0308 | 3.00 | another Unicode form, another case | ZOE\u0308
    """
    agree(
        classified(tmp_path, lines, units=units, tenants=tenants, charges=charges),
        """
        unit_id | tenant_id | reason
        327     | 0327      | OK_FULL
                |           | UNIDENTIFIED
        NA      | NA        | OK_FULL
        Zoë     | Zoë       | OK_FULL
    """,
    )


def test_past_tenant_is_only_flagged(tmp_path: Path) -> None:
    """BTR-34: a past tenant's unit is the last one; PAST_TENANT changes nothing else."""
    tenants = "tenant_id | unit_id | status\nRoseman | Cedar327 | past\nBruno | Fair436 | current"
    lines = "2026-06-10 | | 690.00 | | Roseman\n2026-06-10 | Fair436 | 690.00 | | Roseman"
    agree(
        classified(tmp_path, lines, charges=RENT, tenants=tenants),
        """
        unit_id  | tenant_id | disposition | reason      | flags
        Cedar327 | Roseman   | auto        | OK_FULL     | PAST_TENANT
        Fair436  | Roseman   | individual  | ID_CONFLICT |
    """,
    )
