"""The laws of the house, each a query that returns no row; journal and archive held against the store (RELIABILITY)."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from itertools import zip_longest
from typing import Any

from recon import digests, journal, schema, store
from recon.files import sha256
from recon.schema import resource
from recon.store import Store
from recon.workspace import Workspace

_SHOWN = 20  # findings of one law that are spelled out; all of them count
_OF_NOTHING = hashlib.sha256(b"").hexdigest()
_ARCHIVED = "law_06_files_archived"
_STRUCTURE = "law_10_structure"
_Thing = tuple[str, str, str]  # kind, schema and name
_VIEWS_KEPT = ("view", "main", "views_kept")
_STOP = (
    "Stop posting, keep the workspace as it is, and compare it with the last backup, restored into a new workspace; "
    "recon explain shows a line or a receipt."
)
# No function is called, and the catalog's are named in full: a macro of the store could stand in for them.
_MADE_OF = """
    select 'table' as kind, schema_name, table_name as name, sql as text
    from system.main.duckdb_tables()
    where not internal and not temporary
    union all
    select 'view' as kind, schema_name, view_name as name, sql as text
    from system.main.duckdb_views()
    where not internal and not temporary
    union all
    select 'index' as kind, schema_name, index_name as name, sql as text
    from system.main.duckdb_indexes()
    union all
    select 'macro' as kind, schema_name, function_name as name, macro_definition as text
    from system.main.duckdb_functions()
    where not internal
    union all
    select 'type' as kind, schema_name, type_name as name, logical_type as text
    from system.main.duckdb_types()
    where not internal
    union all
    select 'sequence' as kind, schema_name, sequence_name as name, sql as text
    from system.main.duckdb_sequences()
    where not temporary
"""
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
    checks: dict[str, Callable[[], list[Finding]]] = {
        _STRUCTURE: lambda: _structure_findings(current),
        **{law: partial(_law_findings, current, law) for law in names()},
        "law_10_journal_chain": lambda: _journal_findings(current, workspace),
    }
    if workspace is not None:
        checks[_ARCHIVED] = lambda: archive_findings(current, workspace)
    return [finding for law, check in checks.items() for finding in _checked(law, check)]


def _checked(law: str, check: Callable[[], list[Finding]]) -> list[Finding]:
    """Run a check; one that breaks off on what a hand has put there does not keep the others from being made."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever it is, the law was not shown to hold
        first = str(error).partition("\n")[0]
        return [Finding(law, f"cannot be checked, because of what a hand has put there ({first})")]


def _law_findings(current: Store, law: str) -> list[Finding]:
    sql = resource("audits", f"{law}.sql")
    rows = current.arrow(sql).to_pylist()
    grain = sql.partition("\n")[0].removeprefix("-- ")
    found = [Finding(law, _words(grain, row)) for row in rows[:_SHOWN]]
    return found if len(rows) <= _SHOWN else [*found, Finding(law, f"and {len(rows) - _SHOWN} more")]


def _structure_findings(current: Store) -> list[Finding]:
    """Hold what the store is made of against what this program makes: a view or macro of its own misleads every law.

    Views that another version of the program has kept do not count: nobody reads them (`store._define_views`).
    """
    wanted, there = _made(schema.migrations()[-1][0], schema.views_hash()), _structure(current)
    has_own_views = schema.views_hash() in there.get(_VIEWS_KEPT, "")
    found = []
    for thing in sorted(wanted.keys() | there.keys()):
        kind, place, name = thing
        if (kind, place) == _VIEWS_KEPT[:2] and not has_own_views:
            continue
        if thing not in there:
            found.append(f"the {kind} {place}.{name} is missing")
        elif thing not in wanted:
            found.append(f"the {kind} {place}.{name} is none of this program's")
        elif there[thing] not in wanted[thing]:
            found.append(f"the {kind} {place}.{name} is not as this program makes it")
    return [Finding(_STRUCTURE, words) for words in found]


@cache
def _made(version: int, views: str) -> dict[_Thing, set[str]]:
    """Make a store of this version and these views, once in a process: it takes as long as all laws of a small one.

    Gives each thing with the texts that the catalog may have for it.
    """
    texts: dict[_Thing, set[str]] = {}
    for read_back in (False, True):
        with store.fresh(read_back=read_back) as made:
            for thing, text in _structure(made).items():
                texts.setdefault(thing, set()).add(text)
    return texts


def _structure(current: Store) -> dict[_Thing, str]:
    rows = current.rows(_MADE_OF)
    return {(kind, place, name): text for kind, place, name, text in rows}


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
    actual = digests.digests(current)
    number = 0
    for entry, kept_hash in store.entries_with_hash(current):
        number += 1
        if entry.seq > number:
            gone = f"entry {number} is" if entry.seq == number + 1 else f"entries {number} to {entry.seq - 1} are"
            found.append(Finding("law_10_journal_chain", f"journal {gone} missing"))
            number = entry.seq
        elif entry.seq < number or entry.previous_hash != previous or entry.hash != kept_hash:
            found.append(
                Finding("law_10_journal_chain", f"journal entry {entry.seq} does not follow the one before it")
            )
        previous = kept_hash
        lines.append(entry.line())
        found += _fact_findings(entry, actual.pop(entry.seq, {}))
    for seq, tables in sorted(actual.items(), key=lambda item: (item[0] is None, item[0])):
        claimed = "no journal entry" if seq is None else f"journal entry {seq}, which does not exist"
        words = f"{', '.join(tables)}: rows claim {claimed}"
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
    except (ValueError, AttributeError, TypeError, KeyError, RecursionError):  # not as this program writes it
        return [Finding("law_10_facts_unchanged", f"what {of_entry} says of its rows was changed and cannot be read")]


def _figures(digest: dict[str, object] | None) -> str:
    return "no rows" if digest is None else f"{digest['rows']} rows with SHA-256 {str(digest['sha256'])[:12]}…"
