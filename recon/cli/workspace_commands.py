"""The commands for a workspace as a whole: what it holds, whether it holds together, and its backup."""

from pathlib import Path
from typing import Annotated

import typer

from recon.cli import answers, inputs
from recon.cli.app import app
from recon.cli.inputs import JsonOption, WorkspaceOption


@app.command(
    help="Check every law of the house; silent when all hold, exit 7 when one is broken.",
    epilog="Example: recon audit",
)
def audit(workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """Audit the workspace."""
    from recon.audits import audit as check

    findings = check(inputs.workspace(workspace))
    answers.findings(findings, as_json=json)
    raise typer.Exit(7 if findings else 0)


@app.command(
    help="Show why a line or receipt got its answer: the rule, the charges, the file line.",
    epilog="Example: recon explain B000001:3",
)
def explain(
    what: Annotated[str, typer.Argument(metavar="LINE_OR_RECEIPT", help="A line (B000001:3) or a receipt (R0000001).")],
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Explain a line or receipt."""
    from recon.explain import explain as look_up

    answers.explanation(look_up(inputs.workspace(workspace), what), as_json=json)


@app.command(
    help="Show what is posted, what waits and why, and what is not deposited yet.", epilog="Example: recon status"
)
def status(workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """Show where the workspace stands."""
    from recon.status import status as take_stock

    answers.status(take_stock(inputs.workspace(workspace)), as_json=json)


@app.command(help="Write the whole workspace to one file.", epilog="Example: recon backup recon-2026-06-30.zip")
def backup(
    file: Annotated[Path, typer.Argument(readable=False, metavar="FILE", help="A new zip file.")],
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Back up."""
    from recon.backup import backup as back_up

    with answers.progress() as say:
        say("copying and auditing")
        head = back_up(inputs.workspace(workspace), file)
    answers.say(f"{file} holds the workspace up to journal entry {head.seq}.", head, as_json=json)


@app.command(
    help="Bring a backup back into a new workspace.",
    epilog="Example: recon restore recon-2026-06-30.zip --workspace restored/",
)
def restore(
    file: Annotated[Path, typer.Argument(readable=False, metavar="FILE", help="A backup made by recon backup.")],
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Restore."""
    from recon.backup import restore as bring_back

    place = inputs.workspace(workspace)
    head = bring_back(file, place)
    answers.say(f"{place.root} stands at journal entry {head.seq}.", head, as_json=json)


@app.callback(invoke_without_command=True)
def about(
    version: Annotated[bool, typer.Option("--version", help="Show the version.", is_eager=True)] = False,
) -> None:
    """Show the version, if asked."""
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"recon {installed('recon-workbench')}")
        raise typer.Exit
