"""Too many wrong passwords: no further try for a quarter of an hour (RELIABILITY, M22).

Django asks its authentication backends one after the other. This one stands first, looks at the password only if the
try is one of those allowed, and has the last word.
"""

import time
from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from recon.portal import audit
from recon.portal.models import AuditEntry, Try, User

FAILED, REFUSED = "log-on failed", "log-on refused"
_SUCCEEDED = ("log-on", "upload log-on")
WINDOW = timedelta(minutes=15)
# Wrong tries within the window: of one name from one origin, of one name from anywhere, from one origin in all.
PER_NAME_AND_ADDRESS, PER_NAME, PER_ADDRESS = 5, 30, 30
# An origin from which a name logged on this recently is not shut out by what others try elsewhere.
KNOWN_FOR = timedelta(days=30)
_WAITS, _SECONDS = 40, 0.1  # for tries at the same time to turn out right or wrong


def origin_of(address: str) -> str:
    """Say where tries are counted together: an address, and of IPv6 the /64, which is one connection's."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(IPv6Network((int(found) >> 64 << 64, 64)))
    return str(found)


def begin(name: str, address: str) -> Try | None:
    """Note a try before its password is looked at; none: it is refused, and does not prolong the wait.

    Of tries at the same time, only as many go on as may be wrong; the others wait for how those turn out.
    """
    origin = origin_of(address)
    Try.objects.filter(at__lte=timezone.now() - WINDOW).delete()
    mine = Try.objects.create(name=name[:150], origin=origin)
    tries = Try.objects.filter(is_refusal=False)
    limits = [
        (tries.filter(name=mine.name, origin=origin), PER_NAME_AND_ADDRESS),
        (tries.filter(origin=origin), PER_ADDRESS),
    ]
    if not _is_known(mine.name, origin):
        limits.append((tries.filter(name=mine.name), PER_NAME))
    for _ in range(_WAITS):
        if any(rows.filter(is_wrong=True).count() >= limit for rows, limit in limits):
            break
        before = Q(is_wrong=True) | Q(pk__lt=mine.pk)
        if all(rows.filter(before).count() < limit for rows, limit in limits):
            return mine
        time.sleep(_SECONDS)
    mine.delete()
    return None


def end(mine: Try, *, right: bool) -> None:
    """Say how a try turned out."""
    if right:
        mine.delete()
    else:
        mine.is_wrong = True
        mine.save(update_fields=["is_wrong"])


def _is_known(name: str, origin: str) -> bool:
    since = timezone.now() - KNOWN_FOR
    before = AuditEntry.objects.filter(action__in=_SUCCEEDED, who=name, at__gt=since).order_by()
    return any(origin_of(address) == origin for address in before.values_list("address", flat=True).distinct())


class LockOut(ModelBackend):
    """Names and passwords as Django holds them, within the limits."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **given: Any
    ) -> User | None:
        """Give who it is.

        Raises:
            PermissionDenied: nobody, or there were too many wrong tries; no other backend is asked.
        """
        mine = begin(User.normalize_username(username or ""), audit.address_of(request))
        if mine is None:
            if request is not None:
                request.is_locked_out = True
            raise PermissionDenied
        user: User | None = super().authenticate(request, username, password, **given)
        end(mine, right=user is not None)
        if user is None:
            raise PermissionDenied
        return user


def note_refusal(request: HttpRequest | None, name: str) -> bool:
    """Say whether the audit log is to be told of a refusal: once per name and origin, and few per origin."""
    origin = origin_of(audit.address_of(request))
    told = Try.objects.filter(origin=origin, is_refusal=True)
    if told.filter(name=name[:150]).exists() or told.count() >= PER_ADDRESS:
        return False
    Try.objects.create(name=name[:150], origin=origin, is_refusal=True)
    return True


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    refused = getattr(request, "is_locked_out", False)
    name = User.normalize_username(str(credentials.get("username", "")))
    if refused and not note_refusal(request, name):
        return
    user = User.objects.filter(username=name).first()
    audit.note(request, REFUSED if refused else FAILED, account=user.account if user else None, who=name)


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
