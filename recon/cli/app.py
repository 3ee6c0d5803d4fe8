"""The application and how its errors end: one sentence on standard error, and the exit code of SPEC 8."""

import sys
import traceback
from datetime import UTC, datetime
from typing import NoReturn

import typer

from recon.cli import inputs

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


def main() -> NoReturn:
    """Run the command line and leave with the exit code that SPEC 8 gives."""
    import recon.cli.commands  # noqa: F401 - defines the commands
    from recon.errors import InputRefused, ReconError

    try:
        app()
    except InputRefused as error:
        for problem in error.problems:
            _say(str(problem))
        _leave(str(error), error.exit_code)
    except ReconError as error:
        _leave(str(error), error.exit_code)
    except KeyboardInterrupt:
        _leave("Interrupted; the same command finishes what is missing.", 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        _unexpected(error, full=error.errno == 28)
    except Exception as error:  # noqa: BLE001 - the one place where a defect ends, with its traceback kept
        _unexpected(error, full="No space left on device" in str(error))
    sys.exit(0)


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


def _leave(words: str, code: int) -> NoReturn:
    _say(f"recon: {words}")
    sys.exit(code)


def _unexpected(error: Exception, *, full: bool) -> NoReturn:
    if full:
        _leave(
            "The disk is full; nothing was changed that the journal does not show. Free some space and try again.", 8
        )
    log = inputs.workspace().log
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(f"--- {datetime.now(UTC).isoformat()} {type(error).__name__}\n{traceback.format_exc()}\n")
        kept = f"the details are in {log}"
    except OSError:
        kept = traceback.format_exc()
    first = str(error).partition("\n")[0]
    _leave(f"Unexpected error ({type(error).__name__}: {first}); {kept}. The same command may be run again.", 1)
