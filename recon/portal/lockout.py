"""Too many wrong passwords: no further try for a quarter of an hour (RELIABILITY, M22).

Django asks its authentication backends one after the other; this one stands first and only ever says no.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from recon.portal import audit
from recon.portal.models import AuditEntry, User

FAILED = "log-on failed"
WINDOW = timedelta(minutes=15)
# Wrong tries within the window: of one name from one address, of one name from anywhere, from one address in all.
PER_NAME_AND_ADDRESS, PER_NAME, PER_ADDRESS = 5, 30, 30


def is_locked(username: str, address: str) -> bool:
    """Say whether another try is refused, right or wrong."""
    recent = AuditEntry.objects.filter(action=FAILED, at__gt=timezone.now() - WINDOW)
    by_name = recent.filter(who=username)
    return (
        by_name.filter(address=address).count() >= PER_NAME_AND_ADDRESS
        or by_name.count() >= PER_NAME
        or recent.filter(address=address).count() >= PER_ADDRESS
    )


class LockOut:
    """The backend that refuses; the password is not even looked at."""

    def authenticate(self, request: HttpRequest | None, username: str = "", password: str = "") -> None:
        """Refuse, or leave it to the next backend.

        Raises:
            PermissionDenied: there were too many wrong tries.
        """
        del password
        if request is not None and is_locked(User.normalize_username(username), audit.address_of(request)):
            request.is_locked_out = True
            raise PermissionDenied

    def get_user(self, _: object) -> None:
        """Know nobody."""


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    refused = getattr(request, "is_locked_out", False)
    name = User.normalize_username(str(credentials.get("username", "")))
    user = User.objects.filter(username=name).first()
    audit.note(request, "log-on refused" if refused else FAILED, account=user.account if user else None, who=name)


def _entered(request: HttpRequest, user: User, **_: Any) -> None:
    audit.note(request, "log-on", account=user.account, who=user.username)


def _left(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        audit.note(request, "log-off", account=user.account, who=user.username)


def listen() -> None:
    """Have Django tell of log-ons."""
    user_login_failed.connect(_failed, dispatch_uid="portal")
    user_logged_in.connect(_entered, dispatch_uid="portal")
    user_logged_out.connect(_left, dispatch_uid="portal")
