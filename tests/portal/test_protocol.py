"""The interface for programs, sentence by sentence of docs/control-panel-interface.md, and logging on."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from tests.portal import bundles, panels

OWNERS = {"O1": "Olga Owner"}


class Program:
    """A publishing program that is logged on."""

    def __init__(self, name: str = "HARBOR") -> None:
        self.client = panels.browser()
        said = self.ask("post", "/v1/session", {"username": name, "password": panels.PASSWORD}).json()
        assert said["expires_in"] == 3600
        self.headers = {"Authorization": f"Bearer {said['token']}"}

    def ask(self, method: str, place: str, body: Any = None, **headers: str) -> Any:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        known = getattr(self, "headers", {})
        return self.client.generic(method.upper(), place, content, content_type=kind, headers={**known, **headers})


def wanted(content: bytes, **changes: Any) -> dict[str, Any]:

    digest = hashlib.sha256(content).hexdigest()
    return {
        "key": f"{digest}-2-1",
        "publication_id": "P000001",
        "pass": 2,
        "size": len(content),
        "sha256": digest,
    } | changes


def test_an_upload_as_the_interface_describes_it(panel: Path) -> None:
    """PUB-06, PUB-07, PUB-08: begin, pieces, complete, ask; every step may be said again."""
    from recon.portal import worker
    from recon.portal.models import Upload

    panels.account()
    content = bundles.packed(bundles.files(OWNERS))
    program = Program()
    begun = program.ask("post", "/v1/uploads", wanted(content))
    assert (begun.status_code, begun.json()["state"], begun.json()["offset"]) == (201, "receiving", 0)
    place = f"/v1/uploads/{begun.json()['upload_id']}"
    early = program.ask("post", f"{place}/complete", {})
    assert (early.status_code, early.json()["error"]) == (409, "incomplete")
    first = program.ask("patch", place, content[:100], **{"Upload-Offset": "0"})
    assert (first.status_code, first.headers["Upload-Offset"], first.content) == (204, "100", b"")
    for offset in ("0", "50", "101"):
        wrong = program.ask("patch", place, content[100:], **{"Upload-Offset": offset})
        assert (wrong.status_code, wrong.headers["Upload-Offset"]) == (409, "100")
    again = program.ask("post", "/v1/uploads", wanted(content))
    assert (again.status_code, again.json()["offset"]) == (200, 100)
    assert program.ask("patch", place, content[100:], **{"Upload-Offset": "100"}).status_code == 204
    for _ in range(2):
        done = program.ask("post", f"{place}/complete", {})
        assert done.status_code == 202
        assert (done.json()["state"], done.json()["message"]) == (
            "uploaded",
            "Upload complete. It is not processed yet.",
        )
    other = program.ask("post", "/v1/uploads", wanted(content, key="another"))
    assert (other.status_code, other.json()["error"], other.json()["upload_id"]) == (
        409, "pending_upload", begun.json()["upload_id"],
    )  # fmt: skip
    assert other.json()["since"].endswith("Z")
    while worker.work():
        pass
    told = program.ask("get", place).json()
    assert told["state"] == "processed"
    assert (
        told["message"]
        == "Processed: 1 owner, 0 tenants, 0 vendors, 1 unit; statements to review: 1; rows of activity: 1."
    )
    assert program.ask("post", f"{place}/complete", {}).json()["state"] == "processed"
    assert program.ask("post", "/v1/uploads", wanted(content)).json()["state"] == "processed"
    assert Upload.objects.count() == 1
    assert program.ask("delete", place).status_code == 409
    assert program.ask("delete", "/v1/session").status_code == 204
    assert program.ask("get", place).status_code == 401


def test_a_key_means_one_upload_and_pieces_have_limits(panel: Path) -> None:
    """A key that is used again for something else, too much, too little, nonsense."""
    from recon.portal import archive
    from recon.portal.models import Upload

    panels.account()
    content = bundles.packed(bundles.files(OWNERS))
    program = Program()
    place = f"/v1/uploads/{program.ask('post', '/v1/uploads', wanted(content)).json()['upload_id']}"
    for change in ({"size": 1}, {"sha256": "0" * 64}, {"pass": 1}, {"publication_id": "P2"}):
        assert program.ask("post", "/v1/uploads", wanted(content, **change)).json()["error"] == "key_reused"
    for change in (
        {"key": "../x"},
        {"size": 0},
        {"size": "1"},
        {"size": True},
        {"sha256": "x"},
        {"pass": 3},
        {"key": 1},
    ):
        assert program.ask("post", "/v1/uploads", wanted(content, **change)).status_code == 400
    assert (
        program.ask("post", "/v1/uploads", wanted(content, key="k", size=archive.UPLOAD_BYTES + 1)).status_code == 413
    )
    assert program.ask("patch", place, content + b"more", **{"Upload-Offset": "0"}).status_code == 413
    assert program.ask("patch", place, b"x", **{"Upload-Offset": "-1"}).status_code == 409
    assert program.ask("patch", place, b"x", **{"Upload-Offset": "one"}).status_code == 400
    assert program.ask("post", "/v1/uploads", b"[" * 70_000).status_code == 413
    assert program.ask("post", "/v1/uploads", b"[1]").status_code == 400
    assert program.ask("put", place, b"x").status_code == 405
    assert program.ask("get", "/v1/uploads/not-a-number").status_code == 404
    assert program.ask("delete", place).json()["error"] == "too_early"
    Upload.objects.update(began_at=timezone.now() - timedelta(minutes=61))
    assert program.ask("delete", place).json()["state"] == "cleared"


def test_other_bytes_than_announced_fail_the_upload(panel: Path) -> None:
    """Hash of the whole; the next attempt has a new key."""
    panels.account()
    content = bundles.packed(bundles.files(OWNERS))
    program = Program()
    said = wanted(content)
    place = f"/v1/uploads/{program.ask('post', '/v1/uploads', said).json()['upload_id']}"
    program.ask("patch", place, content[::-1], **{"Upload-Offset": "0"})
    done = program.ask("post", f"{place}/complete", {})
    assert (done.status_code, done.json()["error"]) == (422, "hash")
    assert program.ask("get", place).json()["state"] == "failed"
    assert not list((panel / "staging").iterdir())
    assert program.ask("post", "/v1/uploads", wanted(content, key="second")).status_code == 201


def test_a_token_ends_after_an_hour_and_is_kept_as_a_hash(panel: Path) -> None:
    """PUB-04: neither password nor token lies anywhere in the panel's data."""
    from recon.portal.models import ApiToken

    panels.account()
    program = Program()
    token = program.headers["Authorization"].removeprefix("Bearer ")
    kept = b"".join(path.read_bytes() for path in panel.rglob("*") if path.is_file())
    assert token.encode() not in kept
    assert panels.PASSWORD.encode() not in kept
    ApiToken.objects.update(expires_at=timezone.now())
    assert program.ask("post", "/v1/uploads", {}).status_code == 401


def test_brute_force_is_stopped_for_programs_and_people(panel: Path) -> None:
    """M22: five wrong tries, then no further one, right or wrong, for a quarter of an hour; others are not held up."""
    from recon.portal import lockout
    from recon.portal.models import AuditEntry

    account = panels.account()
    panels.user(account, "ann", "staff")
    client = panels.browser()

    def program(password: str) -> int:
        said = {"username": "HARBOR", "password": password}
        return int(client.post("/v1/session", said, content_type="application/json").status_code)

    assert [program(f"wrong {n}") for n in range(lockout.PER_NAME_AND_ADDRESS)] == [401] * 5
    assert program(panels.PASSWORD) == 429
    page = client.post("/log-on/", {"username": "harbor ", "password": panels.PASSWORD})
    assert page.status_code == 429
    assert "Wait 15 minutes" in page.content.decode()
    assert client.post("/log-on/", {"username": "ann", "password": panels.PASSWORD}).status_code == 302
    refused = AuditEntry.objects.filter(action="log-on refused").count()
    assert refused == 1, "said once, however often it is tried"
    assert AuditEntry.objects.filter(action=lockout.FAILED).count() == 5, "a refused try does not prolong the wait"


def test_guessing_many_names_from_one_address_is_stopped(panel: Path) -> None:
    """M22: one password tried on many names."""
    from recon.portal import lockout

    panels.account()
    client = panels.browser()
    answers = [
        client.post("/log-on/", {"username": f"name{n}", "password": "Summer2026!"}).status_code
        for n in range(lockout.PER_ADDRESS + 2)
    ]
    assert answers[-1] == 429
    assert set(answers[:-2]) == {200}


def test_a_session_that_somebody_planted_is_not_the_one_logged_on(panel: Path) -> None:
    """Issue 6: session fixation; log-off ends the session for good; a form needs its token."""
    from django.test import Client

    account = panels.account()
    planted = panels.browser()
    session = planted.session
    session["planted"] = True
    session.save()
    old = session.session_key
    planted.post("/log-on/", {"username": "harbor", "password": panels.PASSWORD})
    new = planted.cookies["recon_panel_session"].value
    assert new != old
    attacker = Client()
    attacker.cookies["recon_panel_session"] = old
    assert attacker.get("/manage/").status_code == 302
    planted.post("/log-off/")
    attacker.cookies["recon_panel_session"] = new
    assert attacker.get("/manage/").status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account.users.get(), backend="django.contrib.auth.backends.ModelBackend")
    answer = strict.post("/manage/settings/", {"firm": "Mallory"})
    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()


def test_nobody_is_led_to_another_site_after_logging_on(panel: Path) -> None:
    """An open redirect would lend our name to somebody else's log-on page."""
    panels.account()
    for place in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/manage/alerts/"):
        answer = panels.browser().post("/log-on/", {"username": "harbor", "password": panels.PASSWORD, "next": place})
        assert answer.headers["Location"] == (place if place.startswith("/m") else "/")


def test_a_new_password_ends_other_sessions(panel: Path) -> None:
    """A stolen session does not outlive the password."""
    account = panels.account()
    stolen = panels.browser(account.users.get())
    own = panels.browser(account.users.get())
    new = "another short sentence"
    own.post("/password/", {"old_password": panels.PASSWORD, "new_password1": new, "new_password2": new})
    assert own.get("/manage/").status_code == 200
    assert stolen.get("/manage/").status_code == 302


def test_the_audit_log_only_grows(panel: Path) -> None:
    """Issue 6: log-ons, views, approvals; a row is neither changed nor deleted."""
    import pytest

    from recon.portal.models import AuditEntry, Profile, Statement

    account = panels.account()
    master = panels.browser()
    master.post("/log-on/", {"username": "harbor", "password": "wrong"})
    master.post("/log-on/", {"username": "harbor", "password": panels.PASSWORD, "updates": "on"})
    bundles.published(account, bundles.files(OWNERS))
    statement = Statement.objects.get()
    master.get(f"/manage/statements/{statement.pk}/")
    master.post("/manage/statements/approve/", {"one": statement.pk, "seen": timezone.now().isoformat()})
    client = panels.browser(panels.client_of(Profile.objects.get(key="o1"), "olga"))
    client.get(f"/my/statements/{statement.pk}/")
    said = list(AuditEntry.objects.order_by("pk").values_list("who", "action"))
    assert said == [
        ("harbor", "log-on failed"),
        ("harbor", "log-on"),
        ("harbor", "upload processed"),
        ("test", "profiles updated"),
        ("harbor", "statement viewed"),
        ("harbor", "statement approved"),
        ("olga", "log-on"),
        ("olga", "statement viewed"),
    ]
    entry = AuditEntry.objects.all()[0]
    for change in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(who=""),
    ):
        with pytest.raises(TypeError, match="the audit log is never"):
            change()
