"""Suggestions for the lines that wait, and accepting one: the only thing here that changes anything (SPEC 6)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from recon import allocation, decisions, explain, money, periods, store
from recon.allocation import OpenCharge, Payer
from recon.errors import WrongUse
from recon.schema import resource
from recon.store import Store
from recon.suggestions.ranking import Candidate, Earlier, Naming, Readings, Suggestion
from recon.suggestions.splits import ONE_CHARGE, Split, Terms, splits
from recon.workspace import Workspace
from schemas.identifiers import comparison_key
from schemas.vocabulary import WINDOW_DAYS

# In the order in which they are built; the last five are read row by row.
RELATIONS = (
    "lines_to_place",
    "possible_payers",
    "memo_pieces",
    "texts_read",
    "names_meant",
    "placed_before",
    "payer_evidence",
    "payers_by_amount",
    "candidate_payers",
    "candidate_charges",
    "earlier_payments",
    "lines_ready",
    "lines_owed",
)
SHOWN = 5


@dataclass(frozen=True)
class Suggested:
    """A waiting line and its readings, best first; there may be none."""

    batch_id: str
    line_number: int
    posting_date: date
    amount: Decimal
    reason: str
    suggestions: tuple[Suggestion, ...]
    concerns: frozenset[str] = frozenset()  # tenants, units and the text given for one: what the readings rest on

    @property
    def first(self) -> Suggestion | None:
        """The best reading."""
        return self.suggestions[0] if self.suggestions else None

    @property
    def is_acceptable(self) -> bool:
        """Whether one key may accept the best reading."""
        return bool(self.suggestions) and self.suggestions[0].is_acceptable


def suggest(workspace: Workspace, batch_id: str | None = None, line_number: int | None = None) -> list[Suggested]:
    """Say what each waiting line may mean, as things stand now; nothing is changed.

    Args:
        workspace: where.
        batch_id: the batch; None for all.
        line_number: a line of it; None for all that wait.

    Raises:
        WrongUse: a setting cannot be used.
    """
    terms = terms_of(workspace)
    with store.reading(workspace, "recon suggest") as current:
        return suggested(current, terms, batch_id, line_number)


def suggested(
    current: Store, terms: Terms, batch_id: str | None = None, line_number: int | None = None
) -> list[Suggested]:
    """Say the same of a store at hand, such as one in the middle of a transaction."""
    wanted = {"batch_id": batch_id, "line_number": line_number, "window_days": WINDOW_DAYS}
    for name in RELATIONS:
        current.build(name, resource("suggestions", f"{name}.sql"), wanted)
    candidates = _candidates(current)
    closed = periods.closed_through(current)
    owed = set(current.rows("select batch_id, line_number from lines_owed"))
    found = []
    for line in current.arrow("select * from lines_to_place order by batch_id, line_number").to_pylist():
        mine = candidates[line["batch_id"], line["line_number"]]
        readings = _readings(line, mine, terms)
        readings.is_owed = (line["batch_id"], line["line_number"]) in owed
        if closed is not None and line["posting_date"] <= closed:
            readings.doubts.append(f"the books are closed through {closed}")
        if line["reason"] == "DUPLICATE_LINE" or line["is_repeated"]:
            readings.doubts.append("a line with the same date, payer, amount and memo is here already")
        reason = line["reason"] or "not yet classified"
        found.append(
            Suggested(line["batch_id"], line["line_number"], line["posting_date"], line["amount"], reason,
                      readings.ranked(SHOWN), _concerns(line, mine))
        )  # fmt: skip
    return found


def accept(
    workspace: Workspace,
    batch_id: str,
    line_number: int,
    rank: int = 1,
    *,
    who: str,
    seen: Suggestion | None = None,
    bank_account: str | None = None,
) -> tuple[str, ...]:
    """Process a payment as a suggestion says, with its evidence as the reason; gives the receipts' ids.

    Args:
        workspace: where.
        batch_id: the batch.
        line_number: a waiting line of it.
        rank: which suggestion; any but a duplicate may be chosen by a person who looked at them all.
        who: for the journal.
        seen: the suggestion as it was shown; when things have changed since, nothing is posted.
        bank_account: see `recon.decisions.process_payment`.

    Raises:
        WrongUse: no such line or suggestion, it posts nothing, or it is not what was shown any more.
    """
    lines = suggest(workspace, batch_id, line_number)
    if not lines:
        raise WrongUse(f"Line {line_number} of {batch_id} does not wait; recon status lists the batches.")
    chosen = next((row for row in lines[0].suggestions if row.rank == rank), None)
    if chosen is None:
        raise WrongUse(f"Line {line_number} of {batch_id} has {len(lines[0].suggestions)} suggestions, none {rank}.")
    if seen is not None and seen.parts != chosen.parts:
        raise WrongUse(f"Things have changed since line {line_number} of {batch_id} was shown; look at it again.")
    if not chosen.parts:
        raise WrongUse(f"Suggestion {rank} of line {line_number} is a duplicate; remove the line, nothing is posted.")
    why = f"suggestion {rank}: {'; '.join(chosen.evidence)}"
    return decisions.process_payment(
        workspace, batch_id, line_number, chosen.parts, who=who, why=why, bank_account=bank_account
    )


def find(workspace: Workspace, what: str) -> list[Suggested]:
    """Suggest for a batch such as `B000001` or a line such as `B000001:17`.

    Raises:
        WrongUse: there is no such batch or line.
    """
    with store.reading(workspace, "recon suggest") as current:
        if current.rows("select 1 from facts.imports where batch_id = upper($id)", {"id": what}):
            batch_id, line_number = what.upper(), None
        else:
            batch_id, line_number = explain.find_line(current, what)
    return suggest(workspace, batch_id, line_number)


def terms_of(workspace: Workspace) -> Terms:
    """Read what splits follow in this workspace.

    Raises:
        WrongUse: a setting cannot be used.
    """
    order, priority = allocation.settings(workspace)
    given = workspace.setting("known_fees", [])
    try:
        fees = [Decimal(str(fee)) for fee in given] if isinstance(given, list) else [Decimal("NaN")]
    except InvalidOperation:
        fees = [Decimal("NaN")]
    if any(not fee.is_finite() or fee <= 0 or not money.is_whole_cents(fee) for fee in fees):
        raise WrongUse(f'{workspace.settings}: known_fees is a list of amounts such as ["1.95", "2.50"].')
    return Terms(order, priority, fees)


def _candidates(current: Store) -> dict[tuple[str, int], list[Candidate]]:
    """Bring together, for each line, who may have paid, with charges, evidence and earlier payments."""

    def grouped(sql: str, width: int) -> dict[tuple[Any, ...], list[tuple[Any, ...]]]:
        rows: dict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
        for row in current.rows(sql):
            rows[row[:width]].append(row[width:])
        return rows

    charges = grouped("select * from candidate_charges", 2)
    namings = grouped(
        "select batch_id, line_number, tenant_key, unit_key, field, kind, given, meant, distance "
        "from payer_evidence order by all",
        4,
    )
    ready = grouped(
        "select tenant_key, unit_key, batch_id, line_number from lines_ready order by batch_id, line_number", 2
    )
    # A line's own parts are no earlier payment, and it need not wait for itself.
    earlier = grouped("select tenant_key, receipt_id, posting_date, amount, reversal_kind, reversed_on, batch_id, "
                      "line_number from earlier_payments", 1)  # fmt: skip
    found: dict[tuple[str, int], list[Candidate]] = defaultdict(list)
    for batch_id, line_number, tenant, unit, tenant_id, unit_id, name, hold, living in current.rows(
        """
        select candidates.batch_id, candidates.line_number, payers.tenant_key, payers.unit_key, payers.tenant_id,
            payers.unit_id, payers.name, payers.hold, payers.is_living_there
        from candidate_payers as candidates
        inner join possible_payers as payers
            on payers.tenant_key = candidates.tenant_key and payers.unit_key = candidates.unit_key
        order by candidates.batch_id, candidates.line_number, payers.tenant_key, payers.unit_key
        """
    ):
        owed = tuple(OpenCharge(*row) for row in charges[tenant, unit])
        before = [Earlier(*row[:5]) for row in earlier[(tenant,)] if row[5:] != (batch_id, line_number)]
        given = [Naming(*row) for row in namings[batch_id, line_number, tenant, unit]]
        others = [f"{batch}:{line}" for batch, line in ready[tenant, unit] if (batch, line) != (batch_id, line_number)]
        payer = Payer(tenant_id, unit_id, name, owed)
        candidate = Candidate(payer, given, before, hold, living, others[0] if others else "")
        found[batch_id, line_number].append(candidate)
    return found


def _concerns(line: dict[str, Any], candidates: Sequence[Candidate]) -> frozenset[str]:
    ids = [line["tenant_key"], *(key for one in candidates for key in (one.payer.tenant_id, one.payer.unit_id))]
    return frozenset(key for key in (comparison_key(given) for given in ids if given) if key)


def _readings(line: dict[str, Any], candidates: Sequence[Candidate], terms: Terms) -> Readings:
    readings = Readings(line["amount"], line["posting_date"])
    mates = {unit: list(group) for unit, group in groupby(_by_unit(candidates), _unit)}
    for unit, candidate in ((_unit(candidate), candidate) for candidate in candidates):
        sharers = sum(mate.is_living_there for mate in mates[unit])
        for split in splits(candidate.payer, readings.amount, readings.on, terms, sharers):
            readings.add(candidate, split)
        readings.add_duplicate(candidate)
    for group in mates.values():
        _add_together(readings, group, terms, "the tenants of the unit")
    in_memo = [candidate for candidate in candidates if candidate.is_in_memo]
    if len({_unit(candidate) for candidate in in_memo}) > 1:
        _add_together(readings, in_memo, terms, "the tenants whom the memo names")
    return readings


def _add_together(readings: Readings, payers: Sequence[Candidate], terms: Terms, whose: str) -> None:
    """Add the reading that the payment is for all of some tenants, if it is what they owe together."""
    together = [payer for payer in payers if payer.is_living_there and payer.payer.charges]
    owed = [_owed(payer, readings.on, terms) for payer in together]
    total = sum((amount for split in owed for amount in split[0].applications.values()), Decimal(0))
    if len(together) > 1 and all(owed) and total == readings.amount:
        readings.add_together(together, owed, whose)


def _owed(mate: Candidate, on: date, terms: Terms) -> list[Split]:
    """Give what a room-mate owes by now, as the split that pays it."""
    due = sum((charge.open_amount for charge in mate.payer.charges if charge.due_date <= on), Decimal(0))
    everything = sum((charge.open_amount for charge in mate.payer.charges), Decimal(0))
    return [split for split in splits(mate.payer, due or everything, on, terms) if split.points >= ONE_CHARGE]


def _by_unit(candidates: Iterable[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=_unit)


def _unit(candidate: Candidate) -> str:
    return comparison_key(candidate.payer.unit_id) or ""
