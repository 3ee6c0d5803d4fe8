"""The side lock that makes taking turns on the store safe (RELIABILITY M1).

DuckDB's own lock fails at once when the store is open elsewhere, and cannot be trusted across versions. So every open
first holds `store.lock`: shared to read, exclusive to write. `store.queue` is a turnstile that each comer holds while
it waits for `store.lock`; without it, readers who overlap would keep a writer out for ever.
"""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Any, TypeVar

import portalocker

from recon.errors import StoreBusy, StoreUnusable, WrongUse

PATIENCE = 30.0  # seconds until a waiting process gives up, unless RECON_LOCK_TIMEOUT says otherwise
_SHORTEST = 0.1  # even a lock that is free takes a moment to get
_SILENCE = 0.5  # seconds of waiting before it is worth a word
_PAUSE = 0.2  # seconds between two looks where nothing tells when it is free

_Opened = TypeVar("_Opened")

if sys.platform == "win32":
    # Its choice there is the C library's locks, which cannot be shared and give up after ten seconds.
    portalocker.portalocker.LOCKER = portalocker.portalocker.Win32Locker()


def patience() -> float:
    """Seconds to wait for the store.

    Raises:
        WrongUse: RECON_LOCK_TIMEOUT is not a number.
    """
    wanted = os.environ.get("RECON_LOCK_TIMEOUT") or PATIENCE
    try:
        return min(max(float(wanted), _SHORTEST), threading.TIMEOUT_MAX)
    except ValueError:
        raise WrongUse(f"RECON_LOCK_TIMEOUT is {wanted!r}; give it a number of seconds, such as 30.") from None


def _to_stderr(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


_announce: ContextVar[Callable[[str], None]] = ContextVar("announce", default=_to_stderr)


@contextmanager
def announcing(say: Callable[[str], None]) -> Iterator[None]:
    """Have what the store says inside the block, such as what it waits for, said here and not on standard error."""
    before = _announce.set(say)
    try:
        yield
    finally:
        _announce.reset(before)


def tell(message: str) -> None:
    """Say something to whoever waits for the store; on standard error unless `announcing` has it said elsewhere."""
    _announce.get()(message)


class _Waiter(threading.Thread):
    """Blocks for a lock in the background, so that the kernel's own fair queue is used and we can still give up."""

    def __init__(self, handles: Sequence[IO[Any]], *, exclusive: bool) -> None:
        super().__init__(daemon=True)
        self._queue, self._lock = handles
        self._flags = portalocker.LockFlags.EXCLUSIVE if exclusive else portalocker.LockFlags.SHARED
        self._settling = threading.Lock()
        self._abandoned = False
        self.got = threading.Event()
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            portalocker.lock(self._queue, portalocker.LockFlags.EXCLUSIVE)
            portalocker.lock(self._lock, self._flags)
            portalocker.unlock(self._queue)
        except Exception as error:  # noqa: BLE001 - handed to the thread that waits, which raises it
            self.error = error
        with self._settling:
            self.got.set()
            if self._abandoned:
                self.close()

    def abandon(self) -> bool:
        """Stop wanting the lock; False when it came in the very last moment and is held now."""
        with self._settling:
            if self.got.is_set() and self.error is None:
                return False
            self._abandoned = True
            if self.got.is_set():
                self.close()
            return True

    def close(self) -> None:
        """Let go of the lock, or of the wish for it."""
        self._queue.close()
        self._lock.close()


def _holder(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip() or "another process"
    except OSError:
        return "another process"


def _wait(waiter: _Waiter, folder: Path, holder: Path, say: Callable[[str], None]) -> None:
    deadline = time.monotonic() + patience()
    if not waiter.got.wait(min(_SILENCE, patience())):
        say(f"Waiting for the store, which is in use by {_holder(holder)} …")
        if not waiter.got.wait(max(0.0, deadline - time.monotonic())) and waiter.abandon():
            raise StoreBusy(
                f"The store in {folder} is in use by {_holder(holder)} and did not come free in {patience():.0f} s; "
                "try again when that is done."
            )
    if waiter.error is not None:
        raise waiter.error


def when_free(attempt: Callable[[], _Opened], is_busy: Callable[[Exception], bool], folder: Path) -> _Opened:
    """Open what a program may hold that knows nothing of our locks, as soon as it lets go.

    Raises:
        StoreBusy: it did not in time.
    """
    deadline, is_said = time.monotonic() + patience(), False
    while True:
        try:
            return attempt()
        except Exception as error:
            if not is_busy(error):
                raise
            if time.monotonic() >= deadline:
                raise StoreBusy(
                    f"The store in {folder} is open in another program and did not come free in {patience():.0f} s; "
                    "close it there and try again."
                ) from error
        if not is_said:
            tell("Waiting for the store, which is open in another program …")
            is_said = True
        time.sleep(_PAUSE)


@contextmanager
def held(folder: Path, *, exclusive: bool, purpose: str, say: Callable[[str], None] = tell) -> Iterator[None]:
    """Hold the store's side lock for as long as the `with` block runs.

    Raises:
        StoreBusy: it did not come free in time; the message names who holds it.
        StoreUnusable: the workspace cannot be written, which even a reader has to.
    """
    try:
        handles = [(folder / name).open("a+b") for name in ("store.queue", "store.lock")]
    except OSError as error:
        raise StoreUnusable(
            f"The workspace {folder} cannot be used ({error.strerror}); its folder has to be writable, to read as well."
        ) from error
    holder = folder / "store.holder"
    waiter = _Waiter(handles, exclusive=exclusive)
    waiter.start()
    try:
        _wait(waiter, folder, holder, say)
    except BaseException:  # an interrupt as well: what nobody waits for any more must not be held
        if not waiter.abandon():
            waiter.close()
        raise
    queue, lock = handles
    try:
        if exclusive:
            holder.write_text(f"{purpose} (process {os.getpid()}, since {time.strftime('%H:%M:%S')})", encoding="utf-8")
        yield
    finally:
        if exclusive:
            holder.unlink(missing_ok=True)
        queue.close()
        lock.close()
