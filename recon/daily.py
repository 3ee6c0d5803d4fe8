"""The main job: a lockbox file in; posted receipts, deposit slips, what needs a person, and the report out (SPEC 1, 8).

`run` is what `recon run` and the workbench's buttons do. It can be interrupted anywhere: each step is in the store or
can be made again from it, so the same call finishes what is missing.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from recon import batches, receipts, store
from recon.batches import Earlier, Incoming, Terms
from recon.deposits import all_deposits
from recon.errors import InputRefused, WrongUse
from recon.files import require_free_place, require_writable
from recon.ledger_loading import load_ledger, put_in_force
from recon.lockbox.reading import SUFFIXES, check_name
from recon.lockbox.taking import take
from recon.outputs import CSV_FILES, RunFacts, write_outputs
from recon.store import Change
from recon.workspace import Workspace


@dataclass(frozen=True)
class Run:
    """What a run did; `summary` is what its run.json says."""

    run_id: str
    batch_id: str
    folder: Path
    summary: dict[str, object]
    warnings: tuple[str, ...]
    resumed: bool


def _silent(step: str) -> None:
    """Say nothing of the step that begins."""


def run(
    workspace: Workspace,
    path: Path,
    terms: Terms = Terms(),
    *,
    who: str,
    ledger: Path | None = None,
    includes: str | None = None,
    dry_run: bool = False,
    output: Path | None = None,
    say: Callable[[str], None] = _silent,
) -> Run:
    """Do the whole job for one lockbox file.

    Args:
        workspace: where the store and the archive are.
        path: the lockbox file; it is read, never moved or changed.
        terms: dates, bank account, posting rules, control totals.
        who: for the journal.
        ledger: a folder of ledger tables to load first.
        includes: which receipts posted here that ledger already reflects, as `recon load-ledger` takes it.
        dry_run: classify and report, register nothing, post nothing.
        output: where the files go; by default a folder of the run in the workspace.
        say: told each step as it begins.

    Raises:
        InputRefused, DuplicateFile, ControlTotalsDisagree, WrongUse, StoreBusy, StoreUnusable: see `recon.errors`.
    """
    check_name(path.name)
    terms = batches.settled(workspace, terms)
    if includes is not None and ledger is None:
        raise WrongUse("--includes says what a ledger reflects; name the ledger with --ledger.")
    if output is not None:
        _ready(output, path)
    say("reading the file")
    incoming = batches.bring_in(workspace, path, keep=not dry_run, makes_store=ledger is not None)
    replaced = () if output is None else _replaced(output, incoming)
    if dry_run:
        done = _rehearse(workspace, path, incoming, terms, ledger, includes, who, output, say)
    else:
        warnings = incoming.file.warnings
        if ledger is not None:
            say("loading the ledger")
            warnings = (*load_ledger(workspace, ledger, who=who, includes=includes).warnings, *warnings)
        done = _perform(workspace, path, incoming, terms, warnings, who, output, say)
    done = replace(done, warnings=(*replaced, *done.warnings))
    say("making the report")
    _make_report(done, workspace.firm())
    if not dry_run:
        _complete(workspace, done, who)
    return done


def _rehearse(
    workspace: Workspace,
    path: Path,
    incoming: Incoming,
    terms: Terms,
    ledger: Path | None,
    includes: str | None,
    who: str,
    output: Path | None,
    say: Callable[[str], None],
) -> Run:
    """Do in one transaction what a run does up to posting, write the files, and take everything back."""
    warnings = incoming.file.warnings
    run_id = f"dry-run-{incoming.taken.sha256[:12]}"
    folder = (output or workspace.runs / run_id).resolve()
    with store.writing(workspace, "dry-run", who=who, purpose=f"recon run --dry-run {path.name}") as change:
        if ledger is not None:
            say("loading the ledger")
            warnings = (*put_in_force(change, workspace, ledger, includes).warnings, *warnings)
        earlier = batches.earlier_import(change.store, incoming, terms)
        if earlier is not None and terms.again is None:
            batches.refuse_duplicate(earlier, path.name)
        batches.check_totals(incoming, terms)
        say("classifying")
        batch_id = batches.register(change, incoming, terms)
        receipts.settle(change, batch_id, terms.rules, posting=False)
        warnings += receipts.paid_this_month(change.store, batch_id)
        _ready(folder, path)
        facts = _facts(workspace, path, incoming, terms, run_id, batch_id, warnings, who, dry_run=True)
        summary = write_outputs(change.store, facts, folder)
        change.discard()
    return Run(run_id, batch_id, folder, summary, warnings, resumed=False)


def _perform(
    workspace: Workspace,
    path: Path,
    incoming: Incoming,
    terms: Terms,
    warnings: tuple[str, ...],
    who: str,
    output: Path | None,
    say: Callable[[str], None],
) -> Run:
    say("registering the batch")
    with store.writing(workspace, "import", who=who, purpose=f"recon run {path.name}") as change:
        earlier = batches.earlier_import(change.store, incoming, terms)
        resumed = earlier is not None and _may_resume(earlier, incoming, terms)
        if earlier is not None and resumed:
            batch_id, run_id = earlier.batch_id, str(earlier.run_id)
            batches.check_totals(incoming, terms, "the run was not finished")
            entries, total = batches.totals_given(change.store, batch_id)
            terms = replace(terms, expect_entries=entries, expect_total=total) if entries or total else terms
            folder = _folder(workspace, change, run_id)
            is_posted = receipts.is_posted(change.store, batch_id)
            change.discard()
        else:
            batches.check_totals(incoming, terms)
            batch_id = batches.register(change, incoming, terms)
            run_id, folder = _register_run(workspace, change, batch_id, terms, output)
            is_posted = False
    folder = folder if output is None else output.resolve()
    _ready(folder, path)
    if not is_posted:
        say("posting")
        receipts.post(workspace, batch_id, who=who)
    say("writing the files")
    with store.reading(workspace, f"recon run {path.name}") as current:
        warnings += receipts.paid_this_month(current, batch_id)
        facts = _facts(workspace, path, incoming, terms, run_id, batch_id, warnings, who, dry_run=False)
        summary = write_outputs(current, facts, folder)
    return Run(run_id, batch_id, folder, summary, warnings, resumed)


def _ready(folder: Path, path: Path) -> None:
    """Make the folder of a run before anything is posted, and see that its files can be written and the input stays.

    Raises:
        InputRefused: they cannot, or one of them would replace the file that is read.
    """
    try:
        require_writable(folder)
    except InputRefused as error:
        raise InputRefused(f"The files of the run have no place: {error} It is named with --output.") from error
    if path.name in CSV_FILES:
        require_free_place(folder / path.name, path)


def _replaced(folder: Path, incoming: Incoming) -> tuple[str, ...]:
    """Warn where the files of a run of another file lie in the folder, which this run's take the place of."""
    try:
        there = json.loads((folder / "run.json").read_text("utf-8"))
        if there["sha256"] == incoming.taken.sha256 or str(there["run_id"]).startswith("dry-run-"):
            return ()
        return (f"{folder} held the files of {there['run_id']} ({there['file']}); those of this run replaced them.",)
    except (OSError, ValueError, KeyError, TypeError):
        return ()  # nothing that a run has written


def _may_resume(earlier: Earlier, incoming: Incoming, terms: Terms) -> bool:
    """Decide what an earlier import of the same payments means: finish it, refuse, or let them come in again."""
    if not earlier.is_finished:
        if earlier.request_hash == terms.request_hash():
            return True
        if terms.again is None:
            raise WrongUse(
                f"The run {earlier.run_id} of {incoming.taken.name} was interrupted and had other options; run the "
                f"same command as then to finish it, or post what is left with recon post {earlier.batch_id}."
            )
    elif terms.again is None:
        batches.refuse_duplicate(earlier, incoming.taken.name)
    return False


def _register_run(
    workspace: Workspace, change: Change, batch_id: str, terms: Terms, output: Path | None
) -> tuple[str, Path]:
    run_id = f"run-{change.store.next_number('runs'):06d}"
    folder = (output or workspace.runs / run_id).resolve()
    inside = folder.is_relative_to(workspace.root)
    change.store.run(
        "insert into facts.runs values ($run_id, $batch_id, $request_hash, $output, $seq)",
        {
            "run_id": run_id,
            "batch_id": batch_id,
            "request_hash": terms.request_hash(),
            "output": folder.relative_to(workspace.root).as_posix() if inside else str(folder),
            "seq": change.seq,
        },
    )
    change.detail["run_id"] = run_id
    return run_id, folder


def _folder(workspace: Workspace, change: Change, run_id: str) -> Path:
    output = change.store.one("select output from facts.runs where run_id = $run_id", {"run_id": run_id})[0]
    return workspace.root / str(output)


def _facts(
    workspace: Workspace,
    path: Path,
    incoming: Incoming,
    terms: Terms,
    run_id: str,
    batch_id: str,
    warnings: tuple[str, ...],
    who: str,
    *,
    dry_run: bool,
) -> RunFacts:
    return RunFacts(
        run_id=run_id,
        batch_id=batch_id,
        file=path,
        data=incoming.taken.data,
        workspace=workspace.firm(),
        who=who,
        run_at=datetime.now(UTC).replace(microsecond=0),
        timezone=str(workspace.timezone() or ""),
        dry_run=dry_run,
        expect_entries=terms.expect_entries,
        expect_total=terms.expect_total,
        warnings=warnings,
    )


def report_batch(workspace: Workspace, batch_id: str, *, who: str) -> Path:
    """Make the report of a batch as it stands, at any time (`Print`, BTR-54, BTR-55); gives the page.

    Raises:
        WrongUse: there is no such batch.
    """
    done = _gather(workspace, batch_id, who)
    _make_report(done, workspace.firm())
    return done.folder / "report.html"


def print_slip(workspace: Workspace, deposit_id: str, *, who: str) -> Path:
    """Print a deposit slip as it stands, recorded or not; gives the PDF.

    Raises:
        WrongUse: there is no such slip, or it has no items.
    """
    with store.reading(workspace) as current:
        slip = next((slip for slip in all_deposits(current) if slip.deposit_id == deposit_id), None)
    if slip is None or not slip.items:
        raise WrongUse(f"Deposit slip {deposit_id} {'has no items' if slip else 'is not known'}; it is not printed.")
    done = _gather(workspace, slip.batch_id, who)
    _print_slips(done, workspace.firm())
    return done.folder / f"deposit_{deposit_id}.pdf"


def _gather(workspace: Workspace, batch_id: str, who: str) -> Run:
    """Write the files of a batch as it stands, as those of a run."""
    receipts.answer(workspace, batch_id, who=who)
    with store.reading(workspace, f"printing {batch_id}") as current:
        found = current.rows("select file_name, sha256 from facts.imports where batch_id = $id", {"id": batch_id})
        if not found:
            raise WrongUse(f"There is no batch {batch_id}; recon status lists them.")
        name, sha256 = found[0]
        entries, total = batches.totals_given(current, batch_id)
        archived = workspace.archive / sha256
        run_id = f"{batch_id} at journal entry {current.head().seq}"
        facts = RunFacts(
            run_id=run_id,
            batch_id=batch_id,
            file=Path(name),
            data=archived.read_bytes() if archived.is_file() else b"",
            workspace=workspace.firm(),
            who=who,
            run_at=datetime.now(UTC).replace(microsecond=0),
            timezone=str(workspace.timezone() or ""),
            dry_run=False,
            expect_entries=entries,
            expect_total=total,
            warnings=(),
        )
        folder = workspace.root / "reports" / batch_id
        summary = write_outputs(current, facts, folder)
    return Run(run_id, batch_id, folder, summary, (), resumed=False)


def _print_slips(done: Run, firm: str) -> None:
    from recon.files import write_bytes
    from recon.rendering.slip import slip_pdf
    from recon.report import slips

    for slip in slips(done.folder):
        pdf = slip_pdf(slip, firm=firm, run_id=done.run_id, file=str(done.summary["file"]))
        write_bytes(done.folder / f"deposit_{slip.deposit_id}.pdf", pdf)


def _make_report(done: Run, firm: str) -> None:
    """Run the report's notebook on the run's folder, make the page of it, and print the slips; no store is open."""
    from recon import notebook_runs

    _print_slips(done, firm)
    executed = done.folder / "report.ipynb"
    notebook_runs.execute("batch_report", {"run_folder": str(done.folder)}, executed)
    notebook_runs.to_html(executed, done.folder / "report.html", f"Batch report {done.summary['file']}")


def _complete(workspace: Workspace, done: Run, who: str) -> None:
    """Say in the store that the run succeeded: only this row says so (RELIABILITY M17)."""
    with store.writing(workspace, "complete-run", who=who, purpose=f"recon run {done.summary['file']}") as change:
        run_id = {"run_id": done.run_id}
        if change.store.rows("select 1 from facts.run_completions where run_id = $run_id", run_id):
            change.discard()
            return
        change.batch_id, change.file_name = done.batch_id, str(done.summary["file"])
        change.detail |= {"run_id": done.run_id}
        change.store.run("insert into facts.run_completions values ($run_id, $seq)", run_id | {"seq": change.seq})


def new_files(workspace: Workspace, folder: Path, terms: Terms = Terms()) -> Iterator[tuple[Path, str | None]]:
    """List a folder's lockbox files in name order, each with the batch that already has its bytes, if any.

    A file whose last run was interrupted is new: running it again finishes it. So is a template on another posting
    date, and a file that cannot be read, which its run will refuse. A file whose batch a person cleared is not: it was
    cleared for a reason, and a schedule must not bring it back.

    Raises:
        InputRefused: the folder cannot be listed.
    """
    try:
        found = sorted(path for path in folder.iterdir() if path.is_file() and path.name.lower().endswith(SUFFIXES))
    except OSError as error:
        raise InputRefused(
            f"{folder} cannot be listed ({error.strerror}); check the name and who may read it."
        ) from error
    terms = batches.settled(workspace, terms)
    for path in found:
        try:
            sha256 = take(path).sha256
        except InputRefused:
            yield path, None
        else:
            yield path, _finished_batch(workspace, sha256, terms)


def _finished_batch(workspace: Workspace, sha256: str, terms: Terms) -> str | None:
    if not store.exists(workspace):
        return None
    with store.reading(workspace) as current:
        rows = current.rows(
            """
            select imports.batch_id, runs.run_id is null or completions.run_id is not null as is_finished
            from facts.imports as imports
            left join facts.runs as runs on runs.batch_id = imports.batch_id
            left join facts.run_completions as completions on completions.run_id = runs.run_id
            where imports.sha256 = $sha256
                and (not $template or (imports.source = 'local' and imports.posting_date = $posting_date))
            order by imports.entry_seq desc
            limit 1
            """,
            {"sha256": sha256, "template": terms.template, "posting_date": terms.posting_date},
        )
    return str(rows[0][0]) if rows and rows[0][1] else None
