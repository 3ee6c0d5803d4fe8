"""Who may pass to which page. Who may not finds nothing there, as if it did not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from recon.portal import profiles
from recon.portal.models import OPEN, Role, Upload
from recon.portal.security import SANDBOX, SHOWN_PDF

View = Callable[..., HttpResponse]


def manager(right: str = "look", *, post: bool = False) -> Callable[[View], View]:
    """Let those of the property manager pass who have a right.

    Profiles that wait are taken over on the way, where Auto Update is on and this log-on did not leave `Updates`
    unmarked (PUB-40, PUB-09), for those who may also do it with the button.

    Args:
        right: as `User.may` has it, or `master`.
        post: the page does something, and is only posted to.
    """

    def door(view: View) -> View:
        @wraps(view)
        def passed(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
            user = request.user
            if not user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not (user.is_master if right == "master" else user.may(right)):
                raise Http404
            if post and request.method != "POST":
                raise Http404
            is_wanted = user.account.auto_update and request.session.get("updates") and user.may("upload")
            if request.method == "GET" and is_wanted and user.account.waiting_sync_id:
                count = profiles.update(user.account, user.username)
                user.account.refresh_from_db()  # the page says how things are after it
                if count:
                    messages.success(request, f"Profiles were updated: {count} changes.")
            return view(request, *args, **given)

        return passed

    return door


def client(view: View) -> View:
    """Let clients pass."""

    @wraps(view)
    def passed(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.user.role != Role.CLIENT:
            raise Http404
        return view(request, *args, **given)

    return passed


def found(rows: Any, row_id: UUID | int) -> Any:
    """Give one row of those that may be seen.

    Raises:
        Http404: it is not among them, whether it exists or not.
    """
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise Http404
    return row


def under_way(request: HttpRequest) -> Upload | None:
    """Give the upload of the account that is not final yet."""
    return Upload.objects.filter(account=request.user.account, state__in=OPEN).first()


def attachment(key: str, name: str) -> HttpResponse:
    """Hand out a file to be saved, never to be run."""
    if not key:
        raise Http404
    return FileResponse(
        default_storage.open(key), as_attachment=True, filename=name, content_type="application/octet-stream"
    )


# What a browser may show by itself: by its first bytes, never by its name. None of these can run anything of ours.
_SHOWN = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


def viewed(key: str, name: str) -> HttpResponse:
    """Show a document in the browser if it is a PDF or a picture; hand out any other to be saved."""
    response = attachment(key, name)
    with default_storage.open(key) as file:
        start = file.read(8)
    kind = next((kind for mark, kind in _SHOWN.items() if start.startswith(mark)), None)
    if kind is not None:
        response.headers["Content-Type"] = kind
        disposition = content_disposition_header(as_attachment=False, filename=name)
        response.headers["Content-Disposition"] = disposition or "inline"
        response.headers["Content-Security-Policy"] = SHOWN_PDF if kind == "application/pdf" else SANDBOX
    return response


def pdf(key: str, name: str) -> HttpResponse:
    """Hand out a printed statement to be saved."""
    response = attachment(key, name)
    response.headers["Content-Type"] = "application/pdf"
    return response


def page(key: str) -> HttpResponse:
    """Show a statement's page as it was published, in a sandbox."""
    if not key:
        raise Http404
    with default_storage.open(key) as file:
        response = HttpResponse(file.read(), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def lost(request: HttpRequest, exception: object = None) -> HttpResponse:
    """Say that there is nothing, whether or not there is."""
    del exception
    return render(request, "portal/message.html", {"title": "Not found", "words": "There is no such page."}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that something failed, without what."""
    words = "The control panel has a fault; its log has the details. Try again, or tell your property manager."
    return render(request, "portal/message.html", {"title": "Something failed", "words": words}, status=500)
