"""How old a statement is: the icons of the review, each with its words (PUB-42)."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from recon.portal.models import Statement

_NEW = timedelta(weeks=2)


@dataclass(frozen=True)
class Age:
    """One icon: its style, what is drawn in it, and what it means."""

    style: str
    sign: str
    words: str


STOP = Age("stop", "■", "Stop: no matching profile; sync again")
EMPTY = Age("empty", "?", "Empty statement")
NONE = Age("none", "×", "No statement")
NEW = Age("new", "✓", "Up to two weeks")
OLD = Age("old", "!", "Over two weeks")


def age_of(statement: Statement | None) -> Age:
    """Give the icon of a statement; what keeps it from being right comes before its age."""
    if statement is None:
        return NONE
    if statement.profile_id is None:
        return STOP
    if statement.is_empty:
        return EMPTY
    return NEW if timezone.now() - statement.uploaded_at <= _NEW else OLD
