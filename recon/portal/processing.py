"""What the worker does with an upload: files into the storage, rows into the database in one transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from recon.portal import archive, fitting, manifest, profiles, receiving, statement_rows, storage, tables
from recon.portal.archive import Archive, Refused
from recon.portal.manifest import Listed, Manifest
from recon.portal.models import Account, Activity, Document, State, Statement, Upload
from recon.portal.models.accounts import Approval
from recon.portal.statement_rows import Made
from schemas.identifiers import comparison_key

_STORED = {"owner_statement", "tenant_statement", "document", "profiles", "backup"}
_ACTIVITY = {"owner": "activity/owners.csv", "tenant": "activity/tenants.csv"}
_BACKUP = "backup/workspace.zip"
_BATCH = 500


class LeaseLost(Exception):
    """Somebody cleared the upload, or another worker took it over; what was done so far does not count."""


def process(upload: Upload, lease: UUID, renew: Callable[[], None], stored: list[str]) -> None:
    """Take an upload in: all of it, once, or nothing.

    Args:
        upload: claimed with this lease.
        lease: what tells us from another worker.
        renew: called before every file; raises LeaseLost.
        stored: gets the key of every file before it is stored.

    Raises:
        Refused: what was published cannot be. LeaseLost: it is no longer ours.
    """
    with archive.opened(receiving.staged(upload)) as packed:
        said = manifest.read(packed)
        manifest.verify(packed, said, upload.publication_id)
        for kind, path in profiles.PATHS.items():
            if path in packed.names:
                profiles.read(kind, packed.text(path))
        for name in sorted(packed.names - {archive.MANIFEST}):
            if said.files[name].kind in _STORED:
                renew()
                stored.append(_key(upload, name))
                with packed.open(name) as file:
                    default_storage.save(_key(upload, name), File(file, name))
        renew()
        _record(upload, lease, packed, said)


def _record(upload: Upload, lease: UUID, packed: Archive, said: Manifest) -> None:
    now = timezone.now()
    with transaction.atomic():
        ours = Upload.objects.filter(id=upload.id, state=State.PENDING, lease=lease)
        if not ours.update(lease=None, leased_until=None):
            raise LeaseLost
        account = Account.objects.select_for_update().get(pk=upload.account_id)
        # What was stored and is not wanted after all, such as what we have already, and what is replaced.
        spare = {_key(upload, name) for name in packed.names & set(said.files) if said.files[name].kind in _STORED}
        older: list[str] = []  # what is left as it is
        words = [_profiles(account, upload, packed, said, spare, older)]
        words.append(_statements(account, upload, packed, said, now, spare, older))
        words.append(_documents(account, upload, packed, said, now, spare, older))
        words.append(_activity(account, upload, packed, said, older))
        if older:
            words.append(
                f"the books of this upload are older than those of an earlier one, so left as they are: "
                f"{', '.join(older)}"
            )
        account.save(update_fields=["waiting_sync", "profiles_entry", "activity_entry"])
        profiles.deliver(account, upload if account.needs_two_uploads else None)
        backup = _key(upload, _BACKUP)
        spare.discard(backup)
        Upload.objects.filter(id=upload.id).update(
            state=State.PROCESSED,
            finished_at=now,
            message=f"Processed: {'; '.join(filter(None, words))}."[:500],
            period_from=said.first,
            period_to=said.last,
            is_older=bool(older),
            backup=backup if _BACKUP in packed.names else "",
        )
        transaction.on_commit(lambda: [default_storage.delete(key) for key in spare])
    receiving.staged(upload).unlink(missing_ok=True)


def _key(upload: Upload, path: str) -> str:
    return storage.key(upload.account_id, upload.id, path)


def _profiles(
    account: Account, upload: Upload, packed: Archive, said: Manifest, spare: set[str], older: list[str]
) -> str:
    there = [path for path in profiles.PATHS.values() if path in packed.names]
    if not there:
        return ""
    if len(there) < len(profiles.PATHS):
        raise Refused("The upload has some of the tables of profiles and lacks others.")
    if said.entry < account.profiles_entry:
        older.append("profiles")
        return ""
    if account.waiting_sync is not None:
        spare |= {_key(account.waiting_sync, path) for path in there}
    spare -= {_key(upload, path) for path in there}
    account.waiting_sync, account.profiles_entry = upload, said.entry
    counts = [(len(profiles.read(kind, packed.text(path))), kind) for kind, path in profiles.PATHS.items()]
    return ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for count, kind in counts)


# --- statements ------------------------------------------------------------------------------------------------------


def _statements(
    account: Account, upload: Upload, packed: Archive, said: Manifest, now: datetime, spare: set[str], older: list[str]
) -> str:
    is_immediate = account.statement_approval == Approval.IMMEDIATE
    period = Statement.objects.filter(account=account, period_from=said.first, period_to=said.last)
    known = {(one.kind, one.key, one.number): one for one in period}
    given: list[tuple[Statement, Made]] = []
    same: list[Statement] = []
    newer = 0
    for made in statement_rows.read(packed, said):
        pdf, page = said.files[f"{made.place}.pdf"], f"{made.place}.html"
        statement = known.get((made.kind, made.key, made.number))
        if statement is not None and said.entry < statement.entry:
            newer += 1
            continue
        if statement is not None and statement.sha256 == pdf.sha256:
            same.append(statement)
            continue
        if statement is None:
            statement = Statement(account=account, kind=made.kind, key=made.key, number=made.number)
        spare |= {key for key in (statement.pdf, statement.page) if key}
        statement.identifier, statement.upload = made.identifier, upload
        statement.period_from, statement.period_to = made.period_from, made.period_to
        statement.opening, statement.closing, statement.is_empty = made.opening, made.closing, made.is_empty
        statement.sha256 = pdf.sha256
        statement.pdf = _key(upload, pdf.path)
        statement.page = _key(upload, page) if page in packed.names else ""
        spare -= {statement.pdf, statement.page}
        statement.uploaded_at, statement.saved_at, statement.entry = upload.uploaded_at, now, said.entry
        # Other bytes than those that were approved need another look.
        statement.approved_at = now if is_immediate else None
        statement.approved_by = "at once" if is_immediate else ""
        given.append((statement, made))
    _write(Statement, [statement for statement, _ in given])
    _confirm(same, said.entry)
    if newer:
        older.append(f"{newer} statement{'' if newer == 1 else 's'}")
    statement_rows.keep(given)
    return f"statements {'published' if is_immediate else 'to review'}: {len(given)}" if given else ""


def _confirm(rows: Sequence[Statement] | Sequence[Document], entry: int) -> None:
    """Keep that newer books still have what is here: what is between the two is older."""
    for start in range(0, len(rows), _BATCH):
        piece = rows[start : start + _BATCH]
        type(piece[0]).objects.filter(pk__in=[row.pk for row in piece], entry__lt=entry).update(entry=entry)


def _write(model: type[Statement] | type[Document], rows: Sequence[Any]) -> None:
    """Add those that are new and change those that are known, many at a time: meanwhile nobody else can write."""
    fitting.check_all(rows)
    columns = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model.objects.bulk_create(
        rows, batch_size=_BATCH, update_conflicts=True, unique_fields=["id"], update_fields=columns
    )


# --- documents and activity ------------------------------------------------------------------------------------------


def _documents(
    account: Account, upload: Upload, packed: Archive, said: Manifest, now: datetime, spare: set[str], older: list[str]
) -> str:
    listed = [file for file in said.files.values() if file.kind == "document" and file.path in packed.names]
    known = {one.path: one for one in Document.objects.filter(account=account)}
    given: list[Document] = []
    same: list[Document] = []
    newer = 0
    for file in listed:
        document = known.get(file.path)
        if document is not None and said.entry < document.entry:
            newer += 1
            continue
        if document is not None and document.sha256 == file.sha256:
            same.append(document)
            continue
        if document is None:
            document = _document(account, file)
        else:
            spare.add(document.file)
        document.upload, document.sha256, document.size = upload, file.sha256, file.size
        document.file = _key(upload, file.path)
        spare.discard(document.file)
        document.uploaded_at, document.saved_at, document.entry = upload.uploaded_at, now, said.entry
        given.append(document)
    _write(Document, given)
    _confirm(same, said.entry)
    if newer:
        older.append(f"{newer} document{'' if newer == 1 else 's'}")
    return f"documents: {len(given)}" if given else ""


def _document(account: Account, file: Listed) -> Document:
    """Read whose a document is out of its name `Type.ID.ActualID.Filename.ext` (PUB-47)."""
    kind, _, owner, title, extension = file.path.rpartition("/")[2].split(".")
    return Document(
        account=account, kind=kind.lower(), safe_name=owner, title=title, extension=extension, path=file.path
    )


def _activity(account: Account, upload: Upload, packed: Archive, said: Manifest, older: list[str]) -> str:
    there = {kind: path for kind, path in _ACTIVITY.items() if path in packed.names}
    if not there:
        return ""
    if said.entry < account.activity_entry:
        older.append("activity")
        return ""
    account.activity_entry = said.entry
    count = 0
    for kind, path in there.items():
        Activity.objects.filter(account=account, kind=kind).delete()
        rows = [_movement(account, upload, kind, row) for row in tables.read(path, packed.text(path))]
        fitting.check_all(rows)
        Activity.objects.bulk_create(rows, batch_size=_BATCH)
        count += len(rows)
    return f"rows of activity: {count}"


def _movement(account: Account, upload: Upload, kind: str, row: dict[str, Any]) -> Activity:
    return Activity(
        account=account,
        upload=upload,
        kind=kind,
        key=comparison_key(row[f"{kind}_id"]) or "",
        date=row["date"],
        what=row["kind"],
        ledger_id=row.get("ledger_id", ""),
        unit_id=row["unit_id"],
        tenant_id=row.get("tenant_id", "") if kind == "owner" else "",
        description=row["description"],
        reference=row["reference"],
        amount=row["amount"],
    )
