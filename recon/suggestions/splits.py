"""How an amount can be put to what one tenant owes on one unit: every split that the figures speak for.

Charges of one code, ledger and amount are alike, and the one due first is paid first, so alike charges never make a
second reading (SPEC 5, due-now).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby, product

from recon import money
from recon.allocation import NOTHING, OpenCharge, Order, Payer, Plan
from recon.suggestions.kinds import Kind
from schemas.vocabulary import WINDOW_DAYS

SUBSET_CHARGES_MAX = 16  # with more open charges, subsets are not tried
SUBSET_CHARGES_TELLING = 5  # among more, a sum may come out by accident

ALL_IN_WINDOW, DUE_NOW, ALL_OPEN, ONE_CHARGE, SUBSET, SKIPPING, SHARE, LESS_FEE, AGAIN, IN_ORDER, AHEAD = (
    30, 30, 30, 25, 20, 10, 15, 15, 15, 0, -20
)  # fmt: skip


@dataclass(frozen=True)
class Split:
    """What of an amount goes to which charge; the rest is credit. `points` say how well the figures fit."""

    applications: Mapping[str, Decimal]
    points: int
    evidence: str
    kind: Kind


@dataclass(frozen=True)
class Terms:
    """What the splits of a workspace follow: the order of application, and fees that payers are known to take off."""

    order: Order = Order.OLDEST
    priority: Sequence[str] = ()
    fees: Sequence[Decimal] = field(default_factory=tuple)


def splits(payer: Payer, amount: Decimal, on: date, terms: Terms, sharers: int = 1) -> list[Split]:
    """Give the splits of an amount, best first; those that pay the same are one, with the best evidence.

    Args:
        payer: the tenant on the unit with the open charges, oldest first.
        amount: what was paid.
        on: the posting date.
        terms: see `Terms`.
        sharers: how many tenants live on the unit.
    """
    found: dict[tuple[tuple[str, Decimal], ...], Split] = {}
    for split in _possible(payer, amount, on, terms, sharers):
        key = tuple(sorted(split.applications.items()))
        other = found.get(key)
        if other is None or split.points > other.points:
            found[key] = split
    return sorted(found.values(), key=lambda split: -split.points)


def _possible(payer: Payer, amount: Decimal, on: date, terms: Terms, sharers: int) -> Iterator[Split]:
    charges = payer.charges
    window = [charge for charge in charges if charge.due_date <= on + timedelta(days=WINDOW_DAYS)]
    due = [charge for charge in window if charge.due_date <= on]
    paid = money.shown(amount)
    for whole, points, words in (
        (due, DUE_NOW, "all that is due by the posting date"),
        (window, ALL_IN_WINDOW, f"all that is due within {WINDOW_DAYS} days"),
        (charges, ALL_OPEN, "all that is open"),
    ):
        if whole and _sum(whole) == amount:
            yield Split(_in_full(whole), points, f"{paid} = {words} ({_listed(whole)})", Kind.ALL_DUE)
    yield from _exact(charges, amount, paid)
    in_order = _in_order(payer, amount, terms)
    owed = _sum(window) or _sum(charges)
    if sharers > 1 and amount * sharers == owed:
        words = f"{paid} = an equal share of {money.shown(owed)} among {sharers} tenants of the unit"
        yield Split(in_order, SHARE, words, Kind.SHARE)
    for fee in terms.fees:
        for whole in (due, window, charges):
            if whole and amount + fee == _sum(whole):
                words = f"{paid} = {money.shown(_sum(whole))} less the known fee of {money.shown(fee)}"
                yield Split(in_order, LESS_FEE, words, Kind.LESS_FEE)
    rest = amount - _sum(charges)
    if not charges:
        yield Split({}, AHEAD, f"nothing is open; {paid} would be credit", Kind.AHEAD)
    elif rest > 0:
        words = f"{paid} = all that is open ({money.shown(_sum(charges))}) and {money.shown(rest)} of credit"
        again = next((charge for charge in reversed(charges) if charge.open_amount == rest and sharers <= 1), None)
        if again is not None:  # with others on the unit it may be for them
            words = f"{words}, as much again as {_named(again)}"
        yield Split(in_order, IN_ORDER if again is None else AGAIN, words, Kind.AHEAD)
    else:
        words = f"{paid} of {money.shown(_sum(charges))} open, by {terms.order} first"
        yield Split(in_order, IN_ORDER, words, Kind.PART)


def _exact(charges: Sequence[OpenCharge], amount: Decimal, paid: str) -> Iterator[Split]:
    """Find single charges, and the only set of charges, that add up to the amount."""
    alike = [list(group) for _, group in groupby(sorted(charges, key=_likeness), _likeness)]
    single = [group[0] for group in alike if group[0].open_amount == amount]
    for charge in single:
        words = f"{paid} = {_named(charge)}"
        points = SKIPPING if _skips(charges, [charge]) else ONE_CHARGE
        yield Split(_in_full([charge]), points, words, Kind.ONE_CHARGE)
    if len(charges) > SUBSET_CHARGES_MAX:
        return
    subset = only_subset(alike, amount)
    if subset is not None and len(subset) > 1:
        telling = len(charges) <= SUBSET_CHARGES_TELLING and not _skips(charges, subset)
        words = f"{paid} = {_listed(subset)}, the only charges that add up to it"
        yield Split(_in_full(subset), SUBSET if telling else SKIPPING, words, Kind.SOME_CHARGES)


def only_subset(alike: Sequence[Sequence[OpenCharge]], amount: Decimal) -> list[OpenCharge] | None:
    """Give the only way to make an amount of charges, taking the oldest of those alike; None if none or several."""
    ways: dict[Decimal, tuple[int, tuple[int, ...]]] = {NOTHING: (1, ())}
    for group in alike:
        longer: dict[Decimal, tuple[int, tuple[int, ...]]] = {}
        for (total, (count, taken)), number in product(ways.items(), range(len(group) + 1)):
            reached = total + number * group[0].open_amount
            if reached <= amount:
                before = longer[reached][0] if reached in longer else 0
                longer[reached] = (before + count, (*taken, number))
        ways = longer
    count, taken = ways.get(amount, (0, ()))
    if count != 1:
        return None
    return [charge for group, number in zip(alike, taken, strict=True) for charge in group[:number]]


def _likeness(charge: OpenCharge) -> tuple[str, str, Decimal]:
    return (charge.charge_code.casefold(), charge.ledger_id.casefold(), charge.open_amount)


def _skips(charges: Sequence[OpenCharge], paid: Sequence[OpenCharge]) -> bool:
    """Say whether an older charge of a code that is paid stays open."""
    chosen = {charge.charge_id for charge in paid}
    return any(
        charge.charge_id not in chosen
        and any(charge.charge_code == other.charge_code and charge.due_date < other.due_date for other in paid)
        for charge in charges
    )


def _in_order(payer: Payer, amount: Decimal, terms: Terms) -> dict[str, Decimal]:
    plan = Plan(amount, terms.order, terms.priority, [payer])
    plan.propose()
    return {charge_id: share for (_, charge_id), share in plan.applied.items()}


def _in_full(charges: Sequence[OpenCharge]) -> dict[str, Decimal]:
    return {charge.charge_id: charge.open_amount for charge in charges}


def _sum(charges: Sequence[OpenCharge]) -> Decimal:
    return sum((charge.open_amount for charge in charges), NOTHING)


def _named(charge: OpenCharge) -> str:
    return f"charge {charge.charge_id} ({charge.charge_code}, due {charge.due_date})"


def _listed(charges: Sequence[OpenCharge]) -> str:
    shown = ", ".join(f"{charge.charge_id} {money.shown(charge.open_amount)}" for charge in charges[:4])
    return shown if len(charges) <= 4 else f"{shown} and {len(charges) - 4} more"
