"""Batches: a lockbox file registered with its lines, once, and never before its control totals agree (SPEC 3, 6)."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa

from recon import money, store
from recon.classification import put_file, require_ledger
from recon.errors import ControlTotalsDisagree, DuplicateFile, WrongUse
from recon.lockbox.reading import LockboxFile, content_sha256, read
from recon.lockbox.record import YEARS
from recon.lockbox.taking import Taken, archive, take
from recon.relations import PostingRules
from recon.store import Change, Store
from recon.workspace import Workspace
from schemas.identifiers import comparison_keys
from schemas.lockbox import LINES
from schemas.lockbox_frames import LockboxLines
from schemas.vocabulary import Source


@dataclass(frozen=True)
class Terms:
    """How a file is to be taken in; the same for `recon import` and `recon run`."""

    posting_date: date | None = None  # Update All Dates: every line gets this date
    bank_account: str | None = None  # where the whole batch is deposited
    deposit_date: date | None = None
    rules: PostingRules = field(default_factory=PostingRules)
    expect_entries: int | None = None
    expect_total: Decimal | None = None
    template: bool = False  # a local file that is meant to be used every month (BTR-74)
    again: str | None = None  # why the same payments may come a second time

    def request_hash(self) -> str:
        """Tell one request from another: what decides the outcome, control totals and reasons apart."""
        undecisive = ("expect_entries", "expect_total", "again")
        decisive = {name: value for name, value in asdict(self).items() if value and name not in undecisive}
        decisive["rules"] = [name for name, is_on in asdict(self.rules).items() if is_on]  # what is off may be new
        return hashlib.sha256(json.dumps(decisive, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class Incoming:
    """A file on its way into a batch: taken, archived and read."""

    taken: Taken
    file: LockboxFile
    content_sha256: str


@dataclass(frozen=True)
class Earlier:
    """An import that holds the same payments."""

    batch_id: str
    file_name: str
    run_id: str | None  # its run, where it was imported by one
    request_hash: str | None
    is_finished: bool  # False: the run was interrupted


def bring_in(workspace: Workspace, path: Path, *, keep: bool = True, makes_store: bool = False) -> Incoming:
    """Take a file from disk, archive its bytes, and only then read it.

    Raises:
        InputRefused: see `recon.lockbox.taking.take`. WrongUse: there is no workspace to keep it in.
    """
    taken = take(path)
    if keep and not makes_store:
        workspace.require_store()
    if keep:
        workspace.prepare()
        archive(taken, workspace.archive)
    file = read(taken.name, taken.data)
    # What becomes fact passes the Pandera model once more, as analysts will see it.
    LockboxLines.validate(file.lines.to_pandas(types_mapper=pd.ArrowDtype), lazy=True)
    return Incoming(taken, file, content_sha256(file.lines))


def settled(workspace: Workspace, terms: Terms) -> Terms:
    """Fill in what the day decides: a template without a posting date is posted today (SPEC 6).

    Raises:
        WrongUse: a date that no file can have, or no reason for the same payments again.
    """
    for given in (terms.posting_date, terms.deposit_date):
        if given is not None and given.year not in YEARS:
            raise WrongUse(f"{given} is not a day of the years {YEARS[0]} to {YEARS[-1]}; give another date.")
    if terms.again is not None and not terms.again.strip():
        raise WrongUse("Say why the same payments come in again: --again REASON.")
    if terms.template and terms.posting_date is None:
        return replace(terms, posting_date=workspace.today())
    return terms


def earlier_import(current: Store, incoming: Incoming, terms: Terms) -> Earlier | None:
    """Find the import that already holds these payments (BTR-73, BTR-74).

    Files without records and batches cleared before anything was posted do not count; a template is the same only on
    the same posting date.
    """
    rows = current.rows(
        """
        select imports.batch_id, imports.file_name, runs.run_id, runs.request_hash,
            runs.run_id is null or completions.run_id is not null
        from facts.imports as imports
        inner join batches on batches.batch_id = imports.batch_id
        left join facts.runs as runs on runs.batch_id = imports.batch_id
        left join facts.run_completions as completions on completions.run_id = runs.run_id
        where imports.entries > 0
            and (
                batches.removed_count < imports.entries
                or exists (select 1 from facts.receipts as receipts where receipts.batch_id = imports.batch_id)
            )
            and case when $template
                then imports.source = 'local' and imports.sha256 = $sha256 and imports.posting_date = $posting_date
                else imports.sha256 = $sha256 or imports.content_sha256 = $content_sha256
                end
        order by imports.entry_seq desc
        limit 1
        """,
        {
            "template": terms.template,
            "sha256": incoming.taken.sha256,
            "content_sha256": incoming.content_sha256,
            "posting_date": terms.posting_date,
        },
    )
    return Earlier(*rows[0]) if rows else None


def refuse_duplicate(earlier: Earlier, name: str) -> None:
    """Say which batch has the payments already.

    Raises:
        DuplicateFile: always.
    """
    was = "" if earlier.file_name == name else f" (as {earlier.file_name})"
    if earlier.run_id is None:
        raise DuplicateFile(
            f"{name}: these payments were imported before, as batch {earlier.batch_id}{was}; recon post "
            f"{earlier.batch_id} posts what is certain there. If they are to come in a second time, say why with "
            "--again REASON."
        )
    raise DuplicateFile(
        f"{name}: these payments were imported before, as batch {earlier.batch_id}{was}. Look at it with recon status; "
        "if they are to come in a second time, say why with --again REASON."
    )


def check_totals(incoming: Incoming, terms: Terms, left: str = "nothing was imported") -> None:
    """Hold the file against the control totals that came with it (BTR-88); `left` says what a refusal leaves.

    Raises:
        ControlTotalsDisagree: entries or amount differ.
    """
    file, name = incoming.file, incoming.taken.name
    differing = []
    if terms.expect_entries is not None and terms.expect_entries != file.entries:
        differing.append(f"{money.counted(file.entries, 'entry')} where {terms.expect_entries} were expected")
    if terms.expect_total is not None and terms.expect_total != file.total_amount:
        off = file.total_amount - terms.expect_total
        differing.append(
            f"a total of {money.shown(file.total_amount)} where {money.shown(terms.expect_total)} was expected "
            f"(difference {money.shown(off)})"
        )
    if differing:
        raise ControlTotalsDisagree(
            f"{name} has {' and '.join(differing)}; {left}. Ask the sender for the right file or totals."
        )


def register(change: Change, incoming: Incoming, terms: Terms) -> str:
    """Add the batch and its lines inside the caller's transaction; give the batch's id.

    Raises:
        WrongUse: there is no ledger, or no such bank account in it.
    """
    current = change.store
    require_ledger(current)
    put_file(current, incoming.file.lines, terms.posting_date, is_template=terms.template)
    batch_id = f"B{current.next_number('imports'):06d}"
    current.run(
        """
        insert into facts.imports values ($batch_id, $file_name, $sha256, $content_sha256, $source, $again,
            $posting_date, $bank_account_key, $deposit_date, $partial_pay, $due_now, $entries, $total_amount, $seq)
        """,
        {
            "batch_id": batch_id,
            "file_name": incoming.taken.name,
            "sha256": incoming.taken.sha256,
            "content_sha256": incoming.content_sha256,
            "source": (Source.LOCAL if terms.template else Source.THIRD_PARTY).value,
            "again": terms.again,
            "posting_date": terms.posting_date,
            "bank_account_key": _bank_account_key(current, terms.bank_account),
            "deposit_date": terms.deposit_date,
            "partial_pay": terms.rules.partial_pay,
            "due_now": terms.rules.due_now,
            "entries": incoming.file.entries,
            "total_amount": incoming.file.total_amount,
            "seq": change.seq,
        },
    )
    for rule in ("credit", "alias"):
        if getattr(terms.rules, rule):
            row = {"batch_id": batch_id, "rule": rule, "seq": change.seq}
            current.run("insert into facts.import_opt_ins values ($batch_id, $rule, $seq)", row)
    current.run(
        """
        insert into facts.lines by name
        select $batch_id as batch_id, *, $seq as entry_seq
        from lines_at_hand
        order by line_number
        """,
        {"batch_id": batch_id, "seq": change.seq},
    )
    change.batch_id, change.file_name, change.why = batch_id, incoming.taken.name, terms.again or ""
    change.detail |= {
        "sha256": incoming.taken.sha256,
        "entries": incoming.file.entries,
        "total_amount": money.plain(incoming.file.total_amount),
    }
    if terms.expect_entries is not None:
        change.detail["expect_entries"] = terms.expect_entries
    if terms.expect_total is not None:
        change.detail["expect_total"] = money.plain(terms.expect_total)
    return batch_id


def totals_given(current: Store, batch_id: str) -> tuple[int | None, Decimal | None]:
    """Give the control totals that a person stated for a batch last, else those that came with its file (BTR-88)."""
    stated = current.rows("select entries, total_amount from stated_totals where batch_id = $id", {"id": batch_id})
    if stated:
        return stated[0][0], stated[0][1]
    (detail,) = current.one(
        """
        select entries.detail
        from facts.imports as imports
        inner join facts.journal as entries on entries.seq = imports.entry_seq
        where imports.batch_id = $id
        """,
        {"id": batch_id},
    )
    said = json.loads(detail)
    total = said.get("expect_total")
    return said.get("expect_entries"), None if total is None else Decimal(total)


def register_empty(
    change: Change, name: str, *, bank_account: str | None, deposit_date: date, rules: PostingRules
) -> str:
    """Add a batch that comes from no file, inside the caller's transaction; give its id.

    Raises:
        WrongUse: there is no ledger, or no such bank account in it.
    """
    taken = Taken(name, b"")
    empty = Incoming(taken, read("typed.txt", taken.data), content_sha256(LINES.empty_table()))
    terms = Terms(template=True, bank_account=bank_account, deposit_date=deposit_date, rules=rules)
    return register(change, empty, terms)


def _bank_account_key(current: Store, bank_account: str | None) -> str | None:
    if bank_account is None:
        return None
    key = comparison_keys(pa.array([bank_account]))[0].as_py()
    if not current.rows("select 1 from bank_accounts where bank_account_key = $key", {"key": key}):
        known = ", ".join(row[0] for row in current.rows("select bank_account_id from bank_accounts order by 1"))
        raise WrongUse(f"There is no bank account {bank_account!r} in the ledger; it has {known or 'none'}.")
    return str(key)


def _unheard(warnings: Iterable[str]) -> None:
    """Say nothing of what is unusual."""


def import_file(
    workspace: Workspace, path: Path, terms: Terms, *, who: str, warn: Callable[[Iterable[str]], None] = _unheard
) -> str:
    """Register a lockbox file as a batch whose lines wait to be posted; give the batch's id (BTR-52).

    `warn` is told what is unusual about the file and was allowed.

    Raises:
        InputRefused, DuplicateFile, ControlTotalsDisagree, WrongUse: nothing was registered.
    """
    terms = settled(workspace, terms)
    incoming = bring_in(workspace, path)
    with store.writing(workspace, "import", who=who) as change:
        earlier = earlier_import(change.store, incoming, terms)
        if earlier is not None and terms.again is None:
            refuse_duplicate(earlier, incoming.taken.name)
        check_totals(incoming, terms)
        batch_id = register(change, incoming, terms)
    warn(incoming.file.warnings)
    return batch_id


def check_not_imported_again(current: Store, batch_id: str) -> None:
    """Refuse to bring lines back whose file came in again because they were removed: they would count twice.

    Raises:
        WrongUse: it did; the message names the later batch.
    """
    later = current.rows(
        """
        select later.batch_id
        from facts.imports as later
        inner join facts.imports as earlier
            on earlier.entry_seq < later.entry_seq
            and case when later.source = 'local'
                then earlier.sha256 = later.sha256 and earlier.posting_date = later.posting_date
                else earlier.sha256 = later.sha256 or earlier.content_sha256 = later.content_sha256
                end
        where earlier.batch_id = $batch_id and earlier.entries > 0 and later.entries > 0
            and later.again_reason is null
        order by later.entry_seq
        """,
        {"batch_id": batch_id},
    )
    if later:
        raise WrongUse(f"The file of {batch_id} was imported anew as {later[0][0]}; process its lines there.")
