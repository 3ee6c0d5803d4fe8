"""The laws of the house, each a query that returns no row; journal and archive held against the store (RELIABILITY)."""

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from itertools import zip_longest
from typing import Any

from recon import journal, store
from recon.files import sha256
from recon.schema import resource
from recon.store import Store
from recon.workspace import Workspace

_SHOWN = 20  # findings of one law that are spelled out; all of them count
_OF_NOTHING = hashlib.sha256(b"").hexdigest()
_ARCHIVED = "law_06_files_archived"
_STOP = (
    "Stop posting, keep the workspace as it is, and compare it with the last backup, restored into a new workspace; "
    "recon explain shows a line or a receipt."
)
_PUT_BACK = (
    "Put the file there again, byte for byte, under that name: from its sender, or from the archive of a backup."
)


@dataclass(frozen=True)
class Finding:
    """One place where a law is broken."""

    law: str
    words: str

    @property
    def advice(self) -> str:
        """Say what to do next."""
        return _PUT_BACK if self.law == _ARCHIVED else _STOP


def names() -> tuple[str, ...]:
    """List the laws that are queries."""
    found = (entry.name for entry in files("recon.sql").joinpath("audits").iterdir())
    return tuple(sorted(name.removesuffix(".sql") for name in found if name.endswith(".sql")))


def audit(workspace: Workspace) -> list[Finding]:
    """Check every law; an empty list means that all hold.

    Raises:
        StoreBusy, StoreUnusable, WrongUse: see `recon.errors`.
    """
    with store.reading(workspace, "recon audit") as current:
        return audit_store(current, workspace)


def audit_store(current: Store, workspace: Workspace | None) -> list[Finding]:
    """Check every law in a store that is open; without a workspace, what lies beside it is left out."""
    found: list[Finding] = []
    for law in names():
        sql = resource("audits", f"{law}.sql")
        rows = current.arrow(sql).to_pylist()
        grain = sql.partition("\n")[0].removeprefix("-- ")
        found += [Finding(law, _words(grain, row)) for row in rows[:_SHOWN]]
        if len(rows) > _SHOWN:
            found.append(Finding(law, f"and {len(rows) - _SHOWN} more"))
    found += _journal_findings(current, workspace)
    return found if workspace is None else found + archive_findings(current, workspace)


def archive_findings(current: Store, workspace: Workspace) -> list[Finding]:
    """Hold the archive against what was taken in: it stands in for the input, under its SHA-256 (SPEC 3)."""
    found = []
    rows = current.rows(resource("queries", "archived_files.sql"), {"of_nothing": _OF_NOTHING})
    for name, file_name, taken_as in rows:
        kept = workspace.archive / name
        try:
            wrong = "was changed" if sha256(kept) != name else None
        except FileNotFoundError:
            wrong = "is missing"
        except OSError as error:
            wrong = f"cannot be read ({error.strerror})"
        if wrong:
            found.append(Finding(_ARCHIVED, f"the copy of {file_name} ({taken_as}) {wrong}: {kept}"))
    return found


def _words(grain: str, row: dict[str, Any]) -> str:
    what = grain.removeprefix("One row per ").rstrip(".")
    return f"{what[0].upper()}{what[1:]}. Found: " + ", ".join(f"{name} {value}" for name, value in row.items())


def _journal_findings(current: Store, workspace: Workspace | None) -> list[Finding]:
    """Law 10 and 11: the chain is unbroken, agrees with its file, and every fact is as its entry says."""
    found: list[Finding] = []
    previous, lines = journal.GENESIS, []
    actual = store.digests(current)
    for number, (entry, kept_hash) in enumerate(store.entries_with_hash(current), start=1):
        if entry.seq != number or entry.previous_hash != previous or entry.hash != kept_hash:
            found.append(
                Finding("law_10_journal_chain", f"journal entry {entry.seq} does not follow the one before it")
            )
        previous = kept_hash
        lines.append(entry.line())
        found += _fact_findings(entry, actual.pop(entry.seq, {}))
    for seq, tables in sorted(actual.items()):
        words = f"{', '.join(tables)}: rows claim journal entry {seq}, which does not exist"
        found.append(Finding("law_10_facts_unchanged", words))
    if workspace is not None and workspace.journal.exists():
        beside = workspace.journal.read_bytes().splitlines(keepends=True)
        differing = (number for number, pair in enumerate(zip_longest(lines, beside), start=1) if pair[0] != pair[1])
        first = next(differing, None)
        if first is not None:
            words = f"{workspace.journal.name} differs from the journal in the store, first at entry {first}"
            found.append(Finding("law_10_journal_file", words))
    return found


def _fact_findings(entry: journal.Entry, actual: dict[str, dict[str, object]]) -> list[Finding]:
    of_entry = f"journal entry {entry.seq} ({entry.action})"
    try:
        said = json.loads(entry.facts)
        return [
            Finding(
                "law_10_facts_unchanged",
                f"{table}: the rows of {of_entry} are not those that were committed: "
                f"{_figures(said.get(table))} then, {_figures(actual.get(table))} now",
            )
            for table in sorted(said.keys() | actual.keys())
            if said.get(table) != actual.get(table)
        ]
    except (ValueError, AttributeError, TypeError, KeyError):  # not as this program writes it
        return [Finding("law_10_facts_unchanged", f"what {of_entry} says of its rows was changed and cannot be read")]


def _figures(digest: dict[str, object] | None) -> str:
    return "no rows" if digest is None else f"{digest['rows']} rows with SHA-256 {str(digest['sha256'])[:12]}…"
