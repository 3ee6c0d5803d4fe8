"""Bank files of other projects with known counts, sums and balances; skipped where they are not at hand."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recon.bank.bank_file import BankFile
from recon.bank.reading import read_statement
from schemas.bank import Severity

FOLDER = Path(__file__).parents[3] / "shared" / "bankfiles"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the sample files are not kept in this repository")
# A field :25: that swallowed a transaction's text is taken there as the account; we keep the first account.
OTHER_ACCOUNT = {"mt940__betterplace__sepa_snippet_broken.sta"}
# An anonymised balance, "INR11 27421,94", which we refuse to read.
NO_CLOSING = {"cmxl__fixtures__mt940-headers.txt"}
NO_BATCH = {"ach__return-no-batch-header.ach"}  # entries outside a batch: there they are not counted


def cases(*formats: str) -> list[Any]:
    """Each sample file with what is expected of it."""
    found = []
    for name in formats:
        path = FOLDER / name / "EXPECTED.json"
        if path.exists():
            for file, about in json.loads(path.read_text(encoding="utf-8")).items():
                if "expected" in about:
                    found.append(pytest.param(path.parent / file, about, id=file))
    return found


def number(value: str | None) -> Decimal | None:
    """An amount, null when there is none."""
    return Decimal(value) if value else None


def errors(file: BankFile) -> list[str]:
    """The codes of the errors found."""
    return [finding.code for finding in file.findings if finding.severity == Severity.ERROR]


@pytest.mark.parametrize(("path", "about"), cases("bai2", "camt", "mt940", "ofx"))
def test_statements(path: Path, about: dict[str, Any]) -> None:
    file = read_statement(path)
    file.frame()
    expected = about["expected"]["statements"]
    assert len(file.statements) == len(expected)
    for statement, known in zip(file.statements, expected, strict=True):
        assert (statement.entries, statement.credits, statement.debits) == (
            known["n"],
            Decimal(known["credits"]),
            Decimal(known["debits"]),
        )
        if path.name not in OTHER_ACCOUNT:
            assert statement.account == known["account"]
        assert known.get("currency") in {None, statement.currency}
        if path.name not in NO_CLOSING:
            for side in ("opening", "closing"):
                assert side not in known or getattr(statement, side) == number(known[side])
        if known.get("balance_identity_holds") is False and statement.kind == "statement":
            assert not file.is_trusted
    if about["status"] == "no_statement":
        assert not file.is_trusted
    elif all(known.get("balance_identity_holds", True) for known in expected):
        assert "balance" not in errors(file)


@pytest.mark.parametrize(("path", "about"), cases("nacha"))
def test_nacha(path: Path, about: dict[str, Any]) -> None:
    file = read_statement(path)
    file.frame()
    if path.name in NO_BATCH:
        assert not file.is_trusted
        return
    expected = about["expected"]
    assert file.format == "nacha"
    assert len(file.statements) == expected["n_batches"]
    assert sum(statement.entries for statement in file.statements) == expected["n_entries"]
    assert sum(statement.credits for statement in file.statements) == Decimal(expected["credits"])
    assert sum(statement.debits for statement in file.statements) == Decimal(expected["debits"])
    returned = [
        (line["return_code"], line["original_trace_number"]) for line in file.lines.to_pylist() if line["return_code"]
    ]
    assert returned == [(known["code"], known["orig_trace"].strip()) for known in expected["returns"]]


@pytest.mark.parametrize(("path", "about"), cases("lockbox"))
def test_lockbox(path: Path, about: dict[str, Any]) -> None:
    file = read_statement(path)
    assert errors(file) == []
    (statement,) = file.statements
    assert (statement.account, statement.entries) == (about["expected"]["lockbox"], about["expected"]["n"])


@pytest.mark.parametrize("name", ["csv_european_decimals", "csv_spanish_headers"])
def test_csv_of_other_countries(name: str) -> None:
    file = read_statement(FOLDER / "csv" / f"bankstatementparser__{name}.csv")
    (statement,) = file.statements
    assert errors(file) == []
    assert (statement.entries, statement.credits, statement.debits) == (3, Decimal("3500.00"), Decimal("1239.06"))


def test_the_scenario_of_lockbox_ach_returns_and_statement() -> None:
    folder = FOLDER / "synthetic_scenario"
    known = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    files = {path.suffix: read_statement(path) for path in folder.glob("*.b*")}
    files |= {path.stem: read_statement(path) for path in folder.glob("*.ach")}
    assert [errors(file) for file in files.values()] == [[]] * 4
    days = [
        {
            "date": str(statement.to_date),
            "opening": statement.opening,
            "credits": statement.credits,
            "debits": statement.debits,
            "closing": statement.closing,
            "n": statement.entries,
        }
        for statement in files[".bai2"].statements
    ]
    money = ("opening", "credits", "debits", "closing")
    assert days == [row | {name: Decimal(row[name]) for name in money} for row in known["statement_days"]]
    assert files[".bai"].statements[0].credits == Decimal(known["lockbox_total"])
    assert files["ach_origination_20240304"].statements[0].debits == Decimal(known["ach_originated_debits"])
    (returned,) = files["ach_returns_20240307"].lines.to_pylist()
    reversal = known["reversals"][0]
    assert (returned["return_code"], returned["original_trace_number"], returned["amount"]) == (
        reversal["code"],
        reversal["original_trace"],
        -Decimal(reversal["amount"]),
    )
