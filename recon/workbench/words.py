"""What the screen says of a payment: a sign, a word and a colour for each reason, and its part of the bar.

The sign belongs to the tone, so that nothing is told by colour alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from recon.rendering import words
from recon.report import status_text
from schemas.vocabulary import NOT_IDENTIFIED, Reason


@dataclass(frozen=True)
class Share:
    """One part of the bar of what is left: its tone, its words, and the lines that count."""

    tone: str
    words: str


POSTED = Share("done", "Posted")
READY = Share("ok", "Ready to post")
DECIDE = Share("warn", "Needs a decision")
DUPLICATE = Share("dup", "Possible duplicate")
PAYER = Share("bad", "Payer to be settled")
REJECTED = Share("info", "Could not be read")
REMOVED = Share("none", "Removed")
SHARES = (POSTED, READY, DECIDE, DUPLICATE, PAYER, REJECTED, REMOVED)


def share_of(reason: str) -> Share:
    """Say in which part of the bar a line that waits counts."""
    if reason == Reason.BAD_RECORD:
        return REJECTED
    if reason == Reason.DUPLICATE_LINE:
        return DUPLICATE
    if reason in NOT_IDENTIFIED:
        return PAYER
    return READY if str(reason).startswith("OK_") else DECIDE


def tone_of(reason: str) -> str:
    """Give the tone of a reason: its colour and sign."""
    return share_of(reason).tone


def shares(rows: pa.Table) -> pa.Array:
    """Say for every line of a screen in which part of the bar it counts, by its place in `SHARES`."""
    by_reason = _looked_up(rows["reason"], {reason: SHARES.index(share_of(reason)) for reason in Reason})
    states = {"posted": SHARES.index(POSTED), "removed": SHARES.index(REMOVED), "rejected": SHARES.index(REJECTED)}
    by_state = _looked_up(rows["state"], states)
    return pc.coalesce(by_state, by_reason)


def tones(of_shares: pa.Array) -> pa.Array:
    """Give the tones of parts of the bar."""
    return pa.array([share.tone for share in SHARES], pa.string()).take(of_shares)


def reasons(codes: pa.ChunkedArray) -> pa.Array:
    """Say reasons in words."""
    return _looked_up(codes, {reason: words.reason(reason) for reason in Reason})


def unsettled(codes: pa.ChunkedArray) -> pa.Array:
    """Say of which payers no unpaid amount is known; null for the others."""
    nothing = Decimal("0.00")
    return _looked_up(codes, {reason: status_text(reason, "", nothing, nothing) for reason in NOT_IDENTIFIED})


def _looked_up(values: pa.ChunkedArray, table: Mapping[str, object]) -> pa.Array:
    places = pc.index_in(values, value_set=pa.array([str(key) for key in table], pa.string()))
    found = pa.array(list(table.values())).take(places)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
