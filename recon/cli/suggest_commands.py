"""The commands for lines that need a person: what they may mean, and one key for it. Each imports what it needs."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from recon import money
from recon.cli import answers, inputs
from recon.cli.app import app
from recon.cli.inputs import JsonOption, UserOption, WorkspaceOption

if TYPE_CHECKING:
    from recon.suggestions.listing import Suggested


@app.command(
    help="Say what waiting lines may mean, best reading first, with the evidence; changes nothing.",
    epilog="Example: recon suggest B000001:3",
)
def suggest(
    what: Annotated[str | None, typer.Argument(metavar="[BATCH|LINE]", help="B000001 or B000001:3; else all.")] = None,
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
    help="Process a waiting line as one of its suggestions says; the evidence goes into the journal.",
    epilog="Example: recon accept B000001:3 --rank 1",
)
def accept(
    line: Annotated[str, typer.Argument(metavar="LINE", help="Such as B000001:3.")],
    rank: Annotated[int | None, typer.Option("--rank", min=1, help="Which; else the first, if beyond doubt.")] = None,
    workspace: WorkspaceOption = None,
    user: UserOption = None,
) -> None:
    """Accept a suggestion."""
    from recon.errors import WrongUse
    from recon.suggestions import listing

    books = inputs.existing(workspace)
    found = listing.find(books, line)
    if len(found) != 1:
        raise WrongUse(f"{line} is not one waiting line; name one such as B000001:3.")
    if rank is None and not found[0].is_acceptable:
        raise WrongUse(f"{line} is not beyond doubt; look at it with recon suggest {line}, and choose with --rank.")
    chosen, batch_id = rank or 1, found[0].batch_id
    seen = next((row for row in found[0].suggestions if row.rank == chosen), None)
    done = listing.accept(books, batch_id, found[0].line_number, chosen, who=inputs.user(user), seen=seen)
    answers.say(f"Posted as {', '.join(done)}.", list(done), as_json=False)


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
    return asdict(line) | {"suggestions": rows}
