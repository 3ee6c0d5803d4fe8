"""Where things are: the folder that holds the store, the archive, the runs and the exports, and its settings."""

import getpass
import os
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from recon.errors import InputRefused, WrongUse

DEFAULT = Path("data/workspace")

_SETTINGS = """\
# Settings of this workspace. "Today" and accounting periods follow this time zone; empty: the computer's own.
timezone = ""
# Whose books these are: printed on reports and deposit slips; empty: the folder's name.
firm = ""
# Where lockbox files arrive; a path inside this folder, or a whole one.
inbox = "inbox"
# How Process Payment proposes to split a payment: "oldest", "priority" (then charge_priority counts) or "largest".
allocation_order = "oldest"
charge_priority = []
# How many days before and after its deposit date the bank may show a slip, for a match by the total alone.
match_days = [1, 5]
# What a tenant owes for a payment returned for lack of funds, such as "35.00"; empty: nothing.
nsf_charge = ""
# Publishing: owners' statements sorted by "unit", or running by "date"; days and months of recent activity; whether a
# new profile gets its statements by an "automatic" second pass, or by publishing twice ("two_pass").
statement_order = "unit"
publish_delay_days = 0
publish_activity_months = 3
publish_compat = "automatic"
"""
# Settings that few need, each described where it is read.
_RARE_SETTINGS = ("known_fees", "states", "publishing")


def current_user() -> str:
    """Name the operating system's user, for the journal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


@dataclass(frozen=True)
class Workspace:
    """The paths of one workspace. Nothing is made on disk before `prepare`."""

    root: Path

    @classmethod
    def at(cls, folder: Path | str | None = None) -> "Workspace":
        """Take the folder given, else RECON_WORKSPACE, else data/workspace (SPEC 8)."""
        return cls(Path(folder or os.environ.get("RECON_WORKSPACE") or DEFAULT).resolve())

    @property
    def store(self) -> Path:
        """The one DuckDB file."""
        return self.root / "store.duckdb"

    @property
    def journal(self) -> Path:
        """The journal outside the store: one JSON line per entry, chained by hash."""
        return self.root / "journal.jsonl"

    @property
    def archive(self) -> Path:
        """Every imported file's bytes, named by their SHA-256."""
        return self.root / "archive"

    @property
    def runs(self) -> Path:
        """One folder of outputs per run."""
        return self.root / "runs"

    @property
    def publications(self) -> Path:
        """One folder per publication, never changed once it is there."""
        return self.root / "publications"

    @property
    def documents(self) -> Path:
        """Where documents to publish are put, named `Type.ID.ActualID.Filename.ext` (PUB-47)."""
        return self.root / "documents"

    @property
    def log(self) -> Path:
        """Tracebacks of unexpected errors."""
        return self.root / "log" / "errors.log"

    @property
    def settings(self) -> Path:
        """A small TOML file that a person may edit."""
        return self.root / "workspace.toml"

    def prepare(self) -> None:
        """Make the folder and its settings file.

        Raises:
            InputRefused: the folder cannot be made or written.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            if not self.settings.exists():
                self.settings.write_text(_SETTINGS, encoding="utf-8")
        except OSError as error:
            raise InputRefused(
                f"The workspace {self.root} cannot be written ({error.strerror}); name another with --workspace."
            ) from error

    def require_store(self) -> None:
        """Refuse a workspace without a store, so that a misspelled name does not make a new one.

        Raises:
            WrongUse: there is none.
        """
        if not self.store.exists():
            raise WrongUse(
                f"There is no workspace at {self.root}; name yours with --workspace or RECON_WORKSPACE, or make one "
                "there: recon load-ledger FOLDER."
            )

    def timezone(self) -> ZoneInfo | None:
        """Give the time zone set for this workspace; None means the computer's own."""
        name = str(self.setting("timezone"))
        try:
            return ZoneInfo(name) if name else None
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise WrongUse(
                f'{self.settings}: there is no time zone {name!r}; write timezone = "America/New_York" or the like.'
            ) from error

    def firm(self) -> str:
        """Say whose books these are."""
        return str(self.setting("firm")) or self.root.name

    def inbox(self) -> Path:
        """Give the folder in which lockbox files arrive (BTR-05)."""
        return self.root / str(self.setting("inbox", "inbox"))

    def setting(self, name: str, default: object = "") -> object:
        """Read one setting of the settings file.

        Raises:
            WrongUse: the file is not TOML, or sets what there is not; a misspelled name would be without effect.
        """
        if not self.settings.is_file():
            return default
        try:
            found = tomllib.loads(self.settings.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise WrongUse(f"{self.settings} is not usable ({error}); mend it, or delete it.") from error
        known = [*tomllib.loads(_SETTINGS), *_RARE_SETTINGS]
        for unknown in (one for one in found if one not in known):
            raise WrongUse(f"{self.settings}: there is no setting {unknown!r}; there are {', '.join(sorted(known))}.")
        return found.get(name, default)

    def today(self) -> date:
        """Give today's date in the workspace's time zone."""
        return datetime.now(UTC).astimezone(self.timezone()).date()

    def utc(self, moment: datetime) -> datetime:
        """Read a moment without a zone as the workspace's time; give it in UTC, without a zone, as stored."""
        if moment.tzinfo is None:
            zone = self.timezone()
            moment = moment.replace(tzinfo=zone) if zone else moment.astimezone()
        return moment.astimezone(UTC).replace(tzinfo=None)
