"""Delivery: a publication on its way to the other side, and the log of what became of it (PUB-06 to PUB-12, PUB-49).

A transmission is `uploaded`, then `pending`, then `processed` or `failed`; a stuck one is `cleared` by a person. Each
state that we are told is a fact of its own. A folder or zip processes at once and goes through the same states.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from recon import store
from recon.errors import InputRefused, WrongUse
from recon.publishing import bundle, remote
from recon.publishing.panel import Panel, Upload
from recon.publishing.targets import Credentials, Target, credentials_at_hand
from recon.publishing.terms import Terms
from recon.schema import resource
from recon.store import Store
from recon.workspace import Workspace
from schemas.publications import STATEMENT_LINES

CLEAR_OFFERED, CLEAR_RECOMMENDED = 60, 90  # minutes (PUB-12)
POLL_SECONDS = 30
_STATEMENT_TABLES = {"owner_statements.csv", "tenant_statements.csv", STATEMENT_LINES}
_ATTEMPTS = 20  # of one pass that are known to have been given up, before a person looks


@dataclass(frozen=True)
class Transmission:
    """One pass of a publication to a target, as it stands."""

    publication_id: str
    target: str
    pass_number: int
    state: str
    upload_id: str
    message: str
    began_at: datetime  # UTC

    def minutes(self, now: datetime) -> int:
        """Say for how many minutes it has been on its way."""
        return int((now - self.began_at).total_seconds() // 60)


@dataclass(frozen=True)
class Delivered:
    """What became of a delivery."""

    target: str
    path: str  # where it lies now
    state: str
    message: str
    queued: int  # files that wait for the profile to exist on the other side (PUB-34)


def deliver(
    workspace: Workspace,
    publication_id: str,
    folder: Path,
    manifest_sha256: str,
    target: Target,
    *,
    who: str,
    terms: Terms,
    credentials: Credentials | None = None,
    wait_minutes: int = 0,
    say: Callable[[str], None],
    sent: Callable[[int, int], None] | None = None,
) -> Delivered:
    """Bring a publication to its target; what is there already is left as it is.

    Raises:
        WrongUse: an upload is pending there. InputRefused: the target refuses, or holds something else.
    """
    if target.kind == "panel":
        return _to_panel(
            workspace, publication_id, folder, target, who=who, terms=terms, credentials=credentials,
            wait_minutes=wait_minutes, say=say, sent=sent,
        )  # fmt: skip
    if target.kind == "remote":
        path = remote.put(folder, target.place, publication_id, manifest_sha256)
    elif target.kind == "zip":
        path = str(_to_zip(folder, Path(target.place)))
    else:
        path = str(_to_folder(folder, Path(target.place), publication_id, manifest_sha256))
    states = [(1, "uploaded"), (1, "processed"), (2, "uploaded"), (2, "processed")]
    log(workspace, publication_id, target.name, states, upload_id=publication_id, message="", who=who)
    return Delivered(target.name, path, "processed", f"{publication_id} lies in {path}.", 0)


def _to_folder(folder: Path, target: Path, publication_id: str, manifest_sha256: str) -> Path:
    if target.is_dir() and any(target.iterdir()) and not (target / bundle.MANIFEST).exists():
        target /= publication_id
    if bundle.same(target, manifest_sha256):
        return target
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise InputRefused(f"{target} holds something else, and a publication is never changed; name another folder.")
    with bundle.aside(target.parent) as copy:
        bundle.copy(folder, copy)
        bundle.put(copy, target)
    return target


def _to_zip(folder: Path, target: Path) -> Path:
    with bundle.aside(target.parent) as place:
        packed = place / "publication.zip"
        bundle.pack(folder, bundle.members(folder), packed)
        if target.exists():
            if bundle.sha256_of(target) == bundle.sha256_of(packed):
                return target
            raise InputRefused(f"{target} exists, and a publication is never changed; name another file.")
        packed.rename(target)
    return target


# --- the control panel -----------------------------------------------------------------------------------------------


def _to_panel(
    workspace: Workspace,
    publication_id: str,
    folder: Path,
    target: Target,
    *,
    who: str,
    terms: Terms,
    credentials: Credentials | None,
    wait_minutes: int,
    say: Callable[[str], None],
    sent: Callable[[int, int], None] | None,
) -> Delivered:
    with store.reading(workspace, "recon publish") as current:
        new = _new_profiles(current, publication_id, target.name)
        files = current.rows(
            "select path, kind, party_key from facts.published_files where publication_id = $id",
            {"id": publication_id},
        )
    waiting = {path for path, kind, key in files if (kind.removesuffix("_statement"), key) in new or (
        kind == "document" and key in {party for _, party in new})}  # fmt: skip
    names = bundle.members(folder)
    first = [
        name
        for name in names
        if name == bundle.MANIFEST
        or name.startswith("profiles/")
        or (terms.needs_two_publications and name not in waiting)
    ]
    passes = [(1, first), (2, names)] if new else [(2, names)]
    with Panel.logged_on(target.name, *(credentials or credentials_at_hand)(target.name)) as panel:
        _refuse_while_pending(workspace, panel, target, publication_id, who)
        first_of_all = _supplemented(workspace, publication_id, target, panel, who, wait_minutes, say, sent)
        if first_of_all is not None:
            said = f"Statements that {publication_id} adds to went first; publish again once they are processed there."
            return Delivered(target.name, target.name, first_of_all.state, said, len(names))
        for number, members in passes:
            upload = _transmitted(workspace, publication_id, folder, target, panel, number, members, who, say, sent)
            is_last = number == 2
            minutes = 0 if is_last or terms.needs_two_publications else wait_minutes
            upload = _watched(workspace, publication_id, target, panel, number, upload, who, minutes, say)
            _require_taken(target, publication_id, upload)
            if not is_last and (terms.needs_two_publications or upload.state != "processed"):
                return Delivered(target.name, target.name, upload.state, _told(upload, len(waiting)), len(waiting))
    return Delivered(target.name, target.name, upload.state, _told(upload, 0), 0)


def _require_taken(target: Target, publication_id: str, upload: Upload) -> None:
    if upload.state == "failed":
        raise InputRefused(f"{target.name} could not process {publication_id}: {upload.message}")
    if upload.state == "cleared":
        raise InputRefused(f"{publication_id} was cleared at {target.name} ({upload.message}); publish it again.")


def _supplemented(
    workspace: Workspace,
    publication_id: str,
    target: Target,
    panel: Panel,
    who: str,
    minutes: int,
    say: Callable[[str], None],
    sent: Callable[[int, int], None] | None,
) -> Upload | None:
    """Send the statements first that a publication adds to and the panel does not have; give what is not through yet.

    They may have been deleted there, or never come there. A supplemental statement alone says too little (PUB-48).
    """
    with store.reading(workspace) as current:
        rows = current.rows(resource("queries", "statements_supplemented.sql"), {"id": publication_id})
        told = transmissions(current, target.name)
    for original in sorted({row[0] for row in rows}):
        folder = workspace.publications / original
        uploads = [one for one in told if (one.publication_id, one.pass_number) == (original, 2)]
        if "processed" in {_news(workspace, target, panel, one, who) for one in uploads}:
            continue
        if not (folder / bundle.MANIFEST).exists():
            say(f"{original} is not in the workspace; what {publication_id} adds to cannot be sent again")
            continue
        files = {path for of, path in rows if of == original} | _STATEMENT_TABLES
        members = [name for name in bundle.members(folder) if name == bundle.MANIFEST or name in files]
        upload = _transmitted(workspace, original, folder, target, panel, 2, members, who, say, sent)
        upload = _watched(workspace, original, target, panel, 2, upload, who, minutes, say)
        _require_taken(target, original, upload)
        if upload.state != "processed":
            return upload
    return None


def _told(upload: Upload, waiting: int) -> str:
    """Confirm an upload: complete is not yet processed (PUB-07)."""
    if upload.state == "processed":
        said = f"The upload {upload.upload_id} was processed."
    else:
        said = (
            f"The upload {upload.upload_id} is complete. It is not processed yet: that takes 15 to 60 minutes; "
            "ask for news then."
        )
    if waiting:
        said += f" {waiting} files wait for new profiles to exist there; publish the same again to send them."
    return said


def _new_profiles(current: Store, publication_id: str, target: str) -> set[tuple[str, str]]:
    known = set(current.rows(resource("queries", "profiles_known.sql"), {"target": target}))
    published = current.rows(
        "select kind, party_key from facts.published_profiles where publication_id = $id", {"id": publication_id}
    )
    return set(published) - known


def _transmitted(
    workspace: Workspace,
    publication_id: str,
    folder: Path,
    target: Target,
    panel: Panel,
    number: int,
    members: Sequence[str],
    who: str,
    say: Callable[[str], None],
    sent: Callable[[int, int], None] | None,
) -> Upload:
    """Upload one pass; done before, it is only asked about: its key is the SHA-256 of what is sent."""
    say(f"uploading, pass {number} of 2")
    with tempfile.TemporaryDirectory(prefix="recon-publish-") as place:
        packed = Path(place) / "upload.zip"
        bundle.pack(folder, members, packed)
        with store.reading(workspace) as current:
            told = transmissions(current, target.name)
        known = {one.upload_id for one in told}
        given_up = sum(
            one.publication_id == publication_id and one.pass_number == number and one.state in {"failed", "cleared"}
            for one in told
        )
        for attempt in range(given_up + 1, given_up + 1 + _ATTEMPTS):
            upload = panel.upload(
                packed,
                publication_id,
                number,
                attempt=attempt,
                progress=sent or (lambda done, size: say(f"uploaded {done:,} of {size:,} bytes")),
            )
            if upload.upload_id not in known:
                _log_one(workspace, publication_id, target, number, "uploaded", upload, who)
            if upload.state not in {"failed", "cleared"}:
                break
            # Given up at the panel, such as when statements are deleted there: the next key is of another upload.
            _log_one(workspace, publication_id, target, number, upload.state, upload, who)
    return upload


def _watched(
    workspace: Workspace,
    publication_id: str,
    target: Target,
    panel: Panel,
    number: int,
    upload: Upload,
    who: str,
    minutes: int,
    say: Callable[[str], None],
) -> Upload:
    """Ask what became of an upload, until it is processed or the patience ends; each news is logged."""
    until = time.monotonic() + 60 * minutes
    while True:
        upload = panel.status(upload.upload_id)
        with store.reading(workspace) as current:
            standing = {(one.upload_id, one.pass_number): one.state for one in transmissions(current, target.name)}
        if upload.state in _STATES and standing.get((upload.upload_id, number)) != upload.state:
            _log_one(workspace, publication_id, target, number, upload.state, upload, who)
        if upload.state in {"processed", "failed", "cleared"} or time.monotonic() >= until:
            return upload
        say(f"{upload.upload_id} is {upload.state}")
        time.sleep(POLL_SECONDS)


_STATES = ("uploaded", "pending", "processed", "failed", "cleared")


def _refuse_while_pending(workspace: Workspace, panel: Panel, target: Target, publication_id: str, who: str) -> None:
    """Have one upload pending at a time, whoever sent it (PUB-12)."""
    for one in refreshed(workspace, target, panel, who):
        if one.state in {"uploaded", "pending"} and one.publication_id != publication_id:
            raise WrongUse(pending_words(one))


def pending_words(one: Transmission) -> str:
    """Say that an upload is pending, and from 60 minutes on how to clear it."""
    minutes = one.minutes(datetime.now(UTC).replace(tzinfo=None))
    said = f"The upload {one.upload_id} of {one.publication_id} to {one.target} is {one.state} since {minutes} minutes"
    if minutes < CLEAR_OFFERED:
        return f"{said}; wait until it is processed, which takes 15 to 60 minutes."
    clear = f"recon transmissions --to {one.target} --clear {one.publication_id}"
    if minutes < CLEAR_RECOMMENDED:
        return f"{said}; wait, or clear it: {clear}."
    return f"{said}, longer than any should be; clear it and publish again: {clear}."


# --- the log ---------------------------------------------------------------------------------------------------------


def transmissions(current: Store, target: str | None = None) -> list[Transmission]:
    """List the transmissions as they stand, oldest first."""
    sql = resource("queries", "transmissions_standing.sql")
    return [Transmission(*row) for row in current.rows(sql, {"target": target})]


def log(
    workspace: Workspace,
    publication_id: str,
    target: str,
    states: Sequence[tuple[int, str]],
    *,
    upload_id: str,
    message: str,
    who: str,
) -> None:
    """Add to the transmission log; what it says already is not said again."""
    with store.writing(workspace, "transmit", who=who) as change:
        standing = {
            (one.pass_number, one.upload_id): one.state
            for one in transmissions(change.store, target)
            if one.publication_id == publication_id
        }
        last = dict(states)
        if all(standing.get((number, upload_id)) == state for number, state in last.items()):
            change.discard()
            return
        rows = [
            {
                "publication_id": publication_id,
                "target": target,
                "pass_number": number,
                "state": state,
                "upload_id": upload_id,
                "message": message,
                "entry_seq": change.seq,
            }
            for number, state in states
        ]
        change.store.add("transmissions", pa.Table.from_pylist(rows))
        change.detail |= {"publication_id": publication_id, "target": target, "states": [state for _, state in states]}


def _log_one(
    workspace: Workspace, publication_id: str, target: Target, number: int, state: str, upload: Upload, who: str
) -> None:
    log(
        workspace, publication_id, target.name, [(number, state)], upload_id=upload.upload_id, message=upload.message,
        who=who,
    )  # fmt: skip


def refreshed(workspace: Workspace, target: Target, panel: Panel, who: str) -> list[Transmission]:
    """Ask a control panel about everything that is on its way to it, log the news, and give all transmissions to it."""
    with store.reading(workspace) as current:
        open_ones = [one for one in transmissions(current, target.name) if one.state in {"uploaded", "pending"}]
    for one in open_ones:
        _news(workspace, target, panel, one, who)
    with store.reading(workspace) as current:
        return transmissions(current, target.name)


def _news(workspace: Workspace, target: Target, panel: Panel, one: Transmission, who: str) -> str:
    """Ask what became of a transmission, log it if it is news, and give its state."""
    upload = panel.status(one.upload_id)
    if upload.state in _STATES and upload.state != one.state:
        _log_one(workspace, one.publication_id, target, one.pass_number, upload.state, upload, who)
    return upload.state


def ask(
    workspace: Workspace, target: Target, *, who: str, credentials: Credentials | None = None
) -> list[Transmission]:
    """Give the transmissions to a target; a control panel is asked for news first."""
    if target.kind != "panel":
        with store.reading(workspace) as current:
            return transmissions(current, target.name)
    with _panel(target, credentials) as panel:
        return refreshed(workspace, target, panel, who)


def clear(
    workspace: Workspace, target: Target, publication_id: str, *, who: str, credentials: Credentials | None = None
) -> Transmission:
    """Clear an upload that is stuck, so that another can be sent (PUB-12).

    Raises:
        WrongUse: nothing of that publication is pending there, or not for an hour yet.
    """
    with _panel(target, credentials) as panel:
        stuck = [
            one
            for one in refreshed(workspace, target, panel, who)
            if one.publication_id == publication_id and one.state in {"uploaded", "pending"}
        ]
        if not stuck:
            raise WrongUse(f"Nothing of {publication_id} is pending at {target.name}; recon transmissions lists all.")
        one = stuck[-1]
        if one.minutes(datetime.now(UTC).replace(tzinfo=None)) < CLEAR_OFFERED:
            raise WrongUse(pending_words(one))
        upload = panel.clear(one.upload_id)
        _log_one(workspace, publication_id, target, one.pass_number, "cleared", upload, who)
        return one


def log_on(target: Target, credentials: Credentials) -> None:
    """Try whether a control panel knows user name and password, before anything is made for it (PUB-24).

    Raises:
        WrongUse: the target is no control panel. InputRefused: it does not know them, or cannot be reached.
    """
    with _panel(target, credentials):
        pass


@contextmanager
def _panel(target: Target, credentials: Credentials | None) -> Iterator[Panel]:
    if target.kind != "panel":
        raise WrongUse(f"{target.name} is no control panel; name one with --to https://…")
    with Panel.logged_on(target.name, *(credentials or credentials_at_hand)(target.name)) as panel:
        yield panel
