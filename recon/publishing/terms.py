"""What is to be published, and the settings that decide it."""

from dataclasses import dataclass
from datetime import date, timedelta

from recon.errors import WrongUse
from recon.statements import Period
from recon.workspace import Workspace

# What can be published, in the order of sending (PUB-02); profiles go along with everything (PUB-30).
WHAT = ("profiles", "owner_statements", "tenant_statements", "documents", "activity", "backup")
DEFAULT = WHAT[:-1]


@dataclass(frozen=True)
class Terms:
    """What one publication is asked to hold."""

    period: Period
    what: tuple[str, ...]  # in the order of WHAT
    order_by: str  # how owners' statements are sorted: unit, or running by date
    today: date
    delay_days: int
    activity_months: int
    syncs_profiles: bool  # asked for by name; they go along in any case
    needs_two_publications: bool  # the literal behaviour of PUB-34, instead of an automatic second pass

    @property
    def activity(self) -> Period:
        """The days of recent activity: up to the delay, from the first of the month so many months before (PUB-45)."""
        last = self.today - timedelta(days=self.delay_days + 1 if self.delay_days else 0)
        months = last.year * 12 + last.month - 1 - self.activity_months
        return Period(date(months // 12, months % 12 + 1, 1), last)


def read(workspace: Workspace, period: str = "", closing_date: str = "", what: str = "") -> Terms:
    """Read what is asked for as it is typed: a month or a closing date, and words parted by commas.

    Raises:
        WrongUse: neither or both of month and closing date, or a word without meaning.
    """
    if bool(period) == bool(closing_date):
        raise WrongUse("Say which days: --period 2026-06, or --closing-date 2026-06-30.")
    try:
        days = Period.month(period) if period else Period.closing(date.fromisoformat(closing_date))
    except ValueError:
        raise WrongUse(f"{closing_date!r} is not a date such as 2026-06-30.") from None
    words = tuple(word.strip() for word in what.split(",") if word.strip())
    return settled(workspace, days, words or DEFAULT)


def settled(
    workspace: Workspace, period: Period, what: tuple[str, ...] = DEFAULT, *, today: date | None = None
) -> Terms:
    """Complete what is asked for with the workspace's settings.

    Raises:
        WrongUse: publishing is switched off (PUB-23), a word or setting has no meaning, or the delay keeps the
            statements back (PUB-45).
    """
    require_enabled(workspace)
    unknown = [word for word in what if word not in WHAT]
    if unknown or not what:
        raise WrongUse(f"{', '.join(unknown) or 'Nothing'} cannot be published; there are {', '.join(WHAT)}.")
    terms = Terms(
        period=period,
        what=tuple(word for word in WHAT if word in {"profiles", *what}),
        order_by=_word(workspace, "statement_order", ("unit", "date")),
        today=today or workspace.today(),
        delay_days=_count(workspace, "publish_delay_days", 0),
        activity_months=_count(workspace, "publish_activity_months", 3),
        syncs_profiles="profiles" in what,
        needs_two_publications=_word(workspace, "publish_compat", ("automatic", "two_pass")) == "two_pass",
    )
    ready = period.last + timedelta(days=terms.delay_days + 1)
    if terms.delay_days and terms.today < ready and any(word.endswith("_statements") for word in what):
        raise WrongUse(
            f"Statements through {period.last} can be published from {ready} on, because publish_delay_days is "
            f"{terms.delay_days} in {workspace.settings}."
        )
    return terms


def require_enabled(workspace: Workspace) -> None:
    """Refuse where publishing does not belong to what was bought: `enabled = false` under `[publishing]` (PUB-23).

    Raises:
        WrongUse: it is switched off, or what is written there says neither.
    """
    table = workspace.setting("publishing", {})
    if table not in ({}, {"enabled": True}, {"enabled": False}):
        raise WrongUse(f"{workspace.settings}: under [publishing] write enabled = true or enabled = false, only that.")
    if table == {"enabled": False}:
        raise WrongUse(
            f"Publishing is switched off in {workspace.settings}: your package does not include it. Where it does, "
            "write enabled = true under [publishing]."
        )


def _word(workspace: Workspace, name: str, words: tuple[str, ...]) -> str:
    word = workspace.setting(name, words[0])
    if word not in words:
        raise WrongUse(f"{workspace.settings}: {name} is {word!r}; write one of {', '.join(words)}.")
    return str(word)


def _count(workspace: Workspace, name: str, default: int) -> int:
    count = workspace.setting(name, default)
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count <= 120:
        raise WrongUse(f"{workspace.settings}: {name} is {count!r}; write a number from 0 to 120.")
    return count
