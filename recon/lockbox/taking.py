"""Take a file from disk: its bytes, once, and their SHA-256 (RELIABILITY M13)."""

import hashlib
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from recon.errors import InputRefused
from recon.journal import sync_folder
from recon.lockbox.reading import check_name


@dataclass(frozen=True)
class Taken:
    """A file's name and bytes; whatever happens to the file afterwards does not matter."""

    name: str
    data: bytes

    @cached_property
    def sha256(self) -> str:
        """The hash of the bytes; whoever only looks at a file does without."""
        return hashlib.sha256(self.data).hexdigest()


def take(path: Path) -> Taken:
    """Read a lockbox file whole.

    Raises:
        InputRefused: the name does not do, there is no such file, it is a folder, or it may not be read.
    """
    check_name(path.name)
    try:
        if path.exists() and not path.is_file() and not path.is_dir():  # a pipe would be waited for
            raise InputRefused(f"{path} is no ordinary file; name a lockbox file.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputRefused(f"{path}: there is no such file; check the name and the folder.") from None
    except IsADirectoryError:
        raise InputRefused(
            f"{path} is a folder; name a lockbox file, or a folder without .txt, .csv or .asc."
        ) from None
    except OSError as error:
        raise InputRefused(f"{path} cannot be read ({error.strerror}); check who may read it.") from error
    return Taken(path.name, data)


def archive(taken: Taken, folder: Path) -> None:
    """Keep the bytes under their SHA-256, durably; kept once, however often they come."""
    target = folder / taken.sha256
    if target.exists() and target.stat().st_size == len(taken.data):
        return
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".{taken.sha256}.{os.getpid()}"
    with aside.open("wb") as file:
        file.write(taken.data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, target)
    sync_folder(folder)
