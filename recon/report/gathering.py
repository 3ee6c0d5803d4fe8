"""Putting a run's report together."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recon.report import payments, receipts
from recon.report.model import (
    LIMIT,
    SHOWN,
    AgeingBucket,
    BatchReport,
    DepositSlip,
    Identity,
    TransferDue,
)
from recon.report.proof import prove
from recon.report.run_folder import RunFolder, amount, tally
from schemas.vocabulary import Disposition

_INPUTS = (
    ("sha256", "the file, byte for byte"),
    ("content_sha256", "the file's records"),
    ("ledger_sha256", "the ledger it was read against"),
)


def gather(folder: Path) -> BatchReport:
    """Read a run's output folder and put together what its report says.

    Raises:
        InputRefused: the folder is not a run's, or one of its files cannot be read.
    """
    run = RunFolder(folder)
    names: Mapping[str, Mapping[str, str]] = run.context.get("names") or {}
    identity = _identity(run)
    found = payments.scan(run)
    posted = receipts.read(run)
    ids: Mapping[str, Sequence[str]] = run.context.get("file_ids") or {}
    receipt_of = posted.of_lines(found.shown_lines())
    proof = prove(run, found, posted)
    auto, individual = Disposition.AUTO, Disposition.INDIVIDUAL
    of = (names, ids, receipt_of)
    return BatchReport(
        identity=identity,
        proof=proof,
        all_payments=payments.payment_list(found, "All Payments", *of, auto, individual),
        individual=payments.payment_list(found, "Payments Requiring Individual Processing", *of, individual),
        automatic=payments.payment_list(found, "Payments Not Requiring Individual Processing", *of, auto),
        reasons=found.reasons(proof.rejected),
        flags=found.flags(),
        slips=tuple(receipts.deposit_slips(run, posted, LIMIT if posted.items.num_rows <= LIMIT else SHOWN)),
        errors=run.errors(),
        ageing=tuple(AgeingBucket(str(row.get("bucket", "")), tally(row)) for row in run.context.get("ageing") or []),
        transfers_due=tuple(_transfer(run, row) for row in run.context.get("transfers_due") or []),
        warnings=tuple(str(warning) for warning in run.context.get("warnings") or []),
    )


def slips(folder: Path) -> Iterator[DepositSlip]:
    """Give a run's deposit slips one after the other, each with all its items, or the first 500 above 2,000."""
    run = RunFolder(folder)
    return receipts.deposit_slips(run, receipts.read(run))


def _identity(run: RunFolder) -> Identity:
    said, context = run.run, run.context
    head = context.get("journal_head") or {}
    hashes = [(meaning, context.get(key) or said.get(key) or "") for key, meaning in _INPUTS]
    return Identity(
        workspace=context.get("workspace") or "",
        run_id=said.get("run_id") or context.get("run_id") or "",
        batch_id=context.get("batch_id") or "",
        file=Path(said.get("file") or context.get("file") or "").name,
        source=context.get("source") or "",
        user=context.get("user") or "",
        run_at=_local(context.get("run_at"), context.get("timezone")),
        dry_run=context.get("dry_run") is True,
        posting_rules=tuple((str(name), _plain(rule)) for name, rule in (said.get("posting_rules") or {}).items()),
        hashes=(*((meaning, hash_) for meaning, hash_ in hashes if hash_), *run.hashes),
        journal_head=f"entry {head['seq']}, {head['hash']}" if head.get("hash") else "",
    )


def _local(moment: Any, zone: Any) -> str:
    """Write a UTC moment in the workspace's time; in UTC where the zone is not known."""
    if not isinstance(moment, str) or not moment:
        return ""
    try:
        when = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    try:
        local = when.astimezone(ZoneInfo(zone) if zone else UTC)
    except (ZoneInfoNotFoundError, ValueError, TypeError):
        local = when.astimezone(UTC)
    return f"{local:%Y-%m-%d %H:%M} {zone if zone and local.tzinfo is not UTC else 'UTC'}"


def _plain(rule: Any) -> str:
    """Write a posting rule's setting as a person would."""
    if isinstance(rule, bool):
        return "on" if rule else "off"
    return "not given" if rule is None or rule == "" else str(rule)


def _transfer(run: RunFolder, row: Mapping[str, Any]) -> TransferDue:
    accounts = run.context.get("bank_accounts") or {}

    def name(account_id: str) -> str:
        return (accounts.get(account_id) or {}).get("name") or account_id

    return TransferDue(
        from_account=name(str(row.get("from_bank_account_id", ""))),
        to_account=name(str(row.get("to_bank_account_id", ""))),
        ledger_id=str(row.get("ledger_id", "")),
        amount=amount(row.get("amount")) or Decimal("0.00"),
    )
