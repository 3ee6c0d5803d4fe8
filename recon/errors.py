"""One family of expected errors, each with the exit code that SPEC 8 gives it.

An expected error is one clear sentence: what, where, what to do next. Anything else that is raised is a defect; the
command line then shows one sentence, exits 1 and keeps the traceback in the workspace's log.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input file, in the words of the person who has to mend it."""

    file: str
    line: int | None
    column: str | None
    value: str | None
    expected: str

    def __str__(self) -> str:
        """Say file, line, column, value and what was expected, leaving out what does not apply."""
        place = self.file
        if self.line is not None:
            place += f", line {self.line}"
        if self.column is not None:
            place += f", column {self.column}"
        found = "" if self.value is None else f" {self.value!r}:"
        return f"{place}:{found} {self.expected}"


class ReconError(Exception):
    """An error that a user can cause or mend; shown without a traceback."""

    exit_code = 1


class WrongUse(ReconError):
    """The command was put wrongly."""

    exit_code = 2


class InputRefused(ReconError):
    """A file or ledger was not taken in; `problems` lists every reason, and nothing of it was stored."""

    exit_code = 3

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class DuplicateFile(ReconError):
    """The same payments were imported before."""

    exit_code = 4


class StoreBusy(ReconError):
    """Another process kept the store for longer than we were willing to wait."""

    exit_code = 5


class ControlTotalsDisagree(ReconError):
    """The file does not add up to the totals that came with it; nothing was posted."""

    exit_code = 6


class LawBroken(ReconError):
    """An audit found a law of the house broken; nothing was published."""

    exit_code = 7


class StoreUnusable(ReconError):
    """The store is older than its journal, of a newer version, damaged, or the disk is full."""

    exit_code = 8


def shown(name: str) -> str:
    """Give a file's name as text; bytes that are not UTF-8, which some systems allow in names, become escapes."""
    return name.encode(errors="backslashreplace").decode()


def legible(text: str) -> str:
    """Give text of others as one line: what would steer a terminal or break a log, unseen, is an escape."""
    return "".join(
        char if char.isprintable() or char == "\t" else char.encode("unicode_escape").decode() for char in text
    )


def require_text(name: str) -> None:
    """Refuse a name that could be neither kept nor shown.

    Raises:
        InputRefused: it has bytes that are not UTF-8.
    """
    if name != shown(name):
        raise InputRefused(f"{shown(name)}: this name has bytes that are not UTF-8 text; rename the file or folder.")
