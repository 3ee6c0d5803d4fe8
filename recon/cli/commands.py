"""The commands of the main line. Each imports what it needs when it runs, so that `recon --help` answers at once."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recon.cli import answers, inputs
from recon.cli.app import answer_for, app
from recon.cli.inputs import (
    AgainOption,
    AliasOption,
    BankAccountOption,
    BatchArgument,
    BatchOption,
    CreditOption,
    DepositDateOption,
    DueNowOption,
    ExpectEntriesOption,
    ExpectTotalOption,
    IncludesOption,
    JsonOption,
    LedgerOption,
    OnOption,
    PartialPayOption,
    PostingDateOption,
    SlipArgument,
    TemplateOption,
    ThroughOption,
    TotalOption,
    UserOption,
    VoidOption,
    WorkspaceOption,
)

if TYPE_CHECKING:
    from recon.batches import Terms
    from recon.relations import PostingRules


@app.command(
    "load-ledger",
    help="Check a folder of ledger tables and put them in force.",
    epilog="Example: recon load-ledger ledger/ --includes none",
)
def load_ledger(
    folder: Annotated[Path, typer.Argument(readable=False, metavar="DIR", help="One CSV or Parquet file per table.")],
    includes: IncludesOption = None,
    workspace: WorkspaceOption = None,
    user: UserOption = None,
    json: JsonOption = False,
) -> None:
    """Load a ledger."""
    from recon.ledger_loading import load_ledger as load

    done = load(inputs.workspace(workspace), folder, who=inputs.user(user), includes=includes)
    answers.warn(done.warnings)
    answers.ledger(done, as_json=json)


@app.command(
    help="Say what each line of a lockbox file would be; changes nothing.",
    epilog="Example: recon classify June10.csv --ledger ledger/ --output classification.csv",
)
def classify(
    file: Annotated[Path, typer.Argument(readable=False, metavar="FILE", help="A lockbox file: .txt, .csv or .asc.")],
    ledger: LedgerOption = None,
    posting_date: PostingDateOption = None,
    partial_pay: PartialPayOption = False,
    due_now: DueNowOption = False,
    credit: CreditOption = False,
    alias: AliasOption = False,
    output: Annotated[Path | None, typer.Option("--output", help="CSV file; else standard output.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Classify a file."""
    from recon.classification import classify_file
    from recon.errors import InputRefused
    from recon.files import require_free_place, write_csv, write_table
    from recon.relations import PostingRules

    place = inputs.workspace(workspace)
    if output is not None:
        require_free_place(output, file, ledger or place.root)
    done = classify_file(
        file,
        ledger=ledger,
        workspace=None if ledger else place,
        posting_date=posting_date,
        rules=PostingRules(partial_pay, due_now, credit, alias),
    )
    answers.warn(done.warnings)
    if output is None:
        write_csv(done.rows, sys.stdout.buffer)
        return
    try:
        write_table(output, done.rows)
    except OSError as error:
        raise InputRefused(f"{output} cannot be written ({error.strerror}); name another file.") from error


def _terms(
    posting_date: PostingDateOption,
    bank_account: BankAccountOption,
    deposit_date: DepositDateOption,
    rules: "PostingRules",
    expect_entries: ExpectEntriesOption,
    expect_total: ExpectTotalOption,
    template: TemplateOption,
    again: AgainOption,
) -> "Terms":
    from recon.batches import Terms

    return Terms(
        posting_date=posting_date,
        bank_account=bank_account,
        deposit_date=deposit_date,
        rules=rules,
        expect_entries=expect_entries,
        expect_total=expect_total,
        template=template,
        again=again,
    )


@app.command(
    help="The main job: take in a lockbox file or each new file of a folder, post, make slips, lists and the report. "
    "(In PROMAS: AR, Batch Tenant Receipts, also called Batch Tenant Receipt.)",
    epilog="Example: recon run June10.csv --ledger ledger/ --expect-entries 3 --expect-total 2780.00",
)
def run(
    path: Annotated[
        Path, typer.Argument(readable=False, metavar="FILE|FOLDER", help="A lockbox file, or a folder of them.")
    ],
    ledger: LedgerOption = None,
    includes: IncludesOption = None,
    posting_date: PostingDateOption = None,
    bank_account: BankAccountOption = None,
    deposit_date: DepositDateOption = None,
    partial_pay: PartialPayOption = False,
    due_now: DueNowOption = False,
    credit: CreditOption = False,
    alias: AliasOption = False,
    expect_entries: ExpectEntriesOption = None,
    expect_total: ExpectTotalOption = None,
    template: TemplateOption = False,
    again: AgainOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Register nothing, post nothing; report all the same.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="DIR", help="Folder for the files of the run.")
    ] = None,
    workspace: WorkspaceOption = None,
    user: UserOption = None,
    json: JsonOption = False,
) -> None:
    """Run the main job."""
    from recon import daily
    from recon.relations import PostingRules

    place, who = inputs.workspace(workspace), inputs.user(user)
    rules = PostingRules(partial_pay, due_now, credit, alias)
    terms = _terms(posting_date, bank_account, deposit_date, rules, expect_entries, expect_total, template, again)

    def one(file: Path, load: Path | None, target: Path | None) -> daily.Run:
        with answers.progress() as say:
            done = daily.run(
                place, file, terms, who=who, ledger=load, includes=includes, dry_run=dry_run, output=target, say=say
            )
        answers.warn(done.warnings)
        return done

    if not inputs.is_folder(path):
        answers.run(one(path, ledger, output), as_json=json, dry_run=dry_run)
        return
    worst, summaries, is_empty = 0, [], True
    for file, batch_id in daily.new_files(place, path, terms):
        is_empty = False
        if batch_id is not None and again is None:
            answers.note(f"{file.name}: already processed as batch {batch_id}.")
            continue
        try:
            done = one(file, ledger, None if output is None else output / file.name)
        except Exception as error:  # noqa: BLE001 - one file's trouble must not keep the others waiting
            worst = max(worst, answer_for(error))
            continue
        summaries.append(done.summary)
        if not json:
            answers.run(done, as_json=False, dry_run=dry_run)
    if is_empty:
        answers.note(f"{path} holds no lockbox file (.txt, .csv or .asc).")
    if json:
        answers.say("", summaries, as_json=True)  # one answer, as a program reads it
    raise typer.Exit(worst)


@app.command(
    "import",
    help="Register a lockbox file as a batch, without posting it.",
    epilog="Example: recon import June10.csv --expect-total 2780.00",
)
def import_(
    file: Annotated[Path, typer.Argument(readable=False, metavar="FILE", help="A lockbox file: .txt, .csv or .asc.")],
    posting_date: PostingDateOption = None,
    bank_account: BankAccountOption = None,
    deposit_date: DepositDateOption = None,
    partial_pay: PartialPayOption = False,
    due_now: DueNowOption = False,
    credit: CreditOption = False,
    alias: AliasOption = False,
    expect_entries: ExpectEntriesOption = None,
    expect_total: ExpectTotalOption = None,
    template: TemplateOption = False,
    again: AgainOption = None,
    workspace: WorkspaceOption = None,
    user: UserOption = None,
    json: JsonOption = False,
) -> None:
    """Import a file."""
    from recon.batches import import_file
    from recon.relations import PostingRules

    rules = PostingRules(partial_pay, due_now, credit, alias)
    terms = _terms(posting_date, bank_account, deposit_date, rules, expect_entries, expect_total, template, again)
    batch_id = import_file(inputs.workspace(workspace), file, terms, who=inputs.user(user), warn=answers.warn)
    answers.say(f"{file.name} is batch {batch_id}. Next: recon post {batch_id}", {"batch_id": batch_id}, as_json=json)


@app.command(
    help="Post every line of a batch that can only mean one thing, as things stand now.",
    epilog="Example: recon post B000001",
)
def post(
    batch: BatchArgument,
    workspace: WorkspaceOption = None,
    user: UserOption = None,
    json: JsonOption = False,
) -> None:
    """Post a batch."""
    from recon.receipts import post as post_batch

    answers.posted(post_batch(inputs.existing(workspace), batch, who=inputs.user(user)), as_json=json)


@app.command(
    help="Process Payment: show how a waiting line could be posted, or post it as proposed or as you say.",
    epilog="Example: recon process B000001:3 --tenant Hartley --unit Mail212 --charge 4=950.00",
)
def process(
    line: Annotated[str, typer.Argument(metavar="LINE", help="Such as B000001:3.")],
    as_proposed: Annotated[
        bool, typer.Option("--as-proposed", help="Oldest charge first, the rest as credit.")
    ] = False,
    tenant: Annotated[str | None, typer.Option("--tenant", help="Who paid.")] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="For which unit.")] = None,
    charge: Annotated[list[str] | None, typer.Option("--charge", metavar="CHARGE=AMOUNT", help="Repeatable.")] = None,
    ledger_receipt: Annotated[
        str | None, typer.Option("--ledger-receipt", metavar="LEDGER", help="Process as a Ledger Receipt.")
    ] = None,
    bank_account: BankAccountOption = None,
    why: Annotated[str, typer.Option("--why", help="For the journal.")] = "",
    workspace: WorkspaceOption = None,
    user: UserOption = None,
    json: JsonOption = False,
) -> None:
    """Process a payment by hand."""
    from recon import allocation, decisions, store
    from recon.errors import WrongUse
    from recon.explain import find_line

    is_said = bool(tenant or unit or charge or ledger_receipt)
    if is_said and as_proposed:
        raise WrongUse("--as-proposed posts what is shown without it; leave it out where you say something else.")
    place, who = inputs.workspace(workspace), inputs.user(user)
    with store.reading(place, "recon process") as current:
        batch_id, number = find_line(current, line)
    if not is_said:
        answers.warn(allocation.order_warnings(place))
        parts = allocation.proposed(place, batch_id, number)
    else:
        amount = decisions.left_to_allocate(place, batch_id, number)
        parts = [decisions.Part(amount, tenant, unit, inputs.charge_shares(charge or []), ledger_receipt)]
    if not (as_proposed or is_said):
        answers.proposal(line, parts, as_json=json)
        return
    ids = decisions.process_payment(place, batch_id, number, parts, who=who, why=why, bank_account=bank_account)
    answers.say(f"Line {number} of {batch_id} is posted: {', '.join(ids)}.", {"receipts": ids}, as_json=json)


@app.command(
    help="Take a line, or all that is not posted of a batch, out of it; --restore puts it back.",
    epilog='Example: recon remove B000001 --why "wrong file"',
)
def remove(
    what: Annotated[str, typer.Argument(metavar="BATCH|LINE", parser=str.upper, help="Such as B000001 or B000001:3.")],
    why: Annotated[str, typer.Option("--why", help="For the journal.")],
    restore: Annotated[bool, typer.Option("--restore", help="Put back what was removed.")] = False,
    workspace: WorkspaceOption = None,
    user: UserOption = None,
) -> None:
    """Remove or restore lines."""
    from recon import batch_work, money, store
    from recon.explain import find_line

    place, who = inputs.existing(workspace), inputs.user(user)
    batch_id, numbers = what, None
    if ":" in what or "-" in what:
        with store.reading(place, "recon remove") as current:
            batch_id, number = find_line(current, what)
            numbers = [number]
    change = batch_work.restore_lines if restore else batch_work.remove_lines
    count = change(place, batch_id, numbers, who=who, why=why)
    answers.note(f"{'Put back' if restore else 'Removed'} {money.counted(count, 'line')} of {batch_id}.")


@app.command(
    help="List the deposit slips; with a slip, record it (--total) or void it (--void REASON).",
    epilog="Example: recon deposit D000001 --total 1830.00",
)
def deposit(
    slip: SlipArgument = None,
    total: TotalOption = None,
    void: VoidOption = None,
    workspace: WorkspaceOption = None,
    user: UserOption = None,
    json: JsonOption = False,
) -> None:
    """List, record or void deposit slips."""
    from recon import daily, deposits, money, store
    from recon.errors import WrongUse

    place, who = inputs.existing(workspace), inputs.user(user)
    if total is not None and void is not None:
        raise WrongUse("A slip is recorded (--total) or voided (--void), not both; leave one out.")
    if slip is None and (total is not None or void is not None):
        raise WrongUse("Name the slip, such as D000001; recon deposit lists them.")
    if slip is not None and void is not None:
        new = deposits.void(place, slip, who=who, why=void)
        answers.say(f"{slip} is void; its receipts are on {', '.join(new) or 'no slip'}.", {"slips": new}, as_json=json)
    elif slip is not None and total is not None:
        done = deposits.record(place, slip, total, who=who)
        pdf = daily.print_slip(place, slip, who=who)  # a run's own is of what was on it then
        items = money.counted(done.items, "item")
        answers.say(f"{slip} is recorded: {items}, {money.shown(done.total)}. Slip: {pdf}", done, as_json=json)
    elif slip is not None:
        raise WrongUse(f"Say what to do with {slip}: --total X records it, --void REASON voids it.")
    else:
        with store.reading(place, "recon deposit") as current:
            answers.deposits(deposits.all_deposits(current), as_json=json)


@app.command(
    help="List the receipts, or give those not exported before back to the system of record.",
    epilog="Example: recon receipts --export receipts-2026-06.csv",
)
def receipts(
    export: Annotated[Path | None, typer.Option("--export", metavar="OUT.csv", help="Write a new CSV file.")] = None,
    profile: Annotated[
        str, typer.Option("--profile", metavar="NAME", help="Noted with each exported record.")
    ] = "default",
    batch: BatchOption = None,
    workspace: WorkspaceOption = None,
    user: UserOption = None,
    json: JsonOption = False,
) -> None:
    """List or export receipts."""
    from recon import receipt_export, store
    from recon.errors import WrongUse

    place = inputs.existing(workspace)
    if export is not None and batch is not None:
        raise WrongUse("--export writes all that was not exported before, of every batch; leave --batch out.")
    if export is not None:
        done = receipt_export.export(place, export, who=inputs.user(user), profile=profile)
        answers.exported(done, export, as_json=json)
        return
    with store.reading(place, "recon receipts") as current:
        answers.table(receipt_export.all_receipts(current, batch), as_json=json)


@app.command(
    help="Undo a receipt: its charges reopen; after a correction its line waits again.",
    epilog='Example: recon reverse R0000001 --kind returned --on 2026-06-12 --why "NSF"',
)
def reverse(
    receipt: Annotated[str, typer.Argument(metavar="RECEIPT", parser=str.upper, help="Such as R0000001.")],
    kind: Annotated[str, typer.Option("--kind", help="returned: the money left the bank; correction: it stayed.")],
    why: Annotated[str, typer.Option("--why", help="For the journal.")],
    on: OnOption = None,
    workspace: WorkspaceOption = None,
    user: UserOption = None,
) -> None:
    """Reverse a receipt."""
    from recon import decisions

    place = inputs.existing(workspace)
    decisions.reverse(place, receipt, kind, on or place.today(), who=inputs.user(user), why=why)
    answers.note(f"{receipt} is reversed ({kind}).")


@app.command(
    "close-period",
    help="Close the books through a day: lines with an earlier posting date then wait for a person.",
    epilog="Example: recon close-period --through 2026-05-31",
)
def close_period(
    through: ThroughOption,
    why: Annotated[str, typer.Option("--why", help="For the journal.")] = "",
    workspace: WorkspaceOption = None,
    user: UserOption = None,
) -> None:
    """Close a period."""
    from recon import decisions

    decisions.close_period(inputs.existing(workspace), through, who=inputs.user(user), why=why)
    answers.note(f"The books are closed through {through}.")
