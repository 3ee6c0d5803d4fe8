"""Opt-in rules beyond the seeds: `OK_CREDIT` and `OK_ALIAS` (SPEC 5). None posts where two readings exist."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from recon import aliases, audits, decisions, explain, store
from recon.decisions import Part
from recon.errors import WrongUse
from recon.receipt_export import export
from recon.suggestions.listing import suggest
from tests.spec.tables import WHO, Office, agree, money

CHARGES = """
    charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
    C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00
    C2        | Roseman   | Cedar327 | L-Ames    | 2026-06-15 | 25.00
    C3        | Bruno     | Fair436  | L-Ames    | 2026-06-01 | 1140.00
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Roseman has paid 30.00 and 70.00 beforehand: 100.00 of credit."""
    office = Office(tmp_path)
    office.load(charges=CHARGES)
    batch = office.bring(
        "prepaid.txt", "2026-05-02 | Cedar327 | 70.00 | b | Roseman\n2026-05-01 | Cedar327 | 30.00 | a |"
    )
    for number, amount in ((1, "70.00"), (2, "30.00")):
        office.process(batch, number, Part(money(amount), "Roseman", "Cedar327"), bank_account="TRUST")
    return office


def pays(amount: str, tenant: str = "Roseman", unit: str = "Cedar327") -> str:
    """A line of June 10."""
    return f"2026-06-10 | {unit} | {amount} | rent | {tenant}\n"


def reasons(office: Office, lines: str, **terms: bool) -> list[str]:
    """Import and post; the reason of each line. Every law holds afterwards."""
    batch = office.bring(f"{len(list(office.folder.iterdir()))}.txt", lines, **terms)
    office.post(batch)
    assert audits.audit(office.workspace) == []
    return [line["reason"] for line in office.lines(batch)]


# ---- The tenant's credit ----


def test_a_payment_that_is_all_due_with_the_credit(office: Office) -> None:
    """BTR-60: the oldest credit pays the oldest charge, the payment what is left; every receipt adds up."""
    assert reasons(office, pays("615.00"), credit=True) == ["OK_CREDIT"]
    agree(
        office.rows("select * from applications order by charge_id, receipt_id"),
        """
        receipt_id | charge_id | amount | applied_on
        R0000001   | C1        | 70.00  | 2026-06-10
        R0000002   | C1        | 30.00  | 2026-06-10
        R0000003   | C1        | 590.00 | 2026-06-10
        R0000003   | C2        | 25.00  | 2026-06-10
    """,
    )
    agree(
        office.receipts(),
        """
        receipt_id | amount | applied | credit
        R0000001   | 70.00  | 70.00   | 0.00
        R0000002   | 30.00  | 30.00   | 0.00
        R0000003   | 615.00 | 615.00  | 0.00
    """,
    )
    agree(office.lines("B000002"), "matchable_total | status_total | disposition\n715.00 | 715.00 | auto")
    assert office.rows("select * from open_credits") == []


def test_credit_is_used_only_if_asked_for(office: Office) -> None:
    """BTR-10: off, the line is short by the credit."""
    assert reasons(office, pays("615.00")) == ["UNDERPAID"]
    assert len(office.rows("select * from open_credits")) == 2


@pytest.mark.parametrize(("amount", "reason"), [("614.99", "UNDERPAID"), ("615.01", "UNDERPAID"), ("715.00", "OK_FULL"),
                                                ("815.00", "OVERPAID")])  # fmt: skip
def test_credit_only_if_it_is_exactly_what_is_short(office: Office, amount: str, reason: str) -> None:
    """BTR-10: never a part of the credit, and none where the payment is enough without it."""
    assert reasons(office, pays(amount), credit=True) == [reason]
    assert len(office.rows("select * from open_credits")) == 2


def test_credit_is_gone_for_later_lines(office: Office) -> None:
    """BTR-56: file order decides, within a file and between files."""
    assert reasons(office, pays("615.00") + pays("615.00"), credit=True) == ["OK_CREDIT", "CONSUMED_IN_BATCH"]


def test_credit_on_another_unit_is_not_used(office: Office) -> None:
    """BTR-32: credit belongs to the tenant on the unit that it was received for."""
    office.load(charges=CHARGES + "    C4 | Roseman | Mail212 | L-Ames | 2026-06-01 | 200.00\n", includes="none")
    assert reasons(office, pays("100.00", unit="Mail212"), credit=True) == ["UNDERPAID"]


def test_what_is_due_now_and_all_with_the_credit_are_two_readings(office: Office) -> None:
    """BTR-11: each alone would post; both asked for, a person is."""
    office.load(
        charges=CHARGES.replace("2026-06-15 | 25.00", "2026-06-15 | 100.00"),
        includes="none",
    )
    assert reasons(office, pays("690.00"), credit=True, due_now=True) == ["UNDERPAID"]
    assert reasons(office, pays("690.00").replace("rent", "rent again"), credit=True) == ["OK_CREDIT"]


def test_credit_goes_before_a_partial_payment(office: Office) -> None:
    """BTR-13: a rule that any lower amount fits is no second reading of one that fits exactly."""
    office.load(charges=CHARGES.replace("C2", "C2x").replace("2026-06-15", "2026-09-15"), includes="none")
    assert reasons(office, pays("590.00"), credit=True, partial_pay=True) == ["OK_CREDIT"]


def test_credit_and_charges_of_several_ledgers(office: Office) -> None:
    """BTR-15: as without credit."""
    office.load(charges=CHARGES.replace("L-Ames    | 2026-06-15", "MGMT    | 2026-06-15"), includes="none")
    assert reasons(office, pays("615.00"), credit=True) == ["MULTI_LEDGER"]


def test_refunded_and_returned_credit_is_none(office: Office) -> None:
    """BTR-60: what left is not there to be used; a returned credit that was used reopens the charges it had paid."""
    decisions.reverse(office.workspace, "R0000002", "returned", date(2026, 6, 1), who=WHO, why="NSF")
    assert reasons(office, pays("645.00"), credit=True) == ["OK_CREDIT"]
    decisions.reverse(office.workspace, "R0000001", "returned", date(2026, 6, 20), who=WHO, why="NSF")
    agree(office.charges()[:2], "charge_id | open_amount\nC1 | 70.00\nC2 | 0.00")
    assert audits.audit(office.workspace) == []


def test_a_corrected_payment_leaves_the_credit_where_it_went(office: Office) -> None:
    """BTR-60: the line waits again and then pays what is still open."""
    reasons(office, pays("615.00"), credit=True)
    decisions.reverse(office.workspace, "R0000003", "correction", date(2026, 6, 20), who=WHO, why="test")
    office.post("B000002")
    agree(office.lines("B000002"), "matchable_total | reason\n615.00 | OK_FULL")
    assert audits.audit(office.workspace) == []


def test_why_a_payment_posted_with_credit(office: Office) -> None:
    """BTR-17: the figures, the receipts whose credit was used, and the charges as they stood."""
    reasons(office, pays("615.00"), credit=True)
    found = explain.explain(office.workspace, "B000002:1")
    assert found.rule == "615.00 and 100.00 of credit = 715.00, all in the window, all of one ledger."
    assert found.credit_used == (("R0000001", money("70.00")), ("R0000002", money("30.00")))
    assert found.is_replayed


def test_the_use_of_credit_goes_back_to_the_system_of_record(office: Office, tmp_path: Path) -> None:
    """BTR-60: a record of its own, that moves money from credit to charges; together they are always the receipts."""
    export(office.workspace, tmp_path / "first.csv", who=WHO)
    reasons(office, pays("615.00"), credit=True)
    done = export(office.workspace, tmp_path / "second.csv", who=WHO)
    assert (done.receipts, done.reversals) == (1, 0)
    rows = (tmp_path / "second.csv").read_text().replace('"', "").splitlines()
    assert [",".join(row.split(",")[index] for index in (0, 1, 5, 8)) for row in rows[1:]] == [
        "credit,R0000001,C1,70.00",
        "credit,R0000001,,-70.00",
        "credit,R0000002,C1,30.00",
        "credit,R0000002,,-30.00",
        "receipt,R0000003,C1,590.00",
        "receipt,R0000003,C2,25.00",
    ]


# ---- Confirmed aliases ----


@pytest.fixture
def known(office: Office) -> Office:
    """The payroll service that pays Bruno's rent."""
    aliases.confirm_alias(office.workspace, "Smyth-Payroll", "Bruno", who=WHO, why="his letter of June 2")
    return office


@pytest.mark.parametrize("spelled", ["Smyth-Payroll", "SMYTH-PAYROLL"])
@pytest.mark.parametrize("unit", ["Fair436", "", "Fair463"])
def test_a_confirmed_alias_is_the_tenant_id_that_it_stands_for(known: Office, spelled: str, unit: str) -> None:
    """BTR-30, BTR-33: with the unit, and without one that is known."""
    assert reasons(known, pays("1140.00", spelled, unit), alias=True) == ["OK_ALIAS"]
    agree(known.lines("B000002"), "tenant_id | unit_id | flags\nBruno | Fair436 |")


def test_an_alias_counts_only_if_asked_for(known: Office) -> None:
    """BTR-36: off, the line is identified as if nobody had confirmed anything."""
    assert reasons(known, pays("1140.00", "Smyth-Payroll", "")) == ["UNIDENTIFIED"]


def test_an_alias_goes_before_the_units_default_tenant(known: Office) -> None:
    """BTR-33: the default stands in for a tenant who is not named; this one is."""
    assert reasons(known, pays("690.00", "Smyth-Payroll"), alias=True) == ["ID_CONFLICT"]
    assert reasons(known, pays("715.00", "Smyth-Payroll").replace("rent", "June")) == ["OK_FULL"]


def test_an_alias_posts_in_full_only(known: Office) -> None:
    """BTR-11, BTR-13: one opt-in rule at a time; a payer known by an alias who pays something else is looked at."""
    known.load(charges=CHARGES + "    C4 | Bruno | Fair436 | L-Ames | 2026-07-01 | 1140.00\n", includes="none")
    line = pays("1140.00", "Smyth-Payroll", "Fair436")
    assert reasons(known, line, alias=True, due_now=True, partial_pay=True, credit=True) == ["UNDERPAID"]


def test_a_tenant_who_is_given_the_aliass_id_later_is_that_tenant(known: Office) -> None:
    """BTR-30: what the ledger calls a tenant is that tenant."""
    known.load(
        tenants="tenant_id | unit_id\nRoseman | Cedar327\nBruno | Fair436\nSmyth-Payroll | Mail212", includes="none"
    )
    assert reasons(known, pays("1140.00", "Smyth-Payroll", "Fair436"), alias=True) == ["ID_CONFLICT"]


def test_a_withdrawn_alias_stands_for_nobody(known: Office) -> None:
    """BTR-36: what was posted by it stays posted; both facts are kept, with who, when and why."""
    reasons(known, pays("1140.00", "Smyth-Payroll", ""), alias=True)
    aliases.withdraw_alias(known.workspace, "smyth-payroll", who=WHO, why="he left the firm")
    assert reasons(known, pays("5.00", "Smyth-Payroll", ""), alias=True) == ["UNIDENTIFIED"]
    agree(
        [row for row in known.journal() if "alias" in row["action"]],
        """
        who | action         | why
        ann | confirm-alias  | his letter of June 2
        ann | withdraw-alias | he left the firm
    """,
    )
    assert known.rows("select * from payer_aliases") == []
    assert [row["tenant_key"] for row in known.rows("select * from facts.payer_aliases order by entry_seq")] == [
        "bruno",
        None,
    ]


def test_what_cannot_be_an_alias(known: Office) -> None:
    """BTR-36: nothing, a tenant's ID, somebody unknown, and what never was confirmed."""

    def confirm(alias: str, tenant_id: str) -> None:
        aliases.confirm_alias(known.workspace, alias, tenant_id, who=WHO, why="test")

    with pytest.raises(WrongUse, match="it cannot be empty"):
        confirm("  ", "Bruno")
    with pytest.raises(WrongUse, match="'ROSEMAN' is the ID of a tenant; it cannot stand for another"):
        confirm("ROSEMAN", "Bruno")
    with pytest.raises(WrongUse, match="There is no tenant 'Nobody' in the ledger"):
        confirm("Brunno", "Nobody")
    with pytest.raises(WrongUse, match="'Brunno' is no alias of any tenant"):
        aliases.withdraw_alias(known.workspace, "Brunno", who=WHO, why="test")
    confirm("smyth-payroll", "Roseman")  # a new confirmation takes the place of the old one
    agree(known.rows("select * from payer_aliases"), "alias | tenant_key\nsmyth-payroll | roseman")


CHARGES_LATER = """
    charge_id | tenant_id | unit_id | ledger_id | due_date   | amount
    C1        | Bruno     | Fair436 | L-Corey   | 2026-06-01 | 1140.00
    C2        | Bruno     | Fair436 | L-Corey   | 2027-06-01 | 1140.00
    C3        | Bruno     | Fair436 | L-Corey   | 2028-06-01 | 1140.00
"""


def test_an_alias_that_was_not_used_for_a_year_names_nobody_until_it_is_confirmed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SPEC 5: confirmed on 2 June 2026, used for 10 June 2026: it counts up to 10 June 2027, by the posting date."""
    monkeypatch.setattr(store, "_now", lambda: datetime(2026, 6, 2, 9))
    office = Office(tmp_path)
    office.load(charges=CHARGES_LATER)
    aliases.confirm_alias(office.workspace, "Smyth-Payroll", "Bruno", who=WHO, why="a letter")
    agree(office.rows("select * from payer_aliases"), "support | last_used | expires_on\n0 | | 2027-06-02")

    def line(day: str) -> str:
        return f"{day} | | 1140.00 | {day} | Smyth-Payroll"

    assert reasons(office, line("2026-06-10"), alias=True) == ["OK_ALIAS"]
    agree(office.rows("select * from payer_aliases"), "support | last_used | expires_on\n1 | 2026-06-10 | 2027-06-10")
    assert reasons(office, line("2027-06-11"), alias=True) == ["UNIDENTIFIED"]
    batch_id = office.rows("select max(batch_id) as batch_id from batches")[0]["batch_id"]
    found = explain.explain(office.workspace, f"{batch_id}:1")
    assert "(an alias of tenant Bruno that expired on 2027-06-10: confirm it again)" in found.identification
    (waiting,) = suggest(office.workspace, batch_id)
    assert waiting.first is not None
    assert waiting.first.parts[0].tenant_id == "Bruno"
    assert not waiting.is_acceptable
    assert "was not used or confirmed for a year; confirm it again" in " ".join(waiting.first.against)
    monkeypatch.setattr(store, "_now", lambda: datetime(2027, 6, 12, 9))
    aliases.confirm_alias(office.workspace, "Smyth-Payroll", "Bruno", who=WHO, why="a new letter")
    assert office.post(batch_id).count == 1
    agree(office.lines(batch_id), "tenant_id | reason\nBruno | OK_ALIAS")
    # The day on which it expires still counts; the one after does not.
    assert reasons(office, line("2028-06-13"), alias=True) == ["UNIDENTIFIED"]
    assert reasons(office, line("2028-06-12"), alias=True) == ["OK_ALIAS"]


def test_why_a_payment_posted_by_an_alias(known: Office) -> None:
    """BTR-17: the alias, the tenant, and the journal entry that has who confirmed it."""
    reasons(known, pays("1140.00", "Smyth-Payroll", ""), alias=True)
    found = explain.explain(known.workspace, "B000002:1")
    assert found.identification == "Known alias 'Smyth-Payroll' of tenant Bruno, no unit ID: the tenant's unit Fair436."
    assert found.rule.startswith("1140.00 = 1140.00, all in the window, of one ledger; the payer is known by an alias")
    assert found.journal[0]["action"] == "confirm-alias"
