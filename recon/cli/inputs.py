"""What people type, as values: dates, amounts, the workspace, the user. Each refusal says what was expected."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from recon.workspace import Workspace

_chosen: dict[str, Path | None] = {"workspace": None}


def _date(text: str) -> date:
    from recon.lockbox.record import YEARS, read_date

    given = read_date(text)  # as in a file
    if given is None:
        years = f"the years {YEARS[0]} to {YEARS[-1]}"
        raise typer.BadParameter(f"{text!r} is not a date such as 2026-06-10 or 06/10/2026, in {years}")
    return given


def _amount(text: str) -> Decimal:
    from recon import money

    try:
        return money.entered(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def charge_shares(given: Sequence[str]) -> dict[str, Decimal]:
    """Read CHARGE=AMOUNT, each charge once."""
    from recon import money

    shares: dict[str, Decimal] = {}
    for text in given:
        charge_id, _, amount = text.rpartition("=")
        if not charge_id.strip():
            raise typer.BadParameter(f"{text!r}: write CHARGE=AMOUNT, such as 4=950.00.")
        if charge_id in shares:
            raise typer.BadParameter(f"{text!r}: charge {charge_id} has an amount already; give it one.")
        try:
            shares[charge_id] = money.entered(amount)
        except ValueError as error:
            raise typer.BadParameter(f"{text!r}: write CHARGE=AMOUNT, such as 4=950.00 ({error}).") from None
    return shares


def workspace(folder: Path | None = None) -> "Workspace":
    """Give the workspace that the command line, the environment or the default names (SPEC 8)."""
    from recon.workspace import Workspace

    if folder is not None:
        _chosen["workspace"] = folder
    return Workspace.at(_chosen["workspace"])


def existing(folder: Path | None) -> "Workspace":
    """Give the workspace where it has a store already, so that a misspelled name does not make a new one.

    Raises:
        WrongUse: there is none.
    """
    place = workspace(folder)
    place.require_store()
    return place


def is_folder(path: Path) -> bool:
    """Tell a folder from everything else; what may not even be looked at is refused later, when it is read."""
    try:
        return path.is_dir()
    except OSError:
        return False


def user(name: str | None) -> str:
    """Give who acts: the name given, else the operating system's user."""
    from recon.workspace import current_user

    return name or current_user()


WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="Folder with the store; else RECON_WORKSPACE, else data/workspace."),
]
# What the program numbered itself is known in either case.
BatchArgument = Annotated[
    str, typer.Argument(metavar="BATCH", parser=str.upper, help="Such as B000001; recon status lists them.")
]
BatchOption = Annotated[
    str | None, typer.Option("--batch", metavar="BATCH", parser=str.upper, help="Only the receipts of this batch.")
]
SlipArgument = Annotated[
    str | None, typer.Argument(metavar="SLIP", parser=str.upper, help="Such as D000001; none: list them.")
]
VoidOption = Annotated[
    str | None, typer.Option("--void", metavar="REASON", help="Void the slip; its receipts come back.")
]
UserOption = Annotated[str | None, typer.Option("--user", help="Who acts, for the journal; else the system's user.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
LedgerOption = Annotated[
    Path | None, typer.Option("--ledger", readable=False, help="Folder of ledger tables, CSV or Parquet.")
]
IncludesOption = Annotated[
    str | None,
    typer.Option("--includes", help="Which receipts posted here the export already reflects: none, all or a TIME."),
]
PostingDateOption = Annotated[
    date | None,
    typer.Option("--posting-date", parser=_date, metavar="DATE", help="Update All Dates: every line gets this date."),
]
DepositDateOption = Annotated[
    date | None,
    typer.Option("--deposit-date", parser=_date, metavar="DATE", help="Of the slip; else the latest posting date."),
]
BankAccountOption = Annotated[
    str | None, typer.Option("--bank-account", help="Where the whole batch is deposited; else the ledgers decide.")
]
PartialPayOption = Annotated[
    bool, typer.Option("--partial-pay", help="Post a payment below the one unpaid charge (/partialpay).")
]
DueNowOption = Annotated[bool, typer.Option("--due-now", help="Post a payment that equals what is due by its date.")]
CreditOption = Annotated[
    bool, typer.Option("--credit", help="Post a payment that, with the tenant's credit, equals all due within 30 days.")
]
AliasOption = Annotated[bool, typer.Option("--alias", help="Know payers by the aliases that a person has confirmed.")]
ExpectEntriesOption = Annotated[int | None, typer.Option("--expect-entries", min=0, help="Control total: lines.")]
ExpectTotalOption = Annotated[
    Decimal | None, typer.Option("--expect-total", parser=_amount, metavar="X", help="Control total: amount.")
]
TemplateOption = Annotated[bool, typer.Option("--template", help="A local file that is used every month.")]
AgainOption = Annotated[str | None, typer.Option("--again", metavar="REASON", help="Take the same payments in again.")]
OnOption = Annotated[date | None, typer.Option("--on", parser=_date, metavar="DATE", help="The day it happened.")]
StatementDateOption = Annotated[
    date, typer.Option("--date", parser=_date, metavar="DATE", help="The statement date: the end of that day.")
]
BalanceOption = Annotated[
    Decimal | None,
    typer.Option("--balance", parser=_amount, metavar="X", help="The bank's closing balance, if no statement has it."),
]
ThroughOption = Annotated[date, typer.Option("--through", parser=_date, metavar="DATE", help="The last closed day.")]
TotalOption = Annotated[
    Decimal | None, typer.Option("--total", parser=_amount, metavar="X", help="The total you entered.")
]
ClosingDateOption = Annotated[
    date | None,
    typer.Option("--closing-date", parser=_date, metavar="DATE", help="From the first of its month to this day."),
]
PublishUntilOption = Annotated[
    date | None,
    typer.Option("--publish-until", parser=_date, metavar="DATE", help="The last day on which it is published."),
]
