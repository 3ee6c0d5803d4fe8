"""Which files of a folder are the tables of a ledger; each is read once, as bytes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from recon.errors import InputRefused, Problem, shown
from schemas.ledger_tables import TABLES

SUFFIXES = (".csv", ".parquet")


@dataclass
class Sources:
    """The bytes of each table file found, by table, and what was wrong or odd in the folder."""

    files: dict[str, Path] = field(default_factory=dict)
    data: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_sources(folder: Path) -> Sources:
    """Read the table files of a folder: `tenants.csv` or `tenants.parquet`, in any case, one per table.

    Other files are passed over; a CSV or Parquet file that is named as no table is worth a warning, because a misspelt
    optional table would otherwise go unnoticed.

    Raises:
        InputRefused: the folder is missing, not a folder, or cannot be listed.
    """
    sources = Sources()
    found = _candidates(folder, sources.warnings)
    for name, table in TABLES.items():
        paths = found.get(name, [])
        if len(paths) > 1:
            files = " and ".join(path.name for path in paths)
            sources.problems.append(Problem(files, None, None, None, f"keep one file for the table {name}"))
        elif paths:
            _read(name, paths[0], sources)
        elif not table.may_be_absent:
            expected = f"the file is missing; {name}.parquet would do as well"
            sources.problems.append(Problem(f"{name}.csv", None, None, None, expected))
    return sources


def sha256_of(data: Mapping[str, bytes]) -> str:
    """Give one hash for a ledger: of each table's name and the hash of its file's bytes."""
    lines = [f"{name} {hashlib.sha256(data[name]).hexdigest()}\n" for name in sorted(data)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _candidates(folder: Path, warnings: list[str]) -> dict[str, list[Path]]:
    """List the paths that are named as a table, by table."""
    found: dict[str, list[Path]] = {}
    for path in _listed(folder):
        table, suffix = path.stem.lower(), path.suffix.lower()
        if suffix not in SUFFIXES:
            continue
        if table in TABLES:
            found.setdefault(table, []).append(path)
        elif path.is_file():
            warnings.append(f"{shown(path.name)} is named as no table of the ledger and was left out.")
    return found


def _listed(folder: Path) -> list[Path]:
    """List a folder in name order, or say in one sentence why not."""
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        raise InputRefused(f"There is no folder {folder}; give the folder that holds the ledger's tables.") from None
    except NotADirectoryError:
        raise InputRefused(f"{folder} is not a folder; give the folder that holds the ledger's tables.") from None
    except OSError as error:
        raise InputRefused(f"The folder {folder} cannot be read ({error.strerror}).") from error


def _read(table: str, path: Path, sources: Sources) -> None:
    """Read one file's bytes into `sources`, or note why they cannot be had."""
    reason = "must be a file, not a folder" if path.is_dir() else "must be an ordinary file"
    if path.is_file():
        try:
            sources.data[table] = path.read_bytes()
            sources.files[table] = path
            return
        except OSError as error:
            reason = f"cannot be read ({error.strerror})"
    sources.problems.append(Problem(path.name, None, None, None, reason))
