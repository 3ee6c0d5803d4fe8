"""Small ledgers for tests: a good one, and ways to write a folder that differs from it in one thing."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

# One owner, one unit, one tenant and one charge; every table that SPEC 2 asks for.
GOOD = {
    "bank_accounts": "bank_account_id | name\nTRUST | Trust account",
    "owners": "owner_id | name\nO1 | Olga Owner",
    "ledgers": "ledger_id | kind | owner_id | bank_account_id\nL1 | owner | O1 | TRUST",
    "units": "unit_id | description | owner_id\nCedar327 | 327 Cedar Street | O1",
    "tenants": "tenant_id | name | unit_id | status\nRoseman | Rita Roseman | Cedar327 | current",
    "charges": (
        "charge_id | tenant_id | unit_id | ledger_id | charge_code | description | due_date | amount | open_amount\n"
        "C1 | Roseman | Cedar327 | L1 | RENT | Rent June | 2026-06-01 | 690.00 | 690.00"
    ),
}


def cells(table: str) -> list[list[str]]:
    """Read a table with columns parted by ` | `, its header first; rulers of dashes and blank lines are for the eye."""
    lines = [line.strip() for line in table.strip().splitlines()]
    return [[cell.strip() for cell in line.split("|")] for line in lines if line and set(line) - set("-+")]


def csv_text(table: str) -> str:
    """Write such a table as CSV, every value quoted."""
    return "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in cells(table))


def folder_of(folder: Path, tables: Mapping[str, str | bytes | pa.Table | None] | None = None) -> Path:
    """Write the good ledger, some tables replaced: text as CSV, bytes as they are, Arrow as Parquet, None not."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in {**GOOD, **(tables or {})}.items():
        if isinstance(table, str):
            (folder / f"{name}.csv").write_text(csv_text(table), "utf-8")
        elif isinstance(table, bytes):
            (folder / f"{name}.csv").write_bytes(table)
        elif table is not None:  # keeps Arrow's own types, dictionaries among them
            pq.write_table(table, folder / f"{name}.parquet")
    return folder
