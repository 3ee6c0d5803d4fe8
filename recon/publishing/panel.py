"""The client of the control panel's interface, as docs/control-panel-interface.md specifies it."""

import http.client
import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from recon.errors import InputRefused, WrongUse
from recon.publishing.bundle import sha256_of

CHUNK = 4 << 20  # bytes in one piece of an upload
_TRIES = 5  # in a row without a byte of progress
_TIMEOUT = 60  # seconds
_PAUSE = 1  # second before trying again, then two, then four
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_BROKEN = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Upload:
    """An upload as the control panel tells of it."""

    upload_id: str
    state: str  # receiving, uploaded, pending, processed, failed or cleared
    message: str
    offset: int


class Panel:
    """A session with a control panel. User name and password are sent once and kept nowhere."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._parts = urlsplit(address)
        if self._parts.scheme != "https" and self._parts.hostname not in _LOOPBACK:
            raise WrongUse(f"{address} is not encrypted; name an address that begins with https://.")
        self._token = ""

    @classmethod
    @contextmanager
    def logged_on(cls, address: str, user: str, password: str) -> Iterator["Panel"]:
        """Log on, and log off at the end.

        Raises:
            InputRefused: the control panel does not know them, or cannot be reached.
        """
        panel = cls(address)
        status, _, said = panel._ask("POST", "/v1/session", {"username": user, "password": password})
        if status != 200:
            raise InputRefused(f"{address} does not let {user!r} log on ({_words(status, said)}); nothing was sent.")
        panel._token = str(said["token"])
        try:
            yield panel
        finally:
            with suppress(InputRefused):
                panel._ask("DELETE", "/v1/session")

    def upload(
        self, path: Path, publication_id: str, pass_number: int, *, attempt: int, progress: Callable[[int, int], None]
    ) -> Upload:
        """Upload a file; broken off, the same call goes on where it stopped, and never makes a second upload.

        Raises:
            WrongUse: another upload is pending. InputRefused: the control panel refuses, or cannot be reached.
        """
        size, sha256 = path.stat().st_size, sha256_of(path)
        wanted = {
            "key": f"{sha256}-{pass_number}-{attempt}",
            "publication_id": publication_id,
            "pass": pass_number,
            "size": size,
            "sha256": sha256,
        }
        status, _, said = self._ask("POST", "/v1/uploads", wanted)
        if status == 409:
            raise WrongUse(f"{self._address} has an upload pending ({said.get('upload_id')}); wait, or clear it there.")
        upload = _upload(self._require(status, said, {200, 201}))
        if upload.state != "receiving":
            return upload
        self._send(path, upload, size, progress)
        status, _, said = self._ask("POST", f"/v1/uploads/{quote(upload.upload_id, safe='')}/complete", {})
        return _upload(self._require(status, said, {200, 202}))

    def _send(self, path: Path, upload: Upload, size: int, progress: Callable[[int, int], None]) -> None:
        place = f"/v1/uploads/{quote(upload.upload_id, safe='')}"
        offset, failures = upload.offset, 0
        with path.open("rb") as file:
            while offset < size:
                file.seek(offset)
                try:
                    status, headers, said = self._request(
                        "PATCH", place, file.read(CHUNK), {"Upload-Offset": str(offset)}
                    )
                except _BROKEN as error:
                    failures += 1
                    if failures == _TRIES:
                        raise InputRefused(
                            f"The connection to {self._address} breaks off ({error}); the same command goes on from "
                            f"byte {offset:,}."
                        ) from error
                    time.sleep(_PAUSE << (failures - 1))
                    offset = self.status(upload.upload_id).offset
                    continue
                self._require(status, said, {204, 409})
                reached = int(headers.get("upload-offset", "-1"))
                if not 0 <= reached <= size or (status == 204 and reached <= offset):
                    raise InputRefused(f"{self._address} says nonsense about how much it has; nothing is complete.")
                failures = 0 if reached > offset else failures + 1
                if failures == _TRIES:
                    raise InputRefused(f"{self._address} does not get on with the upload; try again later.")
                offset = reached
                progress(offset, size)

    def status(self, upload_id: str) -> Upload:
        """Ask what became of an upload.

        One that the control panel does not know any more, because it was set up anew, counts as cleared: else nothing
        could ever be sent there again.
        """
        status, _, said = self._ask("GET", f"/v1/uploads/{quote(upload_id, safe='')}")
        if status == 404:
            return Upload(upload_id, "cleared", "The control panel does not know this upload any more.", 0)
        return _upload(self._require(status, said, {200}))

    def clear(self, upload_id: str) -> Upload:
        """Have an upload that is stuck taken away unprocessed."""
        status, _, said = self._ask("DELETE", f"/v1/uploads/{quote(upload_id, safe='')}")
        return _upload(self._require(status, said, {200}))

    def _require(self, status: int, said: dict[str, object], wanted: set[int]) -> dict[str, object]:
        if status not in wanted:
            raise InputRefused(f"{self._address} refuses ({_words(status, said)}).")
        return said

    def _ask(
        self, method: str, place: str, body: dict[str, object] | None = None
    ) -> tuple[int, dict[str, str], dict[str, object]]:
        """Put a question that may be repeated safely, and repeat it while the connection breaks."""
        text = b"" if body is None else json.dumps(body).encode()
        for attempt in range(_TRIES):
            try:
                return self._request(method, place, text, {"Content-Type": "application/json"})
            except _BROKEN as error:
                broken = error
                time.sleep(_PAUSE << attempt if attempt < _TRIES - 1 else 0)
        raise InputRefused(f"{self._address} cannot be reached ({broken}); the same command goes on.") from broken

    def _request(
        self, method: str, place: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], dict[str, object]]:
        host, port = str(self._parts.hostname), self._parts.port
        connection: http.client.HTTPConnection = (
            http.client.HTTPSConnection(host, port, timeout=_TIMEOUT, context=ssl.create_default_context())
            if self._parts.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=_TIMEOUT)
        )
        try:
            known = {"Authorization": f"Bearer {self._token}"} if self._token else {}
            connection.request(method, self._parts.path.rstrip("/") + place, body, headers | known)
            response = connection.getresponse()
            text = response.read(1 << 20)
            given = {name.lower(): value for name, value in response.getheaders()}
            try:
                said = json.loads(text) if text else {}
            except ValueError:
                said = {}
            return response.status, given, said if isinstance(said, dict) else {}
        finally:
            connection.close()


def _upload(said: dict[str, object]) -> Upload:
    offset = said.get("offset", 0)
    return Upload(
        str(said.get("upload_id", "")),
        str(said.get("state", "")),
        str(said.get("message", ""))[:500],
        offset if isinstance(offset, int) else 0,
    )


def _words(status: int, said: dict[str, object]) -> str:
    return f"{status} {said.get('message') or said.get('error') or http.client.responses.get(status, '')}".strip()
