"""The command that starts the control panel. Django is imported when it runs, and nowhere else."""

import getpass
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from recon.cli.app import app

PASSWORD = "RECON_PORTAL_PASSWORD"


@app.command(
    help="Serve the control panel: it receives what is published, and clients look at it. Ctrl+C ends it.",
    epilog="Example: recon portal --data panel/",
)
def portal(
    data: Annotated[
        Path | None, typer.Option("--data", metavar="FOLDER", help="Database, files, key; else data/portal.")
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Where it listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any that is free.")] = 8600,
    admin: Annotated[
        str | None,
        typer.Option("--admin", metavar="PMID", help=f"Make an account; its password from {PASSWORD} or a prompt."),
    ] = None,
    new_account: Annotated[bool, typer.Option("--new-account", help="Give a link that sets another one up.")] = False,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Process uploads in this process, too.")] = True,
    proxy: Annotated[
        str, typer.Option("--proxy", metavar="ADDRESS", help="Whose forwarded headers count, in production.")
    ] = "127.0.0.1",
) -> None:
    """Serve the control panel."""
    from recon.errors import WrongUse

    try:
        from recon.portal import serving
    except ImportError as error:
        raise WrongUse(
            f"The control panel is an extra ({error.name} is missing): pip install 'recon-workbench[portal]'."
        ) from None
    try:
        serving.prepare(data)
        if admin is not None:
            typer.echo(serving.make_account(admin, _password(admin)))
        serving.serve(
            host=host, port=port, new_account=new_account, with_worker=worker, trusted_proxy=proxy, say=typer.echo
        )
    except ValueError as error:
        raise WrongUse(str(error)) from None
    except OSError as error:
        raise WrongUse(
            f"The control panel cannot listen on {host}, port {port} ({error.strerror}); name another."
        ) from error


def _password(name: str) -> str:
    from recon.errors import WrongUse

    password = os.environ.get(PASSWORD, "")
    if not password and sys.stdin is not None and sys.stdin.isatty():
        password = getpass.getpass(f"Master password for {name}: ")
        if password != getpass.getpass("Again: "):
            raise WrongUse("The two passwords differ; nothing was made.")
    if not password:
        raise WrongUse(f"Set {PASSWORD}, or run this where it can ask for the master password.")
    return password
