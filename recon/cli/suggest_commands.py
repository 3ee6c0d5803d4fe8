"""The commands for lines that need a person: what they may mean, and one key for it. Each imports what it needs."""

from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from recon import money
from recon.cli import answers, inputs
from recon.cli.app import app
from recon.cli.inputs import BankAccountOption, JsonOption, UserOption, WorkspaceOption
from recon.suggestions.kinds import Kind

if TYPE_CHECKING:
    from recon.suggestions.listing import Suggested
    from recon.workspace import Workspace


@app.command(
    help="Say what waiting lines may mean, best reading first, with the evidence; changes nothing.",
    epilog="Example: recon suggest B000001:3",
)
def suggest(
    what: Annotated[
        str | None, typer.Argument(metavar="[BATCH|LINE]", parser=str.upper, help="B000001 or B000001:3; else all.")
    ] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Suggest readings."""
    from recon.allocation import order_warnings
    from recon.suggestions import listing

    books = inputs.existing(workspace)
    answers.warn(order_warnings(books))
    found = listing.suggest(books) if what is None else listing.find(books, what)
    answers.say("\n".join(map(_words, found)) or "No line waits.", [_plain(line) for line in found], as_json=json)


@app.command(
    help="Process a waiting line as one of its suggestions says, or all of one kind that are one key away.",
    epilog="Example: recon accept B000001:3 --rank 1; recon accept B000001 --kind misspelt-id --dry-run",
)
def accept(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="[LINE|BATCH]", parser=str.upper, help="B000001:3; with --kind B000001, else all batches."
        ),
    ] = None,
    rank: Annotated[int | None, typer.Option("--rank", min=1, help="Which; else the first, if beyond doubt.")] = None,
    kind: Annotated[
        Kind | None, typer.Option("--kind", help="All of this kind whose first suggestion is beyond doubt.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --kind: show what would be posted.")] = False,
    bank_account: BankAccountOption = None,
    workspace: WorkspaceOption = None,
    user: UserOption = None,
    json: JsonOption = False,
) -> None:
    """Accept a suggestion, or a set."""
    from recon.errors import WrongUse
    from recon.suggestions import listing

    books = inputs.existing(workspace)
    if kind is not None and bank_account is not None:
        raise WrongUse("--bank-account goes with one line; name it, such as recon accept B000001:3.")
    if kind is not None and rank is None:
        _accept_kind(books, what, kind, None if dry_run else inputs.user(user), as_json=json)
        return
    if kind is not None or dry_run or what is None:
        raise WrongUse("Name one line, such as recon accept B000001:3, or a kind with --kind; --dry-run goes with it.")
    found = listing.find(books, what)
    if len(found) != 1:
        raise WrongUse(f"{what} is not one waiting line; name one such as B000001:3, or a kind with --kind.")
    if rank is None and not found[0].is_acceptable:
        raise WrongUse(f"{what} is not beyond doubt; look at it with recon suggest {what}, and choose with --rank.")
    chosen, batch_id = rank or 1, found[0].batch_id
    seen = next((row for row in found[0].suggestions if row.rank == chosen), None)
    line_number, who = found[0].line_number, inputs.user(user)
    done = listing.accept(books, batch_id, line_number, chosen, who=who, seen=seen, bank_account=bank_account)
    answers.say(f"Posted as {', '.join(done)}.", list(done), as_json=json)


def _accept_kind(books: "Workspace", what: str | None, kind: Kind, who: str | None, *, as_json: bool) -> None:
    """Show the set, or accept it batch by batch; without `who` nothing is posted."""
    from itertools import groupby

    from recon.suggestions import listing, sets

    found = sets.by_kind(listing.suggest(books) if what is None else listing.find(books, what)).get(kind, [])
    said = [_preview(line) for line in found]
    if who is None:
        total = sum((line.amount for line in found), Decimal(0))
        said.append(f"{len(found):,} would be accepted as {kind}, {money.shown(total)}; nothing is posted.")
        answers.say("\n".join(said), [_plain(line) for line in found], as_json=as_json)
        return
    done = [sets.accept_all(books, list(lines), who=who) for _, lines in groupby(found, lambda line: line.batch_id)]
    for one in done:
        said.append(f"{one.batch_id}: {len(one.accepted):,} accepted as {kind}, {money.shown(one.amount)}.")
        said += [f"{one.batch_id}:{number} is left out: {words}." for number, words in one.left_out]
    rows = [asdict(one) | {"amount": one.amount} for one in done]
    answers.say("\n".join(said) or f"No suggestion of the kind {kind} is one key away.", rows, as_json=as_json)


def _preview(line: "Suggested") -> str:
    from recon.rendering.words import payers, posted_to

    assert line.first is not None
    parts = line.first.parts
    return (
        f"{line.batch_id}:{line.line_number}  {money.shown(line.amount)}  {payers(parts)}  to {posted_to(parts)}\n"
        f"     {'; '.join(line.first.evidence)}"
    )


def _words(line: "Suggested") -> str:
    said = [f"{line.batch_id}:{line.line_number}  {money.shown(line.amount)}  {line.reason}"]
    for row in line.suggestions:
        whom = " and ".join(f"{tenant} on {unit}" for tenant, unit in sorted(row.payers))
        mark = "one key" if row.is_acceptable else "ask"
        said.append(f"  {row.rank}. {row.kind} of {whom} ({row.points} points, {mark})")
        said += [f"     {words}" for words in row.evidence]
        said += [f"     but {words}" for words in row.against]
    return "\n".join(said if line.suggestions else [*said, "  nothing is known of it"])


def _plain(line: "Suggested") -> dict[str, object]:
    rows = [
        asdict(row) | {"payers": sorted(row.payers), "points": row.points, "is_acceptable": row.is_acceptable}
        for row in line.suggestions
    ]
    return {name: value for name, value in asdict(line).items() if name != "concerns"} | {"suggestions": rows}
