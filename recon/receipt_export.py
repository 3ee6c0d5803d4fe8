"""Give the posted receipts and reversals back to the system of record, each exactly once (SPEC 6)."""

import glob
import hashlib
import json
import os
from collections import Counter
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pyarrow as pa

from recon import store
from recon.errors import InputRefused, WrongUse
from recon.files import write_table
from recon.schema import resource
from recon.store import Change, Store
from recon.workspace import Workspace


@dataclass(frozen=True)
class Exported:
    """What one export wrote."""

    receipts: int
    reversals: int
    refunds: int = 0
    charges: int = 0  # for returned payments, to be added in the system of record


# The columns of receipts.csv (SPEC 8).
RECEIPT_COLUMNS = [
    "receipt_id",
    "posting_date",
    "tenant_id",
    "unit_id",
    "ledger_id",
    "bank_account_id",
    "amount",
    "applied",
    "credit",
    "memo",
    "line_number",
    "deposit_id",
]


def all_receipts(current: Store, batch_id: str | None = None) -> pa.Table:
    """List the receipts, of one batch or of all: RECEIPT_COLUMNS, then the batch and what became of them."""
    return current.arrow(resource("queries", "receipts.sql"), {"batch_id": batch_id})


def export(workspace: Workspace, path: Path, *, who: str, profile: str = "default") -> Exported:
    """Write what was not exported before to a CSV file, one row per application.

    These are receipts and their reversals, uses and refunds of credit, and the charges that returned payments caused.

    The file is complete under another name before the marks are committed, and gets its name afterwards. So a crash
    never marks what was not written, and the same call again only has to give the name.

    Raises:
        InputRefused: the file exists, or cannot be written. WrongUse: an export to another file was interrupted.
    """
    _check_new(path)
    with store.writing(workspace, "export-receipts", who=who) as change:
        _check_new(path)  # another export may have finished while this one waited
        done = _left_by_a_crash(change.store, path)
        if done is not None:
            change.discard()
            aside, exported = done
        else:
            _check_last(change.store)
            aside = path.with_name(f".{path.name}.{change.seq}")
            exported = _mark(change, aside, path.name, profile)
            change.detail["folder"] = str(path.parent.resolve())
    try:
        os.replace(aside, path)
    except FileNotFoundError:
        if not path.exists():  # else another export of the same name found the file complete, and named it
            raise
    return exported


def _check_new(path: Path) -> None:
    if path.exists():
        raise InputRefused(f"{path} exists; name a new file, so that no export is lost.")


def _check_last(current: Store) -> None:
    """Refuse another export while the file of the last one lies there without its name: its records are in no other.

    Raises:
        WrongUse: it does.
    """
    sql = "select seq, file_name, detail from facts.journal where action = 'export-receipts' order by seq desc limit 1"
    for seq, name, detail in current.rows(sql):
        last = Path(json.loads(detail).get("folder", "")) / name
        if last.with_name(f".{name}.{seq}").exists() and not last.exists():
            raise WrongUse(
                f"The export to {last} was interrupted, and what it holds is in no other file; finish it first: recon "
                f"receipts --export {last}."
            )


def _left_by_a_crash(current: Store, path: Path) -> tuple[Path, Exported] | None:
    """Find the file of an export that was committed and never got its name; what was not committed goes."""
    for aside in sorted(path.parent.glob(f".{glob.escape(path.name)}.*")):
        seq = aside.name.rpartition(".")[2]
        if not seq.isdecimal():
            continue  # some other program's file
        sql = "select detail from facts.journal where seq = $seq and action = 'export-receipts'"
        rows = current.rows(sql, {"seq": int(seq)})
        detail = json.loads(rows[0][0]) if rows else {}
        if detail.get("sha256") == hashlib.sha256(aside.read_bytes()).hexdigest():
            return aside, Exported(**{field.name: detail.get(field.name, 0) for field in fields(Exported)})
        aside.unlink()
    return None


def _mark(change: Change, aside: Path, name: str, profile: str) -> Exported:
    rows = change.store.arrow(resource("queries", "receipt_export.sql"))
    records = rows["record_id"].unique().to_pylist()
    change.store.add(
        "receipt_exports",
        pa.table(
            {
                "record_id": pa.array(records, pa.string()),
                "profile": pa.repeat(pa.scalar(profile), len(records)),
                "entry_seq": pa.repeat(pa.scalar(change.seq, pa.int64()), len(records)),
            }
        ),
    )
    try:
        write_table(aside, rows.drop_columns(["record_id"]))
    except OSError as error:
        raise InputRefused(f"{name} cannot be written ({error.strerror}); nothing was marked as exported.") from error
    counts = Counter(dict(zip(rows["record_id"].to_pylist(), rows["record"].to_pylist(), strict=True)).values())
    exported = Exported(
        counts["receipt"], counts["returned"] + counts["correction"], counts["refund"], counts["charge"]
    )  # fmt: skip
    change.file_name = name
    change.detail |= {
        **asdict(exported),
        "profile": profile,
        "sha256": hashlib.sha256(aside.read_bytes()).hexdigest(),
    }
    return exported
