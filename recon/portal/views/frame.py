"""What every page has."""

from typing import Any

from django.http import HttpRequest, HttpResponse


def context(request: HttpRequest) -> dict[str, Any]:
    """Give what the frame shows."""
    return {}


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without a valid token."""
    return HttpResponse("expired", status=403)
