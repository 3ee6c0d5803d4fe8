"""Parquet files of a ledger: which types are taken, and what each becomes (SPEC 2)."""

import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recon.errors import InputRefused, Problem
from recon.ledger import Ledger, read_ledger
from tests.ledger_folders import folder_of

ENTRY = {
    "entry_id": pa.array(["E1"]),
    "ledger_id": pa.array(["L1"]),
    "entry_date": pa.array([date(2026, 6, 1)]),
    "kind": pa.array(["fee"]),
    "description": pa.array(["x"]),
    "amount": pa.array([Decimal("-7.50")]),
}


def read_entry(folder: Path, **columns: pa.Array) -> Ledger:
    return read_ledger(folder_of(folder, {"ledger_entries": pa.table({**ENTRY, **columns})}))


def problems_of(folder: Path, **columns: pa.Array) -> tuple[Problem, ...]:
    with pytest.raises(InputRefused) as refused:
        read_entry(folder, **columns)
    return refused.value.problems


@pytest.mark.parametrize(
    "amount",
    [
        pa.array(["690"]),
        pa.array(["690.00"]).dictionary_encode(),
        pa.array(["690.0"], pa.large_string()),
        pa.array(["690.0"], pa.string_view()),
        pa.array([690], pa.int64()),
        pa.array([690], pa.uint16()),
        pa.array([Decimal(690)], pa.decimal128(5, 0)),
        pa.array([Decimal("690.0000")], pa.decimal128(38, 4)),
        pa.array([Decimal("690.0000000000")], pa.decimal256(60, 10)),
    ],
    ids=lambda amount: str(amount.type),
)
def test_exact_amounts(tmp_path: Path, amount: pa.Array) -> None:
    """SPEC 2: decimals, whole numbers and text are exact."""
    found = read_entry(tmp_path, amount=amount).tables["ledger_entries"]["amount"]
    assert (found.type, found.to_pylist()) == (pa.decimal128(18, 2), [Decimal("690.00")])


@pytest.mark.parametrize(
    "amount",
    [
        pa.array([Decimal("690.0050")]),
        pa.array([Decimal("12345678901234567.00")], pa.decimal128(38, 2)),
        pa.array([10**17], pa.int64()),
        pa.array([2**64 - 1], pa.uint64()),
        pa.array([Decimal(10) ** 70], pa.decimal256(76, 0)),
    ],
    ids=str,
)
def test_amounts_that_do_not_fit(tmp_path: Path, amount: pa.Array) -> None:
    """No amount is rounded; one that two decimals or 16 digits cannot hold is named."""
    (problem,) = problems_of(tmp_path, amount=amount)
    assert (problem.line, problem.column, problem.value) == (2, "amount", str(amount[0].as_py()))


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("amount", pa.array([690.0]), "amounts must be stored as decimals or text, never as floating point"),
        ("amount", pa.array([True]), "amounts must be stored as decimals or text, never as floating point"),
        ("ledger_id", pa.array([327]), "identifiers must be stored as text; a number has lost its leading zeros"),
        ("ledger_id", pa.array([b"L1"]), "is the column's type; store identifiers as text"),
        (
            "ledger_id",
            pa.array([["L1"]], pa.list_(pa.field("element", pa.string()))),
            "is the column's type; store identifiers as text",
        ),
        ("description", pa.array([b"x"]), "must be stored as text"),
        ("entry_date", pa.array([20260601]), "dates must be stored as dates, timestamps without a time zone, or text"),
        (
            "entry_date",
            pa.array([datetime(2026, 6, 1)], pa.timestamp("us", "UTC")),
            "dates must be stored as dates, timestamps without a time zone, or text",
        ),
        ("kind", pa.array([1]), "must be stored as text"),
    ],
)
def test_types_that_have_lost_something(tmp_path: Path, column: str, values: pa.Array, expected: str) -> None:
    """SPEC 2: an error that names the column once, not each of its rows."""
    assert problems_of(tmp_path, **{column: values}) == (
        Problem("ledger_entries.parquet", None, column, str(values.type), expected),
    )


@pytest.mark.parametrize(
    "day",
    [
        pa.array([date(2026, 6, 1)], pa.date64()),
        pa.array([datetime(2026, 6, 1)], pa.timestamp("ns")),
        pa.array([datetime(2026, 6, 1)], pa.timestamp("ms")),
        pa.array(["06/01/2026"]).dictionary_encode(),
    ],
    ids=lambda day: str(day.type),
)
def test_days(tmp_path: Path, day: pa.Array) -> None:
    """A timestamp at midnight is a day."""
    assert read_entry(tmp_path, entry_date=day).tables["ledger_entries"]["entry_date"].to_pylist() == [date(2026, 6, 1)]


@pytest.mark.parametrize("day", [datetime(2026, 6, 1, 0, 0, 1), datetime(1899, 12, 31), datetime(1960, 1, 1, 12)])
def test_a_time_of_day_is_no_day(tmp_path: Path, day: datetime) -> None:
    """A time is not cut off in silence, and the years are those of SPEC 3."""
    (problem,) = problems_of(tmp_path, entry_date=pa.array([day]))
    assert (problem.line, problem.column, problem.value) == (2, "entry_date", str(day))


@pytest.mark.parametrize(
    ("number", "kind", "value"),
    [
        (2**31 - 1, pa.date32(), "<value out of range: 2147483647>"),
        (-900_000, pa.date32(), "-0495-11-20"),
        (200_000, pa.date32(), "2517-08-01"),
        (2**62, pa.timestamp("ms"), "<value out of range: 4611686018427387904>"),
        (2**62, pa.timestamp("us"), "<value out of range: 4611686018427387904>"),
        (-(2**63), pa.timestamp("us"), "<value out of range: -9223372036854775808>"),
        (1 - 2**63, pa.timestamp("ns"), "1677-09-21 00:12:43.145224193"),
        (10**8 * 86_400_000_000, pa.timestamp("us"), "<value out of range: 8640000000000000000>"),
    ],
    ids=str,
)
def test_days_beyond_any_calendar_are_named(tmp_path: Path, number: int, kind: pa.DataType, value: str) -> None:
    """SPEC 2: as in a CSV file, a day outside 1900 to 2199 is listed with its value, however far out it lies."""
    days = pa.array([number], pa.int32() if kind == pa.date32() else pa.int64()).view(kind)
    (problem,) = problems_of(tmp_path, entry_date=days)
    assert (problem.line, problem.column, problem.value) == (2, "entry_date", value)
    assert problem.expected.startswith("must be a date ")


def test_booleans_and_empty_columns(tmp_path: Path) -> None:
    """SPEC 2: a Parquet boolean; null is empty, and so is a column without any value."""
    tenants = pa.table(
        {
            "tenant_id": ["A", "B", "Roseman"],
            "name": ["a", "b", "c"],
            "unit_id": pa.nulls(3),
            "status": pa.array(["Past", None, "CURRENT"]).dictionary_encode(),
            "hold": [True, None, False],
            "online_access": ["true", "", None],
        }
    )
    found = read_ledger(folder_of(tmp_path, {"tenants": tenants})).tables["tenants"]
    assert found["status"].to_pylist() == ["past", "current", "current"]
    assert found["hold"].to_pylist() == [True, False, False]
    assert found["online_access"].to_pylist() == [True, False, False]
    assert found["unit_no"].to_pylist() == [None, None, None]


def test_identifiers_in_dictionaries_and_row_groups(tmp_path: Path) -> None:
    """Dictionaries, several row groups and nulls among references are all one column in the end."""
    ids = [f"{number:05d}" for number in range(1000)]
    tenants = pa.table({"tenant_id": ids, "name": ids, "status": ["current"] * 1000})
    entries = pa.table(
        {
            "entry_id": ids,
            "ledger_id": pa.array(["L1"] * 1000).dictionary_encode(),
            "tenant_id": pa.array(
                [f" {name}" if int(name) % 3 else None for name in reversed(ids)]
            ).dictionary_encode(),
            "entry_date": ["2026-06-01"] * 1000,
            "kind": ["Fee"] * 1000,
            "description": ids,
            "amount": pa.array(range(1000)),
        }
    )
    folder = folder_of(tmp_path, {"tenants": tenants, "charges": b"charge_id,tenant_id,unit_id,ledger_id,charge_code,"
                                  b"description,due_date,amount,open_amount\n"})  # fmt: skip
    pq.write_table(entries, folder / "ledger_entries.parquet", row_group_size=64)
    found = read_ledger(folder).tables["ledger_entries"].to_pylist()
    assert [row["tenant_no"] for row in found] == [999 - n if (999 - n) % 3 else None for n in range(1000)]
    assert [row["tenant_id"] for row in found] == [ids[999 - n] if (999 - n) % 3 else None for n in range(1000)]


def test_a_file_that_is_no_parquet(tmp_path: Path) -> None:
    """One sentence, and no second error about references to the table."""
    folder = folder_of(tmp_path, {"owners": None})
    (folder / "owners.parquet").write_bytes(b"PAR1 but cut off")
    with pytest.raises(InputRefused) as refused:
        read_ledger(folder)
    (problem,) = refused.value.problems
    assert (problem.file, problem.line) == ("owners.parquet", None)
    assert problem.expected.startswith("cannot be read as Parquet (")


def test_text_that_is_not_utf_8(tmp_path: Path) -> None:
    """Bytes that are no text are found here and not in some later step."""
    name = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xff\xfe"]).buffers())
    folder = folder_of(tmp_path, {"owners": pa.table({"owner_id": ["O1"], "name": name})})
    with pytest.raises(InputRefused, match="owners.parquet: cannot be read as Parquet"):
        read_ledger(folder)


def test_columns_missing_and_twice(tmp_path: Path) -> None:
    """SPEC 2: a missing column is an error; column names are compared in any case."""
    owners = pa.table([["O1"], ["a"], ["b"]], names=["OWNER_ID", "name", "Name"])
    with pytest.raises(InputRefused) as refused:
        read_ledger(folder_of(tmp_path, {"owners": owners, "units": pa.table({"unit_id": ["Cedar327"], "x": [1]})}))
    assert [str(problem) for problem in refused.value.problems] == [
        "owners.parquet, column name: the column must not be there twice",
        "units.parquet, column description: the column is missing",
        "units.parquet, column owner_id: the column is missing",
    ]


def test_empty_tables(tmp_path: Path) -> None:
    """A new company has tables without rows, and a file may have no row group at all."""
    ledger = read_ledger(folder_of(tmp_path / "good"))
    tables = {name: ledger.tables[name].slice(0, 0) for name in ("ledgers", "units", "tenants", "charges")}
    found = read_ledger(folder_of(tmp_path / "empty", tables))
    assert found.tables["charges"].schema.equals(ledger.tables["charges"].schema)
    assert found.tables["charges"].num_rows == 0


def test_reading_parquet_imports_no_pandas(tmp_path: Path) -> None:
    """DESIGN: importing pandas takes a good part of the time in which a million lines are classified."""
    ledger = read_ledger(folder_of(tmp_path / "csv"))
    folder = folder_of(tmp_path / "parquet", dict(ledger.tables))
    program = (
        "import sys; from pathlib import Path; from recon.ledger import read_ledger\n"
        "read_ledger(Path(sys.argv[1])); sys.exit('pandas' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program, str(folder)], check=True)
