"""The files of a run, written from the store in one go; the report is then made from these files alone (SPEC 8)."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from recon import money
from recon.deposits import Deposit, all_deposits
from recon.errors import legible
from recon.files import write_bytes, write_table
from recon.lockbox.writing import write
from recon.receipt_export import RECEIPT_COLUMNS, all_receipts
from recon.schema import resource
from recon.store import Store
from schemas.lockbox import RECORDS

TABLES = ("classification", "applications", "deposit_slips")
CSV_FILES = tuple(f"{name}.csv" for name in (*TABLES, "receipts", "unprocessed"))

_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True)
class RunFacts:
    """What a run knows that the store does not."""

    run_id: str
    batch_id: str
    file: Path
    data: bytes
    workspace: str
    who: str
    run_at: datetime  # UTC
    timezone: str
    dry_run: bool
    expect_entries: int | None
    expect_total: Decimal | None
    warnings: tuple[str, ...]


def write_outputs(current: Store, facts: RunFacts, folder: Path) -> dict[str, object]:
    """Write every file of a run but the report; give what `run.json` says."""
    folder.mkdir(parents=True, exist_ok=True)
    batch = {"batch_id": facts.batch_id}
    for name in TABLES:
        write_table(folder / f"{name}.csv", current.arrow(resource("queries", f"batch_{name}.sql"), batch))
    write_table(folder / "receipts.csv", all_receipts(current, facts.batch_id).select(RECEIPT_COLUMNS))
    unprocessed = current.arrow(
        resource("queries", "batch_unprocessed.sql"), batch | {"is_posted": not facts.dry_run}
    ).cast(RECORDS)
    # A line at the limit must not keep a run from its end, which has posted by now.
    write_bytes(folder / "unprocessed.csv", write(unprocessed, longest=None))
    write_bytes(folder / "errors.log", _error_log(current, facts))
    slips = all_deposits(current, facts.batch_id)
    summary = _summary(current, facts, slips)
    context = _context(current, facts)
    write_bytes(folder / "report_context.json", _json(context))
    write_bytes(folder / "run.json", _json(summary))
    return summary


def _json(value: Mapping[str, object]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n").encode()


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return money.plain(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _summary(current: Store, facts: RunFacts, slips: list[Deposit]) -> dict[str, object]:
    row = current.one(
        """
        select imports.sha256, rules.partial_pay, rules.due_now, rules.credit, rules.alias,
            case when imports.entries > 0 then imports.entries else imports.loaded_count end as entries,
            case when imports.entries > 0 then imports.total_amount else imports.loaded_amount end as total_amount,
            imports.posting_date, imports.source
        from batches as imports
        inner join posting_rules as rules on rules.batch_id = imports.batch_id
        where imports.batch_id = $batch_id
        """,
        {"batch_id": facts.batch_id},
    )
    sha256, partial_pay, due_now, credit, alias, entries, total, posting_date, source = row
    by_disposition = {
        disposition: {"count": count, "amount": amount}
        for disposition, count, amount in current.rows(
            resource("queries", "batch_totals.sql"), {"batch_id": facts.batch_id}
        )
    }
    count, amount = current.one(
        """
        select count(*), coalesce(sum(amount), 0)::decimal(18, 2)
        from receipts
        where batch_id = $batch_id and coalesce(reversal_kind, '') <> 'correction' -- what was returned had come in
        """,
        {"batch_id": facts.batch_id},
    )
    nothing = {"count": 0, "amount": Decimal("0.00")}
    outputs = {name: f"{name}.csv" for name in (*TABLES, "receipts", "unprocessed")}
    outputs |= {"errors": "errors.log", "report_notebook": "report.ipynb", "report": "report.html"}
    outputs |= {f"slip_{slip.deposit_id}": f"deposit_{slip.deposit_id}.pdf" for slip in slips if slip.items}
    return {
        "run_id": facts.run_id,
        "batch_id": facts.batch_id,
        "file": facts.file.name,
        "sha256": sha256,
        "posting_rules": {
            "partial_pay": partial_pay,
            "due_now": due_now,
            "credit": credit,
            "alias": alias,
            "posting_date": posting_date,
            "template": source == "local",
        },
        "entries": entries,
        "total_amount": total,
        "auto": by_disposition.get("auto", nothing),
        "individual": by_disposition.get("individual", nothing),
        "rejected": by_disposition.get("rejected", nothing),
        "posted": {"count": count, "amount": amount},
        "deposit_slips": [
            {
                "deposit_id": slip.deposit_id,
                "bank_account_id": slip.bank_account_id,
                "deposit_date": slip.deposit_date,
                "items": slip.items,
                "total": slip.total,
            }
            for slip in slips
            if slip.items
        ],
        "outputs": outputs,
    }


def _context(current: Store, facts: RunFacts) -> dict[str, object]:
    batch = {"batch_id": facts.batch_id}
    content, source, deposit_date = current.one(
        "select content_sha256, source, deposit_date from batches where batch_id = $batch_id", batch
    )
    names: dict[str, dict[str, str]] = {"tenants": {}, "units": {}}
    for kind, key, name in current.rows(resource("queries", "names_shown.sql"), batch):
        names[kind][key] = name
    head, standing = current.head(), _standing(current, batch)
    ageing = []
    if deposit_date is not None:
        ageing = current.arrow(resource("queries", "ageing.sql"), {"as_of": deposit_date}).to_pylist()
    transfers = current.arrow(resource("queries", "batch_transfers_due.sql"), batch).to_pylist()
    accounts = current.rows("select bank_account_id, name, account_number from bank_account_names order by 1")
    return {
        "workspace": facts.workspace,
        "run_id": facts.run_id,
        "batch_id": facts.batch_id,
        "file": facts.file.name,
        "content_sha256": content,
        "ledger_sha256": current.one("select sha256 from current_load")[0],
        "source": source,
        "user": facts.who,
        "run_at": facts.run_at,
        "timezone": facts.timezone,
        "dry_run": facts.dry_run,
        "journal_head": {"seq": head.seq, "hash": head.hash},
        "bank_accounts": {key: {"name": name, "account_last4": (number or "")[-4:]} for key, name, number in accounts},
        "names": names,
        "file_ids": {
            str(number): ids for number, *ids in current.rows(resource("queries", "file_ids_shown.sql"), batch)
        },
        "ageing": ageing,
        "transfers_due": transfers,
        "expected": {"entries": facts.expect_entries, "total": facts.expect_total},
        "warnings": [*facts.warnings, *_work_done(standing)],
        "standing": standing,
    }


def _standing(current: Store, batch: dict[str, str]) -> dict[str, object] | None:
    """Give what has become of a batch on which people worked after its lines were classified; else None."""
    (by_hand,) = current.one(
        """
        select count(*)
        from receipts
        inner join classifications as classified
            on classified.batch_id = receipts.batch_id and classified.line_number = receipts.line_number
        where receipts.batch_id = $batch_id
            and (receipts.reversal_kind is not null or classified.disposition <> 'auto')
        """,
        batch,
    )
    kinds = ("posted", "waiting", "removed", "rejected", "loaded")
    row = current.arrow(
        "select *, entries > 0 and (entries, total_amount) <> (loaded_count, loaded_amount) as is_changed "
        "from batches where batch_id = $batch_id",
        batch,
    ).to_pylist()[0]
    if not (by_hand or row["removed_count"] or row["is_changed"]):
        return None
    return {kind: {"count": row[f"{kind}_count"], "amount": row[f"{kind}_amount"]} for kind in kinds}


def _work_done(standing: Mapping[str, Any] | None) -> Iterator[str]:
    if standing is not None:
        words = {"posted": "posted", "waiting": "waiting", "removed": "taken out", "rejected": "rejected"}
        listed = ", ".join(
            f"{said} {standing[kind]['count']} · {money.shown(standing[kind]['amount'])}"
            for kind, said in words.items()
        )
        yield (
            "People have worked on this batch: the lists and reasons show its lines as they were last classified. "
            f"As it stands, of {money.counted(standing['loaded']['count'], 'entry')}, "
            f"{money.shown(standing['loaded']['amount'])}: {listed}."
        )


def _error_log(current: Store, facts: RunFacts) -> bytes:
    """One line each: line number, reason, message and the line word for word, tab-separated (BTR-36)."""
    rows = current.arrow(resource("queries", "batch_errors.sql"), {"batch_id": facts.batch_id})
    if not len(rows):
        return b""
    physical = _LINE_END.split(facts.data) if pa.compute.any(rows["raw"].is_null()).as_py() else []
    log = []
    for number, reason, message, raw in zip(*(rows[name].to_pylist() for name in rows.column_names), strict=True):
        # A payment that a person added is not in the file.
        word_for_word = raw if raw is not None else (physical[number - 1] if number <= len(physical) else b"")
        log.append(f"{number}\t{reason}\t{_one_line(message)}\t{_readable(word_for_word)}\n".encode())
    return b"".join(log)


def _readable(raw: bytes) -> str:
    """Show bytes as the text they were meant to be; what is no text, and what would break the log, as an escape."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="backslashreplace")
    return legible(text)


def _one_line(text: str) -> str:
    return " ".join(text.split())
