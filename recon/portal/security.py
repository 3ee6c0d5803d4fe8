"""The headers of every answer (RELIABILITY, M22)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A statement's page as it was published: it may be styled, and may do nothing.
SANDBOX = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
)
# Browsers show no PDF in a sandbox; their reader has one of its own, and may load nothing.
SHOWN_PDF = (
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


class Headers:
    """Nothing inline, nothing from elsewhere, nothing kept by a browser or a proxy but the style and the script."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers."""
        response = self._answer(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        is_file = request.path.startswith("/static/") and response.status_code in {200, 304}
        if not is_file:  # a page that says there is no such file is of whoever asked
            response.headers.setdefault("Cache-Control", "no-store")
        return response
