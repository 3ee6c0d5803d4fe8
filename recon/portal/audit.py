"""Additions to the audit log."""

from django.http import HttpRequest

from recon.portal.models import Account, AuditEntry


def address_of(request: HttpRequest | None) -> str:
    """Say where a request comes from; behind a proxy that we trust, the server has put that right already."""
    return str(request.META.get("REMOTE_ADDR", ""))[:45] if request else ""


def note(
    request: HttpRequest | None, action: str, what: object = "", *, account: Account | None = None, who: str = ""
) -> None:
    """Add one entry; who and which account are those of the request's log-on unless they are given."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        account, who = account or user.account, who or user.username
    AuditEntry.objects.create(
        account=account, who=who[:150], action=action, what=str(what)[:500], address=address_of(request)
    )
