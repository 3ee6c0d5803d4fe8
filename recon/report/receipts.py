"""The receipts of a run and the deposit slips that they are on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from recon.report.model import LIMIT, SHOWN, DepositSlip, SlipItem, Tally
from recon.report.run_folder import RunFolder

_ZERO = Decimal("0.00")


def _sum(column: pa.ChunkedArray) -> Decimal:
    total: Decimal | None = pc.sum(column).as_py()
    return total if total is not None else _ZERO


@dataclass(frozen=True)
class Receipts:
    """receipts.csv and deposit_slips.csv as Arrow tables, with their sums."""

    receipts: pa.Table
    items: pa.Table
    applications: Decimal

    @property
    def total(self) -> Tally:
        """All receipts of the run."""
        return Tally(self.receipts.num_rows, _sum(self.receipts.column("amount")))

    @property
    def credit(self) -> Decimal:
        """What of the receipts became tenants' credit."""
        return _sum(self.receipts.column("credit"))

    @property
    def of_ledgers(self) -> Decimal:
        """What a ledger took, without a tenant (BTR-61)."""
        return _sum(self.receipts.filter(pc.equal(self.receipts.column("tenant_id"), "")).column("amount"))

    @property
    def on_slips(self) -> Tally:
        """All items of all deposit slips."""
        return Tally(self.items.num_rows, _sum(self.items.column("amount")))

    @property
    def undeposited(self) -> Tally:
        """Receipts that are on no slip."""
        rest = self.receipts.filter(pc.equal(self.receipts.column("deposit_id"), ""))
        return Tally(rest.num_rows, _sum(rest.column("amount")))

    def of_lines(self, numbers: set[str]) -> dict[str, str]:
        """Give the receipts of each of some lines; a payment that was split has several."""
        wanted = pc.is_in(self.receipts.column("line_number"), value_set=pa.array(sorted(numbers), pa.string()))
        rows = self.receipts.select(["line_number", "receipt_id"]).filter(wanted)
        found: dict[str, str] = {}
        for line, receipt in zip(rows.column(0).to_pylist(), rows.column(1).to_pylist(), strict=True):
            found[line] = f"{found[line]}, {receipt}" if line in found else receipt
        return found


def read(folder: RunFolder) -> Receipts:
    """Read what the run posted; nothing, when it was a dry run."""
    return Receipts(
        receipts=folder.table(
            "receipts.csv",
            ("receipt_id", "tenant_id", "unit_id", "memo", "line_number", "deposit_id"),
            ("amount", "credit"),
        ),
        items=folder.table(
            "deposit_slips.csv", ("deposit_id", "bank_account_id", "deposit_date", "receipt_id"), ("amount",)
        ),
        applications=_sum(folder.table("applications.csv", (), ("amount",)).column("amount")),
    )


def deposit_slips(folder: RunFolder, found: Receipts, items: int | None = None) -> Iterator[DepositSlip]:
    """Make each deposit's slip, in the order of deposit_slips.csv.

    Args:
        folder: the run.
        found: its receipts.
        items: how many items to put on all slips together; without it, each slip has all, or above 2,000 the first 500.
    """
    accounts = folder.context.get("bank_accounts") or {}
    names = folder.context.get("names") or {}
    column = found.items.column("deposit_id")
    for deposit_id in column.unique().to_pylist():
        rows = found.items.filter(pc.equal(column, deposit_id))
        own = rows.num_rows if rows.num_rows <= LIMIT else SHOWN
        shown = own if items is None else min(own, items)
        items = None if items is None else items - shown
        account_id = rows.column("bank_account_id")[0].as_py()
        account = accounts.get(account_id) or {}
        yield DepositSlip(
            deposit_id=deposit_id,
            bank_account_id=account_id,
            bank_account_name=account.get("name") or "",
            account_last4=account.get("account_last4") or "",
            deposit_date=rows.column("deposit_date")[0].as_py(),
            tally=Tally(rows.num_rows, _sum(rows.column("amount"))),
            items=tuple(_items(rows.slice(0, shown), found.receipts, names)),
            csv_sha256=dict(folder.hashes).get("deposit_slips.csv", ""),
        )


def _items(rows: pa.Table, receipts: pa.Table, names: Mapping[str, Mapping[str, str]]) -> Iterator[SlipItem]:
    wanted = pc.is_in(receipts.column("receipt_id"), value_set=rows.column("receipt_id").combine_chunks())
    by_id: dict[str, dict[str, Any]] = {row["receipt_id"]: row for row in receipts.filter(wanted).to_pylist()}
    for row in rows.to_pylist():
        receipt = by_id.get(row["receipt_id"], {})
        tenant, unit = receipt.get("tenant_id", ""), receipt.get("unit_id", "")
        yield SlipItem(
            receipt_id=row["receipt_id"],
            tenant=names.get("tenants", {}).get(tenant) or tenant,
            unit=names.get("units", {}).get(unit) or unit,
            memo=receipt.get("memo", ""),
            amount=row["amount"],
        )
