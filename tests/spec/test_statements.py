"""SPEC 7, 'Statements', as tables: what an owner and a tenant see for a month."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recon import decisions, store, tenant_credit
from recon.decisions import Part
from recon.errors import LawBroken
from recon.publishing.publish import publish
from recon.publishing.terms import settled
from recon.rendering import statement_layout as layout
from recon.statements import Period, Statement, amounts_of, make_statements, prove
from tests.spec.tables import WHO, Office, agree, money

CHARGES = """
charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount | open_amount
C1        | Roseman   | Cedar327 | L-Ames    | 2026-05-01 | 690.00 | 190.00
C2        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00 | 690.00
C3        | Bruno     | Fair436  | L-Corey   | 2026-06-05 | 800.00 | 800.00
C4        | Roseman   | Cedar327 | L-Ames    | 2026-07-01 | 690.00 | 690.00
"""
ENTRIES = """
entry_id | ledger_id | unit_id  | tenant_id | vendor_id | entry_date | kind            | description | amount
E1       | L-Ames    |          |           |           | 2026-05-31 | opening_balance | Forward     | 1000.00
E2       | L-Ames    | Cedar327 |           |           | 2026-06-03 | disbursement    | Plumber     | -75.50
E3       | L-Ames    |          |           |           | 2026-06-30 | fee             | Management  | -55.20
E4       | L-Ames    |          |           |           | 2026-07-01 | owner_draw      | Draw        | -500.00
E5       | L-Corey   | Fair436  | Bruno     |           | 2026-06-10 | receipt         | Parking     | 40.00
"""
LINES = """
date       | unit     | amount  | memo     | tenant
2026-06-08 | Cedar327 | 190.00  | check 7  | Roseman
2026-06-10 | Fair436  | 800.00  | check 11 | Bruno
2026-06-12 | Cedar327 | 1000.00 | check 12 | Roseman
"""
JUNE, JULY = Period.month("2026-06"), Period.month("2026-07")
OWNERS = "owner_id | opening | receipts | disbursements | fees   | owner_draws | other | closing\n"
TENANTS = "tenant_id | opening | charges | paid_elsewhere | payments | reversals_refunds | closing\n"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """June: lines 2 and 3 are posted by a person: Bruno's in full, Roseman's to two charges with 120.00 left."""
    made = Office(tmp_path)
    made.load(charges=CHARGES, ledger_entries=ENTRIES)
    batch = made.bring("June.txt", LINES)
    made.process(batch, 1, Part(Decimal("190.00"), "Roseman", "Cedar327", {"C1": Decimal("190.00")}))
    made.process(batch, 2, Part(Decimal("800.00"), "Bruno", "Fair436", {"C3": Decimal("800.00")}))
    made.process(batch, 3, Part(Decimal("1000.00"), "Roseman", "Cedar327", {"C2": Decimal("690.00")}),
                 bank_account="TRUST")  # fmt: skip
    return made


def statements(office: Office, kind: str, period: Period = JUNE) -> list[Statement]:
    with store.reading(office.workspace) as current:
        made = make_statements(current, kind, period, as_of=current.head().seq, order_by="unit")
        prove(current, period, made)
        return made


def rows(office: Office, kind: str, period: Period = JUNE) -> list[dict[str, Any]]:
    return [amounts_of(one, section) for one in statements(office, kind, period) for section in one.sections]


def test_an_owners_statement(office: Office) -> None:
    """Applications, ledger receipts and entries of kind receipt are receipts; other entries stand under their kind."""
    agree(rows(office, "owner"), OWNERS + """
        Ames     | 1000.00 | 880.00   | -75.50        | -55.20 | 0.00        | 0.00  | 1749.30
        Corey    | 0.00    | 840.00   | 0.00          | 0.00   | 0.00        | 0.00  | 840.00
    """)  # fmt: skip
    agree(rows(office, "owner", JULY), OWNERS + """
        Ames     | 1749.30 | 0.00     | 0.00          | 0.00   | -500.00     | 0.00  | 1249.30
        Corey    | 840.00  | 0.00     | 0.00          | 0.00   | 0.00        | 0.00  | 840.00
    """)  # fmt: skip


def test_the_lines_of_an_owners_statement_name_unit_and_tenant(office: Office) -> None:
    (ames, _) = statements(office, "owner")
    shown = [
        {
            "date": line.moved_on,
            "heading": line.heading,
            "unit": line.unit_id,
            "party": line.party,
            "amount": line.amount,
        }
        for line in ames.sections[0].lines
    ]
    agree(shown, """
        date       | heading       | unit     | party   | amount
        2026-06-03 | disbursements | Cedar327 |         | -75.50
        2026-06-08 | receipts      | Cedar327 | Roseman | 190.00
        2026-06-12 | receipts      | Cedar327 | Roseman | 690.00
        2026-06-30 | fees          |          |         | -55.20
    """)  # fmt: skip


def test_an_owners_statement_lists_the_unpaid_bills(tmp_path: Path) -> None:
    """PUB-40: as exported, dated by the closing date, oldest first; they are owed, so they change no balance."""
    bills = """
        bill_id | ledger_id | unit_id  | vendor_id | bill_date  | due_date   | description | amount | open_amount
        B1      | L-Ames    | Cedar327 | V1        | 2026-06-20 | 2026-07-20 | Roof        | 900.00 | 400.00
        B2      | L-Ames    |          |           | 2026-06-11 |            | Sign        | 60.00  | 60.00
        B3      | L-Ames    | Cedar327 | V1        | 2026-06-12 | 2026-06-30 | Gutter      | 80.00  | 0.00
        B4      | L-Ames    | Cedar327 | V1        | 2026-07-01 | 2026-07-30 | Later       | 10.00  | 10.00
    """
    made = Office(tmp_path)
    made.load(charges=CHARGES, ledger_entries=ENTRIES, bills=bills, vendors="vendor_id | name\nV1 | Ridge & Sons")
    ames = statements(made, "owner")[0]
    shown = [(item.due_date.isoformat(), item.party, item.unit, item.amount) for item in ames.sections[0].bills]
    assert shown == [
        ("2026-06-11", "", "", money("60.00")),
        ("2026-07-20", "Ridge & Sons", "Cedar327", money("400.00")),
    ]
    (block,) = [block for block in layout.blocks(ames, ames.sections[0]) if block.title == "Unpaid bills"]
    assert block.rows[1] == ("2026-07-20", "Roof", "Ridge & Sons", "Cedar327", "400.00")
    assert block.total == ("", "Together", "", "", "460.00")
    assert all(not section.bills for one in statements(made, "tenant") for section in one.sections)


def test_a_tenants_statement(office: Office) -> None:
    """What the export says was paid elsewhere counts on the charge's due date; payments count in full, credit too."""
    agree(rows(office, "tenant"), TENANTS + """
        Bruno     | 0.00    | 800.00  | 0.00           | 800.00   | 0.00              | 0.00
        Roseman   | 190.00  | 690.00  | 0.00           | 1190.00  | 0.00              | -310.00
    """)  # fmt: skip
    agree(rows(office, "tenant", Period.month("2026-05")), TENANTS + """
        Bruno     | 0.00    | 0.00    | 0.00           | 0.00     | 0.00              | 0.00
        Roseman   | 0.00    | 690.00  | 500.00         | 0.00     | 0.00              | 190.00
    """)  # fmt: skip


def test_reversals_and_refunds_count_on_their_own_day(office: Office) -> None:
    """SPEC 7: applications and reversals on their own date."""
    returned, credited = "R0000002", "R0000003"
    decisions.reverse(office.workspace, returned, "returned", date(2026, 7, 2), who=WHO, why="NSF")
    tenant_credit.refund_credit(
        office.workspace, credited, Decimal("10.00"), date(2026, 7, 3), who=WHO, why="moved out"
    )
    assert rows(office, "owner")[1]["closing"] == Decimal("840.00")
    assert rows(office, "owner", JULY)[1]["receipts"] == Decimal("-800.00")
    agree(rows(office, "tenant", JULY), TENANTS + """
        Bruno     | 0.00    | 0.00    | 0.00           | 0.00     | 800.00            | 800.00
        Roseman   | -310.00 | 690.00  | 0.00           | 0.00     | 10.00             | 390.00
    """)  # fmt: skip


def test_credit_applied_later_is_the_owners_on_that_day_and_the_tenants_on_the_day_of_payment(office: Office) -> None:
    tenant_credit.apply_credit(
        office.workspace, "R0000003", {"C4": Decimal("310.00")}, date(2026, 7, 1), who=WHO, why="rent"
    )
    assert rows(office, "owner")[0]["receipts"] == Decimal("880.00")
    assert rows(office, "owner", JULY)[0]["receipts"] == Decimal("310.00")
    assert rows(office, "tenant")[1]["closing"] == Decimal("-310.00")
    assert rows(office, "tenant", JULY)[1]["closing"] == Decimal("380.00")


def test_unpaid_charges_are_those_of_the_closing_date(office: Office) -> None:
    """Issue 5: unpaid bills and ageing, as of the closing date and not of today."""
    (early,) = [one for one in statements(office, "tenant", Period.closing(date(2026, 6, 9))) if one.name == "Roseman"]
    found = [{"due": u.due_date, "amount": u.amount, "bucket": u.bucket} for u in early.sections[0].unpaid]
    agree(found, """
        due        | amount | bucket
        2026-06-01 | 690.00 | 0-30
    """)  # fmt: skip
    (may, _) = statements(office, "owner", Period.month("2026-05"))
    assert [unpaid.amount for unpaid in may.sections[0].unpaid] == [Decimal("190.00")]
    assert statements(office, "owner")[0].sections[0].unpaid == ()


def test_a_receipt_in_an_export_counts_once(office: Office) -> None:
    """Reflected charges: paid elsewhere leaves out ours. Named after ours: ours. Maybe ours: nothing is published."""
    paid = CHARGES.replace("690.00 | 190.00", "690.00 | 0.00").replace("800.00 | 800.00", "800.00 | 0.00")
    paid = paid.replace("2026-06-01 | 690.00 | 690.00", "2026-06-01 | 690.00 | 0.00")
    before = rows(office, "owner"), rows(office, "tenant")
    named = "R0000002-C3 | L-Corey | Fair436 | Bruno | | 2026-06-10 | receipt | Rent | 800.00\n"
    office.load("all", charges=paid, ledger_entries=ENTRIES + named)
    assert (rows(office, "owner"), rows(office, "tenant")) == before
    office.load("all", charges=paid, ledger_entries=ENTRIES + named.replace("R0000002-C3", "X77"))
    with pytest.raises(LawBroken, match="The ledger entry X77 of 800.00 may be our receipt R0000002"):
        rows(office, "owner")


def test_an_opening_balance_takes_the_place_of_what_it_stands_for(office: Office) -> None:
    """An export that begins in July brings forward what we posted in June, as far as it reflects it."""
    paid = CHARGES.replace("690.00 | 190.00", "690.00 | 0.00").replace("800.00 | 800.00", "800.00 | 0.00")
    paid = paid.replace("2026-06-01 | 690.00 | 690.00", "2026-06-01 | 690.00 | 0.00")
    forward = (
        ENTRIES.splitlines()[1]
        + """
E10 | L-Ames  | | | | 2026-07-01 | opening_balance | Forward | 1749.30
E11 | L-Corey | | | | 2026-07-01 | opening_balance | Forward | 840.00
"""
    )
    office.load("all", charges=paid, ledger_entries=forward)
    assert [row["closing"] for row in rows(office, "owner", JULY)] == [Decimal("1749.30"), Decimal("840.00")]


def test_a_balance_brought_forward_to_what_was_published_is_no_line(office: Office) -> None:
    """Law 12: the next statement opens where the published one closed; only a difference is a line, as a late one."""
    terms = settled(office.workspace, JUNE, ("profiles", "owner_statements"), today=date(2026, 7, 1))
    publish(office.workspace, terms, who=WHO)
    paid = CHARGES.replace("690.00 | 190.00", "690.00 | 0.00").replace("800.00 | 800.00", "800.00 | 0.00")
    paid = paid.replace("2026-06-01 | 690.00 | 690.00", "2026-06-01 | 690.00 | 0.00")
    forward = (
        ENTRIES.splitlines()[1]
        + """
E10 | L-Ames  | | | | 2026-07-01 | opening_balance | Forward | 1749.30
E11 | L-Corey | | | | 2026-07-01 | opening_balance | Forward | 838.00
E12 | L-Corey | | | | 2026-07-09 | fee             | Fee     | -5.00
"""
    )
    office.load("all", charges=paid, ledger_entries=forward)
    agree(rows(office, "owner", JULY), OWNERS + """
        Ames     | 1749.30 | 0.00     | 0.00          | 0.00   | 0.00        | 0.00  | 1749.30
        Corey    | 840.00  | 0.00     | 0.00          | -5.00  | 0.00        | -2.00 | 833.00
    """)  # fmt: skip
    (ames, corey) = statements(office, "owner", JULY)
    assert ames.sections[0].lines == ()
    assert [line.is_late for line in corey.sections[0].lines] == [True, False]
