"""The store: opened through one function, all or nothing, exact, and shut to all that is outside (RELIABILITY)."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path

import duckdb
import pytest

from recon import batches, journal, receipts, schema, store
from recon.batches import Terms
from recon.errors import ReconError, StoreBusy, StoreUnusable, WrongUse
from recon.store import Change
from recon.workspace import Workspace
from tests.workspaces import (
    JUNE,
    WHO,
    Started,
    assert_silent,
    by_hand,
    command,
    die,
    holding,
    loaded,
    lockbox,
    posted,
    rows,
)

forked = pytest.mark.skipif(os.name != "posix", reason="the processes of these tests are forked")


def test_what_runs_is_a_duckdb_that_keeps_what_it_acknowledged() -> None:
    """RELIABILITY, finding 1: 2.0.0 loses commits when processes take turns; tests/random/test_turns.py is the case."""
    assert tuple(map(int, duckdb.__version__.split(".")[:3])) >= (1, 5, 5)
    assert int(duckdb.__version__.split(".")[0]) < 2
    assert version("duckdb") == duckdb.__version__


# --- opening ---------------------------------------------------------------------------------------------------------


def test_a_workspace_without_a_store_says_what_to_do(tmp_path: Path) -> None:
    with (
        pytest.raises(WrongUse, match="or make one there: recon load-ledger"),
        store.reading(Workspace.at(tmp_path / "none")),
    ):
        pytest.fail("opened")
    assert not (tmp_path / "none").exists()


@forked
def test_readers_read_beside_each_other(tmp_path: Path) -> None:
    """M1: shared for reading, across processes."""
    workspace = loaded(tmp_path)
    with store.reading(workspace) as current:
        assert current.head().seq == 1
        assert Started(read_only, workspace.root).end() == 0


def read_only(root: Path) -> None:
    with store.reading(Workspace.at(root)) as current:
        assert current.head().seq == 1


def _recon(workspace: Workspace, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "recon", *arguments, "--workspace", str(workspace.root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "200", **environment},
    )


@forked
def test_a_second_process_waits_with_a_message_and_then_goes_on(tmp_path: Path) -> None:
    """Issue, bad input and accidents: a second process waits for the store with a visible message."""
    workspace = posted(tmp_path)
    with holding(workspace.root) as holder:
        waiting = _recon(workspace, "status", "--json")
        assert waiting.stderr is not None
        first = waiting.stderr.readline()
        holder.kill_after(0)
        answer, rest = waiting.communicate(timeout=60)
    assert first.startswith("Waiting for the store, which is in use by recon post B000001 (process ")
    assert waiting.returncode == 0, rest
    assert '"posted"' in answer


@forked
def test_a_store_that_does_not_come_free_is_exit_code_5(tmp_path: Path) -> None:
    """SPEC 8: 5, and the message names who holds it."""
    workspace = posted(tmp_path)
    with holding(workspace.root) as holder:
        refused = _recon(workspace, "status", RECON_LOCK_TIMEOUT="0.6")
        _, said = refused.communicate(timeout=60)
        assert f"(process {holder.process.pid}, since" in said
    assert refused.returncode == StoreBusy.exit_code == 5
    assert "Traceback" not in said


@forked
def test_a_killed_writer_leaves_the_store_free_and_whole(tmp_path: Path) -> None:
    """M1, M6: kill -9 inside a transaction; the next one opens at once and sees nothing of it."""
    workspace = posted(tmp_path)
    with holding(workspace.root) as holder:
        holder.kill_after(0)
        start = time.monotonic()
        assert rows(workspace, "select count(*) from facts.receipts") == [(2,)]
        assert time.monotonic() - start < 5
    assert_silent(workspace)


def test_a_store_that_is_no_database_is_exit_code_8(tmp_path: Path) -> None:
    workspace = posted(tmp_path)
    workspace.store.write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreUnusable, match=r"cannot be opened .*recon restore") as refused:
        rows(workspace, "select 1")
    assert refused.value.exit_code == 8


@pytest.mark.parametrize("kept", [0.1, 0.5])
def test_a_store_that_was_cut_off_is_exit_code_8(tmp_path: Path, kept: float) -> None:
    """SPEC 8: damaged is unusable, not an unexpected error."""
    workspace = posted(tmp_path)
    size = workspace.store.stat().st_size
    with workspace.store.open("rb+") as file:
        file.truncate(int(size * kept))
    with pytest.raises(StoreUnusable):
        rows(workspace, "select (select count(*) from facts.lines), (select sum(amount) from facts.ledger_charges)")


# --- versions --------------------------------------------------------------------------------------------------------


def test_a_new_store_has_every_step_and_says_so(tmp_path: Path) -> None:
    """Migrations: one row per step."""
    workspace = loaded(tmp_path)
    numbers = [number for number, _ in schema.migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [number for (number,) in rows(workspace, "select version from facts.schema_versions order by 1")] == numbers


def test_an_older_store_is_brought_up_by_whoever_opens_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Migrations: a reader brings it up as well as a writer; the facts stay as they were."""
    workspace = posted(tmp_path)
    before = rows(workspace, "select * from facts.receipts order by all")
    step = "create table facts.later (id varchar primary key, entry_seq bigint not null)"
    steps = [*schema.migrations(), (schema.migrations()[-1][0] + 1, step)]
    monkeypatch.setattr(schema, "migrations", lambda: steps)
    assert rows(workspace, "select count(*) from facts.later") == [(0,)]
    assert rows(workspace, "select max(version) from facts.schema_versions") == [(steps[-1][0],)]
    assert rows(workspace, "select * from facts.receipts order by all") == before
    assert_silent(workspace)


def test_a_step_that_fails_leaves_the_version_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = posted(tmp_path)
    good = schema.migrations()
    number = good[-1][0]
    steps = [*good, (number + 1, "create table facts.one (a integer)"), (number + 2, "create table nonsense")]
    with monkeypatch.context() as patch:
        patch.setattr(schema, "migrations", lambda: steps)
        with pytest.raises(duckdb.Error):
            rows(workspace, "select 1")
    by_hand(workspace, f"delete from facts.schema_versions where version = {number + 1}", "drop table facts.one")
    assert rows(workspace, "select max(version) from facts.schema_versions") == [(number,)]
    assert_silent(workspace)


@pytest.mark.parametrize("is_writing", [True, False])
def test_a_store_of_a_newer_version_is_exit_code_8(tmp_path: Path, *, is_writing: bool) -> None:
    """SPEC 8: 8, a store of a newer version; it is left as it is."""
    workspace = loaded(tmp_path)
    by_hand(workspace, "insert into facts.schema_versions values (9999, current_timestamp::timestamp)")
    attempt = _close_a_period if is_writing else _look
    with pytest.raises(StoreUnusable, match=r"newer than this program's .* update recon") as refused:
        attempt(workspace)
    assert refused.value.exit_code == 8


# --- store and journal file ------------------------------------------------------------------------------------------


def _close_a_period(workspace: Workspace, through: str = "2026-01-31") -> None:
    with store.writing(workspace, "close-period", who=WHO) as change:
        change.store.run(
            "insert into facts.period_closings values ($through, $seq)", {"through": through, "seq": change.seq}
        )


def _look(workspace: Workspace) -> None:
    rows(workspace, "select 1")


def _old_store_back(workspace: Workspace) -> None:
    aside = workspace.root / "aside.duckdb"
    shutil.copyfile(workspace.store, aside)
    _close_a_period(workspace)
    os.replace(aside, workspace.store)


def test_a_store_older_than_its_journal_file_is_refused(tmp_path: Path) -> None:
    """M2, law 11: a store that lost commits is not worked on as if nothing had happened."""
    workspace = posted(tmp_path)
    seq = journal.file_head(workspace.journal).seq
    _old_store_back(workspace)
    for attempt in (lambda: rows(workspace, "select 1"), lambda: _close_a_period(workspace)):
        with pytest.raises(
            StoreUnusable, match=rf"ends at journal entry {seq}, but journal.jsonl knows entry {seq + 1}"
        ):
            attempt()
    refused = _recon(workspace, "audit")
    _, said = refused.communicate(timeout=60)
    assert refused.returncode == 8
    assert "the store is older than its journal" in said
    assert "recon restore" in said
    assert "Traceback" not in said


def test_another_store_of_the_same_length_is_refused(tmp_path: Path) -> None:
    """M2: the hash counts, not only the number."""
    workspace = posted(tmp_path)
    aside = workspace.root / "aside.duckdb"
    shutil.copyfile(workspace.store, aside)
    head = workspace.journal.read_bytes()
    _close_a_period(workspace, "2026-01-31")
    other = workspace.journal.read_bytes()
    workspace.journal.write_bytes(head)
    os.replace(aside, workspace.store)
    _close_a_period(workspace, "2026-02-28")
    workspace.journal.write_bytes(other)
    with pytest.raises(StoreUnusable, match="with another hash"):
        rows(workspace, "select 1")


@pytest.mark.parametrize("left", ["nothing", "no file", "first line", "two lines and a half"])
@pytest.mark.parametrize("is_writing", [True, False])
def test_a_missing_tail_of_the_journal_file_is_written_on_opening(
    tmp_path: Path, left: str, *, is_writing: bool
) -> None:
    """SPEC 6: a missing tail is rewritten from the store on opening, over a torn half line too."""
    workspace = posted(tmp_path)
    lines = workspace.journal.read_bytes().splitlines(keepends=True)
    assert len(lines) == 3
    torn = {"nothing": b"", "first line": lines[0], "two lines and a half": lines[0] + lines[1] + lines[2][:40]}
    if left == "no file":
        workspace.journal.unlink()
    else:
        workspace.journal.write_bytes(torn[left])
    if is_writing:
        _close_a_period(workspace)
    else:
        rows(workspace, "select 1")
    assert workspace.journal.read_bytes().splitlines(keepends=True)[:3] == lines
    assert_silent(workspace)


@forked
@pytest.mark.parametrize(
    "point", ["before the commit", "before the file", "in the middle of the line", "after the line"]
)
def test_a_commit_counts_once_it_is_made(tmp_path: Path, point: str) -> None:
    """M2, M16: killed before the commit, nothing happened; after it, everything did, and the file catches up."""
    workspace = loaded(tmp_path)
    killed = Started(close_and_die, workspace.root, point)
    assert killed.end() == -9
    is_kept = point != "before the commit"
    assert rows(workspace, "select count(*) from facts.period_closings") == [(int(is_kept),)]
    assert_silent(workspace)
    assert journal.file_head(workspace.journal).seq == 1 + is_kept
    _close_a_period(workspace, "2026-02-28")
    assert_silent(workspace)


def close_and_die(root: Path, point: str) -> None:
    run, append = store.Store.run, journal.append

    def run_or_die(self: store.Store, sql: str, parameters: object = None) -> None:
        if sql == "commit" and point == "before the commit":
            die()
        run(self, sql, parameters)  # type: ignore[arg-type]

    def append_or_die(path: Path, lines: list[bytes]) -> None:
        if point == "before the file":
            die()
        if point == "in the middle of the line":
            with path.open("ab") as file:
                file.write(lines[0][:50])
            die()
        append(path, lines)
        die()

    store.Store.run = run_or_die  # type: ignore[method-assign]
    journal.append = append_or_die
    _close_a_period(Workspace.at(root))


# --- one transaction -------------------------------------------------------------------------------------------------


def test_any_error_takes_everything_back(tmp_path: Path) -> None:
    """M6: an error in the block rolls back; no entry, no rows."""
    workspace = loaded(tmp_path)
    before = workspace.journal.read_bytes()

    def fail(change: Change) -> None:
        change.store.run("insert into facts.period_closings values ('2026-01-31', $seq)", {"seq": change.seq})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), store.writing(workspace, "close-period", who=WHO) as change:
        fail(change)
    assert rows(workspace, "select count(*) from facts.period_closings") == [(0,)]
    assert workspace.journal.read_bytes() == before


def test_an_error_that_was_swallowed_does_not_pass_for_success(tmp_path: Path) -> None:
    """RELIABILITY, finding 3: COMMIT after an error answers success and stores nothing; the wrapper must not."""
    workspace = loaded(tmp_path)

    def twice(change: Change) -> None:
        sql = "insert into facts.period_closings values ('2026-01-31', $seq)"
        change.store.run(sql, {"seq": change.seq})
        with suppress(duckdb.ConstraintException):
            change.store.run(sql, {"seq": change.seq})

    with pytest.raises((ReconError, duckdb.Error)), store.writing(workspace, "close-period", who=WHO) as change:
        twice(change)
    assert rows(workspace, "select count(*), (select max(seq) from facts.journal) from facts.period_closings") == [
        (0, 1)
    ]
    assert journal.file_head(workspace.journal).seq == 1


def test_a_commit_that_kept_nothing_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """M6: after the commit the entry is read back."""
    workspace = loaded(tmp_path)
    run = store.Store.run

    def commit_nothing(self: store.Store, sql: str, parameters: object = None) -> None:
        run(self, "rollback" if sql == "commit" else sql, parameters)  # type: ignore[arg-type]

    monkeypatch.setattr(store.Store, "run", commit_nothing)
    with pytest.raises(StoreUnusable, match="did not keep what it was given"):
        _close_a_period(workspace)
    assert journal.file_head(workspace.journal).seq == 1


def test_a_journal_file_that_cannot_be_written_is_told_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M16: by then the change is committed, so nobody is told that nothing was changed."""
    workspace = loaded(tmp_path)

    def full(path: Path, lines: list[bytes]) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(journal, "append", full)
        with pytest.raises(
            StoreUnusable, match=r"kept in the store as journal entry 2, but .*journal\.jsonl cannot"
        ) as told:
            _close_a_period(workspace)
    assert "nothing was changed" not in str(told.value)
    assert rows(workspace, "select count(*) from facts.period_closings") == [(1,)]
    assert_silent(workspace)


def test_a_discarded_change_leaves_no_trace(tmp_path: Path) -> None:
    workspace = loaded(tmp_path)
    with store.writing(workspace, "close-period", who=WHO) as change:
        change.store.run("insert into facts.period_closings values ('2026-01-31', $seq)", {"seq": change.seq})
        change.discard()
    assert rows(workspace, "select count(*), (select max(seq) from facts.journal) from facts.period_closings") == [
        (0, 1)
    ]


# --- nothing outside -------------------------------------------------------------------------------------------------


_REACHING_OUT = [
    "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')",
    "select * from read_blob('/etc/passwd')",
    "select * from '/etc/passwd'",
    "select * from glob('/etc/*')",
    "copy (select 1) to '{folder}/out.csv'",
    "copy facts.journal to '{folder}/out.parquet' (format parquet)",
    "copy facts.period_closings from '/etc/passwd'",
    "export database '{folder}/out'",
    "attach '{folder}/other.duckdb' as other",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "set allowed_directories = ['/etc']",
    "set lock_configuration = false",
    "set python_enable_replacements = true",
    "reset enable_external_access",
    "pragma database_list; attach ':memory:' as m; copy m to '{folder}/m'",
]


@pytest.mark.parametrize("sql", _REACHING_OUT)
@pytest.mark.parametrize("how", ["reading", "writing", "memory"])
def test_no_statement_reaches_outside_the_store(tmp_path_factory: pytest.TempPathFactory, sql: str, how: str) -> None:
    """M19: no files, no network, no extensions, and the options that say so are locked."""
    folder = _shared(tmp_path_factory)
    workspace = Workspace.at(folder / "workspace")
    before = sorted(folder.iterdir())
    opened = {
        "reading": lambda: store.reading(workspace),
        "writing": lambda: store.writing(workspace, "x", who=WHO),
        "memory": store.memory,
    }[how]()
    with opened as found:
        current = found.store if isinstance(found, Change) else found
        with pytest.raises(duckdb.Error):
            current.rows(sql.format(folder=folder))
        if isinstance(found, Change):
            found.discard()
    assert sorted(folder.iterdir()) == before


_folders: dict[str, Path] = {}


def _shared(factory: pytest.TempPathFactory) -> Path:
    """One workspace for all statements; none of them changes it."""
    if "shared" not in _folders:
        _folders["shared"] = factory.mktemp("shared")
        loaded(_folders["shared"])
    return _folders["shared"]


def test_no_statement_finds_a_python_variable(tmp_path: Path) -> None:
    """M19: python_enable_replacements is off, so a typing error can never read what happens to lie in memory."""
    import pyarrow as pa

    workspace = loaded(tmp_path)
    secrets = pa.table({"a": [1]})
    for opened in (store.reading(workspace), store.memory()):
        with pytest.raises(duckdb.CatalogException), opened as current:
            current.rows("select * from secrets")
    assert len(secrets) == 1


def test_readers_cannot_write(tmp_path: Path) -> None:
    workspace = posted(tmp_path)
    with pytest.raises(duckdb.Error, match="read-only"), store.reading(workspace) as current:
        current.run("delete from facts.receipt_exports")


# --- facts -----------------------------------------------------------------------------------------------------------

_BROKEN_FACTS = {
    "a second receipt of the same number": "insert into facts.receipts select * from facts.receipts limit 1",
    "a receipt of a line that does not exist": (
        "insert into facts.receipts select * replace ('R9' as receipt_id, 99 as line_number) "
        "from facts.receipts limit 1"
    ),
    "a receipt of nothing": (
        "insert into facts.receipts select * replace ('R9' as receipt_id, 9 as part, 0 as amount) from facts.receipts "
        "limit 1"
    ),
    "a receipt of tenant and ledger": (
        "insert into facts.receipts select * replace ('R9' as receipt_id, 9 as part, 'l1' as ledger_key) "
        "from facts.receipts limit 1"
    ),
    "an application to a charge that was never exported": (
        "insert into facts.applications select * replace ('none' as charge_key) from facts.applications limit 1"
    ),
    "an application of a receipt that does not exist": (
        "insert into facts.applications select * replace ('R9' as receipt_id) from facts.applications limit 1"
    ),
    "an application below zero": (
        "insert into facts.applications select * replace (-1 as amount, 99 as entry_seq) "
        "from facts.applications limit 1"
    ),
    "a second reversal": "insert into facts.reversals values ('R0000001', 'returned', '2026-06-11', 9), "
    "('R0000001', 'correction', '2026-06-11', 9)",
    "a reversal of another kind": "insert into facts.reversals values ('R0000001', 'oops', '2026-06-11', 9)",
    "a reversal of nothing": "insert into facts.reversals values ('R9', 'returned', '2026-06-11', 9)",
    "a receipt twice on a slip": "insert into facts.deposit_items select * from facts.deposit_items limit 1",
    "an item of a slip that does not exist": (
        "insert into facts.deposit_items select * replace ('D9' as deposit_id) from facts.deposit_items limit 1"
    ),
    "a slip recorded twice": "insert into facts.deposit_recordings values ('D000001', 1, 9), ('D000001', 1, 9)",
    "a slip voided twice": "insert into facts.deposit_voids values ('D000001', 9), ('D000001', 9)",
    "a line twice": "insert into facts.lines select * from facts.lines limit 1",
    "a line of no batch": "insert into facts.lines select * replace ('B9' as batch_id) from facts.lines limit 1",
    "a readable line without an amount": (
        "insert into facts.lines select * replace (77 as line_number, null as amount, null as message) "
        "from facts.lines limit 1"
    ),
    "a decision on no line": "insert into facts.line_decisions values ('B000001', 99, 'removed', 9)",
    "a charge open beyond its amount": (
        "insert into facts.ledger_charges select * replace ('c9' as charge_key, 999999 as open_amount) "
        "from facts.ledger_charges limit 1"
    ),
    "a charge open below zero": (
        "insert into facts.ledger_charges select * replace ('c9' as charge_key, -1 as open_amount) "
        "from facts.ledger_charges limit 1"
    ),
    "an owner's ledger without an owner": (
        "insert into facts.ledger_ledgers select * replace ('l9' as ledger_key, 'owner' as kind, null as owner_key) "
        "from facts.ledger_ledgers limit 1"
    ),
    "an export twice": "insert into facts.receipt_exports values ('R1', 'default', 9), ('R1', 'other', 9)",
    "a run of no batch": "insert into facts.runs values ('run-9', 'B9', '', '', 9)",
    "a completion of no run": "insert into facts.run_completions values ('run-9', 9)",
    "a refund of nothing": "insert into facts.credit_refunds values ('R0000001', 0, '2026-06-11', 9)",
    "a journal entry twice": "insert into facts.journal select * from facts.journal limit 1",
    "two entries of one hash": "insert into facts.journal select * replace (99 as seq) from facts.journal limit 1",
    "a row of no entry": "insert into facts.period_closings values ('2026-01-31', null)",
}


@pytest.mark.parametrize("sql", _BROKEN_FACTS.values(), ids=_BROKEN_FACTS.keys())
def test_keys_and_checks_refuse_what_cannot_be(tmp_path_factory: pytest.TempPathFactory, sql: str) -> None:
    """M10: keys and checks on every fact table, which hold against the program itself."""
    if "posted" not in _folders:
        _folders["posted"] = tmp_path_factory.mktemp("posted")
        posted(_folders["posted"])
    workspace = Workspace.at(_folders["posted"] / "workspace")
    with pytest.raises(duckdb.ConstraintException), store.writing(workspace, "x", who=WHO) as change:
        change.store.run(sql)


def test_every_fact_table_belongs_to_the_journal_and_has_a_key(tmp_path: Path) -> None:
    """M10, law 10: a table without `entry_seq` would not be hashed, one without a key could hold a fact twice."""
    workspace = loaded(tmp_path)
    tables = rows(workspace, "select table_name from duckdb_tables() where schema_name = 'facts' order by 1")
    owned = rows(
        workspace,
        "select table_name from duckdb_columns() where schema_name = 'facts' and column_name = 'entry_seq' order by 1",
    )
    assert [name for (name,) in owned] == schema.fact_tables()
    assert {name for (name,) in tables} - set(schema.fact_tables()) == {"journal", "schema_versions"}
    keyed = rows(
        workspace, "select distinct table_name from duckdb_constraints() where constraint_type = 'PRIMARY KEY'"
    )
    assert {name for (name,) in tables} <= {name for (name,) in keyed}


def test_decimals_come_out_as_they_went_in(tmp_path: Path) -> None:
    """M12: DECIMAL(18,2) end to end, the largest, the smallest, and what a float would spoil."""
    workspace = loaded(tmp_path)
    amounts = ["0.01", "0.10", "0.29", "1.15", "8.41", "9007199254740993.01", "9999999999999999.99"]
    with store.writing(workspace, "amounts", who=WHO) as change:
        for place, amount in enumerate(amounts):
            change.store.run(
                "insert into facts.imports values ($id, 'x', 's', 'c', 'local', null, null, null, null, false, false, "
                "0, $amount, $seq)",
                {"id": f"B{place}", "amount": Decimal(amount), "seq": change.seq + place},
            )
        sql = "select total_amount from facts.imports where batch_id like 'B_' order by batch_id"
        assert [row[0] for row in change.store.rows(sql)] == list(map(Decimal, amounts))
        assert change.store.arrow(sql)["total_amount"].to_pylist() == list(map(Decimal, amounts))
        (total,) = change.store.one("select sum(total_amount) from facts.imports where batch_id like 'B_'")
        assert total == sum(map(Decimal, amounts))
        change.discard()


# --- a full disk -----------------------------------------------------------------------------------------------------


def _nothing_changed(workspace: Workspace, before: list[tuple[object, ...]], journal_bytes: bytes) -> None:
    assert rows(workspace, "select * from facts.journal order by seq") == before
    assert workspace.journal.read_bytes() == journal_bytes
    assert_silent(workspace)


def test_too_little_room_is_told_before_anything_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """M20: enough free disk is checked before posting, with a clear message; exit code 8."""
    workspace = posted(tmp_path)
    before, beside = rows(workspace, "select * from facts.journal order by seq"), workspace.journal.read_bytes()
    usage = shutil.disk_usage(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=5 * 1024 * 1024))
        for attempt in (
            lambda: receipts.post(workspace, "B000001", who=WHO),
            lambda: batches.import_file(workspace, lockbox(tmp_path / "a.csv"), Terms(again="x"), who=WHO),
        ):
            with pytest.raises(
                StoreUnusable, match=r"Only 5 MB are free .* 64 MB are needed\. Free some space"
            ) as refused:
                attempt()
            assert refused.value.exit_code == 8
    _nothing_changed(workspace, before, beside)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB, where this machine lets us make one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)]
    if (
        sys.platform != "linux"
        or os.geteuid() != 0
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("needs root on Linux to mount a small file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_fills_up_changes_nothing(
    tmp_path: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Goal: disk full. A real one, at several moments of an import; exit code 8, and with some room all is well."""
    workspace = posted(small_disk)
    monkeypatch.setattr(store, "_FREE_BYTES_NEEDED", 0)
    before, beside = rows(workspace, "select * from facts.journal order by seq"), workspace.journal.read_bytes()
    file = lockbox(tmp_path / "many.csv", JUNE * 4000)
    said = []
    for free in (100_000, 600_000, 1_000_000, 1_500_000, 2_500_000):
        ballast = small_disk / "ballast"
        ballast.write_bytes(b"x" * max(0, shutil.disk_usage(small_disk).free - free))
        try:
            batches.import_file(workspace, file, Terms(), who=WHO)
        except (StoreUnusable, OSError) as error:  # the command line gives 8 for either
            said.append(str(error))
        ballast.unlink()
        if rows(workspace, "select count(*) from facts.imports") == [(2,)]:
            break
        _nothing_changed(workspace, before, beside)
    assert [words for words in said if "is full; nothing was changed" in words], said
    if rows(workspace, "select count(*) from facts.imports") == [(1,)]:
        assert batches.import_file(workspace, file, Terms(), who=WHO) == "B000002"
    assert_silent(workspace)


@forked
def test_a_command_in_a_process_of_its_own_ends_with_its_exit_code(tmp_path: Path) -> None:
    """What the crash tests build on."""
    workspace = loaded(tmp_path)
    file = lockbox(tmp_path / "June.csv")
    assert Started(run_import, workspace.root, file).end() == 0
    assert Started(run_import, workspace.root, file).end() == 4


def run_import(root: Path, file: Path) -> None:
    command("import", root, path=file)
