"""The laws of the house, each a query that returns no row, and the journal held against the store (RELIABILITY)."""

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from recon import journal, store
from recon.schema import resource
from recon.store import Store
from recon.workspace import Workspace

_SHOWN = 20  # findings of one law that are spelled out; all of them count


@dataclass(frozen=True)
class Finding:
    """One place where a law is broken."""

    law: str
    words: str


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
    """Check every law in a store that is open; without a workspace, the journal file is left out."""
    found: list[Finding] = []
    for law in names():
        sql = resource("audits", f"{law}.sql")
        rows = current.arrow(sql).to_pylist()
        grain = sql.partition("\n")[0].removeprefix("-- ")
        found += [Finding(law, _words(grain, row)) for row in rows[:_SHOWN]]
        if len(rows) > _SHOWN:
            found.append(Finding(law, f"and {len(rows) - _SHOWN} more"))
    return found + _journal_findings(current, workspace)


def _words(grain: str, row: dict[str, Any]) -> str:
    return f"{grain.rstrip('.')}: " + ", ".join(f"{name} {value}" for name, value in row.items())


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
    if workspace is not None and workspace.journal.exists() and workspace.journal.read_bytes() != b"".join(lines):
        found.append(Finding("law_10_journal_file", f"{workspace.journal.name} differs from the journal in the store"))
    return found


def _fact_findings(entry: journal.Entry, actual: dict[str, dict[str, object]]) -> list[Finding]:
    said = json.loads(entry.facts)
    return [
        Finding(
            "law_10_facts_unchanged",
            f"{table}: the rows of journal entry {entry.seq} ({entry.action}) are not those that were committed: "
            f"{_figures(said.get(table))} then, {_figures(actual.get(table))} now",
        )
        for table in sorted(said.keys() | actual.keys())
        if said.get(table) != actual.get(table)
    ]


def _figures(digest: dict[str, object] | None) -> str:
    return "no rows" if digest is None else f"{digest['rows']} rows with SHA-256 {str(digest['sha256'])[:12]}…"
