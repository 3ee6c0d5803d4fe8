"""The commands for bank files (SPEC 8): statement, convert and match, their files and exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bank_days import ACCOUNT, BAI2, CSV, NACHA_CREDITS, bai2
from tests.faces.test_cli import CHARGES, JUNE_10, Recon, recon, rows_of
from tests.spec.tables import ledger, lockbox

__all__ = ["recon"]


def test_statement_says_what_a_bank_file_holds(recon: Recon, tmp_path: Path) -> None:
    """BTR-04: JSON with amounts as strings; the lines go to a file of their own."""
    (tmp_path / "june.bai2").write_text(BAI2)
    answer = recon("statement", "june.bai2", "--format", "BAI2", "--output", "lines.csv")
    assert (answer.code, answer.err) == (0, "")
    assert answer.json == {
        "statements": [
            {
                "account": "000777001", "currency": "USD", "date": "2026-06-12", "opening": "1000.00",
                "closing": "2817.50", "transactions": 2, "credits": "1830.00", "debits": "12.50",
            }
        ],
        "findings": [],
    }  # fmt: skip
    head, *lines = rows_of("lines.csv")
    assert [line[head.index("amount")] for line in lines] == ["1830.0000", "-12.5000"]


def test_a_statement_that_was_cut_off_is_shown_and_exits_3(recon: Recon, tmp_path: Path) -> None:
    """BTR-04: what could be read is listed beside the finding."""
    (tmp_path / "june.bai2").write_text(BAI2.rpartition("49,")[0])
    answer = recon("statement", "june.bai2")
    assert answer.code == 3
    assert answer.json["statements"][0]["credits"] == "1830.00"
    assert "error" in {finding["severity"] for finding in answer.json["findings"]}
    assert answer.err == "recon: june.bai2 must not be trusted, see the findings; ask the sender for it again.\n"


def test_a_statement_of_another_format_than_named(recon: Recon, tmp_path: Path) -> None:
    """BTR-04: the format is found by content, and said."""
    (tmp_path / "june.bai2").write_text(BAI2)
    recon("statement", "june.bai2", "--format", "ofx").refused(3, "june.bai2 is bai2, not ofx")
    recon("statement", "none.bai2").refused(3, "no such file")


def test_a_statement_of_no_known_format(recon: Recon, tmp_path: Path) -> None:
    """BTR-04: its sender cannot help with it; and a format that nobody knows is wrong use, whatever the file is."""
    (tmp_path / "notes.txt").write_text("call Ann\n")
    for named in ([], ["--format", "ofx"]):
        answer = recon("statement", "notes.txt", *named)
        assert (answer.code, answer.json["statements"]) == (3, [])
        assert answer.err == "recon: notes.txt is in no known format; name a --profile.\n"
    (tmp_path / "june.bai2").write_text(BAI2)
    recon("statement", "june.bai2", "--format", "bogus").refused(2, "bogus is no known format; name one of ach, ")


def test_a_statement_is_not_written_over_what_is_read(recon: Recon, tmp_path: Path) -> None:
    """BTR-04: the input file is never changed, by whatever name it is reached."""
    source = tmp_path / "june.bai2"
    source.write_text(BAI2)
    (tmp_path / "link.csv").hardlink_to(source)
    (tmp_path / "folder.csv").mkdir()
    for output in ("june.bai2", "link.csv"):
        recon("statement", "june.bai2", "--output", output).refused(3, f"{output} is the file that is read; name")
    recon("statement", "june.bai2", "--output", "folder.csv").refused(
        3, "folder.csv cannot be written, because it is no ordinary file"
    )
    assert source.read_text() == BAI2
    (tmp_path / "lines.csv").write_text("of yesterday")
    assert recon("statement", "june.bai2", "--output", "lines.csv").code == 0


def test_convert_makes_a_lockbox_file(recon: Recon, tmp_path: Path) -> None:
    """BTR-04, BTR-51: from a processor's export, by its profile, and from a NACHA file."""
    (tmp_path / "payments.csv").write_text(CSV)
    answer = recon("convert", "payments.csv", "--profile", "rent_payments", "--output", "June10.csv")
    assert answer.code == 0, answer.err
    assert "June10.csv: 2 payments, 1,830.00" in answer.out
    assert [row[:5] for row in rows_of("June10.csv")] == [
        ["2026-06-10", "Cedar327", "690.00", "Rent", "Roseman"],
        ["2026-06-10", "Fair436", "1140.00", "Rent", "Bruno"],
    ]
    (tmp_path / "credits.ach").write_text(NACHA_CREDITS)
    answer = recon("convert", "credits.ach", "--output", "credits.txt")
    assert answer.code == 0, answer.err
    assert [row[:5] for row in rows_of("credits.txt")] == [
        ["2026-06-10", "", "690.00", "121000350001001 ROSEMAN DALE", "Roseman"]
    ]


def test_convert_refuses(recon: Recon, tmp_path: Path) -> None:
    """BTR-04: the source is never written over, a statement does not say who paid, names stay lockbox names."""
    (tmp_path / "payments.csv").write_text(CSV)
    recon("convert", "payments.csv", "--output", "payments.csv").refused(3, "is the file that is read")
    recon("convert", "payments.csv", "--output", "June10.xlsx").refused(3, "ends in .txt, .csv or .asc")
    (tmp_path / "june.bai2").write_text(BAI2)
    recon("convert", "june.bai2", "--output", "June10.csv").refused(3, "does not say who paid")
    assert not (tmp_path / "June10.csv").exists()


# ---- match ----

ACCOUNTS = f"bank_account_id | account_number\nTRUST | {ACCOUNT}\nRESERVE | 000888002"


@pytest.fixture
def banked(recon: Recon, tmp_path: Path) -> Recon:
    """A workspace with June10.csv posted on one slip of TRUST, D000001 of 1,830.00, and june.bai2 beside it."""
    folder = ledger(tmp_path / "ledger", charges=CHARGES, bank_accounts=ACCOUNTS)
    lockbox(tmp_path / "June10.csv", JUNE_10)
    (tmp_path / "june.bai2").write_text(BAI2)
    assert recon("load-ledger", folder).code == 0
    assert recon("import", "June10.csv", "--bank-account", "TRUST").code == 0
    assert recon("post", "B000001").code == 0
    return recon


def test_match_takes_a_statement_in_and_matches_what_is_certain(banked: Recon) -> None:
    """BTR-62: the slip is recorded by the bank's line; the fee is left."""
    answer = banked("match", "june.bai2", "--user", "ann")
    assert answer.code == 0, answer.err
    assert answer.out == (
        "2 new lines of the bank, 0 known. 1 matches, 1 slips recorded. What is open: recon match --list\n"
    )
    left = banked("match", "--list", "--json").json
    assert [(row["kind"], row["bank_line_id"], row["amount"]) for row in left["bank_lines"]] == [
        ("unrecorded_debit", "L0000002", "-12.50")
    ]
    assert [(row["bank_line_id"], row["rule"], row["items"], row["matched_by"]) for row in left["matched"]] == [
        ("L0000001", "reference", "D000001", "ann")
    ]
    assert "Received, not posted" in banked("match", "--list").out
    assert banked("match", "june.bai2", "--json").json["matches"] == []


def test_match_post_unmatch_accept(banked: Recon) -> None:
    """SPEC 7: each with who, when and why."""
    banked("match", "june.bai2")
    banked("match", "--post", "L0000002", "--ledger", "MGMT").refused(2, "needs a reason")
    banked("match", "--post", "L0000002", "--why", "fee").refused(2, "Say which ledger L0000002 goes to")
    assert banked("match", "--post", "L0000002", "--ledger", "MGMT", "--why", "monthly fee").code == 0
    assert banked("match", "--unmatch", "M000001", "--why", "try again").code == 0
    answer = banked("match", "--accept", "L0000001", "--slip", "D000001", "--why", "deposit book", "--json")
    assert answer.json["matches"] == ["M000003"]
    banked("match", "june.bai2", "--unmatch", "M000003").refused(2, "One thing at a time")
    assert "Nothing is open" in banked("match", "--list").out
    assert banked("audit").code == 0


def test_match_refuses_a_file_that_must_not_be_trusted(banked: Recon, tmp_path: Path) -> None:
    """SPEC 7: exit 3, nothing comes in; recon statement still shows it."""
    (tmp_path / "cut.bai2").write_text(BAI2.rpartition("49,")[0])
    banked("match", "cut.bai2").refused(3, "cut.bai2", "Ask the sender for the file again")
    assert banked("match", "--list", "--json").json["matched"] == []


def test_all_that_waits_in_the_batch_may_be_the_difference(recon: Recon, tmp_path: Path) -> None:
    """SPEC 7: the bank has the whole lockbox, the slip only what is posted."""
    folder = ledger(tmp_path / "ledger", charges=CHARGES, bank_accounts=ACCOUNTS)
    lockbox(tmp_path / "June10.csv", JUNE_10.replace("950.00", "900.00") + "2026-06-10 | Nowhere | 50.00 | | Nobody\n")
    recon("load-ledger", folder)
    recon("import", "June10.csv", "--bank-account", "TRUST")
    recon("post", "B000001")
    (tmp_path / "whole.bai2").write_text(bai2("date | amount | code\n2026-06-11 | 2780.00 | 115"))
    recon("match", "whole.bai2")
    said = " ".join(recon("match", "--list").out.split())
    assert "all that waits in B000001 is exactly the difference: likely extra at the bank" in said


@pytest.mark.parametrize(
    ("shown", "words"),
    [("690.00", "R0000002 is exactly the difference: likely missing at the bank"),
     ("2780.00", "B000001:3 is exactly the difference: likely extra at the bank"),
     ("1830.01", "no single receipt or payment is exactly the difference")],
)  # fmt: skip
def test_an_amount_difference_names_the_likeliest_receipt(
    banked: Recon, tmp_path: Path, shown: str, words: str
) -> None:
    """SPEC 7: one receipt of the slip that the bank does not have, or a payment that nobody posted."""
    (tmp_path / "off.bai2").write_text(bai2(f"date | amount | code | ref\n2026-06-12 | {shown} | 175 | D000001"))
    banked("match", "off.bai2")
    assert words in " ".join(banked("match", "--list").out.split())


# ---- reconcile ----


def test_reconcile_ties_out_reports_and_closes(banked: Recon, tmp_path: Path) -> None:
    """SPEC 7: bank, books, owners and tenants; the report in a folder; the period locked."""
    banked("match", "june.bai2")
    answer = banked("reconcile", "--date", "2026-06-12", "--bank-account", "trust", "--json")
    assert answer.code == 0, answer.err
    (one,) = answer.json
    assert (one["bank_balance"], one["book_balance"], one["difference"]) == ("2817.50", "1830.00", "1000.00")
    assert [(item["kind"], item["amount"]) for item in one["items"]] == [("unrecorded_debit", "12.50")]
    assert "TRUST at 2026-06-12: does NOT tie, difference 1,000.00" in banked("reconcile", "--date", "06/12/2026").out
    banked("reconcile", "--date", "2026-06-12", "--close").refused(2, "1,000.00 is explained by no item")
    banked("reconcile", "--date", "2026-06-12", "--balance", "1.00").refused(2, "name it with --bank-account")
    answer = banked("reconcile", "--date", "2026-06-12", "--close", "--why", "opening entry follows", "--user", "ann")
    assert (answer.code, answer.err) == (0, "The books are closed through 2026-06-12.\n")
    assert banked("audit").code == 0
