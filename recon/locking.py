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
from pathlib import Path
from typing import IO, Any

import portalocker

from recon.errors import StoreBusy

PATIENCE = 30.0  # seconds until a waiting process gives up, unless RECON_LOCK_TIMEOUT says otherwise
_SILENCE = 0.5  # seconds of waiting before it is worth a word


def patience() -> float:
    """Seconds to wait for the store."""
    return float(os.environ.get("RECON_LOCK_TIMEOUT", PATIENCE))


def _say(message: str) -> None:
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


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
                self._close()

    def abandon(self) -> bool:
        """Stop wanting the lock; False when it came in the very last moment and is held now."""
        with self._settling:
            if self.got.is_set() and self.error is None:
                return False
            self._abandoned = True
            if self.got.is_set():
                self._close()
            return True

    def _close(self) -> None:
        self._queue.close()
        self._lock.close()


def _holder(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip() or "another process"
    except OSError:
        return "another process"


@contextmanager
def held(folder: Path, *, exclusive: bool, purpose: str, say: Callable[[str], None] = _say) -> Iterator[None]:
    """Hold the store's side lock for as long as the `with` block runs.

    Raises:
        StoreBusy: it did not come free in time; the message names who holds it.
    """
    handles = [(folder / name).open("a+b") for name in ("store.queue", "store.lock")]
    holder = folder / "store.holder"
    waiter = _Waiter(handles, exclusive=exclusive)
    waiter.start()
    deadline = time.monotonic() + patience()
    if not waiter.got.wait(min(_SILENCE, patience())):
        say(f"Waiting for the store, which is in use by {_holder(holder)} …")
        if not waiter.got.wait(max(0.0, deadline - time.monotonic())) and waiter.abandon():
            raise StoreBusy(
                f"The store in {folder} is in use by {_holder(holder)} and did not come free in {patience():.0f} s; "
                "try again when that is done."
            )
    if waiter.error is not None:
        waiter.abandon()
        raise waiter.error
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
