"""How the panel is set up: first account, settings of a production, headers, the database's other engine."""

import os
import re
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.portal import panels

# For what is about the database's file, whichever engine the other tests run on.
SQLITE = {"RECON_PORTAL_DATABASE": ""}


def run(data: Path, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", *command], env={**os.environ, "RECON_PORTAL_DATA": str(data), **environment},
        capture_output=True, text=True, timeout=180, stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def test_the_deployment_check_is_clean_in_production(tmp_path: Path) -> None:
    """Issue 6: Django's own check, warnings count as failures; one variable makes it a production."""
    done = run(
        tmp_path, "recon.portal", "check", "--deploy", "--fail-level", "WARNING",
        RECON_PORTAL_HOSTS="panel.example.com", RECON_PORTAL_EMAIL="smtps://user:secret@mail.example.com:465",
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), done.stderr
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("command", [("recon.portal", "migrate"), ("recon", "portal")])
def test_nobody_else_on_the_machine_reads_the_data(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Threats: a folder that was there before, open to all, is closed; so is all that is written into it."""
    data = tmp_path / "panel"
    data.mkdir(mode=0o755)
    data.chmod(0o755)
    before = os.umask(0o022)
    try:
        if command == ("recon", "portal"):
            with panels.serving(data, **SQLITE):
                pass
        else:
            assert run(data, *command, **SQLITE).returncode == 0
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (data, *data.rglob("*"))}
    assert "portal.sqlite3" in modes
    assert set(modes.values()) == {0}, modes


def test_more_silent_connections_than_a_browser_opens_keep_nobody_out(panel: Path) -> None:
    """Threats: a hundred connections that say nothing are no reason to answer nobody else."""
    import socket

    with panels.serving(panel, "--no-worker") as server:
        host, port = server.address.removeprefix("http://").split(":")
        silent = [socket.create_connection((host, int(port))) for _ in range(150)]
        with urllib.request.urlopen(f"{server.address}/log-on/", timeout=20) as answer:
            assert answer.status == 200
        for one in silent:
            one.close()


def test_the_migrations_make_the_tables_of_the_models(tmp_path: Path) -> None:
    """Nothing is forgotten in a migration."""
    done = run(tmp_path, "recon.portal", "makemigrations", "--check", "--dry-run")
    assert done.returncode == 0, done.stdout


def test_the_first_link_sets_an_account_up_once(tmp_path: Path) -> None:
    """The first administrator: no password on the screen or in the process list; a link that works once, for a day."""
    from recon.portal.models import Account, Invitation, User

    with panels.panel_in(tmp_path) as data, panels.serving(data) as server:
        link = server.said[-1] if "invitation" in server.said[-1] else server.process.stdout.readline()  # type: ignore[union-attr]
        place = re.search(r"/invitation/[\w-]+/", link)
        assert place is not None, link
        client = panels.browser()
        given = {"pmid": "HARBOR", "firm": "Harbor Homes", "password1": "short", "password2": "short"}
        assert b"too short" in client.post(place[0], given).content
        given |= {"password1": panels.PASSWORD, "password2": panels.PASSWORD}
        assert client.post(place[0], given).status_code == 302
        assert b"Nothing was published yet" in client.get("/manage/").content
        assert client.get(place[0]).status_code == 404
        assert Account.objects.get().pmid == "HARBOR"
        assert User.objects.get().password.startswith("argon2$argon2id$"), "M22"
        assert place[0].split("/")[2] not in str(list(Invitation.objects.values()))


def test_an_account_is_made_from_the_environment(tmp_path: Path) -> None:
    """`--admin` takes its password from the environment or a prompt, and never shows it."""
    from recon.portal.models import User

    command = ("recon", "portal", "--data", str(tmp_path / "panel"), "--admin", "HARBOR", "--port", "0")
    with panels.panel_in(tmp_path) as data:
        assert "Set RECON_PORTAL_PASSWORD" in run(data, *command).stderr
        refused = run(data, *command, RECON_PORTAL_PASSWORD="12345678")
        assert refused.returncode == 2
        assert "too short" in refused.stderr
        with panels.serving(data, "--admin", "HARBOR", RECON_PORTAL_PASSWORD=panels.PASSWORD) as server:
            assert "The account HARBOR is made" in server.said[0]
            assert panels.PASSWORD not in "".join(server.said)
        assert User.objects.get().role == "master"
        assert "is taken" in run(data, *command, RECON_PORTAL_PASSWORD=panels.PASSWORD).stderr


def test_other_machines_reach_it_through_tls_only(tmp_path: Path) -> None:
    """Threats: plain HTTP stays on loopback; in production, cookies are secure and HTTP is led to HTTPS."""
    done = run(tmp_path, "recon", "portal", "--data", str(tmp_path), "--host", "0.0.0.0", "--port", "0")
    assert done.returncode == 2
    assert "can be reached from other machines" in done.stderr
    with panels.serving(tmp_path / "p", RECON_PORTAL_HOSTS="panel.example.com") as server:
        port = re.search(r"[0-9]+$", server.address)
        assert server.address == "https://panel.example.com", port


def test_the_headers_of_every_answer(panel: Path) -> None:
    """M22: a strict content security policy, nosniff, no framing; files of style and script may be kept."""
    with panels.serving(panel, "--no-worker") as server:
        for place in ("/log-on/", "/static/portal/style.css", "/v1/uploads", "/nowhere/"):
            try:
                answer = urllib.request.urlopen(server.address + place)
            except urllib.error.HTTPError as error:
                answer = error
            with answer:
                headers = answer.headers
                assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'"), place
                assert "unsafe" not in headers["Content-Security-Policy"]
                assert headers["X-Content-Type-Options"] == "nosniff", place
                assert headers["Referrer-Policy"] == "same-origin", place
                assert "Server" not in headers
                if place == "/log-on/":
                    assert headers["X-Frame-Options"] == "DENY"
                    assert headers["Cache-Control"] == "no-store"
                    cookie = headers["Set-Cookie"]
                    assert "HttpOnly" in cookie
                    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    ("url", "words"), [("mysql://x/y", "is not of the form postgres://"), ("postgres://host", "is not of the form")]
)
def test_a_wrong_setting_is_said_in_a_sentence(tmp_path: Path, url: str, words: str) -> None:
    """What, where, what to do; no traceback."""
    done = run(tmp_path, "recon", "portal", "--data", str(tmp_path), RECON_PORTAL_DATABASE=url)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_used_is_said_in_a_sentence(tmp_path: Path) -> None:
    """Errors that a user can cause: what, where, what to do."""
    (tmp_path / "file").write_text("in the way")
    for command, code in ((("recon", "portal"), 2), (("recon.portal", "check"), 1)):
        done = run(tmp_path / "file", *command)
        assert done.returncode == code
        assert re.fullmatch(r".*The data folder cannot be used .*\n", done.stderr)
    done = run(tmp_path, "recon.portal", "check", RECON_PORTAL_DATABASE="mysql://x/y")
    assert re.fullmatch(r"RECON_PORTAL_DATABASE is not of the form .*\n", done.stderr)
    (tmp_path / "panel").mkdir()
    (tmp_path / "panel" / "portal.sqlite3").write_text("this is no database, and long enough to be seen as none")
    done = run(tmp_path / "panel", "recon", "portal", **SQLITE)
    assert done.returncode == 2
    assert "database cannot be used" in done.stderr


def test_amounts_are_exact_in_the_database(panel: Path) -> None:
    """Money is conserved: 18 digits to the cent, where a floating-point column would lose some."""
    from decimal import Decimal

    from recon.portal.models import Activity, Upload

    account = panels.account()
    upload = Upload.objects.create(
        account=account, key="k", publication_id="P1", pass_number=2, size=1, sha256="0" * 64
    )

    def kept(text: str) -> Decimal:
        row = Activity.objects.create(
            account=account, upload=upload, kind="owner", key="o1", date="2026-06-01", what="fee", amount=Decimal(text)
        )
        return Decimal(Activity.objects.get(pk=row.pk).amount)

    for text in ("9999999999999999.99", "-9999999999999999.99", "0.01", "0.00"):
        assert f"{kept(text):.2f}" == text
    with pytest.raises(ValueError, match="not whole cents"):
        kept("0.001")
