"""CSV for programs: UTF-8, LF, quotes only where needed, nothing escaped beyond CSV, written whole or not at all."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.csv


def write_whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file under another name and put it in place when it is complete."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            write(file)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def write_csv(rows: pa.Table, out: IO[bytes]) -> None:
    """Write a table with its header; null is empty."""
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
    out.write((",".join(rows.column_names) + "\n").encode())
    pyarrow.csv.write_csv(rows, out, options)
