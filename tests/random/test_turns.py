"""Processes taking turns on one store: no commit lost, no reader shown half a change, no payment taken twice.

600 commits and 15 rounds; with RECON_LONG=1 10,000 and 60.
"""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from recon import batches, journal, locking, receipts, store
from recon.audits import audit
from recon.batches import Terms
from recon.decisions import Part
from recon.errors import DuplicateFile
from recon.ledger_loading import load_ledger
from recon.workspace import Workspace
from tests.ledger_folders import folder_of
from tests.workspaces import BOOKS, JUNE, WHO, Started, assert_silent, command, loaded, lockbox, posted, rows

LONG = os.environ.get("RECON_LONG") == "1"
WRITERS, READERS = 4, 2
COMMITS = 10_000 if LONG else 600
ROUNDS = 60 if LONG else 15

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the processes of these tests are forked")

_FIRST_DAY = date(1900, 1, 1)


def write(root: Path, commits: int) -> None:
    """Commit, each time one day after the last that anybody committed: a lost commit leaves a gap or a clash."""
    workspace = Workspace.at(root)
    store._define_views = lambda _: None  # none is read here, and they would be half the work
    waits = []
    for _ in range(commits):
        start = time.monotonic()
        with store.writing(workspace, "close-period", who=f"writer {os.getpid()}") as change:
            waits.append(time.monotonic() - start)
            count = change.store.one("select count(*) from facts.period_closings")[0]
            change.store.run(
                "insert into facts.period_closings values ($day, $seq)",
                {"day": _FIRST_DAY + timedelta(days=count), "seq": change.seq},
            )
            assert change.seq == count + 2
    waits.sort()
    (root / f"waited{os.getpid()}").write_text(str(waits[int(len(waits) * 0.99)]))


def read(root: Path) -> None:
    """Read until told to stop; whatever is seen is one moment, never before what was seen already."""
    workspace = Workspace.at(root)
    last, reads = 0, 0
    while not (root / "stop").exists():
        with store.reading(workspace) as current:
            head = current.head()
            count, latest, newest = current.one(
                "select count(*), max(closed_through), max(entry_seq) from facts.period_closings"
            )
            time.sleep(0.02)
            again = current.one("select count(*) from facts.period_closings")[0]
        assert head.seq >= last
        assert count == again == head.seq - 1
        assert count == 0 or (latest, newest) == (_FIRST_DAY + timedelta(days=count - 1), head.seq)
        last, reads = head.seq, reads + 1
        time.sleep(0.3)
    (root / f"reads{os.getpid()}").write_text(str(reads))


def test_four_writers_and_two_readers_lose_nothing(tmp_path: Path) -> None:
    """RELIABILITY, findings 1 and 2, goal: 4 writers, 2 readers, 0 commits lost, nobody refused or starved."""
    workspace = loaded(tmp_path)
    readers = [Started(read, workspace.root) for _ in range(READERS)]
    writers = [Started(write, workspace.root, COMMITS // WRITERS) for _ in range(WRITERS)]
    try:
        for writer in writers:
            writer.process.join(3600 if LONG else 300)
            assert writer.end() == 0
    finally:
        (workspace.root / "stop").touch()
    assert [reader.end() for reader in readers] == [0] * READERS
    assert rows(
        workspace, "select count(*), count(distinct entry_seq), max(closed_through) from facts.period_closings"
    ) == [(COMMITS, COMMITS, _FIRST_DAY + timedelta(days=COMMITS - 1))]
    assert journal.file_head(workspace.journal).seq == COMMITS + 1
    assert len(workspace.journal.read_bytes().splitlines()) == COMMITS + 1
    assert_silent(workspace)
    assert all(int(path.read_text()) > 2 for path in workspace.root.glob("reads*"))
    assert len(list(workspace.root.glob("waited*"))) == WRITERS
    if LONG:
        assert all(float(path.read_text()) < 2 for path in workspace.root.glob("waited*"))


# --- the same payments at once ---------------------------------------------------------------------------------------


def bring_in_and_post(root: Path, file: Path, begin: float) -> None:
    """Import and post at a set moment; what was there before is no error."""
    workspace = Workspace.at(root)
    time.sleep(max(0.0, begin - time.monotonic()))
    try:
        receipts.post(workspace, batches.import_file(workspace, file, Terms(), who=WHO), who=WHO)
    except DuplicateFile:
        receipts.post(workspace, "B000001", who=WHO)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_the_same_file_at_once_from_four_processes_is_taken_once(turn: int, tmp_path: Path) -> None:
    """Threats, goal: the same file renamed, with other line ends, from four processes: each payment is posted once."""
    workspace = loaded(tmp_path)
    source = random.Random(turn)
    ends = source.sample(["\r\n", "\n", "\r", "\r\n"], 4)
    files = [
        lockbox(tmp_path / f"{number}" / source.choice(["June.csv", "june.TXT", f"copy of June {number}.asc"]), text)
        for number, end in enumerate(ends)
        if (text := JUNE.replace("\r\n", end))
    ]
    begin = time.monotonic() + 0.1
    started = [Started(bring_in_and_post, workspace.root, file, begin) for file in files]
    assert [process.end() for process in started] == [0, 0, 0, 0]
    assert rows(workspace, "select count(*) from facts.imports") == [(1,)]
    assert rows(workspace, "select line_number, count(*), sum(amount) from facts.receipts group by 1 order by 1") == [
        (1, 1, Decimal("150.01")),
        (3, 1, Decimal("300.00")),
    ]
    assert rows(workspace, "select sum(total) from deposits") == [(Decimal("450.01"),)]
    assert_silent(workspace)


def test_two_people_cannot_pay_one_charge_twice(tmp_path: Path) -> None:
    """M9: money decisions are taken one after the other; the second sees what the first has done."""
    for turn in range(4):
        workspace = posted(tmp_path / f"{turn}")
        both = [Started(process_all, workspace.root) for _ in range(2)]
        assert sorted(process.end() for process in both) == [0, 2]
        assert rows(workspace, "select sum(amount) from facts.receipts where line_number = 2") == [(Decimal("200.00"),)]
        assert rows(workspace, "select open_amount from charges where charge_key = 'c3'") == [(Decimal("0.00"),)]
        assert_silent(workspace)


def process_all(root: Path) -> None:
    part = Part(Decimal("200.00"), "T2", "U2", {"C3": Decimal("200.00")})
    command("process", root, batch="B000001", line=2, parts=[part])


# --- readers during work ---------------------------------------------------------------------------------------------


def work(root: Path, folder: Path) -> None:
    """Import, post and reload for a while, and say when it is over."""
    workspace = Workspace.at(root)
    for month in range(1, 9):
        text = JUNE.replace("2026-06-1", f"2026-0{month}-1")
        batch_id = batches.import_file(workspace, lockbox(folder / f"{month}.csv", text), Terms(), who=WHO)
        receipts.post(workspace, batch_id, who=WHO)
    load_ledger(workspace, folder_of(folder / "later", BOOKS | {"units": BOOKS["units"] + "\nU9 | Nine | O2"}), who=WHO,
                includes="none")  # fmt: skip
    (root / "over").touch()


@contextmanager
def _patience(seconds: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECON_LOCK_TIMEOUT", seconds)
        yield


def test_a_reader_during_work_is_never_refused(tmp_path: Path) -> None:
    """Issue: a reader during a run waits its turn; it sees batches whole, and the audit is silent at every moment."""
    workspace = loaded(tmp_path)
    worker = Started(work, workspace.root, tmp_path)
    seen: list[tuple[int, int]] = []
    with _patience("20"):
        assert locking.patience() == 20
        while not (workspace.root / "over").exists():
            with store.reading(workspace) as current:
                seen.append(
                    current.one("select (select count(*) from facts.imports), (select count(*) from facts.lines)")
                )
            assert audit(workspace) == []
    assert worker.end() == 0
    assert all(lines == 4 * imports for imports, lines in seen)
    assert seen == sorted(seen)
    assert len(set(seen)) > 1
    assert_silent(workspace)
