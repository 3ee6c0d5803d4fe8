"""Files written whole or not at all, and CSV for programs: UTF-8, LF, nothing escaped beyond CSV (SPEC 8)."""

import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.csv

from recon.errors import InputRefused

_PIECE = 100_000  # rows
_BATCH = 8192  # rows put into text at once; with Arrow's own 1,024 the threads wait for each other to get memory


def require_free_place(place: Path, *read: Path) -> None:
    """Refuse to write over what a command reads, and over what is no ordinary file.

    Args:
        place: where to write.
        read: files, and folders with all that is in them.

    Raises:
        InputRefused: the place is one of them, a folder, a device or the like, or cannot be looked at.
    """
    try:
        if not place.exists():
            return
        if not place.is_file():
            raise InputRefused(f"{place} cannot be written, because it is no ordinary file; name another.")
        for one in read:
            if one.exists() and (place.samefile(one) or place.resolve().is_relative_to(one.resolve())):
                what = "is the file that is read" if one.is_file() else "lies in a folder that is read"
                raise InputRefused(f"{place} {what}; name another.")
    except OSError as error:
        raise InputRefused(f"{place} cannot be written ({error.strerror}); name another file.") from error


def require_writable(folder: Path) -> None:
    """Make a folder, and see that a file can be written there.

    Raises:
        InputRefused: it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise InputRefused(f"{folder} cannot be written ({error.strerror}); name another folder.") from error


@contextmanager
def complete(path: Path, *, private: bool = False) -> Iterator[IO[bytes]]:
    """Write a file whole or not at all; a private one is readable by its owner only.

    It is written under a temporary name in the same folder and renamed when it is durable; whatever interrupts that
    leaves what was there before.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    """Hash a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole."""
    with complete(path) as file:
        file.write(content)


def write_table(path: Path, rows: pa.Table) -> None:
    """Write a table as a CSV file, whole."""
    with complete(path) as file:
        write_csv(rows, file)


def write_csv(rows: pa.Table, out: IO[bytes]) -> None:
    """Write a table with its header; null is empty. Pieces are put into text side by side."""
    out.write((",".join(rows.column_names) + "\n").encode())
    pieces = (rows.slice(start, _PIECE) for start in range(0, len(rows), _PIECE))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for text in pool.map(_as_csv, pieces):
            out.write(text)


def _as_csv(piece: pa.Table) -> pa.Buffer:
    text = pa.BufferOutputStream()
    options = pyarrow.csv.WriteOptions(include_header=False, batch_size=_BATCH, quoting_style="needed")
    pyarrow.csv.write_csv(piece, text, options)
    return text.getvalue()
