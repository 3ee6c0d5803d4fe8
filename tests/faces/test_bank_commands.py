"""The commands for bank files (SPEC 8): statement, convert and match, their files and exit codes."""

from __future__ import annotations

from pathlib import Path

from tests.bank_days import BAI2, CSV, NACHA_CREDITS
from tests.faces.test_cli import Recon, recon, rows_of

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
