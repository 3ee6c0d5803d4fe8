"""Small workspaces for tests: a ledger of two bank accounts, lockbox files, processes that can be killed."""

import contextlib
import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from recon import backup, batches, daily, decisions, deposits, receipt_export, receipts, store
from recon.audits import Finding, audit
from recon.batches import Terms
from recon.errors import ReconError
from recon.ledger_loading import load_ledger
from recon.lockbox.writing import write
from recon.workspace import Workspace
from schemas.lockbox import RECORDS
from tests.ledger_folders import folder_of

WHO = "ann"

# Two owners with a bank account each; the management shares the first.
BOOKS = {
    "bank_accounts": "bank_account_id | name\nTRUST | Trust\nRESERVE | Reserve",
    "owners": "owner_id | name\nO1 | Olga Owner\nO2 | Otto Owner",
    "ledgers": (
        "ledger_id | kind | owner_id | bank_account_id\n"
        "L1 | owner | O1 | TRUST\n"
        "L2 | owner | O2 | RESERVE\n"
        "MGMT | management | | TRUST\n"
        "DEP | tenant_deposits | | TRUST"
    ),
    "units": "unit_id | description | owner_id\nU1 | One | O1\nU2 | Two | O1\nU3 | Three | O2",
    "tenants": (
        "tenant_id | name | unit_id | status\n"
        "T1 | Tina | U1 | current\n"
        "T2 | Theo | U2 | current\n"
        "T3 | Tara | U3 | current"
    ),
    "charges": (
        "charge_id | tenant_id | unit_id | ledger_id | charge_code | description | due_date | amount | open_amount\n"
        "C1 | T1 | U1 | L1 | RENT | June | 2026-06-01 | 100.00 | 100.00\n"
        "C2 | T1 | U1 | L1 | WATER | June | 2026-06-02 | 50.01 | 50.01\n"
        "C3 | T2 | U2 | L1 | RENT | June | 2026-06-01 | 200.00 | 200.00\n"
        "C4 | T3 | U3 | L2 | RENT | June | 2026-06-01 | 300.00 | 300.00\n"
        "C5 | T2 | U2 | MGMT | FEE | June | 2026-06-01 | 20.00 | 20.00"
    ),
}

# Line 1 posts by itself on TRUST, line 3 on RESERVE; line 2 waits (underpaid), line 4 is rejected.
JUNE = (
    '"2026-06-10","U1","150.01","check 11","T1",\r\n'
    '"2026-06-10","U2","200.00","check 12","T2",\r\n'
    '"2026-06-10","U3","300.00","check 13","T3",\r\n'
    '"2026-06-31","U3","1.00","no such day","T3",\r\n'
)


def lockbox(path: Path, text: str = JUNE) -> Path:
    """Write a lockbox file as it stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def payments(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write a lockbox file of records."""
    import pyarrow as pa

    path.write_bytes(write(pa.Table.from_pylist(rows, RECORDS)))
    return path


@cache
def _template(kind: str) -> Path:
    """Make a workspace once in this process, to be copied by every test that wants one like it."""
    folder = Path(tempfile.mkdtemp(prefix="recon-tests-"))
    workspace = Workspace.at(folder / "workspace")
    load_ledger(workspace, folder_of(folder / "ledger", BOOKS), who=WHO)
    if kind == "posted":
        batch_id = batches.import_file(workspace, lockbox(folder / "June.csv"), Terms(), who=WHO)
        receipts.post(workspace, batch_id, who=WHO)
    return workspace.root


def loaded(folder: Path) -> Workspace:
    """A workspace with the books loaded and nothing else."""
    return _copied("loaded", folder)


def posted(folder: Path) -> Workspace:
    """A workspace in which June is batch B000001: R0000001 lies on slip D000002, R0000002 on D000001."""
    return _copied("posted", folder)


def _copied(kind: str, folder: Path) -> Workspace:
    shutil.copytree(_template(kind), folder / "workspace")
    return Workspace.at(folder / "workspace")


def remove_templates() -> None:
    """Take away what `loaded` and `posted` copied from."""
    for kind in ("loaded", "posted"):
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(_template(kind).parent)
    _template.cache_clear()


def rows(workspace: Workspace, sql: str, parameters: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
    """Ask the store."""
    with store.reading(workspace) as current:
        return current.rows(sql, parameters)


def by_hand(workspace: Workspace, *statements: str) -> None:
    """Change the store behind the program's back, as somebody with a database tool could."""
    connection = duckdb.connect(str(workspace.store))
    try:
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()


def laws(findings: list[Finding]) -> set[str]:
    """The names of the laws that were found broken."""
    return {finding.law for finding in findings}


# --- processes -------------------------------------------------------------------------------------------------------

# The server has imported everything and opened nothing, so that a process costs a fork.
_PRELOADED = ["tests.workspaces", "recon.classification", "recon.ledger", "recon.explain", "pyarrow.parquet"]


@cache
def _server() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


class Started:
    """A process of its own that does one thing, a function at the top of a module with what it takes."""

    def __init__(self, what: Callable[..., None], *given: Any, **more: Any) -> None:
        self._code: int | None = None
        self._began, began = _server().Pipe(duplex=False)
        self.process = _server().Process(target=_do, args=(began, what, given, more), daemon=True)
        self.process.start()
        began.close()
        assert self._began.poll(60), "the process did not begin"
        assert self._began.recv() == "begun"

    def kill_after(self, seconds: float) -> bool:
        """Wait, then kill -9; says whether it was still at work."""
        if self._code is not None:
            return False
        self.process.join(seconds)
        was_alive = bool(self.process.is_alive())
        self.process.kill()
        self.end()
        return was_alive

    def end(self) -> int:
        """Wait for the end; give the exit code, negative for a signal."""
        if self._code is None:
            self.process.join(120)
            self._code = self.process.exitcode
            assert self._code is not None, "the process hangs"
            self._began.close()
        return self._code


def _do(began: Any, what: Callable[..., None], given: tuple[Any, ...], more: dict[str, Any]) -> None:
    store._CONFIG["threads"] = 1  # six processes at once need no more
    began.send("begun")
    began.close()
    try:
        what(*given, **more)
    except ReconError as error:
        os.write(2, f"{error}\n".encode())
        os._exit(error.exit_code)


def die() -> None:
    """End this process as kill -9 does: nothing is flushed, closed or undone."""
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


# --- commands --------------------------------------------------------------------------------------------------------


def command(name: str, root: Path, **given: Any) -> None:
    """Do what a command does, through the package."""
    workspace = Workspace.at(root)
    _COMMANDS[name](workspace, **given)


_COMMANDS: dict[str, Callable[..., object]] = {
    "load": lambda workspace, folder, includes=None: load_ledger(workspace, folder, who=WHO, includes=includes),
    "import": lambda workspace, path, again=None: batches.import_file(workspace, path, Terms(again=again), who=WHO),
    "post": lambda workspace, batch: receipts.post(workspace, batch, who=WHO),
    "process": lambda workspace, batch, line, parts: decisions.process_payment(workspace, batch, line, parts, who=WHO),
    "record": lambda workspace, slip, total: deposits.record(workspace, slip, total, who=WHO),
    "void": lambda workspace, slip: deposits.void(workspace, slip, who=WHO, why="wrong account"),
    "reverse": lambda workspace, receipt, kind, on: decisions.reverse(
        workspace, receipt, kind, on, who=WHO, why="wrong tenant"
    ),
    "export": lambda workspace, path: receipt_export.export(workspace, path, who=WHO),
    "backup": backup.backup,
    "run": lambda workspace, path, **more: daily.run(workspace, path, Terms(), who=WHO, **more),
}


@contextlib.contextmanager
def holding(root: Path, purpose: str = "recon post B000001") -> Iterator[Started]:
    """Have another process hold the store to write, until the block ends."""
    ready = root / "held"
    started = Started(hold, root, purpose, ready)
    deadline = time.monotonic() + 30
    while not ready.exists():
        assert time.monotonic() < deadline, "nobody holds the store"
        time.sleep(0.005)
    try:
        yield started
    finally:
        started.kill_after(0)


def hold(root: Path, purpose: str, ready: Path, seconds: float = 60) -> None:
    """Hold the store to write, saying so by a file."""
    with store.writing(Workspace.at(root), "hold", who=WHO, purpose=purpose) as change:
        ready.touch()
        time.sleep(seconds)
        change.discard()


def assert_silent(workspace: Workspace) -> None:
    """RELIABILITY, the laws: the audit finds nothing."""
    found = audit(workspace)
    assert not found, "\n".join(f"{finding.law}: {finding.words}" for finding in found)
