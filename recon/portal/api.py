"""The HTTP interface for the publishing program, as docs/control-panel-interface.md has it."""

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeGuard
from uuid import UUID

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from recon.portal import audit, receiving
from recon.portal.models import ApiToken, Upload, User
from recon.portal.receiving import NotTaken

_HOUR = 3600  # seconds for which a token is good
_BODY = 64 << 10  # bytes of JSON
_View = Callable[..., HttpResponse]


def _answered(view: _View) -> _View:
    """Answer in the interface's words, whatever is refused; a token in a header needs no CSRF token."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
        try:
            return view(request, *args, **given)
        except NotTaken as refused:
            response = JsonResponse(refused.body, status=refused.status)
            if refused.offset is not None:
                response.headers["Upload-Offset"] = str(refused.offset)
            return response

    return answer


def _methods(**views: _View) -> _View:
    """Send a request to the view of its method."""

    @_answered
    def choose(request: HttpRequest, **given: Any) -> HttpResponse:
        view = views.get(request.method or "")
        if view is None:
            return JsonResponse({"error": "method", "message": "There is no such request."}, status=405)
        return view(request, **given)

    return choose


def _said(request: HttpRequest) -> dict[str, Any]:
    body = request.read(_BODY + 1)
    if len(body) > _BODY:
        raise NotTaken(413, "too_large", "The request is too long.")
    try:
        said = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise NotTaken(400, "bad_request", "The request is no JSON object.")
    return said


def _is_text(value: object) -> TypeGuard[str]:
    """Say whether a value is a text that can be written in UTF-8: JSON can also name half a character."""
    try:
        return isinstance(value, str) and value.encode() is not None
    except UnicodeEncodeError:
        return False


def _log_on(request: HttpRequest) -> HttpResponse:
    said = _said(request)
    name, password = said.get("username"), said.get("password")
    if not _is_text(name) or not _is_text(password) or "\0" in name or len(name + password) > 1000:
        raise NotTaken(400, "bad_request", "Send username and password.")
    user = authenticate(request, username=name, password=password)
    if getattr(request, "is_locked_out", False):
        raise NotTaken(429, "too_many_tries", "Too many wrong passwords; wait 15 minutes.")
    if user is None or not user.may("upload"):
        raise NotTaken(401, "refused", "User name or password is wrong, or without the right to upload.")
    token = secrets.token_urlsafe(32)
    ApiToken.objects.filter(expires_at__lt=timezone.now()).delete()
    ApiToken.objects.create(digest=_digest(token), user=user, expires_at=timezone.now() + timedelta(seconds=_HOUR))
    audit.note(request, "upload log-on", account=user.account, who=user.username)
    return JsonResponse({"token": token, "expires_in": _HOUR})


def _log_off(request: HttpRequest) -> HttpResponse:
    _user(request)
    ApiToken.objects.filter(digest=_digest(_token(request))).delete()
    return HttpResponse(status=204)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _token(request: HttpRequest) -> str:
    return str(request.headers.get("Authorization", "")).removeprefix("Bearer ")


def _user(request: HttpRequest) -> User:
    """Find who sends this; a right that was taken away counts at once."""
    known = (
        ApiToken.objects.filter(digest=_digest(_token(request)), expires_at__gt=timezone.now())
        .select_related("user__account")
        .first()
    )
    if known is None or not known.user.may("upload"):
        raise NotTaken(401, "refused", "Log on first.")
    return known.user


def _upload(request: HttpRequest, upload_id: UUID) -> Upload:
    upload = receiving.find(_user(request), upload_id)
    if upload is None:
        raise NotTaken(404, "unknown", "There is no such upload.")
    return upload


def _told(upload: Upload, status: int = 200) -> HttpResponse:
    at = upload.uploaded_at and upload.uploaded_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    body = {
        "upload_id": str(upload.id),
        "state": upload.told_state,
        "offset": upload.offset,
        "message": upload.message,
        "uploaded_at": at,
    }
    return JsonResponse(body, status=status)


def _begin(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    upload, is_new = receiving.begin(user, _said(request))
    if is_new:
        audit.note(request, "upload begun", upload.id, account=user.account, who=user.username)
    return _told(upload, 201 if is_new else 200)


def _take(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    upload = _upload(request, upload_id)
    try:
        offset, length = int(request.headers.get("Upload-Offset", "")), int(request.headers.get("Content-Length", ""))
    except ValueError:
        raise NotTaken(400, "bad_request", "Send Upload-Offset and Content-Length.") from None
    reached = receiving.take(upload, offset, request, length)
    return HttpResponse(status=204, headers={"Upload-Offset": str(reached)})


def _clear(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    upload = receiving.clear(_upload(request, upload_id))
    user = _user(request)
    audit.note(request, "upload cleared", upload.id, account=user.account, who=user.username)
    return _told(upload)


def _complete(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    return _told(receiving.complete(_upload(request, upload_id)), 202)


def _ask(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    return _told(_upload(request, upload_id))


session = _methods(POST=_log_on, DELETE=_log_off)
uploads = _methods(POST=_begin)
upload = _methods(GET=_ask, PATCH=_take, DELETE=_clear)
completed = _methods(POST=_complete)
