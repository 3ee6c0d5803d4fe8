"""The commands for bank files. Each imports what it needs when it runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recon.cli import answers
from recon.cli.app import app

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
    file: Annotated[Path, typer.Argument(metavar="FILE", help="BAI2, OFX, QFX, camt, MT940, NACHA, lockbox or CSV.")],
    format_: FormatOption = None,
    profile: ProfileOption = None,
    output: OutputOption = None,
) -> None:
    """Read a bank statement."""
    from recon.bank.reading import read_statement

    found = read_statement(file, profile)
    if format_ is not None:
        _require_format(format_, found.format, file.name)
    answers.statement(found)
    if output is not None:
        _written(output, found.lines)
    if not found.is_trusted:
        answers.note(f"recon: {file.name} must not be trusted, see the findings; ask the sender for it again.")
        raise typer.Exit(3)


@app.command(
    help="Turn what a bank or processor sent into a lockbox file, which recon run takes.",
    epilog="Example: recon convert payments.csv --profile rent_payments --output June10.csv",
)
def convert(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A BAI lockbox, NACHA or CSV file.")],
    output: Annotated[Path, typer.Option("--output", metavar="LOCKBOX.csv", help="The lockbox file to write.")],
    profile: ProfileOption = None,
) -> None:
    """Convert to a lockbox file."""
    from recon.bank.conversion import convert as turn
    from recon.errors import InputRefused
    from recon.files import write_bytes
    from recon.lockbox.reading import check_name

    check_name(output.name)
    if output.exists() and output.samefile(file):
        raise InputRefused(f"{output} is the file that is read; name another with --output.")
    done = turn(file, profile)
    try:
        write_bytes(output, done.to_bytes())
    except OSError as error:
        raise InputRefused(f"{output} cannot be written ({error.strerror}); name another file.") from error
    answers.warn(f"{file.name}, line {found.line}: {found.message}" for found in done.findings)
    left = f"; {done.left_out} lines are no payments and were left out" if done.left_out else ""
    typer.echo(f"{output}: {len(done.records)} payments, {done.total:,.2f}{left}. Next: recon run {output}")


_OTHER_NAMES = {"qfx": "ofx", "bai": "bai2", "mt942": "mt940", "camt.053": "camt", "camt.054": "camt", "ach": "nacha"}


def _require_format(wanted: str, found: str | None, name: str) -> None:
    from recon.errors import InputRefused

    if _OTHER_NAMES.get(wanted.lower(), wanted.lower()) != found:
        raise InputRefused(
            f"{name} is {found or 'in no known format'}, not {wanted}; leave --format out to have it found."
        )


def _written(output: Path, lines: "pa.Table") -> None:
    from recon.errors import InputRefused
    from recon.files import write_table

    try:
        write_table(output, lines)
    except OSError as error:
        raise InputRefused(f"{output} cannot be written ({error.strerror}); name another file.") from error
