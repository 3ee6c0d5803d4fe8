"""What every page has: the badge, and words for forms that came too late."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from recon.portal.models import State, Upload, User


@dataclass(frozen=True)
class Badge:
    """The "P" in the corner: what the newest upload is doing, in words too (PUB-27)."""

    state: str  # idle, busy or failed
    words: str


_BUSY = {
    State.RECEIVING: "Upload arriving",
    State.UPLOADED: "Upload waiting to be processed",
    State.PENDING: "Upload being processed",
}


def badge_of(user: User) -> Badge:
    """Say what the newest upload of somebody's account is doing."""
    newest = Upload.objects.filter(account_id=user.account_id).order_by("-began_at").first()
    if newest is None:
        return Badge("idle", "No upload yet")
    if newest.state in _BUSY:
        return Badge("busy", _BUSY[State(newest.state)])
    if newest.state == State.FAILED:
        return Badge("failed", "Last upload failed")
    return Badge("idle", f"Last upload {newest.state}")


def context(request: HttpRequest) -> dict[str, Any]:
    """Give what the frame shows."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"account": user.account, "badge": badge_of(user) if user.is_manager else None}


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without a valid token."""
    del reason
    words = "This form is too old, or cookies are off. Go back, load the page again, and repeat what you did."
    return render(request, "portal/message.html", {"title": "Please repeat", "words": words}, status=403)
