"""The manifest of a publication: which files there are, with their hashes, and what the statements come to (PUB-46)."""

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from recon.portal.archive import MANIFEST, Archive, Refused
from schemas.identifiers import comparison_key
from schemas.publications import MANIFEST_SCHEMA

_SAFE = r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}"
_STATEMENT = rf"{_SAFE}\.[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(\.supplement-[0-9]{{1,3}})?\.(pdf|html)"
# Where a file of each kind lies.
_PLACES = {
    "profiles": re.compile(r"profiles/(owners|tenants|vendors|units)\.csv"),
    "owner_statements": re.compile(r"owner_statements\.csv"),
    "tenant_statements": re.compile(r"tenant_statements\.csv"),
    "statements": re.compile(r"statements/lines\.csv"),
    "activity": re.compile(r"activity/(owners|tenants)\.csv"),
    "owner_statement": re.compile(rf"statements/owners/{_STATEMENT}"),
    "tenant_statement": re.compile(rf"statements/tenants/{_STATEMENT}"),
    "document": re.compile(rf"documents/(Owner|Tenant|Vendor|Unit)\.ID\.{_SAFE}\.{_SAFE}\.[a-z0-9]{{1,8}}"),
    "backup": re.compile(r"backup/workspace\.zip"),
}
_MONEY = re.compile(r"-?[0-9]{1,16}\.[0-9]{2}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
# Of the manifest's JSON: each takes some hundred bytes of memory. 50,000 files and their statements have 400,000.
_VALUES = 500_000


@dataclass(frozen=True)
class Listed:
    """One file that the manifest lists."""

    path: str
    kind: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Announced:
    """One statement that the manifest lists."""

    kind: str  # owner or tenant
    identifier: str
    number: int
    opening: Decimal
    closing: Decimal


@dataclass(frozen=True)
class Manifest:
    """What a publication says of itself."""

    publication_id: str
    entry: int  # of the books' journal: how new they are
    first: date
    last: date
    activity_days: tuple[date, date] | None
    statements: tuple[Announced, ...]
    totals: dict[str, dict[str, object]]
    files: dict[str, Listed]  # by path


def read(archive: Archive) -> Manifest:
    """Read the manifest of a zip; members that we do not know are left alone.

    Raises:
        Refused: it is not one, of another version, or says what cannot be.
    """
    try:
        text = archive.text(MANIFEST)
        if sum(map(text.count, (b",", b"[", b"{"))) > _VALUES:
            raise Refused("The manifest says more than any publication has to say.")
        said = json.loads(text, parse_constant=_no_number)
        if said["schema"] != MANIFEST_SCHEMA:
            raise Refused(f"The manifest is not of version {MANIFEST_SCHEMA}, the one this control panel reads.")
        days = said["activity_days"]
        return Manifest(
            publication_id=_text(said["publication_id"]),
            entry=_count(said["journal_head"]["seq"]),
            first=date.fromisoformat(said["period"]["from"]),
            last=date.fromisoformat(said["period"]["to"]),
            activity_days=days and (date.fromisoformat(days["from"]), date.fromisoformat(days["to"])),
            statements=_statements(said["statements"]),
            totals={str(name): dict(totals) for name, totals in said["control_totals"].items()},
            files=_files(said["files"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Refused("The manifest cannot be read; publish again with a newer version of the workbench.") from error


def verify(archive: Archive, manifest: Manifest, publication_id: str) -> None:
    """Hold every file of the zip against the manifest.

    Raises:
        Refused: another publication, a file that is not listed, or other bytes than listed.
    """
    if manifest.publication_id != publication_id:
        raise Refused("The manifest is of another publication than the upload.")
    for name in sorted(archive.names - {MANIFEST}):
        if name not in manifest.files:
            raise Refused(f"{name} is in the zip, but the manifest does not list it.")
        listed = manifest.files[name]
        if archive.sha256(name) != (listed.sha256, listed.size):
            raise Refused(f"{name} does not have the hash and size that the manifest lists.")


def _files(said: list[dict[str, Any]]) -> dict[str, Listed]:
    found: dict[str, Listed] = {}
    for one in said:
        listed = Listed(_text(one["path"]), _text(one["kind"]), _text(one["sha256"]), _count(one["bytes"]))
        place = _PLACES.get(listed.kind)
        if place is None or not place.fullmatch(listed.path) or not _SHA256.fullmatch(listed.sha256):
            raise Refused("The manifest lists a file of a kind, or in a place, that no publication has.")
        if listed.path in found:
            raise Refused(f"The manifest lists {listed.path} twice.")
        found[listed.path] = listed
    return found


def _statements(said: list[dict[str, Any]]) -> tuple[Announced, ...]:
    found: dict[tuple[str, str | None, int], Announced] = {}
    for one in said:
        announced = _announced(one)
        key = (announced.kind, comparison_key(announced.identifier), announced.number)
        if key in found:
            raise Refused("The manifest lists a statement twice; each needs an owner or tenant and number of its own.")
        found[key] = announced
    return tuple(found.values())


def _announced(one: dict[str, Any]) -> Announced:
    if one["kind"] not in {"owner", "tenant"} or not 1 <= _count(one["number"]) <= 999:
        raise ValueError("no such statement")
    return Announced(one["kind"], _text(one["id"]), one["number"], money(one["opening"]), money(one["closing"]))


def money(text: object) -> Decimal:
    """Read an amount with two decimals.

    Raises:
        ValueError: it is written in any other way.
    """
    if not isinstance(text, str) or not _MONEY.fullmatch(text):
        raise ValueError("no amount")
    return Decimal(text)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value or len(value) > 200 or "\0" in value:
        raise ValueError("no text")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 62:
        raise ValueError("no count")
    return value


def _no_number(_: str) -> object:
    raise ValueError("no number")
