"""A publication as a folder or a zip: put together aside, named when it is whole, never changed afterwards."""

import hashlib
import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from recon.backup import backup
from recon.errors import InputRefused
from recon.files import write_csv
from recon.journal import Head, sync_folder
from recon.publishing.gathering import Gathered
from recon.publishing.printing import Written, print_statements, write
from recon.workspace import Workspace
from schemas.publications import MANIFEST_SCHEMA

MANIFEST = "manifest.json"
BACKUP = "backup/workspace.zip"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the date of every file in a zip: the same data gives the same bytes
_BLOCK = 1 << 20


def fill(folder: Path, workspace: Workspace, gathered: Gathered, progress: Callable[[int, int], None]) -> list[Written]:
    """Write every file of a publication but the manifest below a folder; give what was written, sorted by path."""
    written: list[Written] = []
    for path, table in gathered.tables.items():
        text = io.BytesIO()
        write_csv(table, text)
        written.append(write(folder, path, path.partition("/")[0].removesuffix(".csv"), None, text.getvalue()))
    for document in gathered.documents:
        name = document.name
        written.append(write(folder, name.path, "document", name.party_key, document.source.read_bytes()))
    written += print_statements(gathered.statements, folder, progress)
    if "backup" in gathered.terms.what:
        (folder / BACKUP).parent.mkdir(parents=True, exist_ok=True)
        backup(workspace, folder / BACKUP)
        size = (folder / BACKUP).stat().st_size
        written.append(Written(BACKUP, "backup", None, sha256_of(folder / BACKUP), size))
    return sorted(written, key=lambda file: file.path)


def content(gathered: Gathered, written: Sequence[Written]) -> dict[str, object]:
    """Give the part of the manifest that is the same whenever the same is published."""
    kinds = sorted({file.kind for file in written})
    return {
        "schema": MANIFEST_SCHEMA,
        "firm": gathered.firm,
        "what": list(gathered.terms.what),
        "period": {"from": str(gathered.terms.period.first), "to": str(gathered.terms.period.last)},
        "activity_days": _days(gathered),
        "counts": {
            "profiles": {
                kind: sum(of_kind == kind for of_kind, _ in gathered.profiles)
                for kind in ("owner", "tenant", "vendor", "unit")
            },
            "files": {kind: sum(file.kind == kind for file in written) for kind in kinds},
            "withheld": len(gathered.withheld),
        },
        "control_totals": gathered.totals,
        "statements": [
            {
                "kind": statement.kind,
                "id": statement.holder_id,
                "number": statement.number,
                "as_of_entry": max(section.as_of for section in statement.sections),
                "opening": f"{statement.opening:.2f}",
                "closing": f"{statement.closing:.2f}",
            }
            for statement in gathered.statements
        ],
        "files": [
            {"path": file.path, "kind": file.kind, "sha256": file.sha256, "bytes": file.size}
            for file in written
            if file.kind != "backup"
        ],
    }


def _days(gathered: Gathered) -> dict[str, str] | None:
    if "activity" not in gathered.terms.what:
        return None
    days = gathered.terms.activity
    return {"from": str(days.first), "to": str(days.last)}


def digest(value: object) -> str:
    """Give the SHA-256 of a value written as JSON in one way only."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def manifest(
    said: dict[str, object], publication_id: str, head: Head, supersedes: dict[str, str | None], written: list[Written]
) -> bytes:
    """Write the manifest: what is in the publication, which one it is, and as of which journal entry."""
    backups = [
        {"path": file.path, "kind": file.kind, "sha256": file.sha256, "bytes": file.size}
        for file in written
        if file.kind == "backup"
    ]
    whole = {
        "schema": said["schema"],
        "publication_id": publication_id,
        "supersedes": supersedes,
        "journal_head": {"seq": head.seq, "hash": head.hash},
        **said,
        "files": [*said["files"], *backups],  # type: ignore[misc]  # a list, as made above
    }
    return (json.dumps(whole, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "backslashreplace")


@contextmanager
def aside(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside the publications that is gone when the block ends, whatever happened."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputRefused(f"{folder} cannot be written ({error.strerror}); name another place.") from error
    place = folder / f".{token_hex(6)}.partial"
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def put(folder: Path, target: Path) -> None:
    """Give a whole folder its name, durably; an empty folder of that name gives way, any other stays."""
    _sync(folder)
    try:
        if target.is_dir() and not any(target.iterdir()):
            target.rmdir()
        folder.rename(target)
    except OSError as error:
        raise InputRefused(f"{target} cannot be given to the publication ({error.strerror}).") from error
    sync_folder(target.parent)


def _sync(folder: Path) -> None:
    """Have everything below a folder on the disk: at once where the system can, else file by file."""
    if hasattr(os, "sync"):
        os.sync()
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())


def same(folder: Path, manifest_sha256: str) -> bool:
    """Say whether a folder is the publication with this manifest, and whole."""
    try:
        text = (folder / MANIFEST).read_bytes()
        if hashlib.sha256(text).hexdigest() != manifest_sha256:
            return False
        return all(sha256_of(folder / file["path"]) == file["sha256"] for file in json.loads(text)["files"])
    except (OSError, ValueError):
        return False


def sha256_of(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def members(folder: Path) -> list[str]:
    """List the files of a publication, the manifest first."""
    listed = json.loads((folder / MANIFEST).read_bytes())["files"]
    return [MANIFEST, *(file["path"] for file in listed)]


def copy(folder: Path, target: Path) -> None:
    """Copy the files of a publication, and nothing else that lies in its folder."""
    for name in members(folder):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, target / name)


def unlisted(folder: Path) -> list[str]:
    """List the files in a publication's folder that are none of its own."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return sorted(there - set(members(folder)))


def pack(folder: Path, names: Iterable[str], target: Path) -> None:
    """Write files of a publication to a zip whose bytes depend on theirs alone."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
        for name in names:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            with (folder / name).open("rb") as source, packed.open(entry, "w", force_zip64=True) as member:
                shutil.copyfileobj(source, member, _BLOCK)
    with target.open("rb+") as file:
        os.fsync(file.fileno())
