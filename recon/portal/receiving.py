"""Uploads as they come in, piece by piece, apart from everything else until they are complete (PUB-06, PUB-12)."""

import hashlib
import logging
import os
import re
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from recon.portal import archive, audit, manifest, storage
from recon.portal.archive import Refused
from recon.portal.models import OPEN, State, Statement, Upload, User

PIECE = 4 << 20  # bytes of one PATCH
COMPLETE = "Upload complete. It is not processed yet."
_LOG = logging.getLogger(__name__)
_SPARE = 64 << 20  # bytes that stay free on the disk
_UNREADABLE = "The upload cannot be read; publish again."
_KEY = re.compile(r"[0-9A-Za-z-]{1,200}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PUBLICATION = re.compile(r"[0-9A-Za-z-]{1,100}")


class NotTaken(Exception):
    """A request about an upload is answered with no; the interface's page says with which status and word."""

    def __init__(self, status: int, error: str, message: str = "", **more: object) -> None:
        super().__init__(message or error)
        self.status = status
        self.body = {"error": error, "message": message, **more}
        self.offset: int | None = None


def staged(upload: Upload) -> Path:
    """Say where the bytes of an upload lie until it is processed."""
    return Path(settings.PORTAL_DATA) / "staging" / f"{upload.id.hex}.zip"


def begin(user: User, wanted: dict[str, Any]) -> tuple[Upload, bool]:
    """Begin an upload, or find it again by its key; say whether it is new.

    Raises:
        NotTaken: the key means another upload, another upload is under way, or it is too large.
    """
    given = _wanted(wanted)
    known = Upload.objects.filter(account=user.account, key=given["key"]).first()
    if known is None:
        _check_room(given["size"])
        try:
            with transaction.atomic():
                return Upload.objects.create(account=user.account, uploaded_by=user.username, **given), True
        except IntegrityError:
            known = Upload.objects.filter(account=user.account, key=given["key"]).first()
    if known is None:
        under_way = Upload.objects.filter(account=user.account, state__in=OPEN).first()
        if under_way is None:  # it ended between the two looks
            return begin(user, wanted)
        since = under_way.uploaded_at or under_way.began_at
        raise NotTaken(
            409,
            "pending_upload",
            "Another upload is not processed yet.",
            upload_id=str(under_way.id),
            since=since.strftime("%Y-%m-%dT%H:%M:%SZ"),
        )
    if any(getattr(known, name) != value for name, value in given.items()):
        raise NotTaken(422, "key_reused", "The key belongs to another upload.")
    return known, False


def _wanted(said: dict[str, Any]) -> dict[str, Any]:
    texts = {"key": _KEY, "publication_id": _PUBLICATION, "sha256": _SHA256}
    for name, pattern in texts.items():
        if not isinstance(said.get(name), str) or not pattern.fullmatch(said[name]):
            raise NotTaken(400, "bad_request", f"{name} is missing or not of its form.")
    for name in ("size", "pass"):
        if type(said.get(name)) is not int or said[name] < 1:
            raise NotTaken(400, "bad_request", f"{name} is missing or not of its form.")
    if said["pass"] > 2:
        raise NotTaken(400, "bad_request", "pass is 1 or 2.")
    return {**{name: said[name] for name in texts}, "size": said["size"], "pass_number": said["pass"]}


def _check_room(size: int) -> None:
    if size > archive.UPLOAD_BYTES:
        raise NotTaken(413, "too_large", f"An upload may have {archive.UPLOAD_BYTES >> 20} MiB.")
    if shutil.disk_usage(settings.PORTAL_DATA).free < 4 * size + _SPARE:
        raise _no_room()


def _no_room() -> NotTaken:
    return NotTaken(507, "no_room", "The control panel's disk has no room for this upload.")


def take(upload: Upload, offset: int, body: IO[bytes], length: int) -> int:
    """Take a piece; when this returns, the bytes are on the disk and counted. Gives how many there are.

    Raises:
        NotTaken: the piece is not the next one, or too large.
    """
    if upload.state != State.RECEIVING or offset != upload.offset:
        raise _stands_at(upload)
    if not 0 <= length <= PIECE or offset + length > upload.size:
        raise NotTaken(413, "too_large", f"A piece may have {PIECE >> 20} MiB, and all together the size announced.")
    piece = body.read(length)
    if len(piece) != length:
        raise NotTaken(400, "bad_request", "The piece is shorter than announced.")
    path = staged(upload)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        file.seek(offset)
        file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    reached = offset + length
    counted = Upload.objects.filter(id=upload.id, state=State.RECEIVING, offset=offset).update(offset=reached)
    if not counted:  # the same piece came twice at once, or the upload was cleared
        raise _stands_at(Upload.objects.get(id=upload.id))
    return reached


def _stands_at(upload: Upload) -> NotTaken:
    refused = NotTaken(409, "offset", "Go on from where the control panel stands.")
    refused.offset = upload.offset
    return refused


_under_check: set[UUID] = set()
_one_at_a_time = threading.Lock()


@contextmanager
def _checking(upload: Upload) -> Iterator[bool]:
    """Have one request check an upload; say whether this is the one. A check takes processor time and memory."""
    with _one_at_a_time:
        is_first = upload.id not in _under_check
        _under_check.add(upload.id)
    try:
        yield is_first
    finally:
        if is_first:
            with _one_at_a_time:
                _under_check.discard(upload.id)


def complete(upload: Upload) -> Upload:
    """Check a whole upload and have it wait for the worker; said again, nothing happens.

    Raises:
        NotTaken: bytes are missing, there is no room to unpack it, or the upload was checked and failed.
    """
    if upload.state != State.RECEIVING:
        return upload
    if upload.offset != upload.size:
        raise NotTaken(409, "incomplete", f"{upload.size - upload.offset} bytes are missing.")
    with _checking(upload) as is_first:
        if is_first:
            _check(upload)
            Upload.objects.filter(id=upload.id, state=State.RECEIVING).update(
                state=State.UPLOADED, uploaded_at=timezone.now(), message=COMPLETE
            )
    upload.refresh_from_db()
    return upload


def _check(upload: Upload) -> None:
    """Hold an upload's bytes against what was announced, and look into the zip; what is wrong ends the upload."""
    path = staged(upload)
    try:
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != upload.sha256:
                fail(upload, "The bytes that arrived are not those that were sent; publish again.")
                raise NotTaken(422, "hash", "The bytes do not have the hash that was announced.")
        with archive.opened(path) as packed:
            if storage.is_folder() and shutil.disk_usage(settings.PORTAL_DATA).free < packed.size + _SPARE:
                raise _no_room()
            manifest.verify(packed, manifest.read(packed), upload.publication_id)
    except NotTaken:
        raise
    except Refused as refused:
        fail(upload, str(refused))
        raise NotTaken(422, "refused", str(refused)) from refused
    except Exception as error:
        # Whoever made it: an upload that stayed would keep its account from uploading for an hour.
        _LOG.exception("upload %s cannot be checked", upload.id)
        fail(upload, _UNREADABLE)
        raise NotTaken(422, "refused", _UNREADABLE) from error


def fail(upload: Upload, message: str) -> None:
    """End an upload that cannot be taken in; its bytes are deleted."""
    ended = Upload.objects.filter(id=upload.id, state__in=OPEN).update(
        state=State.FAILED, finished_at=timezone.now(), message=message[:500]
    )
    if ended:
        audit.note(None, "upload failed", upload.id, account=upload.account, who=upload.uploaded_by)
        discard(upload)


def statements_deleted(rows: "QuerySet[Statement]") -> None:
    """Have processed uploads told as cleared whose statements are about to be deleted: they may be published again.

    So may other uploads of the period, which may have left out what was here already.
    """
    done = Upload.objects.filter(state=State.PROCESSED)
    found = rows.order_by().values_list("account_id", "upload_id", "period_from", "period_to").distinct()
    for account_id, upload_id, first, last in list(found):
        others = done.filter(account_id=account_id, period_from=first, period_to=last, is_wanted_again=False)
        others.update(is_wanted_again=True, message="Statements of its period were deleted; it may be published again.")
        done.filter(id=upload_id).update(message="Its statements were deleted; it may be published again.")


def minutes(upload: Upload, now: datetime) -> int:
    """Say for how many minutes an upload is waited for."""
    return int((now - (upload.uploaded_at or upload.began_at)) / timedelta(minutes=1))


def clear(upload: Upload) -> Upload:
    """Take away an upload that is stuck, so that data can be uploaded again (PUB-12).

    Raises:
        NotTaken: it is final already, or younger than 60 minutes.
    """
    if upload.state in OPEN:
        if minutes(upload, timezone.now()) < settings.PORTAL_CLEAR_OFFERED:
            raise NotTaken(
                409,
                "too_early",
                f"An upload may be cleared {settings.PORTAL_CLEAR_OFFERED} minutes after it arrived; processing takes "
                "15 to 60.",
            )
        cleared = Upload.objects.filter(id=upload.id, state__in=OPEN).update(
            state=State.CLEARED, finished_at=timezone.now(), message="Cleared before it was processed."
        )
        if cleared:
            discard(upload)
            upload.refresh_from_db()
            return upload
        upload.refresh_from_db()
    raise NotTaken(409, "final", f"The upload is {upload.state} already.")


def discard(upload: Upload) -> None:
    """Delete the bytes of an upload that was not processed, and what of it was stored already. Never raises."""
    path = staged(upload)
    try:
        with archive.opened(path) as packed:
            drop(storage.key(upload.account_id, upload.id, name) for name in packed.names)
    except (FileNotFoundError, Refused):
        pass  # nothing was stored of what cannot be read
    except Exception:  # noqa: BLE001 - the upload has ended, and the state of the next one must not hang on this
        _LOG.exception("upload %s is not discarded whole", upload.id)
    try:
        path.unlink(missing_ok=True)
    except OSError:
        _LOG.exception("%s stays until the worker starts again", path)


def drop(keys: Iterable[str]) -> None:
    """Delete stored files that belong to nothing; what cannot be deleted is logged. Never raises."""
    for key in keys:
        try:
            default_storage.delete(key)
        except Exception:  # noqa: BLE001 - object storage has errors of its own; the other files are to go too
            _LOG.exception("the stored file %s is not deleted", key)


def sweep() -> None:
    """Delete what a killed server or worker left behind: bytes of uploads that ended, and half-written files."""
    for path in (Path(settings.PORTAL_DATA) / "staging").glob("*.zip"):
        upload = Upload.objects.filter(id=_id(path.stem)).first()
        if upload is None or upload.state == State.PROCESSED:
            path.unlink(missing_ok=True)
        elif upload.state not in OPEN:
            discard(upload)
    if storage.is_folder():
        storage.sweep(Path(settings.MEDIA_ROOT))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def find(user: User, upload_id: UUID) -> Upload | None:
    """Find an upload of the user's own account."""
    return Upload.objects.filter(account=user.account, id=upload_id).first()
