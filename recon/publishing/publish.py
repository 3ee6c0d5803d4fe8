"""Publishing: prove, gather, put together, record, deliver. Interrupted anywhere, the same call finishes it."""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from recon import store
from recon.errors import InputRefused, StoreBusy, WrongUse
from recon.journal import Head
from recon.publishing import bundle
from recon.publishing.delivery import Delivered, deliver
from recon.publishing.gathering import Gathered, gather
from recon.publishing.printing import Written
from recon.publishing.targets import Credentials, Target, target_of
from recon.publishing.terms import Terms
from recon.schema import resource
from recon.store import Change, Store
from recon.workspace import Workspace


def silent_progress(_done: int, _count: int) -> None:
    """Say nothing of how far the printing is."""


def silent(_step: str) -> None:
    """Say nothing of the step that begins."""


@dataclass(frozen=True)
class Preview:
    """What a publication would say, and what of it differs from the last one."""

    gathered: Gathered
    profile_changes: dict[tuple[str, str], str]  # by kind and key: added, changed, gone or unchanged
    statements: dict[str, int]  # new, supplemental, as published

    @property
    def profiles(self) -> dict[str, int]:
        """Count the profiles by what changed."""
        counts = dict.fromkeys(("added", "changed", "gone", "unchanged"), 0)
        for change in self.profile_changes.values():
            counts[change] += 1
        return counts


@dataclass(frozen=True)
class Publication:
    """A publication as it lies in the workspace."""

    publication_id: str
    folder: Path
    manifest_sha256: str
    is_new: bool  # False: the same was published before, and this is it
    preview: Preview
    delivered: Delivered | None = None


def preview(workspace: Workspace, terms: Terms, to: str | None = None) -> Preview:
    """Say what would be published and what changed since the last publication; writes nothing.

    Raises:
        LawBroken, WrongUse: as for `publish`.
    """
    target = target_of(workspace, to)
    with store.reading(workspace, "recon publish") as current:
        _require_sync(current, target, terms)
        return _preview(current, gather(current, workspace, terms))


def publish(
    workspace: Workspace,
    terms: Terms,
    *,
    who: str,
    to: str | None = None,
    credentials: Credentials | None = None,
    wait_minutes: int = 0,
    say: Callable[[str], None] = silent,
    progress: Callable[[int, int], None] = silent_progress,
    sent: Callable[[int, int], None] | None = None,
) -> Publication:
    """Publish: one folder in the workspace, recorded in the journal, and a copy of it delivered.

    Args:
        workspace: where the books are; the publication lies in its folder `publications`.
        terms: what, for which period; see `terms.settled`.
        who: for the journal.
        to: a folder, a zip, a place that fsspec reaches, or a control panel's address; without it, the workspace.
        credentials: asked for user name and password if the target needs them.
        wait_minutes: how long to wait for a control panel to have processed new profiles, before the second pass.
        say: told each step as it begins.
        progress: told how many statements are printed, and of how many.
        sent: told how many bytes are uploaded, and of how many; without it, `say` is told in words.

    Raises:
        LawBroken: a law is broken or a statement does not add up; nothing was published.
        WrongUse: profiles were never synchronised there, or an upload is pending. InputRefused: the target refuses.
    """
    target = target_of(workspace, to)
    say("proving the footings")
    with store.reading(workspace, "recon publish") as current:
        _require_sync(current, target, terms)
        found = _preview(current, gather(current, workspace, terms))
    say("printing")
    with bundle.aside(workspace.publications) as folder:
        written = bundle.fill(folder, workspace, found.gathered, progress)
        made = _recorded(workspace, found, folder, written, who)
    say("delivering")
    delivered = deliver(
        workspace, made.publication_id, made.folder, made.manifest_sha256, target, who=who, credentials=credentials,
        terms=terms, wait_minutes=wait_minutes, say=say, sent=sent,
    )  # fmt: skip
    return Publication(made.publication_id, made.folder, made.manifest_sha256, made.is_new, found, delivered)


def _require_sync(current: Store, target: Target, terms: Terms) -> None:
    """Refuse statements and the rest before profiles were ever synchronised there (PUB-03, PUB-20)."""
    if terms.syncs_profiles or current.rows(resource("queries", "profiles_known.sql"), {"target": target.name}):
        return
    raise WrongUse(
        f"Profiles were never synchronised with {target.name}; publish them first: recon publish --what profiles, "
        "or name profiles among what is published."
    )


def _preview(current: Store, gathered: Gathered) -> Preview:
    before = {
        (kind, key): sha256
        for kind, key, sha256 in current.rows(
            """
            select kind, party_key, sha256
            from facts.published_profiles
            where publication_id = (select max(publication_id) from facts.publications)
            """
        )
    }
    now = gathered.profiles
    changes = {
        key: "gone" if key not in now
        else "added" if key not in before
        else "unchanged" if before[key] == now[key]
        else "changed"
        for key in sorted(before.keys() | now.keys())
    }  # fmt: skip
    return Preview(gathered, changes, gathered.changes)


def _recorded(workspace: Workspace, found: Preview, folder: Path, written: list[Written], who: str) -> Publication:
    """Give a filled folder its manifest, its place in the journal and its name; or find that it is there already.

    The folder is whole under a name of its own before the commit, and gets its name afterwards: a crash between the
    two leaves what the same call only has to rename.
    """
    said = bundle.content(found.gathered, written)
    content_sha256 = bundle.digest(said)
    with store.writing(workspace, "publish", who=who) as change:
        known = change.store.rows(
            """
            select publication_id, manifest_sha256, as_of, as_of_hash
            from facts.publications
            where content_sha256 = $sha256
            """,
            {"sha256": content_sha256},
        )
        if known:
            change.discard()
            publication_id, sha256, head = known[0][0], known[0][1], Head(*known[0][2:])
        else:
            _check_alone(change, found.gathered.head)
            publication_id = f"P{change.store.next_number('publications'):06d}"
            head = found.gathered.head
        text = bundle.manifest(said, publication_id, head, _superseded(change.store, publication_id, found), written)
        (folder / bundle.MANIFEST).write_bytes(text)
        ready = workspace.publications / f".{publication_id}.ready"
        target = workspace.publications / publication_id
        if not known:
            sha256 = hashlib.sha256(text).hexdigest()
            shutil.rmtree(ready, ignore_errors=True)  # of a publication that was never committed
            bundle.put(folder, ready)
            _record(change, publication_id, content_sha256, sha256, found, written)
    if known and not target.exists() and not ready.exists():
        bundle.put(folder, ready)
    if not target.exists():
        bundle.put(ready, target)
    if not bundle.same(target, sha256):
        raise InputRefused(f"{target} is not as it was published; put it aside, and run the same command again.")
    return Publication(publication_id, target, sha256, not known, found)


def _check_alone(change: Change, head: Head) -> None:
    later = change.store.rows("select 1 from facts.publications where entry_seq > $seq", {"seq": head.seq})
    if later:
        raise StoreBusy("Another publication was made at the same time; nothing was published, run the command again.")


def _superseded(current: Store, publication_id: str, found: Preview) -> dict[str, str | None]:
    """Name what a publication takes the place of: the last one of the same period, and the activity before this one."""
    period = found.gathered.terms.period
    same_period, activity = current.one(
        """
        select
            max(publication_id) filter (where period_from = $first and period_to = $last),
            max(publication_id) filter (where what like '%activity%')
        from facts.publications
        where publication_id < $publication_id
        """,
        {"first": period.first, "last": period.last, "publication_id": publication_id},
    )
    return {"publication": same_period, "activity": activity if "activity" in found.gathered.terms.what else None}


def _record(
    change: Change, publication_id: str, content_sha256: str, manifest_sha256: str, found: Preview,
    written: list[Written],
) -> None:  # fmt: skip
    gathered = found.gathered
    period, seq = gathered.terms.period, change.seq
    change.store.run(
        "insert into facts.publications values ($id, $content, $manifest, $first, $last, $what, $on, $as_of, $hash, "
        "$supersedes, $seq)",
        {
            "id": publication_id,
            "content": content_sha256,
            "manifest": manifest_sha256,
            "first": period.first,
            "last": period.last,
            "what": " ".join(gathered.terms.what),
            "on": gathered.terms.today,
            "as_of": gathered.head.seq,
            "hash": gathered.head.hash,
            "supersedes": _superseded(change.store, publication_id, found)["publication"],
            "seq": seq,
        },
    )
    statements = [
        {
            "kind": statement.kind,
            "party_key": section.party_key,
            "holder_key": statement.holder_key,
            "period_from": period.first,
            "period_to": period.last,
            "number": section.number,
            "as_of": section.as_of,
            "opening": section.opening,
            "closing": section.closing,
            "order_by": statement.order_by,
            "firm": statement.firm,
            "publication_id": publication_id,
            "entry_seq": seq,
        }
        for statement in gathered.statements
        for section in statement.sections
        if section.is_new
    ]
    profiles = [
        {"publication_id": publication_id, "kind": kind, "party_key": key, "sha256": sha256, "entry_seq": seq}
        for (kind, key), sha256 in sorted(gathered.profiles.items())
    ]
    files = [
        {
            "publication_id": publication_id,
            "path": file.path,
            "kind": file.kind,
            "party_key": file.party_key,
            "sha256": file.sha256,
            "size": file.size,
            "entry_seq": seq,
        }
        for file in written
    ]
    for table, rows in (
        ("published_statements", statements), ("published_profiles", profiles), ("published_files", files)
    ):  # fmt: skip
        if rows:
            change.store.add(table, pa.Table.from_pylist(rows))
    change.detail |= {
        "publication_id": publication_id,
        "what": list(gathered.terms.what),
        "statements": found.statements,
        "manifest_sha256": manifest_sha256,
    }
