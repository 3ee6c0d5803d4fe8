"""The side lock: taking turns, waiting with a word, giving up with a name (RELIABILITY M1)."""

import os
import threading
import time
from pathlib import Path

import pytest

from recon import locking
from recon.errors import StoreBusy, StoreUnusable, WrongUse
from recon.locking import held
from tests.workspaces import Started

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the processes of these tests are forked")


def _hold(folder: Path, *, exclusive: bool, seconds: float = 60) -> None:
    with held(folder, exclusive=exclusive, purpose="recon post B000007"):
        (folder / f"held{os.getpid()}").touch()
        time.sleep(seconds)


def hold_to_write(folder: Path, seconds: float = 60) -> None:
    _hold(folder, exclusive=True, seconds=seconds)


def hold_to_read(folder: Path, seconds: float = 60) -> None:
    _hold(folder, exclusive=False, seconds=seconds)


def _held_by(started: Started, folder: Path) -> Started:
    deadline = time.monotonic() + 30
    while not (folder / f"held{started.process.pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.005)
    return started


def test_readers_hold_it_together(tmp_path: Path) -> None:
    """M1: shared for reading."""
    reader = _held_by(Started(hold_to_read, tmp_path), tmp_path)
    said: list[str] = []
    with held(tmp_path, exclusive=False, purpose="a reader", say=said.append):
        assert not said
    reader.kill_after(0)


@pytest.mark.parametrize("exclusive", [True, False])
def test_it_gives_up_in_time_and_names_the_holder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, exclusive: bool
) -> None:
    """M1: waits with a time-out that names the holder; the wait was announced."""
    monkeypatch.setenv("RECON_LOCK_TIMEOUT", "0.7")
    writer = _held_by(Started(hold_to_write, tmp_path), tmp_path)
    said: list[str] = []
    start = time.monotonic()
    with (
        pytest.raises(StoreBusy, match=rf"recon post B000007 \(process {writer.process.pid}, since .* 1 s") as refused,
        held(tmp_path, exclusive=exclusive, purpose="me", say=said.append),
    ):
        pytest.fail("held by two")
    assert 0.6 < time.monotonic() - start < 10
    assert refused.value.exit_code == 5
    assert len(said) == 1
    assert said[0].startswith("Waiting for the store, which is in use by recon post B000007")
    writer.kill_after(0)


def test_a_killed_holder_frees_it_at_once(tmp_path: Path) -> None:
    """M1: the lock is the kernel's, so nothing has to be cleaned up after kill -9."""
    writer = _held_by(Started(hold_to_write, tmp_path), tmp_path)
    writer.kill_after(0)
    start = time.monotonic()
    with held(tmp_path, exclusive=True, purpose="me"):
        assert time.monotonic() - start < 0.4


def test_a_waiting_process_goes_on_when_the_store_is_free(tmp_path: Path) -> None:
    """Issue: a second process waits for the store with a visible message instead of failing."""
    writer = _held_by(Started(hold_to_write, tmp_path, 1.0), tmp_path)
    said: list[str] = []
    with held(tmp_path, exclusive=True, purpose="me", say=said.append):
        assert (tmp_path / "store.holder").read_text().startswith(f"me (process {os.getpid()}")
    assert len(said) == 1
    assert writer.end() == 0
    assert not (tmp_path / "store.holder").exists()


def test_readers_who_overlap_do_not_keep_a_writer_out(tmp_path: Path) -> None:
    """RELIABILITY, finding 2: fair; the turnstile lets no later reader overtake a waiting writer."""
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            with held(tmp_path, exclusive=False, purpose="a reader"):
                time.sleep(0.05)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        start = time.monotonic()
        with held(tmp_path, exclusive=True, purpose="a writer"):
            assert time.monotonic() - start < 5
    finally:
        stop.set()
        for reader in readers:
            reader.join()


def test_an_interrupted_wait_does_not_hold_it_later(tmp_path: Path) -> None:
    """Control-C in a notebook cell that waits: the lock must not arrive later and stay with nobody."""
    writer = _held_by(Started(hold_to_write, tmp_path), tmp_path)

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    kept = None
    try:
        with held(tmp_path, exclusive=True, purpose="me", say=interrupt):
            pytest.fail("held by two")
    except KeyboardInterrupt as error:
        kept = error  # as IPython keeps the last traceback, and with it every local variable
    writer.kill_after(0)
    time.sleep(0.1)
    other = Started(hold_to_write, tmp_path, 0.0)
    assert other.end() == 0
    assert kept is not None


def test_an_error_inside_frees_it(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), held(tmp_path, exclusive=True, purpose="me"):
        raise ZeroDivisionError
    with held(tmp_path, exclusive=True, purpose="me"):
        pass


@pytest.mark.parametrize(("text", "seconds"), [("2.5", 2.5), ("", 30.0), ("0", 0.1), ("1e99", threading.TIMEOUT_MAX)])
def test_the_patience_asked_for(monkeypatch: pytest.MonkeyPatch, text: str, seconds: float) -> None:
    """0 means: do not wait; a store that is free is still had."""
    monkeypatch.setenv("RECON_LOCK_TIMEOUT", text)
    assert locking.patience() == seconds


def test_a_free_store_is_had_without_patience(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECON_LOCK_TIMEOUT", "0")
    for _ in range(20):
        with held(tmp_path, exclusive=True, purpose="me"):
            pass


def test_a_patience_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECON_LOCK_TIMEOUT", "soon")
    with pytest.raises(WrongUse, match="RECON_LOCK_TIMEOUT is 'soon'"):
        locking.patience()


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    """RELIABILITY M1: a reader holds the lock as well, so its folder has to be there and writable."""
    with pytest.raises(StoreUnusable, match="cannot be used"), held(tmp_path / "none", exclusive=False, purpose="x"):
        pass
