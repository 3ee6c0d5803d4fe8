"""Which reading of a line comes first, and whether it is beyond doubt: points for each piece of evidence, and margins.

Points are few and fixed, so that a person can add them up. What names a payer counts once per field of the line, the
figures count once. A reading may be accepted with one key only if the payer is named well enough and it leaves every
other reading behind by the margin; otherwise all are shown and a person chooses.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from recon import money
from recon.allocation import Payer
from recon.decisions import Part
from recon.suggestions.kinds import Kind, kind_of
from recon.suggestions.splits import ONE_CHARGE, Split

# By field of the line and kind of evidence; a misspelt ID loses ten for each step beyond the first.
NAMED = {
    ("tenant", "same"): 45,
    ("unit", "same"): 45,
    ("tenant", "alias"): 45,
    ("tenant", "room-mate"): 45,
    ("tenant", "before"): 40,
    ("tenant", "name"): 40,
    ("tenant", "otherwise"): 40,
    ("unit", "otherwise"): 40,
    ("tenant", "swapped"): 40,
    ("unit", "swapped"): 40,
    ("tenant", "part of name"): 30,
    ("tenant", "near"): 30,
    ("tenant", "expired alias"): 30,
    ("unit", "near"): 30,
    ("tenant", "initial"): 20,
    ("tenant", "before otherwise"): 15,
    ("unit", "moved"): 15,
    ("memo tenant", "word"): 35,
    ("memo tenant", "name"): 35,
    ("memo unit", "word"): 30,
    ("memo tenant", "initial"): 20,
    ("memo unit", "moved"): 15,
    ("memo tenant", "number"): 15,
    ("memo unit", "number"): 15,
}
STEP = 10
ALL_IN_MEMO = 10  # a payment for several tenants whose memo names each
HABIT = 10  # the same amount as one of the payer's last payments
HABIT_PAYMENTS = 3  # looked at for a part of what is owed; who is paid for in two parts has two habits
REPRESENTED = 10  # a payment of the same amount came back shortly before
# What names the payer must come to: less where the figures are one charge's or all that is due, more where they say
# nothing and somebody else owes exactly as much. Then one ID alone may be another tenant's, mistaken or misread.
NAMED_WHERE_OWED_ELSEWHERE, NAMED_AT_LEAST, NAMED_WHERE_EXACT = 60, 45, 30
NAMED_IN_MEMO = 30
MARGIN_OVER_PAYER, MARGIN_OVER_SPLIT = 35, 15
DUPLICATE_DAYS, RETURN_DAYS = timedelta(days=10), timedelta(days=45)


@dataclass(frozen=True)
class Naming:
    """One piece of evidence for a payer: where in the line, what kind, what was given and what is meant."""

    field: str
    kind: str
    given: str
    meant: str
    distance: int

    @property
    def points(self) -> int:
        """What it counts."""
        return NAMED[self.field, self.kind] - STEP * max(0, self.distance - 1)

    @property
    def words(self) -> str:
        """The evidence as a sentence says it."""
        what = "memo" if self.field.startswith("memo") else f"{self.field} ID"
        return {
            "same": f"the {what} is {self.meant}",
            "alias": f"{self.given!r} was confirmed as an alias of {self.meant}",
            "expired alias": f"{self.given!r} was confirmed as an alias of {self.meant}",
            "room-mate": f"{self.given} lives with {self.meant}, who answers for the unit",
            "before": f"a person put {self.given!r} to {self.meant} before",
            "before otherwise": f"a person put {self.given!r} to {self.meant} before, but not with this memo alone",
            "name": f"the {what} has the name {self.meant}",
            "part of name": f"the {what} {self.given!r} is a part of the name {self.meant}",
            "initial": f"the {what} has a name and an initial of {self.meant}",
            "otherwise": f"the {what} {self.given!r} is {self.meant} written or read otherwise",
            "swapped": f"in place of the {what} stands {self.meant}",
            "moved": f"{self.meant} paid for the unit {self.given!r} before and lives elsewhere now",
            "near": f"the {what} {self.given!r} is {self.distance} off {self.meant}"
            if self.distance
            else f"the {what} {self.given!r} is {self.meant} written otherwise",
            "word": f"the memo names {self.meant}",
            "number": f"the memo has the number {self.meant}",
        }[self.kind]


@dataclass(frozen=True)
class Earlier:
    """A payment of the same tenant that was posted before."""

    receipt_id: str
    posting_date: date
    amount: Decimal
    reversal_kind: str | None
    reversed_on: date | None


@dataclass(frozen=True)
class Candidate:
    """A tenant on a unit who may have paid, with all that is known for it."""

    payer: Payer
    namings: Sequence[Naming] = ()
    earlier: Sequence[Earlier] = ()
    hold: bool = False
    is_living_there: bool = False
    ready: str = ""  # another line of the same payer that posts by itself

    @property
    def is_in_memo(self) -> bool:
        """Whether the memo names the tenant, or a unit that is the tenant's alone to answer for."""
        return any(naming.field.startswith("memo") and naming.points >= NAMED_IN_MEMO for naming in self.namings)


@dataclass(frozen=True)
class Suggestion:
    """One reading of a line: what would be posted, and what speaks for it."""

    rank: int
    parts: tuple[Part, ...]
    payers: frozenset[tuple[str, str]]  # tenants and units that it is for
    named: int  # points for the payer
    fits: int  # points for the figures
    evidence: tuple[str, ...]
    kind: Kind
    against: tuple[str, ...] = ()  # why it is not beyond doubt; empty where one key is enough
    namings: tuple[Naming, ...] = ()  # what names the payer, the best of each field

    @property
    def has_an_id(self) -> bool:
        """Whether an ID of the payer stands in the line as the ledger has it."""
        return any(naming.kind == "same" for naming in self.namings)

    @property
    def in_memo(self) -> dict[str, int]:
        """What the memo says of the payer, and how plainly."""
        return {naming.meant.casefold(): naming.points for naming in self.namings if naming.field.startswith("memo")}

    @property
    def points(self) -> int:
        """All together."""
        return self.named + self.fits

    @property
    def is_acceptable(self) -> bool:
        """Whether one key may accept it."""
        return not self.against


@dataclass
class Readings:
    """The readings of one line while they are gathered."""

    amount: Decimal
    on: date
    is_owed: bool = False  # whether somebody, whoever it be, owes exactly as much
    found: list[Suggestion] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)  # against every reading

    def add(self, candidate: Candidate, split: Split) -> None:
        """Add a payer's split."""
        named, namings = named_by(candidate.namings)
        fits = split.points
        evidence = [*(naming.words for naming in namings), split.evidence]
        looked_at = HABIT_PAYMENTS if split.kind is Kind.PART else 1
        stands = [paid for paid in candidate.earlier if paid.reversal_kind is None][-looked_at:]
        alike = next((paid for paid in reversed(stands) if paid.amount == self.amount), None)
        if alike is not None:
            fits += HABIT
            which = "the last payment" if alike is stands[-1] else "a payment before"
            evidence.append(f"{which}, {alike.receipt_id} of {alike.posting_date}, was as much")
        returned = self.returned(candidate)
        if returned is not None:
            fits += REPRESENTED
            evidence.append(f"{returned.receipt_id} of as much came back on {returned.reversed_on}")
        payer = candidate.payer
        part = Part(self.amount, payer.tenant_id, payer.unit_id, split.applications)
        payers = frozenset({(payer.tenant_id, payer.unit_id)})
        kind = kind_of(namings, split.kind)
        against = _against([candidate])
        if not split.applications and not candidate.is_living_there:
            against += (f"{payer.tenant_id} does not live on {payer.unit_id}, and owes nothing there",)
        self.found.append(Suggestion(0, (part,), payers, named, fits, tuple(evidence), kind, against, namings))

    def add_together(
        self, mates: Sequence[Candidate], owed: Sequence[Sequence[Split]], whose: str = "the tenants of the unit"
    ) -> None:
        """Add the reading that one payment is for several tenants: all of a unit, or all whom the memo names."""
        parts = tuple(
            Part(sum(split[0].applications.values(), Decimal(0)), mate.payer.tenant_id, mate.payer.unit_id,
                 split[0].applications)
            for mate, split in zip(mates, owed, strict=True)
        )  # fmt: skip
        # What names one of them does not name the others.
        named, namings = min((named_by(mate.namings) for mate in mates), key=lambda found: found[0])
        if all(mate.is_in_memo for mate in mates):
            named += ALL_IN_MEMO
        sums = " + ".join(f"{money.shown(part.amount)} ({part.tenant_id})" for part in parts)
        evidence = (*(naming.words for naming in namings), f"{money.shown(self.amount)} = {sums}, what {whose} owe")
        payers = frozenset((str(part.tenant_id), str(part.unit_id)) for part in parts)
        kind = kind_of(namings, Kind.SEVERAL_TENANTS)
        self.found.append(Suggestion(0, parts, payers, named, ONE_CHARGE, evidence, kind, _against(mates), namings))

    def add_duplicate(self, candidate: Candidate) -> None:
        """Add the reading that the payment is here already, if one like it is."""
        like = [
            paid
            for paid in candidate.earlier
            if paid.reversal_kind is None
            and paid.amount == self.amount
            and abs(paid.posting_date - self.on) <= DUPLICATE_DAYS
        ]
        if like and self.returned(candidate) is None:
            named, namings = named_by(candidate.namings)
            seen = f"{like[-1].receipt_id} of {like[-1].posting_date} is as much: likely the same payment twice"
            payers = frozenset({(candidate.payer.tenant_id, candidate.payer.unit_id)})
            against = ("a duplicate is removed, not posted",)
            words = [naming.words for naming in namings]
            self.found.append(Suggestion(0, (), payers, named, 0, (*words, seen), Kind.DUPLICATE, against, namings))

    def returned(self, candidate: Candidate) -> Earlier | None:
        """Find a payment of as much that came back shortly before."""
        for paid in reversed(candidate.earlier):
            if (
                paid.reversal_kind == "returned"
                and paid.amount == self.amount
                and paid.reversed_on is not None
                and timedelta(0) <= self.on - paid.reversed_on <= RETURN_DAYS
            ):
                return paid
        return None

    def ranked(self, most: int) -> tuple[Suggestion, ...]:
        """Give the readings, best first, the first with what stands against it."""
        rows = sorted(self.found, key=lambda row: (-row.points, bool(row.parts), sorted(row.payers), len(row.evidence)))
        if not rows:
            return ()
        doubts = _doubts(rows[0], rows[1:], is_owed=self.is_owed)
        first = replace(rows[0], against=(*rows[0].against, *self.doubts, *doubts))
        others = [replace(row, against=(*row.against, "another reading comes before it")) for row in rows[1:most]]
        return tuple(replace(row, rank=rank) for rank, row in enumerate((first, *others), 1))


def _against(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    """Say what stands against payers, whatever speaks for them."""
    held = [f"{candidate.payer.tenant_id} is on hold" for candidate in candidates if candidate.hold]
    ready = [
        f"{candidate.ready} of {candidate.payer.tenant_id} posts by itself; post it first"
        for candidate in candidates
        if candidate.ready
    ]
    expired = [
        f"the alias {naming.given!r} was not used or confirmed for a year; confirm it again"
        for candidate in candidates
        for naming in candidate.namings
        if naming.kind == "expired alias"
    ]
    return (*held, *ready, *expired)


def _enough(fits: int, *, is_owed: bool) -> int:
    """Say how well a payer must be named."""
    if fits >= ONE_CHARGE:
        return NAMED_WHERE_EXACT
    return NAMED_WHERE_OWED_ELSEWHERE if is_owed and fits < HABIT else NAMED_AT_LEAST


def _doubts(first: Suggestion, others: Sequence[Suggestion], *, is_owed: bool) -> Iterable[str]:
    enough = _enough(first.fits, is_owed=is_owed)
    if first.named < enough:
        yield f"the payer is named with {first.named} points, where {enough} are needed"
    for other in others:
        if other.kind is Kind.DUPLICATE and other.payers & first.payers:
            yield "it may be a duplicate"
        if not other.payers & first.payers and (whom := _named_as_well(first, other)):
            yield whom
            return
        same = other.payers == first.payers
        margin = MARGIN_OVER_SPLIT if same else MARGIN_OVER_PAYER
        ahead = first.points - other.points
        if other.kind is not Kind.DUPLICATE and ahead < margin:
            whom = "another split" if same else " and ".join(f"{tenant} on {unit}" for tenant, unit in other.payers)
            yield f"{whom} is only {ahead} points behind, where {margin} are needed"
            return


def _named_as_well(first: Suggestion, other: Suggestion) -> str | None:
    """Say that a line names another payer too, as plainly: then the amount does not decide between them."""
    whom = " and ".join(f"{tenant} on {unit}" for tenant, unit in other.payers)
    if other.has_an_id and not first.has_an_id:
        return f"an ID of {whom} stands in the line as the ledger has it"
    enough = max(NAMED_IN_MEMO, *first.in_memo.values(), 0)
    said = " ".join(first.in_memo)
    if any(points >= enough and meant not in said for meant, points in other.in_memo.items()):
        return f"the memo names {whom} as well"
    return None


def named_by(namings: Sequence[Naming]) -> tuple[int, tuple[Naming, ...]]:
    """Add up what names a payer: the points of the best of each field of the line, and these."""
    best: dict[str, Naming] = {}
    for naming in namings:
        if naming.field not in best or naming.points > best[naming.field].points:
            best[naming.field] = naming
    return sum(naming.points for naming in best.values()), tuple(best.values())
