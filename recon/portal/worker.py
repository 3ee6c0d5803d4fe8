"""The worker: claims uploads one by one, for a while, and goes on where a killed one stopped."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import OperationalError, close_old_connections
from django.db.models import F, Q
from django.utils import timezone

from recon.portal import audit, receiving
from recon.portal.archive import Refused
from recon.portal.models import State, Upload
from recon.portal.processing import LeaseLost, process

TRIES = 5
_PAUSE = 1.0  # seconds between looks for work
_LOG = logging.getLogger(__name__)
_DEFECT = "The control panel has a fault and could not process this upload; its log has the details."


def run(stop: threading.Event) -> None:
    """Process uploads as they come, until told to stop; whatever fails is logged, for other uploads wait too."""
    _guarded(receiving.sweep)
    while not stop.is_set():
        if not _guarded(work):
            stop.wait(_PAUSE)


def _guarded(step: Callable[[], bool | None]) -> bool:
    """Take a step; say whether the next may follow at once."""
    try:
        close_old_connections()
        return bool(step())
    except OperationalError:
        _LOG.warning("the database is busy; trying again")
    except Exception:  # noqa: BLE001 - a worker that ended would end silently, for all firms
        _LOG.exception("the worker goes on")
    return False


def work() -> bool:
    """Claim one upload and process it; say whether there was one."""
    now = timezone.now()
    ready = Q(state=State.UPLOADED) | Q(state=State.PENDING, leased_until__lt=now)
    upload = Upload.objects.filter(ready).order_by("uploaded_at").first()
    if upload is None:
        return False
    lease = uuid4()
    # Of several workers that saw the same upload, one changes the row; the others find that it is no longer ready.
    claimed = Upload.objects.filter(ready, id=upload.id).update(
        state=State.PENDING, lease=lease, leased_until=_until(), tries=F("tries") + 1, message="Being processed."
    )
    if not claimed:
        return True
    upload.refresh_from_db()
    if upload.tries > TRIES:
        receiving.fail(upload, _DEFECT)
        return True
    _process(upload, lease)
    return True


def _process(upload: Upload, lease: UUID) -> None:
    renewed = time.monotonic()
    ours = Upload.objects.filter(id=upload.id, lease=lease, state=State.PENDING)
    stored: list[str] = []

    def renew() -> None:
        nonlocal renewed
        is_late = time.monotonic() - renewed > settings.PORTAL_LEASE_SECONDS / 4
        if not (ours.update(leased_until=_until()) if is_late else ours.exists()):
            raise LeaseLost
        if is_late:
            renewed = time.monotonic()

    try:
        process(upload, lease, renew, stored)
        audit.note(None, "upload processed", upload.id, account=upload.account, who=upload.uploaded_by)
    except Refused as refused:
        receiving.fail(upload, str(refused))
    except LeaseLost:
        pass  # cleared, or with another worker, who finishes it
    except OperationalError:
        raise  # a busy database is no fault of the upload: the lease runs out, and it is tried again
    except Exception:  # noqa: BLE001 - a defect must not stop other accounts' uploads; it is logged and shown
        _LOG.exception("upload %s", upload.id)
        receiving.fail(upload, _DEFECT)
    finally:
        # Who cleared it deleted what was stored by then; what we stored since is known to us alone.
        if stored and Upload.objects.filter(id=upload.id, state__in=(State.CLEARED, State.FAILED)).exists():
            receiving.drop(stored)


def _until() -> object:
    return timezone.now() + timedelta(seconds=settings.PORTAL_LEASE_SECONDS)
