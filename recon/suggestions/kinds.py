"""What a suggestion rests on, in one word: the least plain of what names the payer, else what the figures say.

A person who looks through many suggestions at once looks for one habit of error at a time. So each suggestion is of
one kind: an ID that was misspelt and an amount that equals one charge are together a misspelt ID, because that is what
has to be believed.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from recon.errors import WrongUse


class Kind(StrEnum):
    """The kinds, the least plain first: a suggestion has the first that fits."""

    MISSPELT = "misspelt-id"
    ALIAS = "alias"
    BEFORE = "placed-before"
    NAME = "name"
    MEMO = "memo"
    ROOM_MATE = "room-mate"
    SEVERAL_TENANTS = "several-tenants"
    ALL_DUE = "all-due"
    ONE_CHARGE = "one-charge"
    SOME_CHARGES = "some-charges"
    SHARE = "share"
    LESS_FEE = "less-fee"
    PART = "part"
    AHEAD = "ahead"
    DUPLICATE = "duplicate"  # posts nothing


def read(word: str) -> Kind:
    """Read a kind as it is typed.

    Raises:
        WrongUse: there is no such kind.
    """
    if word not in set(Kind):
        raise WrongUse(f"There are no suggestions of the kind {word!r}; there are {', '.join(Kind)}.")
    return Kind(word)


_OF_EVIDENCE = {
    "near": Kind.MISSPELT,
    "otherwise": Kind.MISSPELT,
    "swapped": Kind.MISSPELT,
    "alias": Kind.ALIAS,
    "expired alias": Kind.ALIAS,
    "before": Kind.BEFORE,
    "before otherwise": Kind.BEFORE,
    "moved": Kind.BEFORE,
    "name": Kind.NAME,
    "part of name": Kind.NAME,
    "initial": Kind.NAME,
    "word": Kind.MEMO,
    "number": Kind.MEMO,
    "room-mate": Kind.ROOM_MATE,
}


class Evidence(Protocol):
    """What names a payer: a field of the line, and the kind of evidence in it; see `ranking.NAMED`."""

    @property
    def field(self) -> str:
        """Where it is."""

    @property
    def kind(self) -> str:
        """What it is."""


def kind_of(namings: Iterable[Evidence], figures: Kind) -> Kind:
    """Give the kind of a suggestion.

    Args:
        namings: what names the payer.
        figures: what the amount says.
    """
    found = [
        Kind.MEMO if naming.field.startswith("memo") else _OF_EVIDENCE[naming.kind]
        for naming in namings
        if naming.kind != "same"
    ]
    return min(found, key=list(Kind).index, default=figures)
