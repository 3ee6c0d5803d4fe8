"""The commands for bank files. Each imports what it needs when it runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recon.cli import answers, inputs
from recon.cli.app import app
from recon.cli.inputs import BalanceOption, JsonOption, OnOption, StatementDateOption, UserOption, WorkspaceOption

if TYPE_CHECKING:
    import pyarrow as pa

ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", metavar="NAME", help="Of a CSV file or lockbox layout: a ready one, or a path."),
]
FormatOption = Annotated[
    str | None,
    typer.Option("--format", metavar="NAME", help="Refuse the file if it is not of this format; else it is found."),
]
OutputOption = Annotated[Path | None, typer.Option("--output", metavar="OUT.csv", help="Write the lines themselves.")]


@app.command(
    help="Read a bank file and say what is in it; changes nothing. Exit 3 if it must not be trusted.",
    epilog="Example: recon statement march.bai2 --output lines.csv",
)
def statement(
    file: Annotated[
        Path, typer.Argument(readable=False, metavar="FILE", help="BAI2, OFX, QFX, camt, MT940, NACHA, lockbox or CSV.")
    ],
    format_: FormatOption = None,
    profile: ProfileOption = None,
    output: OutputOption = None,
) -> None:
    """Read a bank statement."""
    from recon.bank.reading import read_statement
    from recon.errors import InputRefused
    from recon.files import require_free_place

    wanted = None if format_ is None else _known_format(format_)
    if output is not None:
        require_free_place(output, file)
    found = read_statement(file, profile)
    if wanted is not None and found.format not in (None, wanted):
        raise InputRefused(f"{file.name} is {found.format}, not {format_}; leave --format out to have it found.")
    answers.statement(found)
    if output is not None:
        _written(output, found.lines)
    if found.format is None:
        answers.note(f"recon: {file.name} is in no known format; name a --profile.")
        raise typer.Exit(3)
    if not found.is_trusted:
        answers.note(f"recon: {file.name} must not be trusted, see the findings; ask the sender for it again.")
        raise typer.Exit(3)


@app.command(
    help="Turn what a bank or processor sent into a lockbox file, which recon run takes.",
    epilog="Example: recon convert payments.csv --profile rent_payments --output June10.csv",
)
def convert(
    file: Annotated[Path, typer.Argument(readable=False, metavar="FILE", help="A BAI lockbox, NACHA or CSV file.")],
    output: Annotated[Path, typer.Option("--output", metavar="LOCKBOX.csv", help="The lockbox file to write.")],
    profile: ProfileOption = None,
) -> None:
    """Convert to a lockbox file."""
    from recon import money
    from recon.bank.conversion import convert as turn
    from recon.errors import InputRefused
    from recon.files import require_free_place, write_bytes
    from recon.lockbox.reading import check_name

    check_name(output.name)
    require_free_place(output, file)
    done = turn(file, profile)
    try:
        write_bytes(output, done.to_bytes())
    except OSError as error:
        raise InputRefused(f"{output} cannot be written ({error.strerror}); name another file.") from error
    answers.warn(f"{file.name}, line {found.line}: {found.message}" for found in done.findings)
    left = f"; {money.counted(done.left_out, 'line')} left out, being no payment" if done.left_out else ""
    payments = money.counted(len(done.records), "payment")
    typer.echo(f"{output}: {payments}, {money.shown(done.total)}{left}. Next: recon run {output}")


_OTHER_NAMES = {"qfx": "ofx", "bai": "bai2", "mt942": "mt940", "camt.053": "camt", "camt.054": "camt", "ach": "nacha"}


def _known_format(given: str) -> str:
    from recon.bank.detection import FORMATS
    from recon.errors import WrongUse

    name = _OTHER_NAMES.get(given.lower(), given.lower())
    if name not in FORMATS:
        raise WrongUse(f"{given} is no known format; name one of {', '.join(sorted({*FORMATS, *_OTHER_NAMES}))}.")
    return name


def _written(output: Path, lines: "pa.Table") -> None:
    from recon.errors import InputRefused
    from recon.files import write_table

    try:
        write_table(output, lines)
    except OSError as error:
        raise InputRefused(f"{output} cannot be written ({error.strerror}); name another file.") from error


# What the program numbered itself is known in either case; a ledger's entries are not ours.
LinesOption = Annotated[
    list[str] | None,
    typer.Option("--accept", metavar="LINE", parser=str.upper, help="Such as L0000001. Repeatable."),
]
SlipsOption = Annotated[
    list[str] | None,
    typer.Option("--slip", metavar="SLIP", parser=str.upper, help="The deposit slip that it is. Repeatable."),
]
ReceiptsOption = Annotated[
    list[str] | None,
    typer.Option("--receipt", metavar="RECEIPT", parser=str.upper, help="The receipt that came back."),
]
RefundsOption = Annotated[
    list[str] | None,
    typer.Option("--refund", metavar="REFUND", parser=str.upper, help="The refund of a credit that it is."),
]
MatchOption = Annotated[
    str | None, typer.Option("--unmatch", metavar="MATCH", parser=str.upper, help="Such as M000001.")
]
LineOption = Annotated[
    str | None, typer.Option("--post", metavar="LINE", parser=str.upper, help="Post a fee, interest and such.")
]


@app.command(
    help="Match the bank's lines: take in a statement or a file of returns, list what is open, accept, unmatch, post.",
    epilog='Example: recon match june.bai2; recon match --accept L0000007 --slip D000003 --why "deposit book"',
)
def match(
    file: Annotated[
        Path | None, typer.Argument(readable=False, metavar="FILE", help="A bank statement, or NACHA returns.")
    ] = None,
    profile: ProfileOption = None,
    bank_account: Annotated[
        str | None, typer.Option("--bank-account", help="Whose statement it is, if its number does not say so.")
    ] = None,
    show: Annotated[bool, typer.Option("--list", help="Show what is open, and what is matched with what.")] = False,
    accept: LinesOption = None,
    slip: SlipsOption = None,
    receipt: ReceiptsOption = None,
    entry: Annotated[list[str] | None, typer.Option("--entry", help="The ledger entry that it is.")] = None,
    refund: RefundsOption = None,
    unmatch: MatchOption = None,
    post: LineOption = None,
    ledger: Annotated[str | None, typer.Option("--ledger", help="The ledger to post it to.")] = None,
    on: OnOption = None,
    why: Annotated[str, typer.Option("--why", help="For the journal.")] = "",
    workspace: WorkspaceOption = None,
    user: UserOption = None,
    json: JsonOption = False,
) -> None:
    """Match the bank's lines."""
    from recon.errors import WrongUse
    from recon.reconciliation import matching

    place, who = inputs.existing(workspace), inputs.user(user)
    if sum(map(bool, (file, accept, unmatch, post))) > 1:
        raise WrongUse("One thing at a time: a FILE, --accept, --unmatch or --post.")
    if file is not None:
        answers.matched(
            matching.match_statement(place, file, who=who, profile=profile, bank_account=bank_account), as_json=json
        )
    elif accept:
        done = matching.accept(
            place, accept, deposit_ids=slip or (), receipt_ids=receipt or (), entry_ids=entry or (),
            refund_ids=refund or (), who=who, why=why, on=on,
        )  # fmt: skip
        answers.matched(done, as_json=json)
    elif unmatch is not None:
        matching.unmatch(place, unmatch, who=who, why=_reason(why, "--unmatch"))
        answers.say(f"{unmatch} is taken back.", {"unmatched": unmatch}, as_json=json)
    elif post is not None:
        if ledger is None:
            raise WrongUse(f"Say which ledger {post} goes to: --ledger LEDGER.")
        match_id = matching.post_item(place, post, ledger, who=who, why=_reason(why, "--post"), on=on)
        answers.say(f"{post} is posted to {ledger} ({match_id}).", {"match_id": match_id}, as_json=json)
    elif not show:
        answers.matched(matching.match_open(place, who=who), as_json=json)
    if show:
        from recon import store
        from recon.reconciliation.left_over import left_over
        from recon.reconciliation.left_over import matched as matched_in

        with store.reading(place, "recon match --list") as current:
            listed = matched_in(current)
        answers.open_items(left_over(place), listed, as_json=json)


def _reason(why: str, option: str) -> str:
    from recon.errors import WrongUse

    if not why.strip():
        raise WrongUse(f"{option} needs a reason for the journal: --why REASON.")
    return why


@app.command(
    help="The three-way tie-out of a bank account at a statement date, difference by difference; --close locks it.",
    epilog="Example: recon reconcile --date 2026-06-30 --bank-account TRUST --report",
)
def reconcile(
    on: StatementDateOption,
    bank_account: Annotated[
        str | None, typer.Option("--bank-account", help="One account; else all that have moved.")
    ] = None,
    balance: BalanceOption = None,
    report: Annotated[bool, typer.Option("--report", help="Make the report: page, print and notebook.")] = False,
    output: Annotated[Path | None, typer.Option("--output", metavar="DIR", help="Folder for the report.")] = None,
    close: Annotated[bool, typer.Option("--close", help="Sign off all accounts and close the books.")] = False,
    why: Annotated[str, typer.Option("--why", help="For the journal; needed to close with a difference.")] = "",
    workspace: WorkspaceOption = None,
    user: UserOption = None,
    json: JsonOption = False,
) -> None:
    """Tie a bank account out."""
    from recon import bank_report
    from recon.errors import WrongUse
    from recon.reconciliation import tie_out

    place, who = inputs.existing(workspace), inputs.user(user)
    if bank_account is None and (balance is not None or output is not None):
        raise WrongUse("--balance and --output are for one account; name it with --bank-account.")
    if close:
        given = {} if bank_account is None or balance is None else {bank_account: balance}
        done = tie_out.close(place, on, who=who, why=why, balances=given)
    else:
        accounts = [bank_account] if bank_account else tie_out.accounts_moved(place, on)
        done = [tie_out.tie_out(place, account, on, balance) for account in accounts]
    answers.tie_outs(done, as_json=json)
    if close:
        answers.note(f"The books are closed through {on}.")
    if report or output is not None:
        for one in done:
            folder = bank_report.make(place, one.bank_account_id, on, who=who, balance=balance, output=output)
            answers.note(f"Report: {folder / 'report.html'}")
