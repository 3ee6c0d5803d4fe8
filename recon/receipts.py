"""Receipts: the certain lines of a batch, posted in one transaction and looked at again in it (SPEC 6)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from recon import deposits, money, periods, relations, store
from recon.classification import put_batch, put_workspace
from recon.errors import ControlTotalsDisagree, WrongUse
from recon.relations import PostingRules
from recon.schema import resource
from recon.store import Change, Store
from recon.workspace import Workspace

# What happens to a batch without any line's answer depending on it.
_UNRELATED = ["complete-run", "export-receipts", "record-deposit", "void-deposit", "publish", "transmit", "set-profile"]
# What in another batch only adds payments that wait, and so lets nothing post that did not.
_ADDING = ["import", "start-batch", "add-payment"]
# Above this many lines it is cheaper to classify the whole batch than to find out whom a step concerns.
_FEW = 2000


@dataclass(frozen=True)
class Posted:
    """What one posting did."""

    batch_id: str
    count: int
    amount: Decimal
    deposit_ids: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def post(workspace: Workspace, batch_id: str, *, who: str) -> Posted:
    """Post every line of a batch that can only mean one thing, as things stand now (BTR-56).

    All of it happens in one transaction, in which the lines are classified anew: a line that is no longer eligible
    waits, the others post. Posting again adds nothing, as long as nothing else has happened: a line that had its turn
    before a later one used up a charge must not find itself fitting what is left.

    Raises:
        WrongUse: there is no such batch. ControlTotalsDisagree: its lines do not add up to its control totals.
    """
    with store.writing(workspace, "post", who=who, purpose=f"recon post {batch_id}") as change:
        batch = require_batch(change, batch_id)
        _check_control_totals(change, batch_id)
        if _is_as_posted(change.store, batch_id):
            change.discard()
            return Posted(batch_id, 0, Decimal("0.00"), ())
        posted, news = settle(change, batch_id, batch, posting=True)
        if not posted.count and not news:
            change.discard()
        return replace(posted, warnings=paid_this_month(change.store, batch_id))


def paid_this_month(current: Store, batch_id: str) -> tuple[str, ...]:
    """Warn where a template pays what the same tenant already paid in the same month (BTR-74)."""
    batch = {"batch_id": batch_id}
    if current.one("select source from facts.imports where batch_id = $batch_id", batch) != ("local",):
        return ()  # as most batches, which are large
    count, first = current.one(resource("queries", "paid_this_month.sql"), batch)
    if not count:
        return ()
    payments = money.counted(count, "payment")
    return (f"Of this template, {payments} the same tenant made this month already, such as {first}.",)


def is_posted(current: Store, batch_id: str) -> bool:
    """Say whether the batch was posted, if only once."""
    posted = "select 1 from facts.journal where action = 'post' and batch_id = $id limit 1"
    return bool(current.rows(posted, {"id": batch_id}))


def _is_as_posted(current: Store, batch_id: str) -> bool:
    """Say whether the batch was posted, and nothing has happened since that any answer could depend on."""
    since = """
        select 1
        from facts.journal
        where not list_contains($unrelated, action)
            and not (batch_id <> $batch_id and list_contains($adding, action))
            and seq > (
                select coalesce(max(seq), 0) from facts.journal where action = 'post' and batch_id = $batch_id
            )
        limit 1
    """
    return not current.rows(since, {"batch_id": batch_id, "unrelated": _UNRELATED, "adding": _ADDING})


def require_batch(change: Change, batch_id: str) -> PostingRules:
    """Find the rules that a batch was taken in with, and note the batch in the journal's entry.

    Raises:
        WrongUse: there is no such batch.
    """
    found = change.store.rows(
        """
        select imports.file_name, rules.partial_pay, rules.due_now, rules.credit, rules.alias
        from facts.imports as imports
        inner join posting_rules as rules on rules.batch_id = imports.batch_id
        where imports.batch_id = $id
        """,
        {"id": batch_id},
    )
    if not found:
        raise WrongUse(f"There is no batch {batch_id}; recon status lists them.")
    change.batch_id, change.file_name = batch_id, found[0][0]
    return PostingRules(*found[0][1:])


def _check_control_totals(change: Change, batch_id: str) -> None:
    """Hold the batch, as a person has changed it, against its control totals once more (BTR-72, BTR-88)."""
    entries, total, loaded, amount = change.store.one(
        "select control_entries, control_total, loaded_count, loaded_amount from batches where batch_id = $id",
        {"id": batch_id},
    )
    if total is not None and (entries, total) != (loaded, amount):
        raise ControlTotalsDisagree(
            f"{batch_id} has {money.counted(loaded, 'entry')} of {money.shown(amount)} together where {entries} of "
            f"{money.shown(total)} are expected (difference {money.shown(amount - total)}); nothing was posted. Undo "
            "what was changed, or state the new control totals and where they come from."
        )


def settle(
    change: Change, batch_id: str, rules: PostingRules, *, posting: bool, only: Sequence[int] | None = None
) -> tuple[Posted, int]:
    """Classify a batch's waiting lines and, if `posting`, post the certain ones, inside the caller's transaction.

    Args:
        change: the transaction.
        batch_id: the batch.
        rules: the rules that it was taken in with.
        posting: post what is certain.
        only: classify these lines alone; with them, all lines of the batch that the same tenants may have paid.

    Returns:
        What was posted, and how many lines are now classified otherwise than before.
    """
    current, terms = change.store, {"batch_id": batch_id, "seq": change.seq}
    put_workspace(current, batch_id, rules)
    put_batch(current, batch_id, only)
    relations.classify(current, rules)
    current.run(resource("changes", "add_classifications.sql"), terms)
    news = current.one("select count(*) from facts.classifications where entry_seq = $seq", {"seq": change.seq})[0]
    if not posting:
        return Posted(batch_id, 0, Decimal("0.00"), ()), news
    current.build("lines_posting", resource("changes", "lines_posting.sql"))
    current.run(resource("changes", "add_receipts.sql"), terms)
    current.run(resource("changes", "add_applications.sql"), terms)
    if rules.credit:
        current.run(resource("changes", "add_credit_applications.sql"), terms)
    count, amount = _check_posting(change)
    slips = deposits.propose(change, batch_id)
    change.detail |= {"posted": count, "amount": money.plain(amount), "deposits": list(slips)}
    return Posted(batch_id, count, amount, slips), news


def _check_posting(change: Change) -> tuple[int, Decimal]:
    """Hold what is about to be committed against itself: what goes to charges was received now, or is used credit."""
    count, received, credit, applied = change.store.one(
        """
        select
            (select count(*) from facts.receipts where entry_seq = $seq),
            (select coalesce(sum(amount), 0) from facts.receipts where entry_seq = $seq),
            (select coalesce(sum(matchable_total - amount), 0) from settled_lines where reason = 'OK_CREDIT'),
            (select coalesce(sum(amount), 0) from facts.applications where entry_seq = $seq)
        """,
        {"seq": change.seq},
    )
    if received + credit != applied:
        raise RuntimeError(f"posting would receive {received}, use {credit} of credit and apply {applied}")
    return count, Decimal(received).quantize(Decimal("0.01"))


def look_again(change: Change, batch_id: str, rules: PostingRules, line_numbers: Sequence[int] | None) -> int:
    """Classify anew what a person's step concerns: the lines given, and all that the same tenants may have paid.

    Without line numbers it is the whole batch. Gives how many answers are new.

    Raises:
        WrongUse: the step changed the amount of a payment that a deposit slip holds.
    """
    _check_replacements(change.store, batch_id)
    only: list[int] | None = None
    if line_numbers is not None and len(line_numbers) <= _FEW:
        rows = change.store.rows(
            resource("queries", "lines_concerned.sql"), {"batch_id": batch_id, "line_numbers": list(line_numbers)}
        )
        only = [line_number for (line_number,) in rows]
    return settle(change, batch_id, rules, posting=False, only=only)[1]


def answer(workspace: Workspace, batch_id: str, *, who: str) -> None:
    """Classify a batch of which a line has no answer yet: one that was imported and is processed before it is posted.

    Raises:
        WrongUse: no such batch.
    """
    with store.reading(workspace) as current:
        unanswered = """
            select 1
            from facts.lines as lines
            where lines.batch_id = $id and lines.message is null and not exists (
                select 1
                from facts.classifications as classified
                where classified.batch_id = $id and classified.line_number = lines.line_number
            )
            limit 1
        """
        if not current.rows(unanswered, {"id": batch_id}):
            return
    with store.writing(workspace, "classify", who=who, purpose=f"classifying {batch_id}") as change:
        look_again(change, batch_id, require_batch(change, batch_id), None)


def _check_replacements(current: Store, batch_id: str) -> None:
    """Refuse another amount for a line whose corrected receipt keeps its place and total on a slip (SPEC 6).

    Not for recorded slips alone: the bank's line may fix an open one any day, and shows what was brought to it.
    """
    wrong = current.rows(
        """
        select lines.line_number, items.deposit_id, sum(items.amount)
        from awaiting_replacement as awaiting
        inner join live_deposit_items as items on items.receipt_id = awaiting.receipt_id
        inner join lines on lines.batch_id = awaiting.batch_id and lines.line_number = awaiting.line_number
        where awaiting.batch_id = $batch_id
        group by lines.line_number, items.deposit_id, lines.amount, lines.posted_amount
        having sum(items.amount) is distinct from lines.amount - lines.posted_amount
        order by lines.line_number
        """,
        {"batch_id": batch_id},
    )
    if wrong:
        line_number, deposit_id, amount = wrong[0]
        raise WrongUse(
            f"Line {line_number} of {batch_id} has {money.shown(amount)} on slip {deposit_id}, and what replaces a "
            "corrected receipt has the same amount. If it was another from the start, remove the line, void the slip "
            "and add the payment anew."
        )


def reverse_one(change: Change, receipt_id: str, kind: str, on: date | None = None) -> tuple[str, int]:
    """Reverse a receipt inside the caller's transaction, who has the lines of its batch looked at again.

    Args:
        change: the transaction.
        receipt_id: which.
        kind: `returned` or `correction`.
        on: the day on which it counts; without it, the receipt's own.

    Returns:
        The batch and the line that it came from.

    Raises:
        WrongUse: no such receipt, it was reversed before, its credit was refunded, the day does not do, or a charge
            would be open beyond its amount.
    """
    found = change.store.rows(
        "select batch_id, line_number, reversal_kind, refunded, posting_date from receipts where receipt_id = $id",
        {"id": receipt_id},
    )
    if not found:
        raise WrongUse(f"There is no receipt {receipt_id}; recon receipts lists them.")
    batch_id, line_number, reversed_before, refunded, posted_on = found[0]
    if kind not in ("returned", "correction"):
        raise WrongUse(f"A reversal is 'returned' or 'correction', not {kind!r}.")
    if reversed_before or refunded:
        raise WrongUse(f"Receipt {receipt_id} was {'reversed' if reversed_before else 'refunded'} before.")
    periods.check_after(change.store, on or posted_on, receipt_id, posted_on)
    change.store.run(
        "insert into facts.reversals values ($id, $kind, $on, $seq)",
        {"id": receipt_id, "kind": kind, "on": on or posted_on, "seq": change.seq},
    )
    _check_reopened(change.store, receipt_id)
    return batch_id, line_number


def _check_reopened(current: Store, receipt_id: str) -> None:
    """Refuse a reversal after which a charge would be open beyond its amount."""
    wrong = current.rows(
        """
        select charge_id, open_amount, amount
        from charges
        where charge_key in (select charge_key from facts.applications where receipt_id = $id) and open_amount > amount
        order by charge_key
        """,
        {"id": receipt_id},
    )
    if wrong:
        charge_id, is_open, amount = wrong[0]
        raise WrongUse(
            f"Charge {charge_id} would be open {money.shown(is_open)} of {money.shown(amount)}: the ledger as loaded "
            f"does not reflect receipt {receipt_id}. Load one that does, or say so with --includes."
        )
