"""Put a ledger export into the store, as a new load beside the earlier ones (SPEC 2)."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from recon import store
from recon.errors import InputRefused, Problem
from recon.ledger import Ledger, read_ledger
from recon.store import Change, Store
from recon.workspace import Workspace
from schemas.ledger_tables import TABLES, Table


@dataclass(frozen=True)
class LedgerLoad:
    """What came of loading a ledger."""

    load_id: int
    changed: bool  # False: identical to the last load
    rows: dict[str, int]  # per table
    warnings: tuple[str, ...]


def load_ledger(workspace: Workspace, folder: Path, *, who: str, includes: str | None = None) -> LedgerLoad:
    """Check the ledger tables in a folder and put them in force.

    Args:
        workspace: where to.
        folder: one CSV or Parquet file per table (SPEC 2).
        who: for the journal.
        includes: which receipts and reversals posted here the export already reflects: `none`, `all`, or a moment such
            as `2026-06-10T18:00` in the workspace's time zone. Needed once an exported charge has receipts of ours.

    Raises:
        InputRefused: the tables do not fit, or a charge would be open below 0 or above its amount; nothing is loaded.
    """
    with store.writing(workspace, "load-ledger", who=who) as change:
        load = put_in_force(change, workspace, folder, includes)
        if not load.changed:
            change.discard()
        return load


def put_in_force(change: Change, workspace: Workspace, folder: Path, includes: str | None) -> LedgerLoad:
    """Do the same inside the caller's transaction; where the ledger is unchanged, nothing is added."""
    ledger = read_ledger(folder)
    rows = {name: len(table) for name, table in ledger.tables.items()}
    moment = _moment(workspace, includes)
    known = change.store.rows("select load_id, sha256 from current_load")
    load_id = known[0][0] if known else 0
    if known and known[0][1] == ledger.sha256:
        return LedgerLoad(load_id, False, rows, ledger.warnings)
    if includes is None and known:
        _require_includes(change.store, ledger)
    ledger.frames()  # what becomes fact passes the Pandera models once more, as analysts will see it
    load_id += 1
    change.file_name = change.file_name or folder.name
    change.detail |= {"load_id": load_id, "includes": includes or "none", "sha256": ledger.sha256, "rows": rows}
    change.store.run(
        "insert into facts.ledger_loads values ($load_id, $sha256, $includes, $through, $seq)",
        {
            "load_id": load_id,
            "sha256": ledger.sha256,
            "includes": includes or "none",
            "through": _reflects_through(change, includes, moment),
            "seq": change.seq,
        },
    )
    for table in TABLES.values():
        _add(change, load_id, table, ledger)
    _check_open_amounts(change.store)
    return LedgerLoad(load_id, True, rows, ledger.warnings)


def _moment(workspace: Workspace, includes: str | None) -> datetime | None:
    if includes in (None, "none", "all"):
        return None
    try:
        if "T" not in str(includes) and " " not in str(includes):
            raise ValueError
        return workspace.utc(datetime.fromisoformat(str(includes)))
    except ValueError:
        raise InputRefused(
            f"--includes {includes}: write none, all, or the moment up to which our receipts are in the export, such "
            "as 2026-06-10T18:00."
        ) from None


def _require_includes(current: Store, ledger: Ledger) -> None:
    current.take("exported_charges", ledger.tables["charges"])
    paid = current.rows(
        """
        select exported.charge_id
        from exported_charges as exported
        where exported.charge_key in (select charge_key from facts.applications)
        order by exported.charge_key
        """
    )
    if paid:
        raise InputRefused(
            f"Receipts were posted here on {len(paid)} of the exported charges (the first is {paid[0][0]}): say with "
            "--includes none, --includes all or --includes TIME which of them the export already reflects."
        )


def _reflects_through(change: Change, includes: str | None, moment: datetime | None) -> int:
    """Give the last journal entry whose receipts and reversals are in the export."""
    if includes == "all":
        return change.seq - 1
    if moment is None:
        return 0
    sql = "select coalesce(max(seq), 0) from facts.journal where recorded_at <= $moment"
    return int(change.store.one(sql, {"moment": moment})[0])


def _add(change: Change, load_id: int, table: Table, ledger: Ledger) -> None:
    """Append one table: facts name other rows by their comparison keys."""
    rows = ledger.tables[table.name]
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "load_id": pa.repeat(pa.scalar(load_id, pa.int32()), len(rows)),
        table.key: rows[table.key],
        "entry_seq": pa.repeat(pa.scalar(change.seq, pa.int64()), len(rows)),
    }
    for column in table.columns:
        if column.refers:
            target = TABLES[column.refers]
            keys = ledger.tables[target.name][target.key]
            columns[column.number.removesuffix("_no") + "_key"] = keys.take(rows[column.number])
        else:
            columns[column.name] = rows[column.name]
    change.store.add(table.name if table.name.startswith("ledger_") else f"ledger_{table.name}", pa.table(columns))


def _check_open_amounts(current: Store) -> None:
    wrong = current.rows(
        """
        select charge_id, open_amount, amount, exported_open_amount
        from charges
        where open_amount < 0 or open_amount > amount
        order by charge_key
        """
    )
    if not wrong:
        return
    problems = [
        Problem("charges", None, "open_amount", str(exported), f"{charge} would be open {now} of {amount}")
        for charge, now, amount, exported in wrong
    ]
    charge, now, amount, _ = wrong[0]
    raise InputRefused(
        f"Charge {charge} would be open {now} of {amount} after what was posted here"
        f"{f', and {len(wrong) - 1} more like it' if len(wrong) > 1 else ''}; nothing was loaded. "
        "Check with --includes which receipts the export already reflects.",
        problems,
    )
