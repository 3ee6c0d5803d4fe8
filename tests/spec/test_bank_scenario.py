"""A week at one bank, with an answer key: lockbox, ACH, a counter deposit, returns, statement (shared samples)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from recon import batches, decisions
from recon.audits import audit
from recon.bank.conversion import convert
from recon.batches import Terms
from recon.decisions import Part
from recon.files import write_bytes
from recon.reconciliation import matching
from tests.spec.tables import WHO, Office, agree, money

SAMPLES = Path(__file__).parents[3] / "shared" / "bankfiles" / "synthetic_scenario"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not kept in this repository")
UNITS = "unit_id\n101\n204\n305\n110\n212\n118\n112\n113"
TENANTS = """
    tenant_id | unit_id
    ALVAREZ   | 101
    BENNETT   | 204
    CHO       | 305
    T-0110    | 110
    T-0212    | 212
    T-0118    | 118
    GIL       | 112
    HART      | 113
"""


class Week(Office):
    """The office, its three sources of payments, and the bank."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.load(
            bank_accounts="bank_account_id | account_number\nTRUST | 000777001\nRESERVE | 000888002",
            units=UNITS, tenants=TENANTS, charges="charge_id | tenant_id | unit_id | ledger_id | due_date | amount",
        )  # fmt: skip

    def take(self, name: str, records: bytes) -> None:
        """Import a lockbox file and put each payment to its tenant's credit."""
        path = self.folder / name
        write_bytes(path, records)
        batch = batches.import_file(self.workspace, path, Terms(bank_account="TRUST"), who=WHO)
        for line in self.rows("select * from lines where batch_id = $batch order by line_number", batch=batch):
            tenants = self.rows(
                "select * from tenants where unit_key = $unit or tenant_key = $tenant",
                unit=line["unit_key"], tenant=line["tenant_key"],
            )  # fmt: skip
            payer = tenants[0]
            part = Part(line["amount"], payer["tenant_id"], payer["unit_key"])
            decisions.process_payment(self.workspace, batch, line["line_number"], [part], who=WHO)


@pytest.fixture
def week(tmp_path: Path) -> Week:
    """The week up to the bank's statement."""
    office = Week(tmp_path)
    office.take("lockbox.txt", convert(SAMPLES / "lockbox_20240304.bai").to_bytes())
    office.take("ach.txt", convert(SAMPLES / "ach_origination_20240304.ach", "nacha-originated").to_bytes())
    with (SAMPLES / "deposit_slips.csv").open(encoding="utf-8") as file:
        slip = list(csv.DictReader(file))
    lines = "".join(
        f'"{row["deposit_date"]}","{row["unit"]}","{row["amount"]}","CK {row["check_number"]} {row["payer"]}",\r\n'
        for row in slip
    )
    office.take("counter.txt", lines.encode())
    return office


@pytest.mark.parametrize("returns_first", [True, False])
def test_the_answer_key(week: Week, returns_first: bool) -> None:
    """BTR-04, BTR-51, BTR-62: each slip its line, each return its receipt, the fee alone left."""
    expected = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
    files = ["ach_returns_20240307.ach", "statement_20240304_07.bai2"]
    for name in files if returns_first else reversed(files):
        matching.match_statement(week.workspace, SAMPLES / name, who=WHO)
    agree(
        week.rows(
            """
            select lines.booking_date, lines.amount, lines.bank_code, items.kind, items.item_id
            from bank_lines as lines left join bank_matched_items as items on items.match_id = lines.match_id
            order by lines.bank_line_id
            """
        ),
        """
        booking_date | amount     | bank_code | kind     | item_id
        2024-03-04   | 3535.7500  | 115       | deposit  | D000001
        2024-03-05   | 3675.7500  | 165       | deposit  | D000002
        2024-03-05   | 1055.4000  | 175       | deposit  | D000003
        2024-03-07   | -1195.0000 | 557       | reversal | R0000005
        2024-03-07   | -455.4000  | 555       | reversal | R0000008
        2024-03-07   | -12.0000   | 567       |          |
    """,
    )
    returned = week.rows("select * from receipts where reversal_kind = 'returned' order by receipt_id")
    assert [row["amount"] for row in returned] == [money(item["amount"]) for item in expected["reversals"]]
    assert [row["tenant_key"] for row in returned] == ["t-0212", "hart"]
    days = {row["date"]: money(row["closing"]) for row in expected["statement_days"]}
    found = week.rows("select * from bank_balances order by statement_date")
    assert {str(row["statement_date"]): row["closing"] for row in found} == days
    assert all(row["closing"] == row["expected"] for row in found)
    assert audit(week.workspace) == []
