"""Kill -9 while importing, posting, depositing, exporting, backing up: nothing lost, doubled or unbalanced.

After each kill the store opens, the audit is silent, and the same command again does what is missing or says that it
was done. 60 kills at seeded moments, 1,000 with RECON_LONG=1, and one at each boundary between two steps.
"""

import csv
import functools
import json
import os
import random
import shutil
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recon import backup, daily, journal, receipt_export, store
from recon.batches import Terms
from recon.decisions import Part
from recon.errors import DuplicateFile, ReconError
from recon.workspace import Workspace
from tests.ledger_folders import folder_of
from tests.workspaces import BOOKS, JUNE, WHO, Started, assert_silent, command, die, loaded, lockbox, posted, rows

LONG = os.environ.get("RECON_LONG") == "1"
ROUNDS = 100 if LONG else 6  # of ten commands, each killed once

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the processes of these tests are forked")


# --- at seeded moments -----------------------------------------------------------------------------------------------


def _steps(folder: Path) -> list[tuple[str, dict[str, Any], str]]:
    """A day's commands, each with a query that says whether it was done."""
    more = "\nC6 | T1 | U1 | L1 | RENT | July | 2026-07-01 | 100.00 | 100.00"
    later = folder_of(folder / "later", BOOKS | {"charges": BOOKS["charges"] + more})
    july = JUNE.replace("2026-06-1", "2026-07-1").replace("check", "transfer")
    split = [Part(Decimal("150.00"), "T2", "U2", {"C3": Decimal("150.00")}), Part(Decimal("50.00"), ledger_id="MGMT")]
    count = "select count(*) {} from facts."
    return [
        ("load", {"folder": folder_of(folder / "first", BOOKS)}, count.format("= 1") + "ledger_loads"),
        ("import", {"path": lockbox(folder / "June.csv")}, count.format("= 1") + "imports"),
        ("post", {"batch": "B000001"}, count.format(">= 2") + "receipts"),
        ("process", {"batch": "B000001", "line": 2, "parts": split}, count.format(">= 4") + "receipts"),
        ("record", {"slip": "D000002", "total": Decimal("350.01")}, count.format("= 1") + "deposit_recordings"),
        ("export", {"path": folder / "out.csv"}, ""),
        ("void", {"slip": "D000001"}, count.format("= 1") + "deposit_voids"),
        ("import", {"path": lockbox(folder / "July.csv", july)}, count.format("= 2") + "imports"),
        ("load", {"folder": later, "includes": "none"}, count.format("= 2") + "ledger_loads"),
        ("backup", {"target": folder / "b.zip"}, ""),
    ]


def _is_done(workspace: Workspace, given: dict[str, Any], asked: str) -> bool:
    if not asked:
        return bool((given.get("path") or given["target"]).exists())
    return store.exists(workspace) and bool(rows(workspace, asked)[0][0])


@functools.cache
def _usual_times() -> list[float]:
    """How long each command takes here and now, in a process of its own."""
    import tempfile

    times = []
    with tempfile.TemporaryDirectory() as name:
        for what, given, _ in _steps(Path(name)):
            started = Started(command, what, Path(name) / "workspace", **given)
            start = time.monotonic()
            assert started.end() == 0
            times.append(time.monotonic() - start)
    return times


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_command_killed_at_any_moment_is_finished_by_running_it_again(seed: int, tmp_path: Path) -> None:
    """Goal: kill -9 of the writer at random points while importing, posting, depositing; nothing lost or doubled."""
    source = random.Random(seed)
    workspace = Workspace.at(tmp_path / "workspace")
    for (what, given, asked), usual in zip(_steps(tmp_path), _usual_times(), strict=True):
        Started(command, what, workspace.root, **given).kill_after(source.uniform(0.0, 1.1) * usual)
        if store.exists(workspace):
            assert_silent(workspace)
        was_done = _is_done(workspace, given, asked)
        try:
            command(what, workspace.root, **given)
        except ReconError:
            if not was_done:
                raise
        assert _is_done(workspace, given, asked), what
    _assert_the_day_is_done(workspace, tmp_path)


def _assert_the_day_is_done(workspace: Workspace, folder: Path) -> None:
    """One receipt per part of a line, every cent in its place, everything exported once."""
    assert_silent(workspace)
    assert rows(workspace, "select batch_id, line_number, amount from facts.receipts order by receipt_id") == [
        ("B000001", 1, Decimal("150.01")),
        ("B000001", 3, Decimal("300.00")),
        ("B000001", 2, Decimal("150.00")),
        ("B000001", 2, Decimal("50.00")),
    ]
    assert rows(workspace, "select batch_id, posted_amount, waiting_amount from batches order by 1") == [
        ("B000001", Decimal("650.01"), Decimal("0.00")),
        ("B000002", Decimal("0.00"), Decimal("650.01")),
    ]
    assert rows(workspace, "select state, sum(total) from deposits group by state order by state") == [
        ("open", Decimal("300.00")),
        ("recorded", Decimal("350.01")),
        ("void", Decimal("0.00")),
    ]
    _assert_exported_once(workspace, [folder / "out.csv"])
    there = Workspace.at(folder / "restored")
    head = backup.restore(folder / "b.zip", there)
    assert head == journal.file_head(workspace.journal)


def _assert_exported_once(workspace: Workspace, files: list[Path]) -> None:
    exported: list[tuple[str, str]] = []
    for file in files:
        with file.open(encoding="utf-8", newline="") as text:
            exported += sorted({(row["receipt_id"], row["record"]) for row in csv.DictReader(text)})
    marked = [
        (record.removesuffix("-reversed"), "reversed" if record.endswith("-reversed") else "receipt")
        for (record,) in rows(workspace, "select record_id from facts.receipt_exports")
    ]
    assert sorted((receipt, "receipt" if kind == "receipt" else "reversed") for receipt, kind in exported) == sorted(
        marked
    )


# --- at each boundary between two steps ------------------------------------------------------------------------------


def dying(what: str, root: Path, point: str, **given: Any) -> None:
    """Do a command in a process that ends at a named point."""
    commit, append, replace = store.Store.run, journal.append, os.replace

    def run(self: store.Store, sql: str, parameters: Any = None) -> None:
        if sql == "commit" and point == "before the commit":
            die()
        commit(self, sql, parameters)
        if sql == "commit" and point == "right after the commit":
            die()

    def add(path: Path, lines: list[bytes]) -> None:
        if point == "before the journal file":
            die()
        if point == "inside a journal line":
            with path.open("ab") as file:
                file.write(lines[0][: len(lines[0]) // 2])
            die()
        append(path, lines)
        if point == "after the journal file":
            die()

    def put(old: Any, new: Any) -> None:
        if point == f"before naming {Path(new).name}":
            die()
        replace(old, new)
        if point == f"after naming {Path(new).name}":
            die()

    store.Store.run = run  # type: ignore[method-assign]
    journal.append = add
    os.replace = put  # type: ignore[assignment]
    command(what, root, **given)


_COMMIT_POINTS = [
    "before the commit",
    "right after the commit",
    "before the journal file",
    "inside a journal line",
    "after the journal file",
]


@pytest.mark.parametrize("point", _COMMIT_POINTS)
def test_a_posting_is_whole_or_not_at_all(tmp_path: Path, point: str) -> None:
    """M6, M14, M16: around each commit of import and posting; the journal's file catches up on opening."""
    workspace = loaded(tmp_path)
    file = lockbox(tmp_path / "June.csv")
    for what, given, made in (
        ("import", {"path": file}, "select count(*) from facts.lines"),
        ("post", {"batch": "B000001"}, "select count(*) from facts.receipts"),
    ):
        assert Started(dying, what, workspace.root, point, **given).end() == -9
        whole = {"import": 4, "post": 2}[what]
        assert rows(workspace, made) == [(0 if point == "before the commit" else whole,)]
        assert_silent(workspace)
        try:
            command(what, workspace.root, **given)
        except DuplicateFile:
            if point == "before the commit":
                raise
        assert rows(workspace, made) == [(whole,)]
    assert_silent(workspace)
    assert rows(workspace, "select sum(total) from deposits") == [(Decimal("450.01"),)]


def test_bytes_are_archived_before_anything_else(tmp_path: Path) -> None:
    """SPEC 3, M14: killed between archive and import, the file is kept and the import can be done."""
    workspace = loaded(tmp_path)
    file = lockbox(tmp_path / "June.csv")
    assert Started(dying, "import", workspace.root, "before the commit", path=file).end() == -9
    (kept,) = (path for path in workspace.archive.iterdir() if not path.name.startswith("."))
    assert kept.read_bytes() == file.read_bytes()
    command("import", workspace.root, path=file)
    assert_silent(workspace)


@pytest.mark.parametrize(
    "point",
    [
        "before naming .out.csv.4",
        "after naming .out.csv.4",
        *_COMMIT_POINTS,
        "before naming out.csv",
        "after naming out.csv",
    ],
)
def test_an_export_is_marked_once_and_never_lost(tmp_path: Path, point: str) -> None:
    """SPEC 6: each exported once; at every point between file, marks and name the same call again gives the file."""
    workspace = posted(tmp_path)
    out = tmp_path / "out.csv"
    (tmp_path / ".out.csv.swp").write_text("somebody's editor")
    assert Started(dying, "export", workspace.root, point, path=out).end() == -9
    assert_silent(workspace)
    if not out.exists():
        command("export", workspace.root, path=out)
    _assert_exported_once(workspace, [out])
    command("process", workspace.root, batch="B000001", line=2, parts=[_all_of_it()])
    command("export", workspace.root, path=tmp_path / "next.csv")
    _assert_exported_once(workspace, [out, tmp_path / "next.csv"])
    assert (tmp_path / ".out.csv.swp").read_text() == "somebody's editor"
    assert_silent(workspace)


def _all_of_it() -> Part:
    return Part(Decimal("200.00"), "T2", "U2", {"C3": Decimal("200.00")})


def test_two_exports_of_one_name_lose_nothing(tmp_path: Path) -> None:
    """SPEC 6: a schedule that fires twice; the second finds the first's file, complete, or is refused."""
    for turn in range(4):
        workspace = posted(tmp_path / f"{turn}")
        out = tmp_path / f"{turn}" / "out.csv"
        both = [Started(command, "export", workspace.root, path=out) for _ in range(2)]
        assert sorted(started.end() for started in both) in ([0, 0], [0, 3])
        _assert_exported_once(workspace, [out])
        assert rows(workspace, "select count(*) from facts.receipt_exports") == [(2,)]


def test_what_was_exported_is_never_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SPEC 6: a file that appears while the export waits for the store stays as it is."""
    workspace = posted(tmp_path)
    out = tmp_path / "out.csv"
    opened = store._connect

    def appear(*given: Any, **more: Any) -> Any:
        out.write_text("exported by another")
        return opened(*given, **more)

    monkeypatch.setattr(store, "_connect", appear)
    with pytest.raises(ReconError, match="exists; name a new file"):
        receipt_export.export(workspace, out, who=WHO)
    assert out.read_text() == "exported by another"
    assert rows(workspace, "select count(*) from facts.receipt_exports") == [(0,)]


# --- whole runs ------------------------------------------------------------------------------------------------------


def run_and_die(root: Path, file: Path, ledger: Path, point: str) -> None:
    """Do the main job in a process that ends at a named point."""

    def say(step: str) -> None:
        if step == point:
            die()

    if point == "completing":
        daily._complete = lambda *_: die()  # type: ignore[assignment]
    if point == "between two files":
        replace = os.replace

        def put(old: Any, new: Any) -> None:
            if Path(new).name == "receipts.csv":
                die()
            replace(old, new)

        os.replace = put  # type: ignore[assignment]
    if point == "in the notebook":
        from recon import notebook_runs

        notebook_runs.to_html = lambda *_: die()  # type: ignore[assignment]
    daily.run(Workspace.at(root), file, Terms(), who=WHO, ledger=ledger, say=say)


_POINTS = ["posting", "writing the files", "between two files", "completing"]
_MORE_POINTS = ["loading the ledger", "registering the batch", "making the report", "in the notebook"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """A ledger and a file, and what an undisturbed run makes of them."""
    folder = tmp_path_factory.mktemp("whole")
    file, ledger = lockbox(folder / "June.csv"), folder_of(folder / "ledger", BOOKS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(daily, "_make_report", lambda *given: None)  # nothing of what is compared depends on it
        daily.run(Workspace.at(folder / "workspace"), file, Terms(), who=WHO, ledger=ledger)
    return folder, _outputs(folder / "workspace")


def _recon_run(folder: Path, root: Path) -> subprocess.CompletedProcess[str]:
    given = [
        "run",
        str(folder / "June.csv"),
        "--ledger",
        str(folder / "ledger"),
        "--workspace",
        str(root),
        "--user",
        WHO,
    ]
    return subprocess.run(
        [sys.executable, "-m", "recon", *given], capture_output=True, text=True, check=False, timeout=300
    )


def _outputs(root: Path) -> dict[str, bytes]:
    """The files of the one run that depend on nothing but input and rules."""
    (run,) = (root / "runs").iterdir()
    fixed = sorted(path.name for path in run.iterdir() if path.suffix in (".csv", ".log") or path.name == "run.json")
    assert not [name for name in fixed if name.startswith(".")]
    return {name: (run / name).read_bytes() for name in fixed}


@pytest.mark.parametrize("point", [*_POINTS, *(_MORE_POINTS if LONG else [])])
def test_a_killed_run_is_finished_by_the_same_command(
    whole: tuple[Path, dict[str, bytes]], tmp_path: Path, point: str
) -> None:
    """SPEC 6, goal: a run killed and run again ends as if nothing had happened, exit 0; once complete, 4."""
    folder, expected = whole
    root = tmp_path / "workspace"
    assert Started(run_and_die, root, folder / "June.csv", folder / "ledger", point).end() == -9
    workspace = Workspace.at(root)
    if store.exists(workspace):
        assert_silent(workspace)
        assert rows(workspace, "select count(*) from facts.run_completions") == [(0,)]
    again = _recon_run(folder, root)
    assert again.returncode == 0, again.stderr
    assert _outputs(root) == expected
    (run,) = (root / "runs").iterdir()
    made = {path.name for path in run.iterdir()}
    assert {"report.ipynb", "report.html", "report_context.json", "deposit_D000001.pdf"} <= made
    assert_silent(workspace)
    assert rows(workspace, "select count(*), sum(amount) from facts.receipts") == [(2, Decimal("450.01"))]
    assert rows(workspace, "select count(*), sum(total) from deposits") == [(2, Decimal("450.01"))]
    assert rows(workspace, "select count(*) from facts.run_completions") == [(1,)]
    done = _recon_run(folder, root)
    assert done.returncode == 4, done.stderr
    assert "imported before, as batch B000001" in done.stderr
    assert "Traceback" not in again.stderr + done.stderr


def test_a_run_that_is_not_complete_says_so(tmp_path: Path) -> None:
    """M17: a run succeeded when its row says so, never because a report exists."""
    workspace = loaded(tmp_path)
    file = lockbox(tmp_path / "June.csv")
    started = Started(run_and_die, workspace.root, file, folder_of(tmp_path / "ledger", BOOKS), "making the report")
    assert started.end() == -9
    (run,) = (workspace.root / "runs").iterdir()
    assert json.loads((run / "run.json").read_text())["posted"]["amount"] == "450.01"
    shutil.copy(run / "run.json", run / "report.html")
    from recon.status import status

    assert status(workspace).unfinished_runs == ["run-000001"]
