"""What an attacker's afternoon found in receiving and processing: each shown as it was done."""

import json
import re
import secrets
import struct
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tests.portal import bundles, panels
from tests.portal.test_protocol import Program, wanted

OWNERS = {"O1": "Olga Owner"}


def good() -> bytes:
    return bundles.packed(bundles.files(OWNERS))


def begun(program: Program, content: bytes) -> str:
    """Have a program send an upload; give its address."""
    said = wanted(content)
    place = f"/v1/uploads/{program.ask('post', '/v1/uploads', said).json()['upload_id']}"
    for offset in range(0, len(content), 4 << 20):
        piece = content[offset : offset + (4 << 20)]
        assert program.ask("patch", place, piece, **{"Upload-Offset": str(offset)}).status_code == 204
    return place


def forged_locator() -> bytes:
    """A ZIP64 locator that points beyond any file."""
    return good()[:-22] + struct.pack("<4sLQL", b"PK\6\7", 0, 2**64 - 1, 1) + good()[-22:]


def hidden_directory() -> bytes:
    """A locator that leads to a harmless record, while another stands right before it."""
    content = good()
    record = struct.Struct("<4sQ2H2L4Q")
    count, length, start = struct.unpack("<HLL", content[-12:-2])
    harmless = record.pack(b"PK\6\6", 44, 45, 45, 0, 0, count, count, length, start)
    real = record.pack(b"PK\6\6", 44, 45, 45, 0, 0, 60_000, 60_000, length, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(content) - 22, 1)
    return content[:-22] + harmless + real + locator + content[-22:]


def many_names() -> bytes:
    """A directory of 60,000 names that says it has one."""
    content = good()
    names = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    listed = names * 60_000
    return content + listed + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(listed), len(content), 0)


def many_small_bombs() -> bytes:
    """Files of a MiB each, below the size from which the ratio of one file counts."""
    zeros = {bundles.document("owner", "O1", f"Zeros{number}"): b"\0" * (1 << 20) for number in range(20)}
    return bundles.packed(bundles.files(OWNERS, documents=zeros))


def huge_manifest() -> bytes:
    made = bundles.files(OWNERS)
    said = json.loads(bundles.manifest(made)) | {"more": [[number] for number in range(300_000)]}
    return bundles.packed(made, json.dumps(said).encode())


def long_manifest() -> bytes:
    made = bundles.files(OWNERS)
    said = json.loads(bundles.manifest(made)) | {"more": secrets.token_hex(9 << 20)}
    return bundles.packed(made, json.dumps(said).encode())


def twice_the_same() -> bytes:
    """Two statements whose owners differ in nothing but case."""
    made = bundles.files(OWNERS)
    said = json.loads(bundles.manifest(made))
    said["statements"].append(said["statements"][0] | {"id": "o1"})
    return bundles.packed(made, json.dumps(said).encode())


FORGED = {
    "locator": (forged_locator, "no zip|damaged"),
    "hidden directory": (hidden_directory, "more than 50,000 files"),
    "many names": (many_names, "more than 50,000 files"),
    "many small bombs": (many_small_bombs, "more than 50 times its size"),
    "manifest of many values": (huge_manifest, "says more than any publication"),
    "manifest of many bytes": (long_manifest, "larger than 16 MiB"),
    "a statement twice": (twice_the_same, "lists a statement twice"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_zip_ends_its_upload_and_blocks_nobody(panel: Path, name: str) -> None:
    """Threats: refused with a sentence at once, its bytes are gone, the log says so, and the next upload may begin."""
    from recon.portal.models import AuditEntry, Upload

    panels.account()
    program = Program()
    made, words = FORGED[name]
    done = program.ask("post", f"{begun(program, made())}/complete", {})
    assert (done.status_code, done.json()["error"]) == (422, "refused")
    assert re.search(words, done.json()["message"]), done.json()
    assert Upload.objects.get().state == "failed"
    assert not list((panel / "staging").iterdir())
    assert AuditEntry.objects.filter(action="upload failed", who="harbor").count() == 1
    assert program.ask("post", "/v1/uploads", wanted(good(), key="next")).status_code == 201


def test_a_directory_with_zip64_records_is_read_where_zipfile_reads_it(panel: Path) -> None:
    """The bound on names holds for what is read, and zips that need the records still pass."""
    content = good()
    count, length, start = struct.unpack("<HLL", content[-12:-2])
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, length, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(content) - 22, 1)
    account = panels.account()
    assert bundles.processed(account, content[:-22] + record + locator + content[-22:]).state == "processed"


def test_a_fault_while_an_upload_is_checked_ends_it(panel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upload that nobody can read must not keep its firm from publishing for an hour."""
    from recon.portal import manifest

    panels.account()
    program = Program()
    monkeypatch.setattr(manifest, "read", lambda _: 1 / 0)
    done = program.ask("post", f"{begun(program, good())}/complete", {})
    assert (done.status_code, done.json()["message"]) == (422, "The upload cannot be read; publish again.")


def test_an_upload_is_checked_once_at_a_time(panel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A check costs processor time and memory; said again meanwhile, the answer is the state as it is."""
    from recon.portal import manifest

    panels.account()
    program = Program()
    place = begun(program, good())
    checks: list[int] = []
    verify = manifest.verify

    def again(*given: Any) -> None:
        checks.append(1)
        meanwhile = program.ask("post", f"{place}/complete", {})
        assert (meanwhile.status_code, meanwhile.json()["state"]) == (202, "receiving")
        verify(*given)

    monkeypatch.setattr(manifest, "verify", again)
    assert program.ask("post", f"{place}/complete", {}).json()["state"] == "uploaded"
    assert checks == [1]


def test_there_must_be_room_for_what_a_zip_unpacks_to(panel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk would stop every firm; the upload stays as it is, and may be completed once there is room."""
    import shutil
    from collections import namedtuple

    panels.account()
    program = Program()
    place = begun(program, good())
    with monkeypatch.context() as changed:
        changed.setattr(shutil, "disk_usage", lambda _: namedtuple("Usage", "free")(64 << 20))
        done = program.ask("post", f"{place}/complete", {})
        assert (done.status_code, done.json()["error"]) == (507, "no_room")
    assert program.ask("post", f"{place}/complete", {}).json()["state"] == "uploaded"


@pytest.mark.parametrize("name", ["username", "password"])
def test_half_a_character_is_no_log_on(panel: Path, name: str) -> None:
    """JSON can name one that UTF-8 cannot write."""
    panels.account()
    said = {"username": "HARBOR", "password": panels.PASSWORD, name: "\ud800"}
    answer = panels.browser().post("/v1/session", json.dumps(said), content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


def test_the_worker_outlives_whatever_goes_wrong(panel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault while a failed upload is put away must not stop the uploads of all other firms."""
    from recon.portal import archive, receiving, worker
    from recon.portal.models import Upload

    upload = receiving.complete(bundles.arrived(panels.account(), good()))
    bay = receiving.complete(bundles.arrived(panels.account("BAY"), good()))
    opened, first = archive.opened, receiving.staged(upload)
    monkeypatch.setattr(archive, "opened", lambda path: 1 / 0 if path == first else opened(path))
    monkeypatch.setattr(receiving, "sweep", lambda: 1 / 0)
    stop = threading.Event()

    def wait(_: float) -> None:
        if not Upload.objects.filter(state__in=("uploaded", "pending")).exists():
            stop.set()

    monkeypatch.setattr(stop, "wait", wait)
    worker.run(stop)
    upload.refresh_from_db()
    bay.refresh_from_db()
    assert (upload.state, bay.state) == ("failed", "processed")
    assert not list((panel / "staging").iterdir())


def test_what_is_stored_while_an_upload_is_cleared_does_not_stay(panel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PUB-12: cleared at the first file; the worker stops at the next, and deletes what it has stored since."""
    from recon.portal import receiving, worker
    from recon.portal.models import Upload
    from recon.portal.storage import FolderStorage

    receiving.complete(bundles.arrived(panels.account(), good()))
    saved: list[str] = []
    save = FolderStorage._save

    def cleared_meanwhile(storage: Any, name: str, content: Any) -> Any:
        if not saved:
            Upload.objects.update(uploaded_at=timezone.now() - timedelta(minutes=61))
            receiving.clear(Upload.objects.get())
        saved.append(name)
        return save(storage, name, content)

    monkeypatch.setattr(FolderStorage, "_save", cleared_meanwhile)
    worker.work()
    assert Upload.objects.get().state == "cleared"
    assert len(saved) == 1, "the lease is looked at before every file"
    assert [path for path in (panel / "files").rglob("*") if path.is_file()] == []


def test_what_was_killed_leaves_nothing_for_ever(panel: Path) -> None:
    """Kill -9 between two steps: bytes of uploads that ended and half-written files go when a worker starts."""
    import os

    from recon.portal import receiving
    from recon.portal.models import Upload

    account = panels.account()
    upload = receiving.complete(bundles.arrived(account, good()))
    waiting = receiving.complete(bundles.arrived(panels.account("BAY"), good()))
    Upload.objects.filter(pk=upload.pk).update(state="cleared")
    files = panel / "files" / "1" / "ab"
    files.mkdir(parents=True)
    for name, age in ((".old.12345678.partial", 7200), (".new.12345678.partial", 0), ("stored", 7200)):
        (files / name).write_bytes(b"x")
        os.utime(files / name, (timezone.now().timestamp() - age,) * 2)
    (panel / "staging" / "stranger.zip").write_bytes(b"x")
    receiving.sweep()
    assert [path.name for path in (panel / "staging").iterdir()] == [receiving.staged(waiting).name]
    assert sorted(path.name for path in files.iterdir()) == [".new.12345678.partial", "stored"]
