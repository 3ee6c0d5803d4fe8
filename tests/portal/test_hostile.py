"""Zips, manifests and tables from somebody who means harm; nothing of them is stored."""

import io
import json
import re
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.portal import bundles, panels

OWNERS = {"O1": "Olga Owner"}


def with_members(*members: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    """Pack a good publication with further members."""
    made = bundles.files(OWNERS)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("manifest.json", bundles.manifest(made))
        for path, content in made.items():
            target.writestr(path, content)
        for name, content in members:
            target.writestr(name, content)
    return whole.getvalue()


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("documents/Owner.ID.O1.Link.pdf")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def overlapping() -> bytes:
    """Two names for the same bytes, as the bombs do that unpack to petabytes."""
    content = bytearray(bundles.packed(bundles.files(OWNERS)))
    start = content.rfind(b"PK\1\2")
    first = content.find(b"PK\1\2")
    content[start + 42 : start + 46] = content[first + 42 : first + 46]
    return bytes(content)


def lying_directory() -> bytes:
    content = bytearray(bundles.packed(bundles.files(OWNERS)))
    end = content.rfind(b"PK\5\6")
    struct.pack_into("<H", content, end + 10, 65_000)
    struct.pack_into("<H", content, end + 8, 65_000)
    return bytes(content)


def encrypted() -> bytes:
    content = bytearray(bundles.packed(bundles.files(OWNERS)))
    at = content.rfind(b"PK\1\2")
    content[at + 8] |= 1
    return bytes(content)


def damaged() -> bytes:
    content = bytearray(bundles.packed(bundles.files(OWNERS)))
    at = content.find(b"activity/owners.csv") + 30
    content[at : at + 12] = b"\xff" * 12
    return bytes(content)


ZIPS: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: b"hello", "no zip"),
    "empty": (lambda: b"PK\5\6" + b"\0" * 18, "has no manifest.json"),
    "outside": (lambda: with_members(("../evil.pdf", b"x")), "a name that no publication has"),
    "absolute": (lambda: with_members(("/etc/evil", b"x")), "a name that no publication has"),
    "hidden outside": (lambda: with_members(("documents/../../evil", b"x")), "a name that no publication has"),
    "drive": (lambda: with_members(("C:\\evil", b"x")), "a name that no publication has"),
    "dots": (lambda: with_members(("documents/..", b"x")), "a name that no publication has"),
    "folder": (lambda: with_members(("documents/", b"")), "a name that no publication has"),
    "link": (lambda: with_members((link(), b"/etc/passwd")), "is a link, folder or device"),
    "case": (lambda: with_members(("Manifest.json", b"x")), "is in the zip twice"),
    "not listed": (lambda: with_members(("documents/Owner.ID.O1.More.pdf", b"x")), "the manifest does not list it"),
    "ratio": (lambda: with_members(("documents/Owner.ID.O1.Zeros.pdf", b"\0" * (4 << 20))), "200 times its size"),
    "overlap": (overlapping, "overlap|damaged|no zip"),
    "directory": (lying_directory, "more than 50,000 files|no zip|damaged"),
    "encrypted": (encrypted, "encrypted"),
    "damaged": (damaged, "damaged|hash"),
    "cut": (lambda: bundles.packed(bundles.files(OWNERS))[:-40], "no zip"),
}


@pytest.mark.parametrize("name", ZIPS)
def test_a_hostile_zip_is_refused_and_leaves_nothing(panel: Path, name: str) -> None:
    """Issue 6: oversized and hostile archives, path tricks; one sentence says why."""
    from recon.portal import receiving
    from recon.portal.models import Document, Statement, Upload

    account = panels.account()
    content, words = ZIPS[name][0](), ZIPS[name][1]
    with pytest.raises(receiving.NotTaken, match=words) as refused:
        receiving.complete(bundles.arrived(account, content))
    assert refused.value.status == 422
    upload = Upload.objects.get()
    assert upload.state == "failed"
    assert upload.message.count(".") >= 1
    assert [path for path in panel.rglob("*") if path.is_file() and path.parent.name in {"staging", "files"}] == []
    assert not Document.objects.exists()
    assert not Statement.objects.exists()
    assert bundles.processed(account, bundles.packed(bundles.files(OWNERS)), key="next").state == "processed"


def changed(**changes: Any) -> bytes:
    made = bundles.files(OWNERS)
    said = json.loads(bundles.manifest(made))
    for path, value in changes.items():
        place = said
        *parts, last = path.split("__")
        for part in parts:
            place = place[int(part) if part.isdigit() else part]
        place[int(last) if last.isdigit() else last] = value
    return bundles.packed(made, json.dumps(said).encode())


MANIFESTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "version": (lambda: changed(schema="recon.publication/2"), "is not of version"),
    "other publication": (lambda: changed(publication_id="P000009"), "of another publication"),
    "no list": (lambda: changed(files={"a": 1}), "cannot be read"),
    "deep": (lambda: bundles.packed(bundles.files(OWNERS), b'{"a":' + b"[" * 100_000), "cannot be read"),
    "no number": (lambda: bundles.packed(bundles.files(OWNERS), b'{"schema": NaN}'), "cannot be read"),
    "hash": (lambda: changed(files__0__sha256="0" * 64), "hash and size"),
    "size": (lambda: changed(files__0__bytes=1), "hash and size"),
    "true is no size": (lambda: changed(files__0__bytes=True), "cannot be read"),
    "kind": (lambda: changed(files__0__kind="program"), "a kind, or in a place"),
    "place": (lambda: changed(files__0__path="owner_statements.csv/../x"), "a kind, or in a place"),
    "entry": (lambda: changed(journal_head__seq=-1), "cannot be read"),
    "date": (lambda: changed(period__to="2026-02-31"), "cannot be read"),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_that_lies_is_refused(panel: Path, name: str) -> None:
    """PUB-06: manifest, hashes and staging; no file beyond the manifest."""
    from recon.portal import receiving
    from recon.portal.models import Upload

    account = panels.account()
    content, words = MANIFESTS[name][0](), MANIFESTS[name][1]
    with pytest.raises(receiving.NotTaken, match=words):
        receiving.complete(bundles.arrived(account, content))
    assert Upload.objects.get().state == "failed"


def replaced(path: str, before: bytes, after: bytes) -> bytes:
    made = bundles.files(OWNERS)
    assert before in made[path]
    return bundles.packed({**made, path: made[path].replace(before, after)})


def totals_off() -> bytes:
    return changed(control_totals__owner_statements__closing="1.00")


TABLES: dict[str, tuple[Callable[[], bytes], str]] = {
    "columns": (lambda: replaced("profiles/owners.csv", b"email", b"mail"), "does not have the columns"),
    "flag": (lambda: replaced("profiles/owners.csv", b"true", b"maybe"), r"\(online_access\)"),
    "no id": (lambda: replaced("profiles/owners.csv", b"O1,", b" ,"), r"\(owner_id\)"),
    "bytes": (lambda: replaced("profiles/owners.csv", b"Olga", b"\xff\xfe"), "cannot be read"),
    "nul": (lambda: replaced("profiles/owners.csv", b"Olga", b"O\0a"), r"\(name\)"),
    "fields": (lambda: replaced("profiles/owners.csv", b",true", b",true,x"), "cannot be read"),
    "float": (lambda: replaced("activity/owners.csv", b"100.00", b"1e2"), r"\(amount\)"),
    "cents": (lambda: replaced("activity/owners.csv", b"100.00", b"100.001"), r"\(amount\)"),
    "kind": (lambda: replaced("activity/owners.csv", b"receipt", b"gift"), r"\(kind\)"),
    "day": (lambda: replaced("activity/owners.csv", b"2026-06-10", b"2026-06-31"), r"\(date\)"),
    "footing": (lambda: replaced("owner_statements.csv", b"100.00,0.00", b"99.00,0.00"), "does not add up|lead from"),
    "control totals": (totals_off, "control total closing"),
    "balance": (lambda: changed(statements__0__closing="99.00"), "other balances than the manifest"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_wrong_fails_the_upload_as_a_whole(panel: Path, name: str) -> None:
    """Money is conserved: figures that do not add up are not shown to anybody; all or nothing is taken in."""
    from recon.portal.models import Activity, Document, Statement

    account = panels.account()
    upload = bundles.processed(account, TABLES[name][0]())
    assert upload.state == "failed"
    assert re.search(TABLES[name][1], upload.message), upload.message
    assert not Statement.objects.exists()
    assert not Activity.objects.exists()
    assert not Document.objects.exists()
    account.refresh_from_db()
    assert account.waiting_sync is None
    assert [path for path in (panel / "files").rglob("*") if path.is_file()] == []


def test_limits_hold(panel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 6: limits on count, single size, total size."""
    from recon.portal import archive, receiving

    account = panels.account()
    content = bundles.packed(bundles.files(OWNERS))
    for name, limit, words in (
        ("FILES", 3, "more than 3 files"), ("FILE_BYTES", 10, "is larger than"),
        ("TOTAL_BYTES", 100, "unpacks to more"),
        ("MANIFEST_BYTES", 10, "is larger than"), ("UPLOAD_BYTES", 100, "An upload may have"),
    ):  # fmt: skip
        with monkeypatch.context() as changed:
            changed.setattr(archive, name, limit)
            with pytest.raises(receiving.NotTaken, match=words):
                receiving.complete(bundles.arrived(account, content, key=name.replace("_", "-")))
