"""Many suggestions of one kind at once: shown line by line, accepted together, taken back together (SPEC 6).

Only what one key would accept can be in such a set. All of it is posted in one transaction: it has one entry in the
journal, so that one undo takes it back, and nobody comes in between. Yet each line is looked at again at its turn, as
things stand after the lines before it, because an earlier line may use up what a later one was to pay. A line that does
not mean the same any more is left out, and said so; nothing takes its place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from recon import decisions, deposits, receipts, store
from recon.errors import WrongUse
from recon.store import Change
from recon.suggestions.kinds import Kind
from recon.suggestions.listing import Suggested, suggest, suggested, terms_of
from recon.suggestions.splits import Terms
from recon.workspace import Workspace


def silent_progress(_done: int, _count: int) -> None:
    """Say nothing of how many lines are done."""


@dataclass(frozen=True)
class Accepted:
    """A line of a set that was posted."""

    line_number: int
    amount: Decimal
    receipt_ids: tuple[str, ...]


@dataclass(frozen=True)
class AcceptedSet:
    """What became of a set: the lines posted, and those left out with the reason in words."""

    batch_id: str
    kind: Kind
    accepted: tuple[Accepted, ...]
    left_out: tuple[tuple[int, str], ...]
    deposit_ids: tuple[str, ...] = ()

    @property
    def amount(self) -> Decimal:
        """What was posted, in all."""
        return sum((line.amount for line in self.accepted), Decimal("0.00"))


def by_kind(lines: Sequence[Suggested]) -> dict[Kind, list[Suggested]]:
    """Sort the lines whose first suggestion one key may accept by its kind; what posts by itself is not among them.

    Args:
        lines: as `suggest` gives them.
    """
    found: dict[Kind, list[Suggested]] = {}
    for line in lines:
        if line.first is not None and line.is_acceptable and not line.reason.startswith("OK_"):
            found.setdefault(line.first.kind, []).append(line)
    return {kind: found[kind] for kind in Kind if kind in found}


def offered(workspace: Workspace, kind: Kind, batch_id: str | None = None) -> list[Suggested]:
    """Preview a set: the waiting lines of a kind, of a batch or of all, with what would be posted; changes nothing."""
    return by_kind(suggest(workspace, batch_id)).get(kind, [])


def accept_all(
    workspace: Workspace,
    lines: Sequence[Suggested],
    *,
    who: str,
    why: str = "",
    progress: Callable[[int, int], None] = silent_progress,
) -> AcceptedSet:
    """Post the lines of a set as they were shown; each only if it still means the same at its turn.

    Args:
        workspace: where.
        lines: of one batch and one kind, as `offered` showed them; a person may have taken some out.
        who: for the journal, which also keeps the kind and the evidence for each line.
        why: for the journal.
        progress: told how many lines are done, and of how many.

    Raises:
        WrongUse: no lines, or not of one batch and kind; nothing was posted.
    """
    batch_id, kind = _checked(lines)
    terms = terms_of(workspace)
    receipts.answer(workspace, batch_id, who=who)
    with store.writing(workspace, "accept-suggestions", who=who, why=why or f"all of the kind {kind}") as change:
        rules = receipts.require_batch(change, batch_id)
        left, accepted, left_out = list(lines), list[Accepted](), list[tuple[int, str]]()
        while left:
            turn, left = _next_turn(left)
            done, refused = _post_turn(change, turn, terms)
            accepted += done
            left_out += refused
            if done and left:
                receipts.look_again(change, batch_id, rules, [line.line_number for line in done])
            progress(len(lines) - len(left), len(lines))
        slips = deposits.propose(change, batch_id) if accepted else ()
        if accepted:
            receipts.look_again(change, batch_id, rules, [line.line_number for line in accepted])
        else:
            change.discard()
        done_as = {line.line_number: line.receipt_ids for line in accepted}
        change.detail |= {
            "kind": kind,
            "accepted": [
                {"line_number": line.line_number, "receipts": list(done_as[line.line_number]),
                 "evidence": list(line.first.evidence)}
                for line in lines if line.first is not None and line.line_number in done_as
            ],
            "left_out": [{"line_number": number, "because": words} for number, words in left_out],
            "deposits": list(slips),
        }  # fmt: skip
        return AcceptedSet(batch_id, kind, tuple(accepted), tuple(left_out), tuple(slips))


def _checked(lines: Sequence[Suggested]) -> tuple[str, Kind]:
    if not lines:
        raise WrongUse("No line is marked; mark at least one of the suggestions.")
    doubtful = [line for line in lines if not line.is_acceptable]
    if doubtful:
        raise WrongUse(f"Line {doubtful[0].line_number} of {doubtful[0].batch_id} is not beyond doubt; choose by hand.")
    kinds = {line.first.kind for line in lines if line.first is not None}
    batch_ids = {line.batch_id for line in lines}
    if len(kinds) != 1 or len(batch_ids) != 1:
        raise WrongUse("Suggestions are accepted together by batch and kind; take one of each.")
    return batch_ids.pop(), kinds.pop()


def _next_turn(lines: Sequence[Suggested]) -> tuple[list[Suggested], list[Suggested]]:
    """Part the lines that have nothing to do with one another, in their order, from those that have to wait for them.

    What a line may mean rests on what its possible payers owe and paid, and on what was made of the same text before.
    """
    turn, later, concerned = list[Suggested](), list[Suggested](), set[str]()
    for line in lines:
        (later if concerned & line.concerns else turn).append(line)
        concerned |= line.concerns
    return turn, later


def _post_turn(change: Change, turn: Sequence[Suggested], terms: Terms) -> tuple[list[Accepted], list[tuple[int, str]]]:
    """Look at lines that do not touch one another as things stand now, and post those that mean what was shown."""
    now = {line.line_number: line for line in suggested(change.store, terms, turn[0].batch_id)}
    accepted, left_out = list[Accepted](), list[tuple[int, str]]()
    for line in turn:
        words = _changed(line, now.get(line.line_number))
        if words is None:
            assert line.first is not None
            try:
                ids = decisions.process_within(change, line.batch_id, line.line_number, line.first.parts)
                accepted.append(Accepted(line.line_number, line.amount, ids))
            except WrongUse as refusal:
                words = str(refusal)
        if words is not None:
            left_out.append((line.line_number, words))
    return accepted, left_out


def _changed(shown: Suggested, now: Suggested | None) -> str | None:
    """Say why a line is not what was shown any more; None: it is."""
    if now is None:
        return "it does not wait any more"
    if now.first is None or shown.first is None:
        return "nothing is known of it any more"
    if now.first.against:
        return f"it is not beyond doubt any more: {now.first.against[0]}"
    if (now.amount, now.first.parts) != (shown.amount, shown.first.parts):
        return f"it would now be posted otherwise: {now.first.evidence[-1]}"
    return None
