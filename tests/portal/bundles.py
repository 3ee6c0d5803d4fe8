"""Publications made by hand: small, quick, and wrong where a test wants them wrong."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from schemas.bundle_names import safe, statement_place
from schemas.publications import STATEMENT_LINES, TABLES

Files = dict[str, bytes]
OWNER_HEADINGS = ("receipts", "disbursements", "fees", "owner_draws", "other")


def table(path: str, rows: Sequence[Mapping[str, object]]) -> bytes:
    """Write a table with the columns that it must have."""
    text = io.StringIO()
    writer = csv.DictWriter(text, TABLES[path].arrow.names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def files(
    owners: Mapping[str, str],
    *,
    month: int = 6,
    number: int = 1,
    receipts: str = "100.00",
    access: str = "true",
    email: str = "",
    documents: Mapping[str, bytes] | None = None,
    tenants: Sequence[Mapping[str, object]] = (),
    vendors: Sequence[Mapping[str, object]] = (),
    statements: bool = True,
    marker: str = "",
) -> Files:
    """Make the files of a publication in which every owner got one receipt in unit U-<owner>."""
    last = f"2026-{month:02}-{30 if month in {4, 6, 9, 11} else 28 if month == 2 else 31}"
    first = f"2026-{month:02}-01"
    made: Files = {
        "profiles/owners.csv": table("profiles/owners.csv", [
            {"owner_id": one, "name": name, "email": email, "online_access": access} for one, name in owners.items()]),
        "profiles/tenants.csv": table("profiles/tenants.csv", tenants),
        "profiles/vendors.csv": table("profiles/vendors.csv", vendors),
        "profiles/units.csv": table("profiles/units.csv", [
            {"unit_id": f"U-{one}", "description": f"Home of {one}", "owner_id": one} for one in owners]),
        "activity/owners.csv": table("activity/owners.csv", [
            {"owner_id": one, "ledger_id": f"L-{one}", "date": f"2026-{month:02}-10", "kind": "receipt",
             "unit_id": f"U-{one}", "tenant_id": "T1", "description": f"Rent{marker}", "reference": "R1",
             "amount": receipts} for one in owners]),
        "activity/tenants.csv": table("activity/tenants.csv", []),
    }  # fmt: skip
    if statements:
        made["owner_statements.csv"] = table(
            "owner_statements.csv",
            [
                {
                    "owner_id": one,
                    "ledger_id": f"L-{one}",
                    "period_from": first,
                    "period_to": last,
                    "opening": "0.00",
                    **dict.fromkeys(OWNER_HEADINGS, "0.00"),
                    "receipts": receipts,
                    "closing": receipts,
                }
                for one in owners
            ],
        )
        for one in owners:
            place = statement_place("owner", one, date.fromisoformat(last), number)
            made[f"{place}.pdf"] = f"%PDF-1.7 of {one} {last} {receipts}{marker}".encode()
            made[f"{place}.html"] = f"<!doctype html><p>{one}<script>alert(1)</script>".encode()
    for name, content in (documents or {}).items():
        made[f"documents/{name}"] = content
    return made  # fmt: skip


def kind_of(path: str) -> str:
    """Give the manifest's kind of a path."""
    if path.startswith("statements/") and path != STATEMENT_LINES:
        return f"{path.split('/')[1].removesuffix('s')}_statement"
    return "document" if path.startswith("documents/") else path.partition("/")[0].removesuffix(".csv")


def manifest(made: Files, *, publication: str = "P000001", entry: int = 3, number: int = 1, **changes: Any) -> bytes:
    """Write the manifest that fits."""
    rows = list(csv.DictReader(io.StringIO(made.get("owner_statements.csv", b"").decode())))
    names = ("opening", *OWNER_HEADINGS, "closing")
    sums = {name: sum((Decimal(row[name]) for row in rows), Decimal("0.00")) for name in names}
    totals = {name: f"{amount:.2f}" for name, amount in sums.items()}
    first, last = (rows[0]["period_from"], rows[0]["period_to"]) if rows else ("2026-06-01", "2026-06-30")
    said = {
        "schema": "recon.publication/1",
        "publication_id": publication,
        "journal_head": {"seq": entry, "hash": "0" * 64},
        "period": {"from": first, "to": last},
        "activity_days": {"from": "2026-01-01", "to": "2026-12-31"},
        "control_totals": {"owner_statements": {"documents": len(rows), "rows": len(rows), **totals}} if rows else {},
        "statements": [
            {"kind": "owner", "id": row["owner_id"], "number": number, "opening": row["opening"]}
            | {"closing": row["closing"]}
            for row in rows
        ],
        "files": [
            {"path": path, "kind": kind_of(path), "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for path, content in sorted(made.items())
        ],
        "something new": {"to be": "ignored"},
    } | changes  # fmt: skip
    return json.dumps(said).encode()


def packed(made: Files, said: bytes | None = None, **given: Any) -> bytes:
    """Pack a publication as the workbench does."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("manifest.json", manifest(made, **given) if said is None else said)
        for path, content in made.items():
            target.writestr(path, content)
    return whole.getvalue()


def arrived(account: Any, content: bytes, *, publication: str = "P000001", key: str = "", pass_number: int = 2) -> Any:
    """Have an upload begun, all of its bytes there, not yet complete."""
    from recon.portal import receiving
    from recon.portal.models import User

    digest = hashlib.sha256(content).hexdigest()
    wanted = {"key": key or f"{digest}-{pass_number}-1", "publication_id": publication, "pass": pass_number,
              "size": len(content), "sha256": digest}  # fmt: skip
    upload, _ = receiving.begin(User.objects.get(account=account, role="master"), wanted)
    if upload.state == "receiving":
        body = io.BytesIO(content)
        for offset in range(0, len(content), receiving.PIECE):
            upload.refresh_from_db()
            receiving.take(upload, offset, body, min(receiving.PIECE, len(content) - offset))
        upload.refresh_from_db()
    return upload


def processed(account: Any, content: bytes, **given: Any) -> Any:
    """Have an upload arrive, and the worker run."""
    from recon.portal import receiving, worker

    upload = receiving.complete(arrived(account, content, **given))
    while worker.work():
        pass
    upload.refresh_from_db()
    return upload


def published(account: Any, made: Files, *, update: bool = True, entry: int = 3, number: int = 1, **given: Any) -> Any:
    """Have a publication processed, and its profiles taken over."""
    from recon.portal import profiles

    publication = given.get("publication", "P000001")
    upload = processed(account, packed(made, publication=publication, entry=entry, number=number), **given)
    assert upload.state == "processed", upload.message
    if update:
        profiles.update(account, "test")
    account.refresh_from_db()
    return upload


def document(kind: str, identifier: str, title: str, extension: str = "pdf") -> str:
    """Name a document as a publication does."""
    return f"{kind.capitalize()}.ID.{safe(identifier)}.{safe(title)}.{extension}"
