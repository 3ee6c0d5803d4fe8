"""The commands that publish. Each imports what it needs when it runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from recon.cli import answers, inputs
from recon.cli.app import app
from recon.cli.inputs import ClosingDateOption, JsonOption, PublishUntilOption, UserOption, WorkspaceOption

if TYPE_CHECKING:
    from recon.publishing.delivery import Transmission
    from recon.publishing.publish import Preview, Publication

ToOption = Annotated[
    str | None,
    typer.Option("--to", metavar="TARGET", help="A folder, a .zip, an address; else the workspace's publications."),
]


@app.command(
    help="Publish profiles, statements, documents and activity: one folder, proven against the ledger, and delivered.",
    epilog="Example: recon publish --period 2026-06 --to https://panel.example.com/harbor",
)
def publish(
    period: Annotated[str | None, typer.Option("--period", metavar="YYYY-MM", help="A month.")] = None,
    closing_date: ClosingDateOption = None,
    what: Annotated[
        str | None,
        typer.Option(
            "--what",
            metavar="WORDS",
            help="Of profiles,owner_statements,tenant_statements,documents,activity,backup; else all but backup.",
        ),
    ] = None,
    to: ToOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Prove, say what changed, write nothing.")] = False,
    wait: Annotated[
        int, typer.Option("--wait", min=0, metavar="MINUTES", help="For new profiles to exist there, before pass two.")
    ] = 90,
    workspace: WorkspaceOption = None,
    user: UserOption = None,
    json: JsonOption = False,
) -> None:
    """Publish."""
    from recon.publishing.publish import preview
    from recon.publishing.publish import publish as send
    from recon.publishing.terms import read

    place = inputs.existing(workspace)
    terms = read(place, period or "", str(closing_date or ""), what or "")
    if dry_run:
        found = preview(place, terms, to)
        answers.say(_changes(found), _preview(found), as_json=json)
        return
    with answers.progress() as say, _bar() as bar:
        done = send(place, terms, who=inputs.user(user), to=to, wait_minutes=wait, say=say, progress=bar)
    answers.warn(
        f"withheld: {row['kind']} {row['party_key']}: {row['reason']}" for row in done.preview.gathered.withheld
    )
    answers.say(f"{_changes(done.preview)}\n{_told(done)}", _publication(done), as_json=json)


@app.command(
    help="List what was sent and what became of it; a control panel is asked for news first.",
    epilog="Example: recon transmissions --to https://panel.example.com/harbor",
)
def transmissions(
    to: ToOption = None,
    clear: Annotated[
        str | None, typer.Option("--clear", metavar="PUBLICATION", help="Have a stuck upload taken away (60 minutes).")
    ] = None,
    workspace: WorkspaceOption = None,
    user: UserOption = None,
    json: JsonOption = False,
) -> None:
    """List transmissions."""
    from recon import store
    from recon.publishing import delivery
    from recon.publishing.targets import target_of

    place = inputs.existing(workspace)
    if clear is not None:
        one = delivery.clear(place, target_of(place, to), clear, who=inputs.user(user))
        answers.note(f"The upload {one.upload_id} of {clear} is cleared; the next recon publish can send again.")
        return
    if to is not None:
        rows = delivery.ask(place, target_of(place, to), who=inputs.user(user))
    else:
        with store.reading(place) as current:
            rows = delivery.transmissions(current)
    answers.say("\n".join(map(_transmission, rows)) or "Nothing was sent yet.", rows, as_json=json)


@app.command(
    "verify-publication",
    help="Make every statement of a publication again and compare the bytes; silent when all agree, exit 7 if not.",
    epilog="Example: recon verify-publication P000001",
)
def verify_publication(
    publication: Annotated[str, typer.Argument(metavar="PUBLICATION", help="Such as P000001.")],
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Hold a publication against the books."""
    from recon.publishing.verifying import verify

    findings = verify(inputs.existing(workspace), publication)
    answers.findings(findings, as_json=json)
    raise typer.Exit(7 if findings else 0)


@app.command(
    help="Say for one owner, tenant, vendor or unit what is published, until when, and a note on its statements.",
    epilog="Example: recon profile owner O1 --no-statements --note 'The roof is next.'",
)
def profile(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="owner, tenant, vendor or unit.")],
    party: Annotated[str, typer.Argument(metavar="ID", help="As in the ledger.")],
    internet: Annotated[
        bool | None, typer.Option("--internet/--no-internet", help="Publish anything of it at all.")
    ] = None,
    statements: Annotated[
        bool | None, typer.Option("--statements/--no-statements", help="Publish its statements.")
    ] = None,
    until: PublishUntilOption = None,
    always: Annotated[bool, typer.Option("--always", help="Forget the last day.")] = False,
    note: Annotated[str | None, typer.Option("--note", help="Printed on its statements; empty: none.")] = None,
    workspace: WorkspaceOption = None,
    user: UserOption = None,
    json: JsonOption = False,
) -> None:
    """Set something for a profile."""
    from recon.publishing.profile_settings import set_profile

    now = set_profile(
        inputs.existing(workspace),
        kind,
        party,
        who=inputs.user(user),
        no_internet=None if internet is None else not internet,
        no_statements=None if statements is None else not statements,
        publish_until=until,
        always=always,
        note=note,
    )
    said = "not published" if now.no_internet else "published without statements" if now.no_statements else "published"
    last = f" until {now.publish_until}" if now.publish_until else ""
    answers.say(f"{kind} {party} is {said}{last}.{f' Note: {now.note}' if now.note else ''}", now, as_json=json)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """Show on a terminal how many statements are printed."""
    import sys

    if not sys.stderr.isatty():
        yield lambda done, count: None
        return

    def draw(done: int, count: int) -> None:
        filled = 30 * done // max(count, 1)
        sys.stderr.write(f"\r{'━' * filled}{'─' * (30 - filled)} {done:,} of {count:,} statements")
        sys.stderr.write("\r\x1b[K" if done == count else "")
        sys.stderr.flush()

    yield draw


def _changes(found: "Preview") -> str:
    profiles = ", ".join(f"{count} {word}" for word, count in found.profiles.items() if count) or "none"
    statements = ", ".join(f"{count} {word}" for word, count in found.statements.items() if count) or "none"
    closing = "; ".join(
        f"{name.replace('_', ' ')} close with {totals['closing']}" for name, totals in found.gathered.totals.items()
    )
    proven = f"\nProven: {closing}." if closing else ""
    return f"Profiles: {profiles}.\nStatements: {statements}.{proven}"


def _told(done: "Publication") -> str:
    again = "" if done.is_new else " (as published before)"
    said = done.delivered.message if done.delivered else ""
    return f"{done.publication_id}{again}: {said}"


def _preview(found: "Preview") -> dict[str, object]:
    gathered = found.gathered
    return {
        "period": {"from": gathered.terms.period.first, "to": gathered.terms.period.last},
        "what": list(gathered.terms.what),
        "profiles": found.profiles,
        "statements": found.statements,
        "documents": len(gathered.documents),
        "control_totals": gathered.totals,
        "withheld": list(gathered.withheld),
        "journal_head": {"seq": gathered.head.seq, "hash": gathered.head.hash},
    }


def _publication(done: "Publication") -> dict[str, object]:
    delivered = done.delivered
    return {
        "publication_id": done.publication_id,
        "is_new": done.is_new,
        "manifest_sha256": done.manifest_sha256,
        "path": delivered.path if delivered else str(done.folder),
        "target": delivered.target if delivered else "",
        "state": delivered.state if delivered else "",
        "queued": delivered.queued if delivered else 0,
        **_preview(done.preview),
    }


def _transmission(one: "Transmission") -> str:
    message = f" · {one.message}" if one.message else ""
    return (
        f"{one.began_at:%Y-%m-%d %H:%M} UTC  {one.publication_id}  pass {one.pass_number}  {one.state:9}  {one.target}"
        f"  {one.upload_id}{message}"
    )
