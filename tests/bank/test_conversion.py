"""Other sources of payments as lockbox lines (BTR-04, BTR-51)."""

from datetime import date
from decimal import Decimal

import pytest

from recon.bank.conversion import convert
from recon.errors import InputRefused
from recon.lockbox import reading
from tests.bank import small_files

PORTAL = b"""Payment Date,Unit ID,Tenant ID,Amount,Status,Confirmation Number,Memo
2026-06-02,Elm1,T-100,"1,250.00",Settled,C-1,June rent
2026-06-02,Elm2,T-101,900.00,Failed,C-2,June rent
2026-06-03,Elm2,T-101,-50.00,Settled,C-3,Refund
2026-06-04,Elm3,,875.00,Settled,C-4,
"""


def test_a_lockbox_gives_a_line_for_each_check() -> None:
    made = convert(small_files.LOCKBOX)
    assert made.total == Decimal("2560.50")
    assert [(record.unit_id, record.memo) for record in made.records] == [
        ("101", "CK 1187 ALVAREZ MARIA"), ("", "CK 204 BENNETT TOM"),
    ]  # fmt: skip


def test_what_is_written_can_be_imported() -> None:
    for source in (small_files.LOCKBOX, small_files.NACHA, PORTAL):
        made = convert(source, "rent_payments" if source is PORTAL else None)
        read = reading.read("out.csv", made.to_bytes())
        assert (read.entries, read.total_amount) == (len(made.records), made.total)
        assert read.lines["message"].null_count == read.entries


def test_nacha_credits_are_payments_of_the_individual() -> None:
    first, second = convert(small_files.NACHA).records
    assert (first.tenant_id, first.unit_id, first.amount, first.date) == (
        "T-0110", "110", Decimal("1400.00"), date(2024, 3, 4),
    )  # fmt: skip
    assert (second.tenant_id, second.memo) == ("T-0212", "121000350001002 EVANS ROY")


def test_debits_that_we_sent_are_payments_only_when_somebody_says_so() -> None:
    debits = small_files.NACHA.replace(b"622271080985", b"627271080985").replace(b"632311076671", b"637311076671")
    debits = debits.replace(b"000000000000000000259500", b"000000259500000000000000")
    with pytest.raises(InputRefused, match="--profile nacha-originated"):
        convert(debits)
    assert convert(debits, "nacha-originated").total == Decimal("2595.00")


def test_returns_are_no_payments() -> None:
    made = convert(small_files.RETURNS)
    assert (made.records, made.left_out) == ((), 1)


def test_a_processors_export_leaves_out_what_brought_no_money() -> None:
    made = convert(PORTAL, "rent_payments")
    assert [(record.unit_id, record.tenant_id, record.amount) for record in made.records] == [
        ("Elm1", "T-100", Decimal("1250.00")), ("Elm3", "", Decimal("875.00")),
    ]  # fmt: skip
    assert made.lines == (2, 5)
    assert [(finding.line, finding.code) for finding in made.findings] == [(3, "no_money"), (4, "left_out")]


@pytest.mark.parametrize(
    ("source", "profile", "message"),
    [
        (small_files.BAI2, None, "does not say who paid"),
        (small_files.CSV, None, "no column for the unit or the tenant"),
        (small_files.LOCKBOX.replace(b"9000009", b"9000008"), None, "trailer says"),
        (PORTAL.replace(b"875.00", b"875.0O"), "rent_payments", "line 5"),
        (b"hello", None, "no format"),
    ],
)
def test_what_cannot_be_converted(source: bytes, profile: str | None, message: str) -> None:
    with pytest.raises(InputRefused, match=message):
        convert(source, profile, name="x")
