"""The only door to DuckDB: guarded open, one transaction wrapper, relations built by name, frames out through Arrow.

Reading and writing take the side lock first (`recon.locking`), connections are short, and nothing but `writing`
commits. A commit carries exactly one journal entry, so the last `seq` of the journal is the commit number of the store.
"""

import errno
import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from recon import digests, journal, locking, schema
from recon.errors import StoreUnusable
from recon.workspace import Workspace

# What a statement may do is settled at connect (RELIABILITY M19): no files, no network, no extensions fetched, no
# Python variables taken for tables.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    "preserve_insertion_order": True,
}
_HELD_ELSEWHERE = ("Conflicting lock is held", "being used by another process")  # in DuckDB's words
_PIECE = 250_000  # rows
_FREE_BYTES_NEEDED = 64 * 1024 * 1024


class Store:
    """A connection with the few verbs that the rest of the house may use."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def build(self, name: str, sql: str, parameters: Mapping[str, object] | None = None) -> None:
        """Materialise one relation under its name, for the life of the connection.

        Raises:
            RuntimeError: the relation's SQL does not run; the message has the name and the whole text.
        """
        try:
            wanted = {key: value for key, value in (parameters or {}).items() if f"${key}" in sql}
            self._connection.execute("create or replace temp table " + _quoted(name) + " as\n" + sql, wanted or None)
        except duckdb.Error as error:
            raise RuntimeError(f"The relation {name} could not be built: {error}\n{sql}") from error

    def extend(self, name: str, sql: str) -> None:
        """Add the rows of a query to a built relation."""
        self._connection.execute("insert into temp." + _quoted(name) + "\n" + sql)

    def view(self, name: str, sql: str) -> None:
        """Name a query for the life of the connection, without running it."""
        self._connection.execute("create or replace temp view " + _quoted(name) + " as\n" + sql)

    def rename(self, name: str, new_name: str) -> None:
        """Put a built relation in the place of another."""
        self._connection.execute("drop table if exists temp." + _quoted(new_name))
        self._connection.execute("alter table temp." + _quoted(name) + " rename to " + _quoted(new_name))

    def take(self, name: str, table: pa.Table) -> None:
        """Let SQL see an Arrow table under a name, without copying it; its pieces are read side by side."""
        pieces = table.to_batches(max_chunksize=_PIECE)
        self._connection.register(name, pa.Table.from_batches(pieces, table.schema))

    def run(self, sql: str, parameters: Mapping[str, object] | None = None) -> None:
        """Run one statement that gives no answer."""
        self._connection.execute(sql, parameters)

    def add(self, table: str, rows: pa.Table) -> None:
        """Append rows to a fact table, matched by column name."""
        self._connection.register("rows_to_add", rows)
        self._connection.execute("insert into facts." + _quoted(table) + " by name select * from rows_to_add")  # noqa: S608 - a quoted name
        self._connection.unregister("rows_to_add")

    def arrow(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """Run a query and give its rows as an Arrow table: decimals stay exact."""
        return self._connection.execute(sql, parameters).to_arrow_table()

    def table(self, name: str) -> pa.Table:
        """Give a whole relation as an Arrow table."""
        return self.arrow("from query_table($name)", {"name": name})

    def batches(self, sql: str, parameters: Mapping[str, object] | None = None) -> pa.RecordBatchReader:
        """Run a query and give its rows piece by piece."""
        return self._connection.execute(sql, parameters).to_arrow_reader(100_000)

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """Run a query that has few rows."""
        return self._connection.execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Mapping[str, object] | None = None) -> tuple[Any, ...]:
        """Run a query that has exactly one row."""
        (row,) = self.rows(sql, parameters)
        return row

    def next_number(self, table: str) -> int:
        """Give the number that the next row of a fact table gets: rows are never taken away."""
        return int(self.one("select count(*) + 1 from query_table('facts.' || $table)", {"table": table})[0])

    def head(self) -> journal.Head:
        """Give the last entry of the journal in the store."""
        rows = self.rows("select seq, hash from facts.journal order by seq desc limit 1")
        return journal.Head(*rows[0]) if rows else journal.EMPTY


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def memory(*, files_allowed: bool = False) -> Iterator[Store]:
    """Give a store that is forgotten afterwards, for work that needs no workspace."""
    connection = duckdb.connect(":memory:", config=_CONFIG | {"enable_external_access": files_allowed})
    try:
        connection.execute("set lock_configuration = true")
        yield Store(connection)
    finally:
        connection.close()


# --- opening -------------------------------------------------------------------------------------------------------


def _connect(workspace: Workspace, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    settings = _CONFIG | {"temp_directory": str(workspace.root / "tmp")}
    try:
        connection = locking.when_free(
            lambda: duckdb.connect(str(workspace.store), read_only=read_only, config=settings),
            lambda error: any(words in str(error) for words in _HELD_ELSEWHERE),
            workspace.root,
        )
        connection.execute("set lock_configuration = true")
    except duckdb.Error as error:
        todo = "restore a backup with recon restore"
        if "Permission denied" in str(error):
            todo = "check who may read and write it"
        raise StoreUnusable(f"The store {workspace.store} cannot be opened ({_first_line(error)}); {todo}.") from error
    return connection


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]


def _version(store: Store) -> int:
    try:
        return int(store.one("select coalesce(max(version), 0) from facts.schema_versions")[0])
    except duckdb.CatalogException:
        return 0


def _migrate(store: Store, workspace: Workspace) -> None:
    version = _version(store)
    newest = schema.migrations()[-1][0]
    if version > newest:
        raise StoreUnusable(
            f"The store {workspace.store} is of version {version}, newer than this program's {newest}; update recon."
        )
    for number, sql in schema.migrations():
        if number > version:
            store.run("begin")
            try:
                store.run(sql)
                store.run("insert into facts.schema_versions values ($n, $at)", {"n": number, "at": _now()})
                store.run("commit")
            except BaseException as error:
                store.run("rollback")
                if isinstance(error, duckdb.CatalogException):
                    raise StoreUnusable(
                        f"The store {workspace.store} is not what its version {version} says ({_first_line(error)}): "
                        "it was changed by hand. Restore a backup with recon restore."
                    ) from error
                raise


def _define_views(store: Store) -> None:
    """Let the views of this program be there, whichever program or hand wrote the store last.

    They are kept in the store under the hash of their texts, because defining them takes half the time of an open. A
    reader that finds others, or finds them changed, defines its own on its connection; a writer puts them right.
    """
    if _views_kept(store) == (schema.views_hash(), _views_there(store)):
        return
    (is_reader,) = store.one("select readonly from duckdb_databases() where database_name = current_database()")
    if is_reader:
        try:
            for name, sql in schema.views():
                store.view(name, sql)
        except duckdb.CatalogException as error:
            raise StoreUnusable(f"The store lacks a table ({_first_line(error)}); restore a backup.") from error
        return
    store.run("begin")
    try:
        for name, _ in store.rows(_VIEWS):
            store.run("drop view main." + _quoted(name))
        for name, sql in schema.views():
            store.run("create view main." + _quoted(name) + " as\n" + sql)
        kept = f"select '{schema.views_hash()}' as sha256, '{_views_there(store)}' as of_catalog"
        store.run("create or replace view main." + _quoted("views_kept") + " as\n" + kept)
        store.run("commit")
    except BaseException:
        store.run("rollback")
        raise


_VIEWS = """
    select view_name, sql from system.main.duckdb_views()
    where not internal and not temporary and schema_name = 'main' and view_name <> 'views_kept' order by view_name
"""


def _views_kept(store: Store) -> tuple[str, str] | None:
    """Give the hashes that the store keeps its views under: of the program's texts, and of the catalog's."""
    try:
        return store.one("select sha256, of_catalog from main.views_kept")
    except (duckdb.CatalogException, duckdb.BinderException, ValueError):
        return None


def _views_there(store: Store) -> str:
    """Hash the views of the catalog, but for signs that it sets otherwise once it has read them from the disk."""
    return hashlib.sha256(re.sub(r'CROSS JOIN|[ (),"]', "", repr(store.rows(_VIEWS))).encode()).hexdigest()


def _check_epoch(store: Store, workspace: Workspace) -> bool:
    """Say whether the journal file is whole; refuse a store that knows less than its file."""
    here, beside = store.head(), journal.file_head(workspace.journal)
    at_beside = store.rows("select hash from facts.journal where seq = $seq", {"seq": beside.seq}) if beside.seq else []
    if beside.seq > here.seq or (at_beside and at_beside[0][0] != beside.hash):
        raise StoreUnusable(
            f"The store {workspace.store} ends at journal entry {here.seq}, but {workspace.journal.name} knows "
            f"entry {beside.seq}{'' if beside.seq > here.seq else ' with another hash'}: the store is older than its "
            "journal or was replaced, or the last entry of one was changed. Put the right one back, or restore a "
            "backup with recon restore."
        )
    return beside == here


def _mend_journal(store: Store, workspace: Workspace) -> None:
    """Write to the file what a crash between commit and file kept from it: one entry, unless the file was put away.

    Raises:
        StoreUnusable: what the store has there does not follow; the second witness does not repeat what is not so.
    """
    head, missing = journal.file_head(workspace.journal), list[bytes]()
    for entry, kept_hash in entries_with_hash(store, after=head.seq):
        if (entry.seq, entry.previous_hash, kept_hash) != (head.seq + 1, head.hash, entry.hash):
            raise StoreUnusable(
                f"Journal entry {entry.seq} of the store {workspace.store} does not follow entry {head.seq} of "
                f"{workspace.journal.name}: one of them was changed by hand. Nothing was written. Put the right one "
                "back, or restore a backup into a new workspace with recon restore."
            )
        head = journal.Head(entry.seq, kept_hash)
        missing.append(entry.line())
    if len(missing) > 1:
        locking.tell(
            f"recon: {workspace.journal} lacked {len(missing)} of {head.seq} entries, more than an accident takes; "
            "they were written anew from the store. A report printed before tells whether they are what they were."
        )
    if missing:
        journal.append(workspace.journal, missing)


def entries_with_hash(store: Store, *, after: int = 0) -> Iterator[tuple[journal.Entry, str]]:
    """Give the journal as the store has it, oldest first, each entry with the hash that was kept for it."""
    sql = """
        select seq, recorded_at, who, action, why, batch_id, file_name, request_key, request_hash, detail, facts,
            previous_hash, hash
        from facts.journal where seq > $after order by seq
    """
    for seq, recorded_at, *words, kept_hash in store.rows(sql, {"after": after}):
        # A moment that no program wrote may be none of Python's; its entry then has another hash.
        moment = recorded_at.isoformat() if isinstance(recorded_at, datetime) else str(recorded_at)
        yield journal.Entry(seq, moment, *words), kept_hash


def exists(workspace: Workspace) -> bool:
    """Say whether the workspace has a store."""
    return workspace.store.is_file()


@contextmanager
def reading(workspace: Workspace, purpose: str = "a reader") -> Iterator[Store]:
    """Open the store to read, beside other readers and while nobody writes.

    Raises:
        WrongUse: there is no store yet. StoreBusy, StoreUnusable: see `recon.errors`.
    """
    workspace.require_store()
    with _read_only(workspace, purpose) as (store, whole):
        if whole:
            yield store
            return
    with locking.held(workspace.root, exclusive=True, purpose=purpose):
        connection = _connect(workspace, read_only=False)
        try:
            _migrate(Store(connection), workspace)
            _mend_journal(Store(connection), workspace)
        finally:
            connection.close()
    with _read_only(workspace, purpose) as (store, _):
        yield store


@contextmanager
def _read_only(workspace: Workspace, purpose: str) -> Iterator[tuple[Store, bool]]:
    with locking.held(workspace.root, exclusive=False, purpose=purpose):
        connection = _connect(workspace, read_only=True)
        try:
            store = Store(connection)
            current = _version(store) == schema.migrations()[-1][0]
            if _version(store) > schema.migrations()[-1][0]:
                _migrate(store, workspace)  # refuses
            whole = current and _check_epoch(store, workspace)
            if whole:
                _define_views(store)
            yield store, whole
        except duckdb.Error as error:
            raise _unusable(workspace, error) from error
        finally:
            connection.close()


def copy_to(workspace: Workspace, target: Path) -> None:
    """Copy the store into a new database file, through the database: the file alone may miss recent commits (M15)."""
    with reading(workspace, "recon backup"):
        pass  # a store that is behind its journal, or of another version, is refused or mended here
    with locking.held(workspace.root, exclusive=False, purpose="recon backup"):
        connection = duckdb.connect(str(target), config=_CONFIG | {"enable_external_access": True})
        try:
            connection.execute("attach " + _literal(workspace.store) + " as source (read_only)")
            for _, sql in schema.migrations():
                connection.execute(sql)
            # In the order in which they were made, so that what a foreign key names is there before it is named.
            made = "select table_name from duckdb_tables() where database_name = current_database() order by table_oid"
            for (table,) in connection.execute(made).fetchall():
                name = _quoted(table)
                connection.execute("insert into facts." + name + " select * from source.facts." + name)  # noqa: S608
        finally:
            connection.close()


def _literal(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


@contextmanager
def opened_copy(path: Path) -> Iterator[Store]:
    """Open a database file that nobody else knows of, such as a backup being made."""
    connection = duckdb.connect(str(path), read_only=True, config=_CONFIG)
    try:
        store = Store(connection)
        _define_views(store)
        yield store
    finally:
        connection.close()


@contextmanager
def fresh(*, read_back: bool) -> Iterator[Store]:
    """Give a store without a row, to hold others against; the catalog spells views otherwise once it was read back."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "store.duckdb"
        with closing(duckdb.connect(str(place), config=_CONFIG)) as connection:
            for _, sql in schema.migrations():
                connection.execute(sql)
            _define_views(Store(connection))
            if not read_back:
                yield Store(connection)
                return
        with opened_copy(place) as store:
            yield store


# --- changing ------------------------------------------------------------------------------------------------------


@dataclass
class Change:
    """What one transaction does: the store to do it in, and what its journal entry will say."""

    store: Store
    seq: int
    recorded_at: datetime
    who: str
    action: str
    why: str = ""
    batch_id: str | None = None
    file_name: str | None = None
    request_key: str | None = None
    request_hash: str | None = None
    detail: dict[str, object] = field(default_factory=dict)
    discarded: bool = False

    def discard(self) -> None:
        """Leave the store as it was: a dry run, or nothing to do."""
        self.discarded = True


@contextmanager
def writing(
    workspace: Workspace, action: str, *, who: str, why: str = "", purpose: str | None = None
) -> Iterator[Change]:
    """Hold the store alone and commit what the block does, with one journal entry, all or nothing.

    Any error in the block rolls back. After the commit the entry is read back, because a commit that follows an error
    answers success and stores nothing (RELIABILITY, finding 3); then the journal file gets its line.

    Raises:
        StoreBusy, StoreUnusable: see `recon.errors`.
    """
    workspace.prepare()
    _check_disk(workspace)
    with locking.held(workspace.root, exclusive=True, purpose=purpose or f"recon {action}"):
        connection = _connect(workspace, read_only=False)
        try:
            store = Store(connection)
            _migrate(store, workspace)
            if not _check_epoch(store, workspace):
                _mend_journal(store, workspace)
            _define_views(store)
            head = store.head()
            change = Change(store, head.seq + 1, _now(), who, action, why)
            store.run("begin")
            try:
                yield change
                entry = None if change.discarded else _record(change, head)
                store.run("rollback" if entry is None else "commit")
            except BaseException:
                _roll_back(connection)
                raise
            if entry is not None:
                if store.head() != journal.Head(entry.seq, entry.hash):
                    raise StoreUnusable(f"The store {workspace.store} did not keep what it was given; nothing changed.")
                _append(workspace, entry)
        except duckdb.Error as error:
            raise _unusable(workspace, error) from error
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise _unusable(workspace, error) from error
            raise
        finally:
            connection.close()


def _append(workspace: Workspace, entry: journal.Entry) -> None:
    try:
        journal.append(workspace.journal, [entry.line()])
    except OSError as error:
        raise StoreUnusable(
            f"It is done and kept in the store as journal entry {entry.seq}, but {workspace.journal} cannot be written "
            f"({error.strerror}). Make room or give access; the next command adds what is missing."
        ) from error


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    # A fatal error has ended the transaction already; the connection is closed either way.
    with suppress(duckdb.Error):
        connection.execute("rollback")


def _unusable(workspace: Workspace, error: Exception) -> Exception:
    text = _first_line(error)
    if "No space left" in str(error) or getattr(error, "errno", None) == errno.ENOSPC:
        return StoreUnusable(
            f"The disk of {workspace.root} is full; nothing was changed. Free some space and try again."
        )
    if isinstance(error, duckdb.FatalException | duckdb.IOException | duckdb.SerializationException):
        return StoreUnusable(f"The store {workspace.store} cannot be used: {text}")
    return error


def _check_disk(workspace: Workspace) -> None:
    free = shutil.disk_usage(workspace.root).free
    if free < _FREE_BYTES_NEEDED:
        raise StoreUnusable(
            f"Only {free // 1024 // 1024} MB are free on the disk of {workspace.root}; "
            f"{_FREE_BYTES_NEEDED // 1024 // 1024} MB are needed. Free some space and try again."
        )


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _record(change: Change, head: journal.Head) -> journal.Entry:
    entry = journal.Entry(
        change.seq,
        change.recorded_at.isoformat(),
        change.who,
        change.action,
        change.why,
        change.batch_id,
        change.file_name,
        change.request_key,
        change.request_hash,
        json.dumps(change.detail, sort_keys=True, ensure_ascii=False),
        json.dumps(digests.digests(change.store, change.seq).get(change.seq, {}), sort_keys=True),
        head.hash,
    )
    change.store.run(
        """
        insert into facts.journal values ($seq, $recorded_at, $who, $action, $why, $batch_id, $file_name, $request_key,
            $request_hash, $detail, $facts, $previous_hash, $hash)
        """,
        {**entry.__dict__, "hash": entry.hash, "recorded_at": change.recorded_at},
    )
    return entry
