"""The oracle itself, held against the acceptance scenarios 1 to 14 and the rules it reads."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.oracle import COLUMNS, FLAGS, REASONS, classify, classify_and_apply, totals
from tests.oracle_lockbox import Record, Rejected, identifier, read_lockbox
from tests.random_days import Line, bad_line, encoded, good_line, line_text, portfolio_day, random_day, write_ledger

Tables = dict[str, list[dict[str, str]]]

GOLDEN = (
    b'"2006-06-10","Cedar327","690.00","Reference #68217","Roseman",\r\n'
    b'"2006-06-10","Fair436","1140.00","Reference #1721","Bruno",\r\n'
    b"\r\n"
    b'"2006-06-10","Mail212","950.00","Reference #6612"\r\n'
)
OWNER, OTHER_OWNER, MANAGEMENT = "L-Owner", "L-Other", "L-Mgmt"


def charge(amount: str, due: str = "2026-06-01", ledger: str = OWNER, tenant: str = "Roseman", unit: str = "Cedar327",
           open_amount: str | None = None) -> dict[str, str]:  # fmt: skip
    """A charge, open in full unless said otherwise; the id is given by `world`."""
    return {
        "tenant_id": tenant, "unit_id": unit, "ledger_id": ledger, "charge_code": "RENT", "description": "Rent",
        "due_date": due, "amount": amount, "open_amount": amount if open_amount is None else open_amount,
    }  # fmt: skip


def world(*charges: dict[str, str], **tenant_changes: str) -> Tables:
    """Roseman lives in Cedar327, Bruno in Fair436, nobody in Mail212; changes go to Roseman."""
    return {
        "ledgers": [{"ledger_id": name} for name in (OWNER, OTHER_OWNER, MANAGEMENT)],
        "units": [{"unit_id": "Cedar327"}, {"unit_id": "Fair436"}, {"unit_id": "Mail212"}],
        "tenants": [
            {"tenant_id": "Roseman", "unit_id": "Cedar327", "status": "current", **tenant_changes},
            {"tenant_id": "Bruno", "unit_id": "Fair436", "status": "current"},
        ],
        "charges": [{"charge_id": f"C{number}", **row} for number, row in enumerate(charges, start=1)],
    }


def line(
    amount: str, unit: str = "Cedar327", tenant: str = "Roseman", day: str = "2026-06-10", memo: str = ""
) -> bytes:
    """A line in the long form."""
    return f'"{day}","{unit}","{amount}","{memo}","{tenant}",\r\n'.encode()


def one(ledger: Tables, data: bytes, **options: Any) -> dict[str, str]:
    """The only row."""
    (row,) = classify(ledger, data, **options)
    return row


def reasons(ledger: Tables, data: bytes, **options: Any) -> list[str]:
    """The reasons, in file order."""
    return [row["reason"] for row in classify(ledger, data, **options)]


# ---- Acceptance scenarios ----


def test_scenario_01_golden_file_btr_50() -> None:
    assert totals(GOLDEN) == (3, Decimal("2780.00"))
    assert read_lockbox(GOLDEN) == [
        Record(1, date(2006, 6, 10), "Cedar327", Decimal("690.00"), "Reference #68217", "Roseman"),
        Record(2, date(2006, 6, 10), "Fair436", Decimal("1140.00"), "Reference #1721", "Bruno"),
        Record(4, date(2006, 6, 10), "Mail212", Decimal("950.00"), "Reference #6612", ""),
    ]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_scenario_01_line_ends_and_field_counts_in_any_order_btr_42_btr_45(end: str) -> None:
    base = '"2006-06-10","Mail212","950.00","Reference #6612"'
    for order in permutations([base, base + ",", base + ',""', base + ',"",']):
        records = read_lockbox(end.join(order).encode())
        assert records == [
            Record(n, date(2006, 6, 10), "Mail212", Decimal("950.00"), "Reference #6612", "") for n in (1, 2, 3, 4)
        ]


def test_scenario_02_exact_payment_btr_11() -> None:
    rows, applications = classify_and_apply(world(charge("690.00")), line("690.00"))
    assert rows == [dict(zip(COLUMNS, (
        "1", "2026-06-10", "Cedar327", "Roseman", "690.00", "", "690.00", "690.00", "auto", "OK_FULL", "", "",
    ), strict=True))]  # fmt: skip
    assert applications == [(1, "C1", Decimal("690.00"), OWNER)]


def test_scenario_03_one_cent_short_btr_12_btr_13() -> None:
    ledger = world(charge("690.00"))
    assert reasons(ledger, line("689.99")) == ["UNDERPAID"]
    rows, applications = classify_and_apply(ledger, line("689.99") + line("0.01"), partial_pay=True)
    assert [row["reason"] for row in rows] == ["OK_PARTIAL_SINGLE", "OK_FULL"]
    assert rows[1]["matchable_total"] == "0.01"
    assert applications == [(1, "C1", Decimal("689.99"), OWNER), (2, "C1", Decimal("0.01"), OWNER)]


def test_scenario_04_partial_pay_needs_one_charge_btr_13() -> None:
    ledger = world(charge("600.00"), charge("90.00"))
    assert reasons(ledger, line("600.00"), partial_pay=True) == ["UNDERPAID"]
    # "Only one unpaid charge" is counted after the window: a closed and a later charge do not count.
    ledger = world(charge("600.00"), charge("90.00", open_amount="0.00"), charge("90.00", due="2026-07-11"))
    assert reasons(ledger, line("500.00"), partial_pay=True) == ["OK_PARTIAL_SINGLE"]


@pytest.mark.parametrize("partial_pay", [False, True])
def test_scenario_05_overpaid(partial_pay: bool) -> None:
    assert reasons(world(charge("690.00")), line("700.00"), partial_pay=partial_pay) == ["OVERPAID"]


def test_scenario_06_nothing_owed() -> None:
    assert reasons(world(charge("690.00", open_amount="0.00")), line("690.00")) == ["NOTHING_OWED"]


@pytest.mark.parametrize("other", [MANAGEMENT, OTHER_OWNER])
def test_scenario_07_two_ledgers_btr_15(other: str) -> None:
    ledger = world(charge("690.00"), charge("25.00", ledger=other))
    assert reasons(ledger, line("715.00")) == ["MULTI_LEDGER"]
    assert reasons(ledger, line("714.00")) == ["UNDERPAID"]


def test_scenario_08_one_ledger_btr_15() -> None:
    ledger = world(charge("690.00"), charge("25.00", ledger=OWNER.upper()))
    _, applications = classify_and_apply(ledger, line("715.00"))
    assert applications == [(1, "C1", Decimal("690.00"), OWNER), (1, "C2", Decimal("25.00"), OWNER)]


def test_scenario_09_thirty_days_btr_14() -> None:
    day_30, day_31 = world(charge("690.00", due="2026-07-10")), world(charge("690.00", due="2026-07-11"))
    assert reasons(day_30, line("690.00")) == ["OK_FULL"]
    row = one(day_31, line("690.00"))
    assert (row["reason"], row["matchable_total"], row["status_total"]) == ("ONLY_FUTURE_CHARGES", "0.00", "690.00")
    row = one(day_31, line("690.00"), posting_date=date(2026, 6, 11))
    assert (row["reason"], row["flags"], row["posting_date"]) == ("OK_FULL", "DATE_CHANGED", "2026-06-11")
    assert one(day_30, line("690.00"), posting_date=date(2026, 6, 9))["reason"] == "ONLY_FUTURE_CHARGES"
    assert one(day_30, line("690.00"), posting_date=date(2026, 6, 10))["flags"] == ""


def test_scenario_10_default_tenant_btr_33() -> None:
    row = one(world(charge("690.00")), line("690.00", tenant="Rosemann"))
    assert (row["tenant_id"], row["reason"], row["flags"]) == ("Roseman", "OK_FULL", "DEFAULT_TENANT_USED")
    assert one(world(charge("690.00")), line("690.00", tenant=""))["flags"] == ""
    row = one(world(), line("690.00", unit="mail212", tenant="Nobody"))
    assert (row["unit_id"], row["tenant_id"], row["reason"]) == ("Mail212", "", "NO_DEFAULT_TENANT")


def test_scenario_10_responsible_tenant_first_btr_33() -> None:
    ledger = world()
    ledger["units"][0]["responsible_tenant_id"] = "BRUNO"
    assert one(ledger, line("1.00", tenant=""))["tenant_id"] == "Bruno"
    ledger["tenants"][1]["status"] = "Past"
    assert one(ledger, line("1.00", tenant=""))["tenant_id"] == "Roseman"
    ledger["tenants"].append({"tenant_id": "Second", "unit_id": "CEDAR327"})
    assert one(ledger, line("1.00", tenant=""))["reason"] == "NO_DEFAULT_TENANT"


@pytest.mark.parametrize("unit", ["Nowhere", ""])
def test_scenario_11_tenants_unit_btr_34(unit: str) -> None:
    row = one(world(charge("690.00")), line("690.00", unit=unit))
    assert (row["unit_id"], row["reason"]) == ("Cedar327", "OK_FULL")
    row = one(world(unit_id=""), line("690.00", unit=unit))
    assert (row["unit_id"], row["tenant_id"], row["reason"]) == ("", "Roseman", "NO_UNIT")
    row = one(world(charge("690.00", unit="Mail212", due="2027-01-01")), line("690.00", unit=unit))
    assert (row["unit_id"], row["tenant_id"], row["reason"]) == ("", "Roseman", "AMBIGUOUS_UNIT")


def test_scenario_12_both_wrong_btr_35() -> None:
    data = line("690.00", unit="Nowhere", tenant="Nobody") + line("10.00")
    row = classify(world(charge("690.00")), data)[0]
    assert (row["reason"], row["unit_id"], row["tenant_id"]) == ("UNIDENTIFIED", "", "")
    assert (row["matchable_total"], row["status_total"], row["amount"]) == ("0.00", "0.00", "690.00")
    assert totals(data) == (2, Decimal("700.00"))


def test_scenario_13_id_conflict_btr_32() -> None:
    row = one(world(), line("690.00", unit="fair436", tenant="ROSEMAN"))
    assert (row["reason"], row["unit_id"], row["tenant_id"]) == ("ID_CONFLICT", "Fair436", "Roseman")
    closed = world(charge("690.00", unit="Fair436", open_amount="0.00"))
    assert reasons(closed, line("690.00", unit="Fair436")) == ["NOTHING_OWED"]
    responsible = world()
    responsible["units"][1]["responsible_tenant_id"] = "Roseman"
    assert reasons(responsible, line("690.00", unit="Fair436")) == ["NOTHING_OWED"]


def test_scenario_14_second_payment_is_consumed_btr_56() -> None:
    ledger = world(charge("690.00"), charge("690.00", due="2026-07-11"))
    assert reasons(ledger, line("690.00") * 2) == ["OK_FULL", "CONSUMED_IN_BATCH"]
    assert ledger == world(charge("690.00"), charge("690.00", due="2026-07-11")), "the ledger is left as it is"


# ---- The rest of SPEC 5 ----


def test_hold_then_closed_period_then_duplicate_line() -> None:
    others = [(date(2026, 6, 10), " roseman", "CEDAR327", Decimal("690.00"), "")]
    options: dict[str, Any] = {"closed_through": date(2026, 6, 10), "other_payments": others}
    assert reasons(world(charge("690.00"), hold="TRUE"), line("690.00"), **options) == ["HOLD_TENANT"]
    assert reasons(world(charge("690.00")), line("690.00"), **options) == ["PERIOD_CLOSED"]
    # The posting date is closed or not; the file's date makes the duplicate.
    options["posting_date"] = date(2026, 6, 11)
    assert reasons(world(charge("690.00")), line("690.00"), **options) == ["DUPLICATE_LINE"]
    assert reasons(world(charge("690.00")), line("690.00", memo="other"), **options) == ["OK_FULL"]


def test_due_now() -> None:
    ledger = world(charge("690.00"), charge("690.00", due="2026-06-11"), charge("5.00", due="2026-06-12"))
    assert reasons(ledger, line("690.00")) == ["UNDERPAID"]
    _, applications = classify_and_apply(ledger, line("690.00"), due_now=True)
    assert applications == [(1, "C1", Decimal("690.00"), OWNER)]
    ledger = world(charge("600.00"), charge("90.00", ledger=MANAGEMENT), charge("5.00", due="2026-06-11"))
    assert reasons(ledger, line("690.00"), due_now=True, partial_pay=True) == ["MULTI_LEDGER"]
    # The ledgers of what is paid decide, not those of later charges.
    ledger = world(charge("690.00"), charge("5.00", due="2026-06-11", ledger=MANAGEMENT))
    assert reasons(ledger, line("690.00"), due_now=True) == ["OK_DUE_NOW"]


def test_partial_payment_repeated_word_for_word() -> None:
    ledger = world(charge("690.00"))
    data = line("100.00") + line("100.00") + line("100.00", memo="second")
    expected = ["OK_PARTIAL_SINGLE", "DUPLICATE_LINE", "OK_PARTIAL_SINGLE"]
    assert reasons(ledger, data, partial_pay=True) == expected
    # The repetition that pays the rest exactly is no longer below the total: it is full payment.
    assert reasons(world(charge("200.00")), line("100.00") * 2, partial_pay=True) == ["OK_PARTIAL_SINGLE", "OK_FULL"]


def test_past_tenant_and_long_memo_are_only_flags() -> None:
    row = one(world(charge("690.00"), status="PAST"), line("690.00", memo="m" * 41), posting_date=date(2026, 6, 11))
    assert (row["reason"], row["flags"]) == ("OK_FULL", "PAST_TENANT MEMO_TOO_LONG DATE_CHANGED")
    assert row["memo"] == "m" * 41
    assert one(world(), line("690.00", memo="ü" * 40))["flags"] == ""


# ---- The lockbox file ----


@pytest.mark.parametrize(
    "raw",
    [
        b'"2026-02-30","u","1.00","m"', b'"2026-6-1","u","1.00","m"', b'"30/06/2026","u","1.00","m"',
        b'"1899-12-31","u","1.00","m"', b'"2200-01-01","u","1.00","m"', b'"2026-06-01","u","1,000.00","m"',
        b'"2026-06-01","u","0.00","m"', b'"2026-06-01","u","1.0","m"', b'"2026-06-01","u","$1.00","m"',
        b'"2026-06-01","u","1234567890123.00","m"', b'"2026-06-01","u","1.00"', b'"2026-06-01","u","1.00","m","t","x"',
        b'"2026-06-01","u","1.00","m","t",,', b'"2026-06-01","u","1.00","a "b" c"', b'"2026-06-01","u","1.00",a"b',
        b'"2026-06-01","u","1.00","m', b'"2026-06-01","u","1.00","\x00"', b'"2026-06-01","u","1.00","\x81"',
        b'"2026-06-01","u","1.00","' + b"m" * 65536 + b'"',
    ],
)  # fmt: skip
def test_bad_record_btr_43_btr_48(raw: bytes) -> None:
    good = b'"2026-06-01","u","1.00","m"'
    kinds = [type(record) for record in read_lockbox(good + b"\r\n" + raw + b"\r\n" + good)]
    assert kinds == [Record, Rejected, Record]


def test_good_record_btr_46_btr_49() -> None:
    data = b'\xef\xbb\xbf 06/01/2026 ,"  u "," 01.00",  "say ""hi"", \xfc\t!" , t ,""\r  \n"2026-06-01",,1.00,,\n\x1a'
    assert read_lockbox(data) == [
        Record(1, date(2026, 6, 1), "u", Decimal("1.00"), 'say "hi", ü\t!', "t"),
        Record(3, date(2026, 6, 1), "", Decimal("1.00"), "", ""),
    ]


def test_totals_count_what_reads_as_an_amount() -> None:
    for raw in (
        b"junk,u,5.00",
        b'"d","u","5.00","a"b",',
        b"d,u,5.00,\x81",
        b'd,u,5.00,m,t,more,"',
        b" \x00d,u, 5.00 ,",
    ):
        assert totals(raw) == (1, Decimal("5.00"))
    for raw in (b'"d"x,"u","5.00","m"', b'd,u,5.00",m', b'd,"u,5.00,m', b"d,u,5.0,m", b"d,u", b"d;u;5.00"):
        assert totals(raw) == (1, Decimal("0.00"))
    assert totals(b"\r\n \t \r\n\x1a") == (0, Decimal("0.00"))


# ---- The random days ----


def test_random_days_reach_every_reason_and_flag() -> None:
    seen_reasons: set[str] = set()
    seen_flags: set[str] = set()
    for seed in range(401):
        day = random_day(seed)
        for row in classify(day.ledger, day.data, **day.options):
            seen_reasons.add(row["reason"])
            seen_flags.update(row["flags"].split())
    assert seen_reasons == set(REASONS)
    assert seen_flags == set(FLAGS)


def test_random_lines_are_good_or_bad_as_meant() -> None:
    rng = random.Random(1)
    ledger = random_day(1).ledger
    for _ in range(3000):
        meant = good_line(rng, ledger, date(2026, 6, 1))
        (record,) = read_lockbox(encoded(rng, line_text(rng, meant)))
        assert record == Record(
            1, meant.day, meant.unit_id.strip(), meant.amount, meant.memo.strip(), meant.tenant_id.strip()
        )
        (record,) = read_lockbox(bad_line(rng, Line(**vars(meant))))
        assert isinstance(record, Rejected)


@pytest.mark.parametrize(
    "day", [*map(random_day, range(60)), portfolio_day(7, 300, 600)], ids=lambda day: f"seed{day.seed}"
)
def test_random_ledgers_are_valid_and_rows_add_up(day: Any, tmp_path: Path) -> None:
    keys = {
        column: [identifier(row[column]) for row in day.ledger[table]]
        for table, column in {
            "bank_accounts": "bank_account_id", "owners": "owner_id", "ledgers": "ledger_id", "units": "unit_id",
            "tenants": "tenant_id", "charges": "charge_id",
        }.items()
    }  # fmt: skip
    for column, values in keys.items():
        assert "" not in values
        assert len(set(values)) == len(values), column
    for rows in day.ledger.values():
        for row in rows:
            for column, value in row.items():
                key = identifier(value)
                assert key == "" or key in keys.get(column.replace("responsible_", ""), [key])
    write_ledger(day.ledger, tmp_path)
    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(day.ledger)

    rows, applications = classify_and_apply(day.ledger, day.data, **day.options)
    assert len(rows) == totals(day.data)[0]
    auto = sum((Decimal(row["amount"]) for row in rows if row["disposition"] == "auto"), Decimal(0))
    assert auto == sum((amount for _, _, amount, _ in applications), Decimal(0))


def test_the_same_seed_is_the_same_day() -> None:
    assert [random_day(seed) for seed in range(20)] == [random_day(seed) for seed in range(20)]
    assert portfolio_day(3, 50, 80) == portfolio_day(3, 50, 80)
