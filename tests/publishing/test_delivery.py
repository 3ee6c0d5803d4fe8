"""Delivery to a control panel: a real server on loopback, connections that break, uploads that get stuck."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from recon import store
from recon.errors import InputRefused, WrongUse
from recon.ledger_loading import load_ledger
from recon.publishing import delivery, panel
from recon.publishing.delivery import ask, clear, transmissions
from recon.publishing.publish import Publication, publish
from recon.publishing.targets import credentials_at_hand, target_of
from recon.publishing.terms import settled
from recon.statements import Period
from recon.workspace import Workspace
from tests.ledger_folders import folder_of
from tests.publishing.panel_server import PASSWORD, USER, PanelServer, serving
from tests.workspaces import BOOKS, WHO, assert_silent, posted

JUNE, JULY = Period.month("2026-06"), Period.month("2026-07")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PanelServer]:
    monkeypatch.setattr(delivery, "POLL_SECONDS", 0)
    monkeypatch.setattr(panel, "_PAUSE", 0)
    with serving() as running:
        yield running


def known(_: str) -> tuple[str, str]:
    return USER, PASSWORD


def sent(
    workspace: Workspace, server: PanelServer, period: Period = JUNE, *, two_pass: bool = False, wait: int = 1
) -> Publication:
    terms = replace(settled(workspace, period, today=date(2026, 8, 3)), needs_two_publications=two_pass)
    return publish(workspace, terms, who=WHO, to=server.address, credentials=known, wait_minutes=wait)


def states(workspace: Workspace) -> list[tuple[int, str]]:
    with store.reading(workspace) as current:
        rows = current.rows("select pass_number, state from facts.transmissions order by entry_seq")
    return [(int(number), str(state)) for number, state in rows]


def test_new_profiles_go_first_and_the_second_pass_is_automatic(tmp_path: Path, server: PanelServer) -> None:
    """PUB-34, PUB-08: profiles are processed before what needs them; every state is in the log."""
    workspace = posted(tmp_path)
    done = sent(workspace, server)
    first, second = server.uploads.values()
    assert {name.partition("/")[0] for name in first.names} == {"manifest.json", "profiles"}
    assert second.names == {path.relative_to(done.folder).as_posix() for path in done.folder.rglob("*.*")}
    assert states(workspace) == [(1, "uploaded"), (1, "pending"), (1, "processed"), (2, "uploaded"), (2, "pending")]
    assert done.delivered is not None
    assert done.delivered.state == "pending"
    assert "complete. It is not processed yet" in done.delivered.message, "PUB-07"
    found = ask(workspace, target_of(workspace, server.address), who=WHO, credentials=known)
    assert [one.state for one in found] == ["processed", "processed"]
    assert_silent(workspace)


def test_known_profiles_need_one_pass_and_nothing_is_sent_twice(tmp_path: Path, server: PanelServer) -> None:
    """Issue 5: safely repeatable by an idempotency key."""
    workspace = posted(tmp_path)
    sent(workspace, server)
    for _ in range(3):
        again = sent(workspace, server)
    assert again.delivered is not None
    assert again.delivered.state == "processed"
    assert len(server.uploads) == 2
    sent(workspace, server, JULY)
    assert [upload.wanted["pass"] for upload in server.uploads.values()] == [1, 2, 2]


def test_the_literal_two_uploads_queue_what_is_of_new_profiles(tmp_path: Path, server: PanelServer) -> None:
    """PUB-34, PUB-20: the first upload creates the profile and queues its documents, the second brings them."""
    workspace = posted(tmp_path)
    sent(workspace, server)
    ask(workspace, target_of(workspace, server.address), who=WHO, credentials=known)
    more = BOOKS | {"owners": BOOKS["owners"] + "\nO3 | Newcomer"}
    more["ledgers"] = BOOKS["ledgers"] + "\nL3 | owner | O3 | TRUST"
    load_ledger(workspace, folder_of(tmp_path / "more", more), who=WHO, includes="none")
    one = sent(workspace, server, two_pass=True, wait=0)
    assert one.delivered is not None
    assert one.delivered.queued == 2
    assert "2 files wait for new profiles" in one.delivered.message
    names = list(server.uploads.values())[-1].names
    assert "statements/owners/O1.2026-06-30.pdf" in names
    assert "statements/owners/O3.2026-06-30.pdf" not in names
    ask(workspace, target_of(workspace, server.address), who=WHO, credentials=known)
    ask(workspace, target_of(workspace, server.address), who=WHO, credentials=known)
    two = sent(workspace, server, two_pass=True, wait=0)
    assert two.publication_id == one.publication_id
    assert "statements/owners/O3.2026-06-30.pdf" in list(server.uploads.values())[-1].names


def test_a_connection_that_breaks_goes_on_where_it_stopped(
    tmp_path: Path, server: PanelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Issue 5: a connection cut in the middle; upload with progress, resumable."""
    monkeypatch.setattr(panel, "CHUNK", 4096)
    workspace = posted(tmp_path)
    server.breaks = 3
    sent(workspace, server)
    assert [upload.state for upload in server.uploads.values()] == ["processed", "pending"]
    server.breaks = 10_000
    with pytest.raises(InputRefused, match="breaks off"):
        sent(workspace, server, JULY)
    stuck = list(server.uploads.values())[-1]
    assert stuck.state == "receiving"
    server.breaks = 0
    sent(workspace, server, JULY)
    assert list(server.uploads.values())[-1] is stuck
    assert stuck.state == "pending"
    assert_silent(workspace)


def test_one_upload_is_pending_at_a_time_and_a_stuck_one_is_cleared(
    tmp_path: Path, server: PanelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PUB-11, PUB-12: refused while one is pending; clearing is offered from 60 minutes, recommended at 90."""
    workspace = posted(tmp_path)
    server.processes = False
    stuck = sent(workspace, server, wait=0)
    with pytest.raises(WrongUse, match="wait until it is processed, which takes 15 to 60 minutes"):
        sent(workspace, server, JULY)
    target = target_of(workspace, server.address)
    with pytest.raises(WrongUse, match="wait until"):
        clear(workspace, target, stuck.publication_id, who=WHO, credentials=known)
    with store.reading(workspace) as current:
        (one,) = transmissions(current)
    monkeypatch.setattr(delivery, "CLEAR_OFFERED", 0)
    assert "; wait, or clear it: recon transmissions" in delivery.pending_words(one)
    monkeypatch.setattr(delivery, "CLEAR_RECOMMENDED", 0)
    assert "clear it and publish again" in delivery.pending_words(one)
    clear(workspace, target, stuck.publication_id, who=WHO, credentials=known)
    assert states(workspace) == [(1, "uploaded"), (1, "cleared")]
    server.processes = True
    sent(workspace, server)
    assert [upload.state for upload in server.uploads.values()] == ["cleared", "processed", "pending"]
    assert (delivery.CLEAR_OFFERED, delivery.CLEAR_RECOMMENDED) == (0, 0)


def test_a_panel_that_was_set_up_anew_gets_everything_again(tmp_path: Path, server: PanelServer) -> None:
    """PUB-12: an upload that it does not know any more is given up, logged as cleared, and the next one begins."""
    workspace = posted(tmp_path)
    server.processes = False
    sent(workspace, server, wait=0)
    server.uploads.clear()
    server.processes = True
    done = sent(workspace, server)
    assert done.delivered is not None
    assert states(workspace)[:2] == [(1, "uploaded"), (1, "cleared")]
    assert [upload.wanted["pass"] for upload in server.uploads.values()] == [1, 2]
    with store.reading(workspace) as current:
        assert "does not know this upload any more" in transmissions(current)[0].message
    assert_silent(workspace)


def test_what_the_panel_could_not_process_is_said(tmp_path: Path, server: PanelServer) -> None:
    """Issue 5: failed is a state of its own, with the panel's words; the next try is another upload."""
    workspace = posted(tmp_path)
    server.processes = False
    sent(workspace, server, wait=0)
    (upload,) = server.uploads.values()
    upload.state, upload.message = "failed", "The manifest has no schema."
    (one,) = ask(workspace, target_of(workspace, server.address), who=WHO, credentials=known)
    assert (one.state, one.message) == ("failed", "The manifest has no schema.")
    server.processes = True
    sent(workspace, server)
    assert states(workspace)[:2] == [(1, "uploaded"), (1, "failed")]
    assert [upload.state for upload in server.uploads.values()] == ["failed", "processed", "pending"]


def test_a_password_is_kept_nowhere(
    tmp_path: Path, server: PanelServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """PUB-04: from environment, keyring or prompt; never in the workspace, a log, an answer or the process list."""
    workspace = posted(tmp_path)
    environment = os.environ | {"RECON_PUBLISH_USER": USER, "RECON_PUBLISH_PASSWORD": PASSWORD}
    command = [sys.executable, "-m", "recon", "publish", "--period", "2026-06", "--to", server.address, "--workspace",
               str(workspace.root), "--wait", "0", "--json"]  # fmt: skip
    seen: list[bytes] = []
    done = threading.Event()
    started = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    )

    def look() -> None:
        while not done.wait(0.05):
            seen.extend(path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists())

    watching = threading.Thread(target=look)
    if Path("/proc").is_dir():
        watching.start()
    out, said = started.communicate(timeout=120)
    done.set()
    if watching.ident:
        watching.join()
    assert started.returncode == 0, said
    assert not [text for text in seen if PASSWORD.encode() in text]
    kept = [path for path in workspace.root.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
    assert kept == []
    assert PASSWORD.encode() not in out + said
    monkeypatch.delenv("RECON_PUBLISH_USER", raising=False)
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(InputRefused, match="asks for a user name and password"):
        credentials_at_hand(server.address)
    with pytest.raises(InputRefused, match="does not let 'harbor' log on"):
        publish(workspace, settled(workspace, JULY), who=WHO, to=server.address, credentials=lambda _: (USER, "s3cret"))
    assert "s3cret" not in capsys.readouterr().err
    with pytest.raises(WrongUse, match="holds a password") as refused:
        target_of(workspace, "https://harbor:s3cret@panel.example.com/books")
    assert "s3cret" not in str(refused.value)


def test_the_keyring_is_asked_for_what_the_environment_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """PUB-04: the keyring's service is `recon` and the target."""
    from types import ModuleType

    ring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    kept = {("recon https://panel.example.com", "harbor"): "from the keyring"}
    ring.get_password = lambda service, user: kept.get((service, user))  # type: ignore[attr-defined]
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    monkeypatch.setenv("RECON_PUBLISH_USER", "harbor")
    monkeypatch.delenv("RECON_PUBLISH_PASSWORD", raising=False)
    assert credentials_at_hand("https://panel.example.com") == ("harbor", "from the keyring")


def test_what_is_not_encrypted_stays_on_this_machine(tmp_path: Path) -> None:
    """Threats: user name and password leave this machine over TLS only."""
    workspace = posted(tmp_path)
    with pytest.raises(WrongUse, match="is not encrypted"):
        publish(workspace, settled(workspace, JUNE), who=WHO, to="http://panel.example.com", credentials=known)
