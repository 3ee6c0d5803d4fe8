"""The application and how its errors end: one sentence on standard error, and the exit code of SPEC 8."""

import atexit
import ctypes
import errno
import gc
import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib.abc import MetaPathFinder
from io import BufferedWriter, FileIO, TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

import typer

from recon.cli import inputs
from recon.cli.answers import note
from recon.errors import InputRefused, ReconError, WrongUse, require_text

_M_ARENA_MAX = -8  # of glibc's malloc.h
_HEAPS = 2

app = typer.Typer(
    name="recon",
    help="The reconciliation workbench for property managers: lockbox files in; receipts, slips and a report out.",
    epilog="The main job: recon run June10.csv --ledger ledger/",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)


class _WithoutPandas(MetaPathFinder):
    """Makes the import of pandas fail at once, as if it were not installed.

    DuckDB and pyarrow import it to see whether values come from it. Where none can, that costs as long as classifying
    half a million lines. (None in `sys.modules` will not do: pyarrow takes it for pandas.)
    """

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError("pandas is left out here", name=fullname)


def _share_memory() -> None:
    """Have Arrow and all threads use the same heaps, before either begins.

    Arrow's own allocator gives memory back at once and asks for it again, and glibc gives each thread a heap whose free
    memory the others cannot use: on large files a sixth and a tenth of the time, and a tenth of the memory. One heap
    alone is waited for.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if sys.platform == "linux":
        with suppress(AttributeError):  # a C library that is not glibc
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _HEAPS)


def _speak_utf8() -> None:
    """Have files and other programs get UTF-8 whatever the system's code page, and escape what cannot be shown.

    A name of another alphabet, or a file's name that is not text at all, must not end a command that did its work.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            is_settled = stream.isatty() or "PYTHONIOENCODING" in os.environ
            stream.reconfigure(encoding=stream.encoding if is_settled else "utf-8", errors="backslashreplace")


class _Output(FileIO):
    """An output that may be lost on the way: its reader goes, as in `recon status | head -1`, or a disk is full.

    Args:
        descriptor: the file's.
        borne: what is no error, so that what the command did stands, and its exit code.
    """

    def __init__(self, descriptor: int, borne: type[OSError]) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self._borne = borne
        self._is_lost = False

    def write(self, words: Any) -> int:
        """Write; once that has failed, let the words go."""
        if not self._is_lost:
            try:
                return super().write(words)
            except OSError as error:
                self._is_lost = True
                if not isinstance(error, self._borne):
                    raise
        return memoryview(words).nbytes


def _open_what_is_closed() -> None:
    """Have standard streams in any case: the next file that is opened would stand in the place of a closed one."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - for good
            os.set_inheritable(stream.fileno(), True)  # a program that is started has the same need
            setattr(sys, name, stream)


def _outlive_the_reader() -> None:
    """Have a command end as it would, though nobody reads what it says; nobody can be told of a note that is lost."""
    for name, borne in (("stdout", BrokenPipeError), ("stderr", OSError)):
        stream = getattr(sys, name)
        if stream is getattr(sys, f"__{name}__") and isinstance(stream, TextIOWrapper) and not stream.isatty():
            output = BufferedWriter(_Output(stream.fileno(), borne))
            at_once = stream.line_buffering or stream.write_through  # as PYTHONUNBUFFERED asks for
            setattr(sys, name, TextIOWrapper(output, stream.encoding, stream.errors, line_buffering=at_once))


def _check_words(words: Sequence[str]) -> None:
    """Refuse what no option and no name can be; a schedule's variable that is not set gives an empty one.

    Raises:
        WrongUse: a word is empty. InputRefused: it is not text.
    """
    for word in words:
        require_text(word)
        option, is_given, value = word.partition("=") if word.startswith("--") else ("An argument", "=", word)
        if is_given and not value.strip():
            raise WrongUse(f"{option} is empty; name a value, or leave it out.")


# They define the commands, in the order in which `recon --help` lists them.
_MODULES = (
    "commands",
    "suggest_commands",
    "bank_commands",
    "publish_commands",
    "serving",
    "portal_commands",
    "workspace_commands",
)


def main() -> NoReturn:
    """Run the command line and leave with the exit code that SPEC 8 gives."""
    _open_what_is_closed()
    _outlive_the_reader()
    _speak_utf8()
    _share_memory()
    atexit.register(gc.freeze)  # what is alive at the end goes with the process, and need not be looked through
    for module in _MODULES:
        importlib.import_module(f"recon.cli.{module}")
    if sys.argv[1:2] == ["classify"]:
        sys.meta_path.insert(0, _WithoutPandas())
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # nothing is multiplied; its threads would wait busily
    try:
        _check_words(sys.argv[1:])
        try:
            app()
        finally:
            sys.stdout.flush()  # while an error can still be said
    except KeyboardInterrupt:
        note("recon: Interrupted; the same command finishes what is missing.")
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the one place where errors end, defects with their traceback kept
        sys.exit(answer_for(error))
    sys.exit(0)


def answer_for(error: Exception) -> int:
    """Say an error in one sentence on standard error; give its exit code."""
    if isinstance(error, InputRefused) and error.problems:
        # Below its sentence the message lists the first few; here all of them follow it.
        note("\n  ".join([f"recon: {str(error).partition(chr(10))[0]}", *map(str, error.problems)]))
        return error.exit_code
    if isinstance(error, ReconError):
        note(f"recon: {error}")
        return error.exit_code
    if getattr(error, "errno", None) == errno.ENOSPC or "No space left on device" in str(error):
        note("recon: The disk is full; what the journal does not show did not happen. Free some space and try again.")
        return 8
    first = str(error).partition("\n")[0]
    note(f"recon: Unexpected error ({type(error).__name__}: {first}); {_kept(error)}. The command may be run again.")
    return 1


def _kept(error: Exception) -> str:
    """Keep the traceback in the workspace's log; without a workspace, show it."""
    details = "".join(traceback.format_exception(error))
    place = inputs.workspace()
    try:
        if place.root.is_dir():
            place.log.parent.mkdir(exist_ok=True)
            with place.log.open("a", encoding="utf-8") as file:
                file.write(f"--- {datetime.now(UTC).isoformat()} {type(error).__name__}\n{details}\n")
            return f"the details are in {place.log}"
    except OSError:
        pass
    note(details)
    return "the details are above"
