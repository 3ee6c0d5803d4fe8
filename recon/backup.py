"""Back a workspace up into one file, and bring it back on any machine to the same journal head (RELIABILITY M15)."""

import json
import os
import re
import shutil
import zipfile
import zlib
from pathlib import Path

from recon import audits, journal, locking, store
from recon.errors import InputRefused, LawBroken, StoreUnusable, WrongUse
from recon.files import require_writable, sha256
from recon.workspace import Workspace

_FORMAT = 1
_STORE, _MANIFEST = "store.duckdb", "manifest.json"
_BLOCK = 1 << 20
# The only names that a backup holds beside its manifest; so none can lead out of the folder.
_MEMBER = re.compile(r"store\.duckdb|workspace\.toml|archive/[0-9a-f]{64}")
# What reading a file that is no zip, or a damaged, encrypted or foreign one, raises.
_NOT_A_BACKUP = (OSError, EOFError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, RuntimeError)


def backup(workspace: Workspace, target: Path) -> journal.Head:
    """Write store, archive and settings to one zip file; give the journal head it holds.

    The store is copied by the database itself into a new file, which is opened and audited before it is packed.

    Raises:
        InputRefused: the target exists or cannot be written. LawBroken: the copy does not pass the audit, or the
            archive has not every file.
    """
    if target.exists():
        raise InputRefused(f"{target} exists; name a new file for the backup.")
    if not target.parent.is_dir():
        raise InputRefused(f"{target.parent} is not a folder; make it first, or name another place for the backup.")
    require_writable(target.parent)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    copy = aside.with_name(f"{aside.name}.duckdb")
    leftovers = (aside, copy, copy.with_name(f"{copy.name}.wal"))
    try:
        for leftover in leftovers:  # of a process of the same number that was killed
            leftover.unlink(missing_ok=True)
        store.copy_to(workspace, copy)
        with store.opened_copy(copy) as current:
            head = current.head()
            broken = audits.audit_store(current, None) + audits.archive_findings(current, workspace)
        if broken:
            raise LawBroken(f"The backup was not made, because a law is broken: {broken[0].words}. {broken[0].advice}")
        _pack(workspace, copy, aside, head)
        os.replace(aside, target)
        journal.sync_folder(target.parent)
        return head
    finally:
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)


def _pack(workspace: Workspace, copy: Path, aside: Path, head: journal.Head) -> None:
    members = {_STORE: copy}
    if workspace.settings.is_file():
        members[workspace.settings.name] = workspace.settings
    if workspace.archive.is_dir():
        kept = sorted(path for path in workspace.archive.iterdir() if not path.name.startswith("."))
        members |= {f"archive/{path.name}": path for path in kept}
    manifest = {
        "format": _FORMAT,
        "journal_head": {"seq": head.seq, "hash": head.hash},
        "files": {name: sha256(path) for name, path in members.items()},
    }
    with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr(_MANIFEST, json.dumps(manifest, indent=2))
        for name, path in members.items():
            packed.write(path, name)
    with aside.open("rb+") as file:
        os.fsync(file.fileno())


def restore(source: Path, workspace: Workspace) -> journal.Head:
    """Bring a backup back into a workspace that does not exist yet; give its journal head.

    Raises:
        InputRefused: the file is no backup, or was changed. WrongUse: the workspace has a store already.
    """
    if store.exists(workspace) or workspace.journal.exists():
        raise WrongUse(f"There is a workspace at {workspace.root} already; restore into a new one with --workspace.")
    if workspace.root.exists() and not workspace.root.is_dir():
        raise WrongUse(f"{workspace.root} is a file; name a folder with --workspace.")
    require_writable(workspace.root.parent)
    aside = workspace.root.with_name(f".{workspace.root.name}.restoring.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        head = _unpack(source, aside)
        restored = Workspace(aside)
        if _held(restored) != head:
            raise InputRefused(f"{source} does not hold what its manifest says; take another backup.")
        for leftover in ("store.lock", "store.queue"):
            (aside / leftover).unlink(missing_ok=True)
        workspace.root.mkdir(exist_ok=True)
        # Without its store the workspace is still a new one, so a restore that was interrupted can be run again; the
        # journal file comes from the store if it does not come from here.
        last = (_STORE, restored.journal.name)
        for entry in sorted(aside.iterdir(), key=lambda entry: last.index(entry.name) if entry.name in last else -1):
            _put(entry, workspace.root / entry.name)
        return head
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _held(restored: Workspace) -> journal.Head | None:
    """Give the journal head of an unpacked store, or None for one that is none or breaks a law."""
    try:
        # A backup has no journal file, so that all of it is written anew here; nothing is wrong that had to be said.
        with locking.announcing(lambda _: None), store.reading(restored) as current:
            # Whoever has only a backup without some file of the archive needs its books all the more.
            return None if audits.audit_store(current, None) else current.head()
    except (StoreUnusable, WrongUse):
        return None


def _check_room(packed: zipfile.ZipFile, source: Path, folder: Path) -> None:
    """Refuse what would fill the disk; no more is unpacked of a member than it says."""
    needed, free = sum(member.file_size for member in packed.infolist()), shutil.disk_usage(folder.parent).free
    if needed > free:
        raise InputRefused(
            f"{source} unpacks to {needed >> 20} MB, but only {free >> 20} MB are free; free some space."
        )


def _put(entry: Path, target: Path) -> None:
    """Move a file, or the files of a folder, to where a part of them may be already."""
    if entry.is_dir():
        target.mkdir(exist_ok=True)
        for inner in entry.iterdir():
            _put(inner, target / inner.name)
    else:
        os.replace(entry, target)


def _unpack(source: Path, folder: Path) -> journal.Head:
    try:
        with zipfile.ZipFile(source) as packed:
            manifest = json.loads(packed.read(_MANIFEST))
            if manifest["format"] != _FORMAT:
                raise InputRefused(
                    f"{source} is a backup of format {manifest['format']}; this program reads {_FORMAT}."
                )
            _check_room(packed, source, folder)
            for name, said in manifest["files"].items():
                if not _MEMBER.fullmatch(name):
                    raise InputRefused(f"{source} is no backup of this program: it holds {name!r}.")
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with packed.open(name) as member, target.open("wb") as file:
                    shutil.copyfileobj(member, file, _BLOCK)
                if sha256(target) != said:
                    raise InputRefused(f"{source} is damaged: {name} is not as it was when the backup was made.")
            return journal.Head(**manifest["journal_head"])
    except FileNotFoundError:
        raise InputRefused(f"{source}: there is no such file.") from None
    except _NOT_A_BACKUP as error:
        raise InputRefused(f"{source} is no backup of this program, or it is cut off ({error}).") from error
