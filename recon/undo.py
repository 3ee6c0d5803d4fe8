"""Undo: the last step of a person on a batch counts no more (BTR-71). Nothing is deleted; what was undone is known."""

from collections.abc import Sequence
from dataclasses import dataclass

from recon import batches, receipts, store
from recon.errors import WrongUse
from recon.schema import resource
from recon.store import Store
from recon.workspace import Workspace

UNDOABLE = {
    "add-payment": "adding a payment",
    "change-line": "a change",
    "update-dates": "Update All Dates",
    "lines-removed": "a removal",
    "lines-restored": "bringing payments back",
    "control-totals": "new control totals",
    "process-payment": "Process Payment",
    "accept-suggestions": "accepting suggestions",
}

POSTING = ("process-payment", "accept-suggestions")


@dataclass(frozen=True)
class Step:
    """A journal entry that can be taken back."""

    seq: int
    action: str
    words: str


def last_step(current: Store, batch_id: str, who: str) -> Step | None:
    """Find the last thing that a person did to a batch and has not undone."""
    rows = current.rows(
        """
        select seq, action from facts.journal
        where batch_id = $batch_id and who = $who and list_contains($actions, action)
            and seq not in (select undone_seq from facts.undone_entries)
            -- What was posted and reversed since is undone already.
            and (
                not list_contains($posting, action)
                or seq in (select entry_seq from receipts where reversal_kind is null)
            )
        order by seq desc limit 1
        """,
        {"batch_id": batch_id, "who": who, "actions": list(UNDOABLE), "posting": list(POSTING)},
    )
    return Step(rows[0][0], rows[0][1], UNDOABLE[rows[0][1]]) if rows else None


def undo(workspace: Workspace, batch_id: str, *, who: str) -> Step:
    """Take back the last thing that this person did to the batch; again, and it is the one before.

    Processed payments are taken back as a correction: their receipts are reversed, their lines wait again, and what
    replaces them keeps its place on the slip.

    Raises:
        WrongUse: there is nothing to undo, or what was done since builds on it.
    """
    with store.writing(workspace, "undo", who=who) as change:
        rules = receipts.require_batch(change, batch_id)
        step = last_step(change.store, batch_id, who)
        if step is None:
            raise WrongUse(f"There is nothing of {who}'s to undo in {batch_id}.")
        concerned = _lines_of(change.store, batch_id, step)
        if step.action in POSTING:
            for receipt_id in _standing_receipts(change.store, step.seq):
                receipts.reverse_one(change, receipt_id, "correction")
        elif step.action == "lines-removed":
            batches.check_not_imported_again(change.store, batch_id)
        change.store.run(
            "insert into facts.undone_entries values ($undone, $seq)", {"undone": step.seq, "seq": change.seq}
        )
        change.detail |= {"undone": step.seq, "action": step.action, "lines": len(concerned)}
        receipts.look_again(change, batch_id, rules, concerned)
        return step


def take_back(workspace: Workspace, batch_id: str, line_numbers: Sequence[int], *, who: str, why: str = "") -> int:
    """Take back single payments that a person processed or accepted, each as `undo` does; gives how many receipts.

    Whoever processed them: the journal keeps who takes them back. The rest of a set stays posted, and `undo` of the set
    then takes back what is left of it.

    Raises:
        WrongUse: a line was not posted by a person, or lies in a closed period; nothing was taken back.
    """
    with store.writing(workspace, "take-back", who=who, why=why) as change:
        rules = receipts.require_batch(change, batch_id)
        standing = change.store.rows(
            """
            select line_number, receipt_id from receipts
            where batch_id = $batch_id and reason = 'PERSON' and reversal_kind is null
                and list_contains($lines, line_number)
            order by receipt_id
            """,
            {"batch_id": batch_id, "lines": list(line_numbers)},
        )
        missing = sorted(set(line_numbers) - {line_number for line_number, _ in standing})
        if missing or not standing:
            raise WrongUse(
                f"Line {missing[0]} of {batch_id} was not posted by a person, or was taken back before."
                if missing
                else "Name the lines that are to be taken back."
            )
        ids = [receipt_id for _, receipt_id in standing]
        for receipt_id in ids:
            receipts.reverse_one(change, receipt_id, "correction")
        change.detail |= {"lines": sorted(set(line_numbers)), "receipts": ids}
        receipts.look_again(change, batch_id, rules, sorted(set(line_numbers)))
        return len(ids)


def _standing_receipts(current: Store, seq: int) -> list[str]:
    rows = current.rows(
        """
        select receipt_id from receipts
        where entry_seq = $seq and reversal_kind is null order by receipt_id
        """,
        {"seq": seq},
    )
    if not rows:
        raise WrongUse("What was posted then was reversed since; there is nothing left to undo.")
    return [receipt_id for (receipt_id,) in rows]


def _lines_of(current: Store, batch_id: str, step: Step) -> list[int]:
    """List the lines that a step touched, if nothing that still counts was done to them since.

    Raises:
        WrongUse: something was.
    """
    rows = current.rows(resource("queries", "lines_touched.sql"), {"batch_id": batch_id, "seq": step.seq})
    later = [line_number for line_number, is_touched_since in rows if is_touched_since]
    if later:
        raise WrongUse(
            f"Line {later[0]} of {batch_id} was posted or changed since; {step.words} (journal entry {step.seq}) "
            "cannot be undone."
        )
    return [line_number for line_number, _ in rows]
