"""Statements printed by several processes, with a word on how far they are."""

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from recon.rendering.statement_html import statement_html
from recon.rendering.statement_pdf import statement_pdf
from recon.statements import Statement
from schemas.bundle_names import statement_place

_FEW = 60  # statements that one process prints sooner than another one starts
_PIECE = 20


@dataclass(frozen=True)
class Written:
    """One file of a bundle."""

    path: str
    kind: str
    party_key: str | None
    sha256: str
    size: int


def print_statements(
    statements: Sequence[Statement], folder: Path, progress: Callable[[int, int], None]
) -> Iterator[Written]:
    """Write every statement as PDF and HTML below a folder; give what was written, in the order of the statements.

    Args:
        statements: what to print.
        folder: the bundle.
        progress: told how many statements are done, and of how many.
    """
    pieces = [statements[start : start + _PIECE] for start in range(0, len(statements), _PIECE)]
    processes = min(os.cpu_count() or 1, len(pieces))
    if len(statements) <= _FEW or processes == 1:
        yield from _counted((_print(piece, folder) for piece in pieces), len(statements), progress)
        return
    # A fork would copy the threads and locks of the notebook or database that this process holds.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        done = pool.map(_print, pieces, [folder] * len(pieces))
        yield from _counted(done, len(statements), progress)


def _counted(pieces: Iterator[list[Written]], count: int, progress: Callable[[int, int], None]) -> Iterator[Written]:
    done = 0
    for piece in pieces:
        done += len(piece) // 2
        progress(done, count)
        yield from piece


def _print(statements: Sequence[Statement], folder: Path) -> list[Written]:
    return [
        write(folder, path, f"{statement.kind}_statement", statement.holder_key, content)
        for statement in statements
        for path, content in (
            (f"{place(statement)}.pdf", statement_pdf(statement)),
            (f"{place(statement)}.html", statement_html(statement)),
        )
    ]


def place(statement: Statement) -> str:
    """Say where a statement goes in a bundle, without its ending."""
    return statement_place(statement.kind, statement.holder_id, statement.period.last, statement.number)


def write(folder: Path, path: str, kind: str, party_key: str | None, content: bytes) -> Written:
    """Write one file of a bundle that nobody else sees yet."""
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return Written(path, kind, party_key, hashlib.sha256(content).hexdigest(), len(content))
