"""SPEC 2, ledger tables: what a folder of tables reads as, shown as literal tables."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from recon.errors import InputRefused
from recon.ledger import Ledger, read_ledger
from schemas.ledger_tables import TABLES
from tests.ledger_folders import cells, folder_of


def shown(value: object) -> str:
    return "" if value is None else str(value)


def assert_table(ledger: Ledger, name: str, expected: str) -> None:
    """Compare some columns of a table with a literal one."""
    header, *rows = cells(expected)
    found = ledger.tables[name].select(header).to_pylist()
    assert [[shown(row[column]) for column in header] for row in found] == rows


def test_every_column_in_specs_order_with_keys_and_numbers(tmp_path: Path) -> None:
    """SPEC 2: the nine columns of a charge, then its own key and number and those of what it names."""
    ledger = read_ledger(folder_of(tmp_path))
    assert " ".join(ledger.tables["charges"].schema.names) == (
        "charge_id tenant_id unit_id ledger_id charge_code description due_date amount open_amount "
        "charge_key charge_no tenant_no unit_no ledger_no"
    )
    for name, table in TABLES.items():
        assert ledger.tables[name].schema.names == table.arrow.names
        assert ledger.tables[name].schema.types == table.arrow.types
    (charge,) = ledger.tables["charges"].to_pylist()
    assert (charge["due_date"], charge["amount"]) == (date(2026, 6, 1), Decimal("690.00"))


def test_columns_and_tables_that_may_be_absent_read_as_empty(tmp_path: Path) -> None:
    """SPEC 2: an absent column reads as empty; vendors and ledger entries may be absent."""
    ledger = read_ledger(folder_of(tmp_path))
    assert_table(
        ledger,
        "tenants",
        """
        tenant_id | status  | hold  | email | online_access
        ----------+---------+-------+-------+--------------
        Roseman   | current | False |       | False
        """,
    )
    assert_table(ledger, "owners", "owner_id | email | status | online_access\nO1 | | active | False")
    assert (ledger.tables["vendors"].num_rows, ledger.tables["ledger_entries"].num_rows) == (0, 0)


def test_words_in_any_case(tmp_path: Path) -> None:
    """SPEC 2: true and false, and the words of a status, in any case; an empty status means current."""
    tenants = """
        tenant_id | name | status  | hold  | online_access
        ----------+------+---------+-------+--------------
        A         | Ann  | Current | TRUE  | 1
        B         | Bob  | PAST    | False | n
        Roseman   | Rita |         |       | Y
    """
    assert_table(
        read_ledger(folder_of(tmp_path, {"tenants": tenants})),
        "tenants",
        """
        tenant_id | status  | hold  | online_access
        ----------+---------+-------+--------------
        A         | current | True  | True
        B         | past    | False | False
        Roseman   | current | False | True
        """,
    )


@pytest.mark.parametrize("character", ["\x00", "\x01", "\n", "\x1f", "\x7f", "\x85"])
@pytest.mark.parametrize("around", ["Elm", "Ölm"])
def test_identifiers_without_control_characters(tmp_path: Path, around: str, character: str) -> None:
    """SPEC 2, SPEC 3: what a lockbox line may not hold, no identifier holds, whatever kind of file it stands in."""
    ids = ["Cedar327", f"{around}\t1", f" {around}2\n", f"{around}{character}3"]
    units = pa.table({"unit_id": ids, "description": ["x"] * 4, "owner_id": ["O1"] * 4})
    folders = [folder_of(tmp_path / "parquet", {"units": units})]
    if character != "\x00":  # which no CSV file may hold anywhere
        rows = [f'"{unit_id}","x","O1"\r\n' for unit_id in ids]
        folders.append(
            folder_of(tmp_path / "csv", {"units": "".join(["unit_id,description,owner_id\r\n", *rows]).encode()})
        )
    for folder in folders:
        with pytest.raises(InputRefused) as refused:
            read_ledger(folder)
        (problem,) = refused.value.problems
        assert (problem.line, problem.column, problem.value) == (5 + (folder.name == "csv"), "unit_id", ids[-1])
        assert problem.expected == "must not hold a control character"


def test_names_without_nul(tmp_path: Path) -> None:
    """SPEC 2: no CSV file holds a NUL, so no Parquet file may bring one in; white space in a name is the sender's."""
    descriptions = ["plain", "two\nlines", " x", "Ölm\t", "cut\0off"]
    units = pa.table({"unit_id": ["Cedar327", *"abcd"], "description": descriptions, "owner_id": ["O1"] * 5})
    with pytest.raises(InputRefused) as refused:
        read_ledger(folder_of(tmp_path, {"units": units}))
    (problem,) = refused.value.problems
    assert (problem.line, problem.column, problem.value) == (6, "description", "cut\0off")
    assert problem.expected == "must not hold a NUL character"


def test_identifiers_are_text(tmp_path: Path) -> None:
    """SPEC 2: leading zeros are kept, and NA, null and None are names like any other."""
    tenants = """
        tenant_id | name | unit_id  | status
        ----------+------+----------+-------
        00327     | None | Cedar327 |
        327       | null | NA       |
        NA        | 1e3  |          |
        Roseman   | Rita |          |
    """
    units = "unit_id | description | owner_id | responsible_tenant_id\nCedar327 | a | O1 | NA\nNA | b | O1 |"
    ledger = read_ledger(folder_of(tmp_path, {"tenants": tenants, "units": units}))
    assert_table(
        ledger,
        "tenants",
        """
        tenant_id | name | tenant_key | tenant_no | unit_id  | unit_no
        ----------+------+------------+-----------+----------+--------
        00327     | None | 00327      | 0         | Cedar327 | 0
        327       | null | 327        | 1         | NA       | 1
        NA        | 1e3  | na         | 2         |          |
        Roseman   | Rita | roseman    | 3         |          |
        """,
    )
    assert_table(ledger, "units", "unit_id | responsible_tenant_id | responsible_tenant_no\nCedar327 | NA | 2\nNA | |")


def test_references_are_compared_by_key_and_spelled_as_the_table_spells_them(tmp_path: Path) -> None:
    """SPEC 2: compared after trimming, Unicode NFC and lower-casing, shown as the ledger spells them."""
    tenants = "tenant_id | name | status\nMüller | M | current\nRoseman | R | current".encode()
    charges = (
        "charge_id,tenant_id,unit_id,ledger_id,charge_code,description,due_date,amount,open_amount\n"
        "C1, roseman ,CEDAR327,l1,RENT,June,2026-06-01,1,1\n"
        "C2,mu\u0308LLER,\u00a0cedar327\u3000,L1,RENT,June,2026-06-01,1,1\n"
    ).encode()
    ledger = read_ledger(folder_of(tmp_path, {"tenants": tenants.replace(b" | ", b","), "charges": charges}))
    assert_table(
        ledger,
        "charges",
        """
        charge_id | tenant_id | tenant_no | unit_id  | unit_no | ledger_id | ledger_no
        ----------+-----------+-----------+----------+---------+-----------+----------
        C1        | Roseman   | 1         | Cedar327 | 0       | L1        | 0
        C2        | Müller    | 0         | Cedar327 | 0       | L1        | 0
        """,
    )


def test_an_identifier_keeps_its_spelling_but_for_outer_white_space(tmp_path: Path) -> None:
    """SPEC 2: shown as the ledger spells them."""
    owners = b'owner_id,name\n"  O1 "," Olga  Owner "\n'
    (owner,) = read_ledger(folder_of(tmp_path, {"owners": owners})).tables["owners"].to_pylist()
    assert (owner["owner_id"], owner["owner_key"], owner["name"]) == ("O1", "o1", " Olga  Owner ")


@pytest.mark.parametrize(
    ("written", "amount"),
    [("690", "690.00"), ("690.5", "690.50"), (" 690.00 ", "690.00"), ("-0.01", "-0.01"), ("007.10", "7.10"),
     ("9999999999999999.99", "9999999999999999.99")],
)  # fmt: skip
def test_amounts_are_exact(tmp_path: Path, written: str, amount: str) -> None:
    """DESIGN: an amount is Decimal from the file on; nothing is rounded. Entries may be negative (SPEC 2)."""
    entries = (
        f"entry_id | ledger_id | entry_date | kind | description | amount\nE1 | L1 | 2026-06-01 | fee | x | {written}"
    )
    (entry,) = read_ledger(folder_of(tmp_path, {"ledger_entries": entries})).tables["ledger_entries"].to_pylist()
    assert str(entry["amount"]) == amount


@pytest.mark.parametrize(
    "written", ["690.005", "1,140.00", "$5", "1e3", "", ".50", "5.", "+5", "٦٩٠", "12345678901234567", "NaN"]
)
def test_other_amounts_are_refused(tmp_path: Path, written: str) -> None:
    """SPEC 2: a value that does not fit is an error that names file, line, column and value."""
    entries = (
        f"entry_id | ledger_id | entry_date | kind | description | amount\nE1 | L1 | 2026-06-01 | fee | x | {written}"
    )
    with pytest.raises(InputRefused) as refused:
        read_ledger(folder_of(tmp_path, {"ledger_entries": entries}))
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.column) == ("ledger_entries.csv", 2, "amount")
    assert problem.value == written


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-06-01", date(2026, 6, 1)),
        ("06/30/2026", date(2026, 6, 30)),
        ("1900-01-01", date(1900, 1, 1)),
        ("12/31/2199", date(2199, 12, 31)),
    ],
)
def test_dates(tmp_path: Path, written: str, day: date) -> None:
    """SPEC 2 and 3: year first, or month first with slashes, zero-padded, 1900 to 2199."""
    entries = f"entry_id | ledger_id | entry_date | kind | description | amount\nE1 | L1 | {written} | fee | x | 1"
    (entry,) = read_ledger(folder_of(tmp_path, {"ledger_entries": entries})).tables["ledger_entries"].to_pylist()
    assert entry["entry_date"] == day


@pytest.mark.parametrize("written", ["30/06/2026", "6/1/2026", "2026-6-1", "2026-02-30", "1899-12-31", "2200-01-01",
                                     "20260601", "2026-06-01 00:00", ""])  # fmt: skip
def test_other_dates_are_refused(tmp_path: Path, written: str) -> None:
    """SPEC 3: never guess day-first; years 1900 to 2199."""
    entries = f"entry_id | ledger_id | entry_date | kind | description | amount\nE1 | L1 | {written} | fee | x | 1"
    with pytest.raises(InputRefused) as refused:
        read_ledger(folder_of(tmp_path, {"ledger_entries": entries}))
    (problem,) = refused.value.problems
    assert (problem.column, problem.value) == ("entry_date", written)


def test_extra_columns_are_left_out_with_a_warning(tmp_path: Path) -> None:
    """SPEC 2: extra columns are left out with a warning."""
    ledger = read_ledger(folder_of(tmp_path, {"owners": "owner_id | Phone | name\nO1 | 555 | Olga"}))
    assert ledger.warnings == ("owners.csv: column Phone is not a column of owners and was left out.",)
    assert "Phone" not in ledger.tables["owners"].schema.names


def test_all_problems_of_all_tables_are_listed_and_nothing_is_loaded(tmp_path: Path) -> None:
    """SPEC 2: all are listed, and then nothing is loaded."""
    folder = folder_of(
        tmp_path,
        {
            "ledgers": "ledger_id | kind | owner_id | bank_account_id\nL1 | owner | | TRUST\nL2 | bank | | CASH",
            "tenants": "tenant_id | name | status\nRoseman | | gone\nROSEMAN | R | past",
            "charges": None,
        },
    )
    with pytest.raises(InputRefused) as refused:
        read_ledger(folder)
    assert [str(problem) for problem in refused.value.problems] == [
        "charges.csv: the file is missing; charges.parquet would do as well",
        "ledgers.csv, line 2, column owner_id: '': must not be empty in an owner ledger",
        "ledgers.csv, line 3, column kind: 'bank': must be one of owner, management, tenant_deposits",
        "ledgers.csv, line 3, column bank_account_id: 'CASH': is not in bank_accounts",
        "tenants.csv, line 2, column name: '': must not be empty",
        "tenants.csv, line 2, column status: 'gone': must be one of current, past",
        "tenants.csv, line 3, column tenant_id: 'ROSEMAN': is the same as 'Roseman' on line 2",
    ]
    assert "7 problems" in str(refused.value)
    assert refused.value.exit_code == 3


def test_identical_bytes_have_one_hash(tmp_path: Path) -> None:
    """SPEC 2: loading bytes identical to the last load changes nothing, so the hash tells them apart from any other."""
    first = read_ledger(folder_of(tmp_path / "a")).sha256
    assert read_ledger(folder_of(tmp_path / "b")).sha256 == first
    assert read_ledger(folder_of(tmp_path / "c", {"owners": "owner_id | name\nO1 | Olga Owners"})).sha256 != first


def test_parquet_and_csv_read_the_same(tmp_path: Path) -> None:
    """SPEC 2: CSV or Parquet files, with the same result."""
    csv_ledger = read_ledger(folder_of(tmp_path / "csv"))
    columns = csv_ledger.tables["charges"].select(["charge_id", "tenant_id", "unit_id", "ledger_id", "charge_code"])
    charges = columns.append_column("description", pa.array(["Rent June"]).dictionary_encode())
    for name in ("due_date", "amount", "open_amount"):
        charges = charges.append_column(name, csv_ledger.tables["charges"][name])
    parquet_ledger = read_ledger(folder_of(tmp_path / "parquet", {"charges": charges} | {}))
    assert parquet_ledger.tables["charges"].equals(csv_ledger.tables["charges"])
