"""A small control panel on loopback, written against docs/control-panel-interface.md alone; it can be made to fail."""

import hashlib
import io
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USER, PASSWORD = "harbor", "correct horse battery"


@dataclass
class Received:
    """One upload."""

    upload_id: str
    wanted: dict[str, Any]
    state: str = "receiving"
    message: str = ""
    data: bytes = b""

    def told(self) -> dict[str, Any]:
        return {
            "upload_id": self.upload_id,
            "state": self.state,
            "offset": len(self.data),
            "message": self.message,
            "uploaded_at": None,
        }

    @property
    def names(self) -> set[str]:
        return set(zipfile.ZipFile(io.BytesIO(self.data)).namelist())


@dataclass
class PanelServer:
    """What the panel knows; tests look at it and change it."""

    address: str = ""
    uploads: dict[str, Received] = field(default_factory=dict)
    begun: int = 0  # uploads ever
    processes: bool = True  # each time it is asked, an upload gets one state further
    breaks: int = 0  # pieces of which only half is taken before the connection breaks
    requests: list[str] = field(default_factory=list)

    def begin(self, wanted: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        for upload in self.uploads.values():
            if upload.wanted["key"] == wanted["key"]:
                return (200, upload.told()) if upload.wanted == wanted else (422, {"error": "key_reused"})
        for upload in self.uploads.values():
            if upload.state in {"receiving", "uploaded", "pending"}:
                return 409, {"error": "pending_upload", "upload_id": upload.upload_id}
        self.begun += 1
        upload = Received(f"U{self.begun}", wanted)
        self.uploads[upload.upload_id] = upload
        return 201, upload.told()

    def complete(self, upload: Received) -> tuple[int, dict[str, Any]]:
        if upload.state != "receiving":
            return 202, upload.told()
        if len(upload.data) != upload.wanted["size"]:
            return 409, {"error": "bytes are missing"}
        if hashlib.sha256(upload.data).hexdigest() != upload.wanted["sha256"]:
            upload.state = "failed"
            return 422, {"error": "hash"}
        said = json.loads(zipfile.ZipFile(io.BytesIO(upload.data)).read("manifest.json"))
        assert upload.names - {"manifest.json"} <= {file["path"] for file in said["files"]}
        upload.state, upload.message = "uploaded", "Upload complete. It is not processed yet."
        return 202, upload.told()

    def ask(self, upload: Received) -> tuple[int, dict[str, Any]]:
        following = {"uploaded": "pending", "pending": "processed"}
        if self.processes and upload.state in following:
            upload.state = following[upload.state]
        return 200, upload.told()


def _handler(server: PanelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self, status: int, said: dict[str, Any] | None = None, offset: int | None = None) -> None:
            text = b"" if said is None else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            if offset is not None:
                self.send_header("Upload-Offset", str(offset))
            self.end_headers()
            self.wfile.write(text)

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def _serve(self) -> None:
            body = self._body()
            server.requests.append(f"{self.command} {self.path}")
            if self.path == "/books/v1/session":
                if self.command == "DELETE":
                    return self._answer(204)
                said = json.loads(body)
                is_known = (said["username"], said["password"]) == (USER, PASSWORD)
                return self._answer(*((200, {"token": "t0ken"}) if is_known else (401, {"message": "wrong password"})))
            if self.headers.get("Authorization") != "Bearer t0ken":
                return self._answer(401, {"message": "log on"})
            if self.path == "/books/v1/uploads":
                return self._answer(*server.begin(json.loads(body)))
            found = re.fullmatch(r"/books/v1/uploads/(U[0-9]+)(/complete)?", self.path)
            upload = server.uploads.get(found[1]) if found else None
            if upload is None:
                return self._answer(404, {"message": "there is none"})
            if found and found[2]:
                return self._answer(*server.complete(upload))
            if self.command == "PATCH":
                return self._take(upload, body)
            if self.command == "DELETE":
                upload.state, upload.data = "cleared", b""
                return self._answer(200, upload.told())
            return self._answer(*server.ask(upload))

        def _take(self, upload: Received, body: bytes) -> None:
            if int(self.headers["Upload-Offset"]) != len(upload.data):
                return self._answer(409, {}, len(upload.data))
            if server.breaks:
                server.breaks -= 1
                upload.data += body[: len(body) // 2]
                self.close_connection = True
                self.connection.close()
                return None
            upload.data += body
            return self._answer(204, None, len(upload.data))

        do_GET = do_POST = do_PATCH = do_DELETE = _serve

        def log_message(self, *_: object) -> None:
            """Say nothing on standard error."""

    return Handler


@contextmanager
def serving() -> Iterator[PanelServer]:
    """Serve a control panel on a free port of loopback, until the block ends."""
    server = PanelServer()
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(server)) as listening:
        listening.daemon_threads = True
        server.address = f"http://127.0.0.1:{listening.server_port}/books"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
