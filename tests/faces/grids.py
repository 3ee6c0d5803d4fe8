"""Rows for grids in tests: payments made up from their number, the same every time."""

import datetime
from decimal import Decimal

import pyarrow as pa

from recon import money
from recon.workbench.grid import Column, FrameGrid

COLUMNS = (
    Column("unit", "Unit", kind="code", width=90),
    Column("tenant", "Tenant", width=150, flex=2),
    Column("posted", "Posting Date", kind="date", width=110, editable=True),
    Column("amount", "Amount", kind="money", width=110, editable=True),
    Column("memo", "Memo", width=120, flex=2, editable=True),
    Column("status", "Status", kind="status", width=190, sort_by="rank"),
    Column("line", "Line", kind="int", width=70),
    Column("reason", "Reason", width=150, flex=1),
    Column("code", "Account", kind="code", width=80),
)
STATUSES = (
    ("ok", "Ready", 3),
    ("warn", "Partial", 2),
    ("bad", "No tenant", 0),
    ("dup", "Duplicate?", 1),
    ("done", "Posted", 5),
    ("info", "Ledger", 4),
)
SURNAMES = ("Lopez", "adams", "Baker", "<b>Bold</b>", "Zürn", "O'Neil")


def amount_of(number: int) -> Decimal:
    """The amount of a payment by its number."""
    return Decimal(number * 7919 % 250_000).scaleb(-2) + 1


def payments(count: int) -> pa.Table:
    """A table of so many payments with ids from 1, in file order; every seventh has no memo."""
    numbers = range(1, count + 1)
    first = datetime.date(2026, 6, 10)
    return pa.table({
        "id": pa.array(numbers, pa.int64()),
        "tone": pa.array([STATUSES[number % 6][0] for number in numbers]),
        "unit": pa.array([f"Elm{number % 400}" for number in numbers]),
        "tenant": pa.array([f"{SURNAMES[number % 6]}, {number % 997}" for number in numbers]),
        "posted": pa.array([first + datetime.timedelta(days=number % 28) for number in numbers], pa.date32()),
        "amount": pa.array([amount_of(number) for number in numbers], pa.decimal128(18, 2)),
        "memo": pa.array([None if number % 7 == 0 else f"check {number}" for number in numbers]),
        "status": pa.array([STATUSES[number % 6][1] for number in numbers]),
        "rank": pa.array([STATUSES[number % 6][2] for number in numbers], pa.int32()),
        "line": pa.array(numbers, pa.int64()),
        "reason": pa.array(["OK_FULL" if number % 6 == 0 else "OVERPAID" for number in numbers]),
        "code": pa.array([f"{number % 9}00" for number in numbers]),
    })  # fmt: skip


class Screen:
    """A grid whose edits are checked and kept, and what it said to its callbacks."""

    def __init__(self, rows: int) -> None:
        self.table = payments(rows)
        self.heard: list[tuple[object, ...]] = []
        self.grid = FrameGrid(
            COLUMNS,
            label="Payments",
            search_in=["tenant", "memo", "amount"],
            hotkeys=["Delete", "p", "Alt+p", "Ctrl+Enter"],
            on_edit=self.edit,
            on_open=lambda row_id: self.heard.append(("open", row_id)),
            on_focus=lambda row_id: self.heard.append(("focus", row_id)),
            on_key=lambda key, row_id: self.heard.append((key, row_id)),
        )
        self.grid.set_rows(self.table)

    def edit(self, row_id: int, key: str, text: str) -> None:
        """Check a typed value and put it in force."""
        value: object = text
        if key == "amount":
            value = money.entered(text)
        elif key == "posted":
            value = datetime.date.fromisoformat(text)
        at = self.table.column_names.index(key)
        values = self.table[key].to_pylist()
        values[row_id - 1] = value
        self.table = self.table.set_column(at, key, pa.array(values, self.table.schema.field(at).type))
        self.grid.update_rows(self.table.slice(row_id - 1, 1))

    def value(self, row_id: int, key: str) -> str:
        """What the grid shows in a cell."""
        at = [column.key for column in COLUMNS].index(key)
        return self.grid._rows.row(row_id)[4 + at]

    def without(self, *ids: int) -> None:
        """Take rows away, as somebody else might."""
        self.grid.set_rows(self.table.filter(pa.array([row_id not in ids for row_id in self.table["id"].to_pylist()])))
