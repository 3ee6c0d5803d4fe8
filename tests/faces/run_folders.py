"""Output folders of runs, written by hand from literal values, as `recon run` would write them (SPEC 8)."""

import csv
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

SCRIPT = "<script>alert('rent')</script>"
QUOTES = "O\"Brien & 'Sons'"
HEBREW = "דוד לוי 12"
TURNED = "Ann\u202eEve"  # a right-to-left override hides how the name goes on
CHINESE = "李娜"
EMOJI = "Zoë 🏠"

CLASSIFICATION = (
    "line_number,posting_date,unit_id,tenant_id,amount,"
    "memo,matchable_total,status_total,disposition,reason,flags,message"
)
RECEIPTS = (
    "receipt_id,posting_date,tenant_id,unit_id,ledger_id,bank_account_id,amount,applied,credit,"
    "memo,line_number,deposit_id"
)
APPLICATIONS = "receipt_id,charge_id,ledger_id,amount,applied_on"
SLIPS = "deposit_id,bank_account_id,deposit_date,receipt_id,amount"

# line, date, unit, tenant, amount, memo, matchable, status, disposition, reason, flags, message
_LINES = (
    ("1", "2026-06-10", "Cedar327", "T1", "950.00", "check 1001", "950.00", "1900.00", "auto", "OK_FULL", "", ""),
    (
        "2",
        "2026-06-10",
        "OAK-2",
        "T2",
        "1130.00",
        "<b>check</b> 1002",
        "1130.00",
        "1130.00",
        "auto",
        "OK_FULL",
        "PAST_TENANT",
        "",
    ),
    (
        "3",
        "2026-06-10",
        "PINE-3",
        "T3",
        "700.00",
        "=cmd()",
        "690.00",
        "690.00",
        "individual",
        "OVERPAID",
        "DEFAULT_TENANT_USED MEMO_TOO_LONG",
        "Pays 10.00 more than is open",
    ),
    ("5", "2026-06-10", "", "", "55.50", "who?", "0.00", "0.00", "individual", "UNIDENTIFIED", "", ""),
    ("6", "2026-06-10", "ELM-4", "T4", "810.00", "", "810.00", "810.00", "auto", "OK_FULL", "", ""),
    ("7", "2026-06-10", "ELM-5", "T5", "640.00", "", "1280.00", "1280.00", "individual", "UNDERPAID", "", ""),
    ("8", "", "", "", "", "", "", "", "rejected", "BAD_RECORD", "", "the date 13/45/2026 is not a date"),
)


def _write_csv(path: Path, head: str, rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head.split(","))
        writer.writerows(rows)


def write_small(folder: Path, **changes: Any) -> Path:
    """Write a run of seven lines: three posted, three waiting, one rejected; names are as hostile as names get.

    Args:
        folder: where to.
        changes: what run.json says otherwise.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _write_csv(folder / "classification.csv", CLASSIFICATION, _LINES)
    (folder / "unprocessed.csv").write_text(
        '"2026-06-10","Pine-3","700.00","=cmd()",\r\n'
        f'"2026-06-10","NOWHERE<7>","55.50","who?","{CHINESE}?",\r\n'
        '"2026-06-10","elm-5","640.00","","T5",\r\n',
        encoding="utf-8",
        newline="",
    )
    (folder / "errors.log").write_bytes(
        b'5\tUNIDENTIFIED\tNeither the tenant nor the unit is known\t"06/10/2026","NOWHERE<7>"\n'
        b'8\tBAD_RECORD\tthe date 13/45/2026 is not a date\t"13/45/2026",\t"<img src=x>","120.00",\x00\xff\n'
    )
    _write_csv(
        folder / "receipts.csv",
        RECEIPTS,
        [
            ("R-1", "2026-06-10", "T1", "Cedar327", "L1", "OPER", "950.00", "950.00", "0.00", "check 1001", "1", "D-1"),
            (
                "R-2",
                "2026-06-10",
                "T2",
                "OAK-2",
                "L2",
                "OPER",
                "1130.00",
                "1130.00",
                "0.00",
                "<b>check</b> 1002",
                "2",
                "D-1",
            ),
            ("R-3", "2026-06-10", "T4", "ELM-4", "L1", "TRUST", "810.00", "800.00", "10.00", "", "6", "D-2"),
        ],
    )
    _write_csv(
        folder / "applications.csv",
        APPLICATIONS,
        [
            ("R-1", "C1", "L1", "950.00", "2026-06-10"),
            ("R-2", "C2", "L2", "1130.00", "2026-06-10"),
            ("R-3", "C3", "L1", "800.00", "2026-06-10"),
        ],
    )
    _write_csv(
        folder / "deposit_slips.csv",
        SLIPS,
        [
            ("D-1", "OPER", "2026-06-10", "R-1", "950.00"),
            ("D-1", "OPER", "2026-06-10", "R-2", "1130.00"),
            ("D-2", "TRUST", "2026-06-10", "R-3", "810.00"),
        ],
    )
    run = {
        "run_id": "run-0001",
        "file": "June10.csv",
        "sha256": "ab" * 32,
        "posting_rules": {"partial_pay": False, "due_now": False, "posting_date": None},
        "entries": 7,
        "total_amount": "4405.50",
        "auto": {"count": 3, "amount": "2890.00"},
        "individual": {"count": 3, "amount": "1395.50"},
        "rejected": {"count": 1, "amount": "120.00"},
        "posted": {"count": 3, "amount": "2890.00"},
        "deposit_slips": [
            {
                "deposit_id": "D-1",
                "bank_account_id": "OPER",
                "deposit_date": "2026-06-10",
                "items": 2,
                "total": "2080.00",
            },
            {
                "deposit_id": "D-2",
                "bank_account_id": "TRUST",
                "deposit_date": "2026-06-10",
                "items": 1,
                "total": "810.00",
            },
        ],
        "outputs": {},
        **changes,
    }
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    (folder / "report_context.json").write_text(json.dumps(_CONTEXT), encoding="utf-8")
    return folder


_CONTEXT = {
    "workspace": "Oakridge Property Management",
    "run_id": "run-0001",
    "batch_id": "batch-0001",
    "file": "June10.csv",
    "sha256": "ab" * 32,
    "content_sha256": "cd" * 32,
    "ledger_sha256": "ef" * 32,
    "source": "third_party",
    "user": "maria",
    "run_at": "2026-06-10T14:05:33Z",
    "timezone": "America/Chicago",
    "dry_run": False,
    "journal_head": {"seq": 42, "hash": "12" * 32},
    "bank_accounts": {
        "OPER": {"name": "Operating trust, First Bank", "account_last4": "4471"},
        "TRUST": {"name": f"Deposits {SCRIPT}", "account_last4": "0090"},
    },
    "names": {
        "tenants": {"T1": SCRIPT, "T2": QUOTES, "T3": HEBREW, "T4": CHINESE, "T5": TURNED},
        "units": {"Cedar327": "Cedar House 327", "OAK-2": EMOJI, "PINE-3": "Pine Street 3", "ELM-4": "Elm Court 4"},
    },
    "file_ids": {"5": ["NOWHERE<7>", f"{CHINESE}?"]},
    "ageing": [
        {"bucket": "not yet due", "count": 12, "amount": "11400.00"},
        {"bucket": "0-30", "count": 4, "amount": "3120.00"},
        {"bucket": "31-60", "count": 1, "amount": "690.00"},
        {"bucket": "61-90", "count": 0, "amount": "0.00"},
        {"bucket": "over 90", "count": 2, "amount": "1511.25"},
    ],
    "transfers_due": [
        {"from_bank_account_id": "OPER", "to_bank_account_id": "TRUST", "ledger_id": "L2", "amount": "1130.00"}
    ],
    "expected": {"entries": 7, "total": "4405.50"},
    "warnings": ["The ledger was exported 3 days before the file."],
}


def write_large(folder: Path, lines: int) -> Path:
    """Write a run in which every third line waits, the others are posted and lie on one slip."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = range(1, lines + 1)
    posted = [number for number in numbers if number % 3]
    _write_csv(
        folder / "classification.csv",
        CLASSIFICATION,
        (
            (
                f"{number}",
                "2026-06-10",
                f"U{number}",
                f"T{number}",
                f"{number % 900}.25",
                f"check {number}",
                "100.00",
                "100.00",
                "auto" if number % 3 else "individual",
                "OK_FULL" if number % 3 else "UNDERPAID",
                "",
                "",
            )
            for number in numbers
        ),
    )
    _write_csv(
        folder / "receipts.csv",
        RECEIPTS,
        (
            (
                f"R{number}",
                "2026-06-10",
                f"T{number}",
                f"U{number}",
                "L1",
                "OPER",
                f"{number % 900}.25",
                f"{number % 900}.25",
                "0.00",
                f"check {number}",
                f"{number}",
                "D-1",
            )
            for number in posted
        ),
    )
    _write_csv(
        folder / "applications.csv",
        APPLICATIONS,
        ((f"R{number}", f"C{number}", "L1", f"{number % 900}.25", "2026-06-10") for number in posted),
    )
    _write_csv(
        folder / "deposit_slips.csv",
        SLIPS,
        (("D-1", "OPER", "2026-06-10", f"R{number}", f"{number % 900}.25") for number in posted),
    )
    (folder / "unprocessed.csv").write_text("", encoding="utf-8")
    (folder / "errors.log").write_text("", encoding="utf-8")
    auto = _tally(posted)
    individual = _tally([number for number in numbers if not number % 3])
    total = Decimal(auto["amount"]) + Decimal(individual["amount"])
    run = {
        "run_id": "run-0002",
        "file": "June11.csv",
        "sha256": "ab" * 32,
        "posting_rules": {},
        "entries": lines,
        "total_amount": f"{total}",
        "auto": auto,
        "individual": individual,
        "rejected": {"count": 0, "amount": "0.00"},
        "posted": auto,
        "deposit_slips": [
            {
                "deposit_id": "D-1",
                "bank_account_id": "OPER",
                "deposit_date": "2026-06-10",
                "items": auto["count"],
                "total": auto["amount"],
            }
        ],
        "outputs": {},
    }
    (folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    return folder


def _tally(numbers: Sequence[int]) -> dict[str, Any]:
    amount = sum((Decimal(f"{number % 900}.25") for number in numbers), Decimal("0.00"))
    return {"count": len(numbers), "amount": f"{amount}"}
