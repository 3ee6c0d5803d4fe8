"""The sample data is what its script writes, and is what its tables of expectations say."""

import csv
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import recon
from recon import store
from recon.batches import Terms
from recon.decisions import Part, close_period
from recon.relations import PostingRules
from recon.schema import resource
from schemas.vocabulary import Reason
from tests import oracle
from tests.oracle_lockbox import Rejected, read_lockbox

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
WRITTEN_BY_HAND = {"README.md", "make_sample.py", "portfolio_month.py"}
AMOUNT = re.compile(rb'(?:[^,]*,){2} *"?([0-9]{1,12}\.[0-9]{2})"? *(?:,|$)')


def rows_of(path: Path) -> list[dict[str, str]]:
    """A CSV file as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ledger_of(folder: Path) -> dict[str, list[dict[str, str]]]:
    """A ledger folder as text tables."""
    return {path.stem: rows_of(path) for path in folder.glob("*.csv")}


def test_the_script_writes_the_same_bytes_again(tmp_path: Path) -> None:
    """Nothing in the sample data was changed by hand, and nothing in it depends on the day or the machine."""
    subprocess.run([sys.executable, "-B", SAMPLE / "make_sample.py", "--out", tmp_path], check=True)
    made = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {path.relative_to(SAMPLE).as_posix() for path in SAMPLE.rglob("*") if path.is_file()}
    assert {name for name in kept if "__pycache__" not in name} - WRITTEN_BY_HAND == set(made)
    assert [name for name, content in made.items() if (SAMPLE / name).read_bytes() != content] == []


@pytest.mark.parametrize("expected", rows_of(SAMPLE / "expected_totals.csv"), ids=lambda row: row["file"])
def test_totals_of_each_file(expected: dict[str, str]) -> None:
    """Count the entries and add up the third fields, knowing nothing of lockbox files but the comma."""
    lines = [line for line in re.split(rb"\r?\n", (SAMPLE / expected["file"]).read_bytes()) if line.strip(b" \x1a")]
    amounts = [match[1].decode() for match in map(AMOUNT.match, lines) if match]
    assert len(lines) == int(expected["entries"])
    assert sum(map(Decimal, amounts), Decimal("0.00")) == Decimal(expected["total_amount"])


@pytest.mark.parametrize("expected", rows_of(SAMPLE / "expected_totals.csv"), ids=lambda row: row["file"])
def test_the_readme_has_the_same_totals(expected: dict[str, str]) -> None:
    """Its table names each file with its entries, total amount and rejected lines."""
    total = f"{Decimal(expected['total_amount']):,.2f}"
    row = f"| `{expected['file']}` | {expected['entries']} | {total} | {expected['rejected']} |"
    assert row in (SAMPLE / "README.md").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("expected", rows_of(SAMPLE / "expected_totals.csv"), ids=lambda row: row["file"])
def test_rejected_lines_of_each_file(expected: dict[str, str]) -> None:
    """The oracle rejects as many lines as were meant to be."""
    lines = read_lockbox((SAMPLE / expected["file"]).read_bytes())
    assert sum(isinstance(line, Rejected) for line in lines) == int(expected["rejected"])


def test_june_10() -> None:
    """The seeds' own example: two post, the third is short by the late fee."""
    data = (SAMPLE / "june10" / "June10.csv").read_bytes()
    lines = oracle.classify(ledger_of(SAMPLE / "june10" / "ledger"), data)
    assert [(line["amount"], line["reason"]) for line in lines] == [
        ("690.00", "OK_FULL"),
        ("1140.00", "OK_FULL"),
        ("950.00", "UNDERPAID"),
    ]


PORTFOLIO = SAMPLE / "portfolio"
Seen = dict[tuple[str, str], dict[str, str]]


def month_by_the_oracle() -> Seen:
    """Run the files one after the other, May closed and every switch on; decide in between what a person decides."""
    ledger = ledger_of(PORTFOLIO / "ledger")
    charges = {charge["charge_id"]: charge for charge in ledger["charges"]}
    seen: Seen = {}
    others: list[oracle.OtherPayment] = []
    credit: dict[tuple[str, str], Decimal] = {}
    aliases: dict[str, str] = {}

    def pay(charge_id: str, amount: Decimal) -> None:
        charges[charge_id]["open_amount"] = f"{Decimal(charges[charge_id]['open_amount']) - amount:.2f}"

    for path in sorted((PORTFOLIO / "lockbox").iterdir()):
        lines, applications = oracle.classify_and_apply(
            ledger, path.read_bytes(), partial_pay=True, due_now=True, credit=credit, aliases=aliases,
            closed_through=date(2026, 5, 31), other_payments=others,
        )  # fmt: skip
        for _, charge_id, amount, _ in applications:
            pay(charge_id, amount)
        for line in lines:
            seen[path.name, line["line_number"]] = line
            if line["unit_id"] and line["tenant_id"]:
                day, amount = date.fromisoformat(line["posting_date"]), Decimal(line["amount"])
                others.append((day, line["tenant_id"], line["unit_id"], amount, line["memo"]))
        for decided in rows_of(PORTFOLIO / "decisions.csv"):
            if decided["file"] == path.name:
                applied = Decimal(decided["applied"])
                pay(decided["charge_id"], applied)
                left = Decimal(seen[path.name, decided["line_number"]]["amount"]) - applied
                credit |= {(decided["tenant_id"], decided["unit_id"]): left} if left else {}
                aliases |= {decided["alias"]: decided["tenant_id"]} if decided["alias"] else {}
    return seen


def month_by_the_package(folder: Path) -> Seen:
    """The same, in a workspace."""
    books = recon.open_workspace(folder / "workspace", who="ann")
    books.load_ledger(PORTFOLIO / "ledger")
    close_period(books.workspace, date(2026, 5, 31), who="ann")
    rules = PostingRules(partial_pay=True, due_now=True, credit=True, alias=True)
    seen: Seen = {}
    for path in sorted((PORTFOLIO / "lockbox").iterdir()):
        batch_id = books.import_file(path, Terms(rules=rules))
        books.post(batch_id)
        with store.reading(books.workspace) as current:
            lines = current.arrow(resource("queries", "batch_classification.sql"), {"batch_id": batch_id}).to_pylist()
        for line in lines:
            said = {key: "" if value is None else str(value) for key, value in line.items()}
            seen[path.name, said["line_number"]] = said
        for decided in rows_of(PORTFOLIO / "decisions.csv"):
            if decided["file"] == path.name:
                number, paid = int(decided["line_number"]), {decided["charge_id"]: Decimal(decided["applied"])}
                left = Decimal(seen[path.name, decided["line_number"]]["amount"])
                books.process_payment(batch_id, number, [Part(left, decided["tenant_id"], decided["unit_id"], paid)])
                if decided["alias"]:
                    books.confirm_alias(decided["alias"], decided["tenant_id"], why="known at the counter")
    assert books.audit() == []
    return seen


@pytest.mark.parametrize("by", ["oracle", "package"])
def test_the_month_reaches_every_reason(tmp_path: Path, by: str) -> None:
    """Each line set aside ends as meant, and there is one for every reason and flag."""
    seen = month_by_the_oracle() if by == "oracle" else month_by_the_package(tmp_path)
    expected = rows_of(PORTFOLIO / "expected_reasons.csv")
    found = [seen[row["file"], row["line_number"]] for row in expected]
    assert [line["reason"] for line in found] == [row["reason"] for row in expected]
    assert [line["flags"] for line in found] == [row["flag"] for row in expected]
    assert {row["reason"] for row in expected} == set(Reason)
    assert {row["flag"] for row in expected} - {""} == set(oracle.FLAGS) - {"DATE_CHANGED"}  # that needs --posting-date
    assert sum(line["reason"] == "OK_FULL" for line in seen.values()) > len(seen) * 0.7
