"""The journal: one entry per commit, chained by hash, in the store and in a file beside it (SPEC 6, RELIABILITY M16).

An entry says who did what, when, why and from which file, and carries for every fact table the number of rows that
came in with it and their SHA-256. So a row that is changed, added or taken away by hand no longer agrees with its
entry, and an entry that is changed no longer agrees with the chain or with the file.

The file is a second witness, and it is the epoch of the store: it is written after the commit, so a store that knows
less than its file has lost commits (RELIABILITY M2).
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from recon.errors import StoreUnusable

GENESIS = "0" * 64
_TAIL = 1 << 16
_LARGEST = 1 << 63  # the store counts up to here


@dataclass(frozen=True)
class Entry:
    """One line of the journal; `detail` and `facts` are JSON texts, `recorded_at` is UTC in ISO form."""

    seq: int
    recorded_at: str
    who: str
    action: str
    why: str
    batch_id: str | None
    file_name: str | None
    request_key: str | None
    request_hash: str | None
    detail: str
    facts: str
    previous_hash: str

    @property
    def hash(self) -> str:
        """SHA-256 of the entry with the hash of the one before it, which is what makes the chain."""
        return hashlib.sha256(_canonical(asdict(self)).encode()).hexdigest()

    def line(self) -> bytes:
        """The entry as the journal file has it."""
        return (_canonical(asdict(self) | {"hash": self.hash}) + "\n").encode()


def _canonical(value: dict[str, object]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Head:
    """The last entry of a journal."""

    seq: int
    hash: str


EMPTY = Head(0, GENESIS)


def file_head(path: Path) -> Head:
    """Read the last whole line of the journal file; a line cut off by a crash does not count.

    Raises:
        StoreUnusable: the line is no journal entry.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            reach = _TAIL
            while True:
                file.seek(max(0, size - reach))
                whole = file.read(reach).rpartition(b"\n")[0]
                last = whole.rpartition(b"\n")[2]
                if last and (whole != last or reach >= size):
                    return _head(path, last)
                if reach >= size:
                    return EMPTY
                reach *= 4
    except FileNotFoundError:
        return EMPTY
    except OSError as error:
        raise StoreUnusable(f"{path} cannot be read ({error.strerror}); see what it is and who may read it.") from error


def _head(path: Path, line: bytes) -> Head:
    try:
        record = json.loads(line)
        seq = int(record["seq"])
        if not 0 < seq < _LARGEST:
            raise ValueError(seq)
        return Head(seq, str(record["hash"]))
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise StoreUnusable(
            f"The last line of {path} is not a journal entry: the file was changed by hand. Put the right file back, "
            "or move it away; the store then writes it anew."
        ) from error


def append(path: Path, lines: list[bytes]) -> None:
    """Add lines durably, first cutting off what a crash left of an unfinished one."""
    new = not path.exists()
    with path.open("ab+") as file:
        size = file.seek(0, os.SEEK_END)
        reach = min(size, _TAIL)
        while True:
            file.seek(size - reach)
            tail = file.read(reach)
            if b"\n" in tail or reach == size:
                break
            reach = min(size, reach * 4)
        file.truncate(size - len(tail.rpartition(b"\n")[2]))
        file.seek(0, os.SEEK_END)
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    if new:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a new name in the folder survive a power cut, where the system lets a folder be synced."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
