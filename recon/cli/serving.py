"""The command that opens the workbench. It imports what it needs when it runs."""

from typing import Annotated

import typer

from recon.cli import inputs
from recon.cli.app import app
from recon.cli.inputs import WorkspaceOption


@app.command(
    help="Open the workbench in JupyterLab, on this machine only; Ctrl+C ends it.",
    epilog="Example: recon lab --workspace books/",
)
def lab(
    workspace: WorkspaceOption = None,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="Where it listens; else the first free from 8888.")
    ] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only say the address.")] = False,
) -> None:
    """Serve the workbench."""
    from recon.lab import serve

    serve(inputs.workspace(workspace), port=port, browser=not no_browser, say=typer.echo)
