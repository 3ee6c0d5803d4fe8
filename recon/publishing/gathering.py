"""What a publication will hold, gathered from the store in one reading; nothing is written here."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from recon import audits, money
from recon.errors import LawBroken, shown
from recon.journal import Head
from recon.publishing.names import DocumentName, document_name
from recon.publishing.terms import Terms
from recon.schema import resource
from recon.statements import HEADINGS, Statement, amounts_of, make_statements, prove
from recon.store import Store
from recon.workspace import Workspace
from schemas.publications import STATEMENT_LINES, TABLES

_PROFILES = {
    "owner": ("profiles_owners", "profiles/owners.csv"),
    "tenant": ("profiles_tenants", "profiles/tenants.csv"),
    "vendor": ("profiles_vendors", "profiles/vendors.csv"),
    "unit": ("profiles_units", "profiles/units.csv"),
}
_STATEMENTS = {"owner": "owner_statements", "tenant": "tenant_statements"}
_ACTIVITY = {"owner": "activity_owners", "tenant": "activity_tenants"}


@dataclass(frozen=True)
class Document:
    """A document and where it lies."""

    name: DocumentName
    source: Path


@dataclass(frozen=True)
class Gathered:
    """Everything that a publication says, as of one journal entry."""

    terms: Terms
    head: Head
    firm: str
    statements: tuple[Statement, ...]
    tables: dict[str, pa.Table]  # by path in the bundle
    profiles: dict[tuple[str, str], str]  # SHA-256 of each profile, by kind and key
    documents: tuple[Document, ...]
    withheld: tuple[dict[str, str], ...]  # profiles and documents that stay here, each with the reason
    totals: dict[str, dict[str, object]]  # control totals of the statements

    @property
    def changes(self) -> dict[str, int]:
        """Count the statements by what they are to who gets them."""
        counts = {"new": 0, "supplemental": 0, "as published": 0}
        for statement in self.statements:
            counts[change_of(statement)] += 1
        return counts


def change_of(statement: Statement) -> str:
    """Say what a statement is to who gets it: `new`, `supplemental` or `as published`."""
    if not any(section.is_new for section in statement.sections):
        return "as published"
    return "new" if statement.number == 1 else "supplemental"


def gather(current: Store, workspace: Workspace, terms: Terms) -> Gathered:
    """Gather a publication; every law of the house and every footing is proven first.

    Raises:
        LawBroken: a law is broken or a statement does not add up; nothing may be published.
    """
    broken = audits.audit_store(current, workspace)
    if broken:
        raise LawBroken(f"Nothing was published, because a law is broken: {broken[0].words}. See recon audit.")
    head = current.head()
    made = {
        kind: make_statements(
            current, kind, terms.period, as_of=head.seq, order_by=terms.order_by, firm=workspace.firm()
        )
        for kind, word in _STATEMENTS.items()
        if word in terms.what
    }
    prove(current, terms.period, [statement for statements in made.values() for statement in statements])
    tables, profiles, ids = _profiles(current, terms, made)
    held_back = _rows(current, "withheld_parties", {"today": terms.today})
    no_statements = {(row["kind"], row["party_key"]) for row in held_back}
    shown = {
        kind: [
            statement
            for statement in statements
            if (kind, statement.holder_key) in profiles
            and (kind, statement.holder_key) not in no_statements
            and (statement.is_active or not statement.is_empty)
        ]
        for kind, statements in made.items()
    }
    totals = {}
    for kind, statements in shown.items():
        rows = [amounts_of(statement, section) for statement in statements for section in statement.sections]
        path = f"{_STATEMENTS[kind]}.csv"
        tables[path] = _checked(path, pa.Table.from_pylist(rows, TABLES[path].arrow))
        totals[_STATEMENTS[kind]] = _totals(kind, rows, len(statements))
    if shown:
        tables[STATEMENT_LINES] = _lines([statement for statements in shown.values() for statement in statements])
    if "activity" in terms.what:
        tables |= _activity(current, terms, profiles)
    documents, refused = _documents(workspace, ids) if "documents" in terms.what else ((), ())
    return Gathered(
        terms=terms,
        head=head,
        firm=workspace.firm(),
        statements=tuple(statement for statements in shown.values() for statement in statements),
        tables=tables,
        profiles=profiles,
        documents=documents,
        withheld=(*({name: str(row[name]) for name in ("kind", "party_key", "reason")} for row in held_back), *refused),
        totals=totals,
    )


def _rows(current: Store, name: str, given: dict[str, object]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = current.arrow(resource("queries", f"{name}.sql"), given).to_pylist()
    return rows


def _checked(path: str, table: pa.Table) -> pa.Table:
    """Hold a table against its model; what leaves the house keeps its promise."""
    table = table.cast(TABLES[path].arrow)
    TABLES[path].model(path).validate(table.to_pandas(types_mapper=pd.ArrowDtype), lazy=True)
    return table


def _profiles(
    current: Store, terms: Terms, made: dict[str, list[Statement]]
) -> tuple[dict[str, pa.Table], dict[tuple[str, str], str], dict[str, dict[str, str]]]:
    """Give the profile tables, the hash of each profile, and their identifiers by kind and key."""
    tables: dict[str, pa.Table] = {}
    hashes: dict[tuple[str, str], str] = {}
    ids: dict[str, dict[str, str]] = {}
    for kind, (query, path) in _PROFILES.items():
        also = [statement.holder_key for statement in made.get(kind, []) if not statement.is_empty]
        rows = current.arrow(resource("queries", f"{query}.sql"), {"also": also, "today": terms.today})
        keys = rows["party_key"].to_pylist()
        tables[path] = _checked(path, rows.drop_columns(["party_key"]))
        ids[kind] = dict(zip(keys, rows.column(1).to_pylist(), strict=True))
        for key, row in zip(keys, tables[path].to_pylist(), strict=True):
            text = json.dumps(row, ensure_ascii=False, sort_keys=True)
            hashes[kind, key] = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return tables, hashes, ids


def _totals(kind: str, rows: Sequence[dict[str, Any]], documents: int) -> dict[str, object]:
    names = ("opening", *HEADINGS[kind], "closing")
    sums = {name: money.plain(sum((row[name] for row in rows), Decimal(0))) for name in names}
    return {"documents": documents, "rows": len(rows), **sums}


def _lines(statements: Sequence[Statement]) -> pa.Table:
    """Give every line of every statement, in the order of the statements, as it is printed."""
    rows = [
        {
            "holder_kind": statement.kind,
            "holder_id": statement.holder_id,
            "ledger_id": section.party_id if statement.kind == "owner" else None,
            "date": line.moved_on,
            "heading": line.heading,
            "kind": line.kind,
            "unit_id": line.unit_id or None,
            "unit": line.unit or None,
            "party": line.party or None,
            "description": line.description,
            "reference": line.reference,
            "amount": line.amount,
        }
        for statement in statements
        for section in statement.sections
        for line in section.lines
    ]
    return _checked(STATEMENT_LINES, pa.Table.from_pylist(rows, TABLES[STATEMENT_LINES].arrow))


def _activity(current: Store, terms: Terms, profiles: dict[tuple[str, str], str]) -> dict[str, pa.Table]:
    found = {}
    for kind, query in _ACTIVITY.items():
        published = [key for of_kind, key in profiles if of_kind == kind]
        given = {"first": terms.activity.first, "last": terms.activity.last, "published": published}
        path = f"activity/{kind}s.csv"
        found[path] = _checked(path, current.arrow(resource("queries", f"{query}.sql"), given))
    return found


def _documents(
    workspace: Workspace, ids: dict[str, dict[str, str]]
) -> tuple[tuple[Document, ...], tuple[dict[str, str], ...]]:
    """Read the names in the documents' folder; what cannot be read in one way only stays there, with the reason."""
    if not workspace.documents.is_dir():
        return (), ()
    found: dict[str, Document] = {}
    refused = []
    for path in sorted(workspace.documents.iterdir()):
        if path.name.startswith(".") or not path.is_file() or path.is_symlink():
            continue
        given = shown(path.name)
        name = document_name(given, ids)
        if isinstance(name, str):
            refused.append({"kind": "document", "party_key": given, "reason": name})
        elif name.path in found:
            said = f"{given!r} has the place of {found[name.path].source.name!r} in the bundle; rename it"
            refused.append({"kind": "document", "party_key": given, "reason": said})
        else:
            found[name.path] = Document(name, path)
    return tuple(found.values()), tuple(refused)
