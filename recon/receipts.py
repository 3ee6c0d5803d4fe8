"""Receipts: the certain lines of a batch, posted in one transaction and looked at again in it (SPEC 6)."""

from dataclasses import dataclass
from decimal import Decimal

from recon import deposits, money, relations, store
from recon.classification import put_batch, put_workspace
from recon.errors import WrongUse
from recon.relations import PostingRules
from recon.schema import resource
from recon.store import Change
from recon.workspace import Workspace


@dataclass(frozen=True)
class Posted:
    """What one posting did."""

    batch_id: str
    count: int
    amount: Decimal
    deposit_ids: tuple[str, ...]


def post(workspace: Workspace, batch_id: str, *, who: str) -> Posted:
    """Post every line of a batch that can only mean one thing, as things stand now (BTR-56).

    All of it happens in one transaction, in which the lines are classified anew: a line that is no longer eligible
    waits, the others post. Where nothing is left to post, nothing is added.

    Raises:
        WrongUse: there is no such batch.
    """
    with store.writing(workspace, "post", who=who, purpose=f"recon post {batch_id}") as change:
        batch = require_batch(change, batch_id)
        posted, news = settle(change, batch_id, batch, posting=True)
        if not posted.count and not news:
            change.discard()
        return posted


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


def settle(change: Change, batch_id: str, rules: PostingRules, *, posting: bool) -> tuple[Posted, int]:
    """Classify a batch's waiting lines and, if `posting`, post the certain ones, inside the caller's transaction.

    Returns:
        What was posted, and how many lines are now classified otherwise than before.
    """
    current, terms = change.store, {"batch_id": batch_id, "seq": change.seq}
    put_workspace(current, batch_id, rules)
    put_batch(current, batch_id)
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
