"""The screen `Publish` without a browser, against a real control panel on loopback."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from recon import store
from recon.publishing import delivery, panel
from recon.publishing.terms import WHAT
from recon.workbench.publish_screen import PublishScreen
from recon.workbench.screen import Screen
from recon.workbench.session import Session
from recon.workbench.suggestion_screen import SuggestionScreen
from recon.workspace import Workspace
from tests.publishing.panel_server import PASSWORD, USER, PanelServer, serving
from tests.workspaces import assert_silent, by_hand, posted


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PanelServer]:
    monkeypatch.setattr(delivery, "POLL_SECONDS", 3600)
    monkeypatch.setattr(panel, "_PAUSE", 0)
    with serving() as running:
        yield running


@pytest.fixture
def screen(tmp_path: Path) -> Screen:
    return Screen(Session(posted(tmp_path), "ann", threaded=False))


def opened(screen: Screen, target: str = "") -> PublishScreen:
    screen.show(PublishScreen)
    place = screen.place(PublishScreen)
    place.month.value, place.target.value = "2026-06", target
    return place


def log(screen: Screen) -> str:
    return "\n".join(line.text for line in screen.session.said)


def logged_on(place: PublishScreen) -> None:
    place.user.value = USER
    place.password.value = PASSWORD
    place.submit_log_on()


def later(workspace: Workspace, minutes: int) -> None:
    """Have everything that was sent have been sent so long ago."""
    moment = datetime.now(UTC) - timedelta(minutes=minutes)
    entries = "select entry_seq from facts.transmissions"
    by_hand(workspace, f"update facts.journal set recorded_at = '{moment:%Y-%m-%d %H:%M:%S}' where seq in ({entries})")


def test_what_can_be_published_in_the_words_and_the_order_of_the_seeds(screen: Screen) -> None:
    """PUB-01, PUB-02, PUB-29: four independent choices, then documents and activity; any combination."""
    place = opened(screen)
    assert [field.description for field in place.what.values()] == [
        "Synchronize Profiles",
        "Publish Owner Statements",
        "Publish Tenant Statements",
        "Backup Data",
        "Upload Documents to Server",
        "Upload Activity to Server",
    ]
    assert set(place.what) == set(WHAT)
    for field in place.what.values():
        field.value = False
    place.show()
    assert "Mark at least one of the things that can be published" in place.message.value
    assert place.start.disabled


def test_what_changed_is_shown_profile_by_profile_and_statement_by_statement_before_anything_is_sent(
    screen: Screen, tmp_path: Path
) -> None:
    """Issue 5, item 5: Start waits for it, and for what is chosen now."""
    place = opened(screen, str(tmp_path / "out"))
    assert place.start.disabled
    place.show()
    rows = place.changes._rows._table.to_pylist()
    assert {"what": "owner profile", "which": "O1", "change": "added"}.items() <= rows[0].items()
    assert [row["change"] for row in rows if row["what"] == "owner statement"] == ["new", "new"]
    assert "owner statements close with 450.01" in place.proof.value
    assert not place.start.disabled
    place.month.value = "2026-05"
    assert place.start.disabled
    place.month.value = "2026-06"
    place.show()
    place.submit()
    assert "P000001: statements 5 new" in log(screen)
    assert (tmp_path / "out" / "manifest.json").is_file()
    assert place.log.grid._rows._table["state"].to_pylist() == ["processed", "processed"]
    assert place.start.disabled
    place.show()
    assert place.changes._rows._table.num_rows == 0
    assert "As before: 8 profiles, 5 statements" in place.proof.value
    assert_silent(screen.session.workspace)


def test_start_wants_a_log_on_that_succeeded_and_the_password_stays_nowhere(
    screen: Screen, server: PanelServer
) -> None:
    """PUB-04, PUB-24: asked for in a field, taken out of it at once, forgotten when the screen is closed."""
    place = opened(screen, server.address)
    assert place.sign_on.layout.display is None
    place.show()
    assert place.start.disabled
    place.submit_log_on()
    assert "Type user name and password" in log(screen)
    place.user.value, place.password.value = USER, "wrong"
    place.submit_log_on()
    assert "does not let 'harbor' log on (401 wrong password); nothing was sent" in log(screen)
    assert place.start.disabled
    logged_on(place)
    assert f"Logged on at {server.address} as harbor" in log(screen)
    assert not place.start.disabled
    assert PASSWORD not in str([widget.get_state() for widget in place.sign_on.children])
    place.target.value = server.address + "/other"
    assert place.start.disabled, "another control panel knows nobody yet"
    place.target.value = server.address
    logged_on(place)
    screen.show(SuggestionScreen)
    assert not place.is_open
    assert PASSWORD not in str(vars(place))
    root = screen.session.workspace.root
    kept = [path for path in root.rglob("*") if path.is_file() and PASSWORD.encode() in path.read_bytes()]
    assert (kept, PASSWORD in log(screen)) == ([], False)


def test_uploaded_is_not_processed_and_news_are_asked_for(screen: Screen, server: PanelServer) -> None:
    """PUB-07, PUB-08, PUB-10, PUB-11: counts and bytes on the way, and the words that it is not processed yet."""
    told: list[str] = []
    screen.session.observe(
        lambda change: (
            told.append(f"{change['new'].done} of {change['new'].count} {change['new'].unit}")
            if change["new"]
            else None
        ),
        "how_far",
    )
    place = opened(screen, server.address)
    place.show()
    logged_on(place)
    server.processes = False
    place.submit()
    assert "is complete. It is not processed yet: that takes 15 to 60 minutes" in place.message.value
    assert "files wait for new profiles to exist there" in place.message.value
    assert "5 of 5 statements" in told
    assert any(words.endswith(" bytes") for words in told)
    assert not place.back.disabled
    assert [state.partition(",")[0] for state in place.log.grid._rows._table["state"].to_pylist()] == ["uploaded"]
    assert "Upload complete, not processed yet" in place.log.advice.value
    server.processes = True
    place.submit()  # the second pass
    place.log.submit_ask()
    assert place.log.grid._rows._table["state"].to_pylist() == ["processed", "processed"]
    assert_silent(screen.session.workspace)


def test_the_second_pass_follows_by_itself_when_the_profiles_exist(
    screen: Screen, server: PanelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PUB-34: one press of Start, two passes in the log."""
    monkeypatch.setattr(delivery, "POLL_SECONDS", 0.05)
    place = opened(screen, server.address)
    place.show()
    logged_on(place)
    place.submit()
    end = time.monotonic() + 20
    while len(server.uploads) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    with screen.session.holding():
        assert "the second pass follows" in log(screen)
    assert len(server.uploads) == 2


@pytest.mark.parametrize(
    ("minutes", "advice"), [(59, ""), (61, "wait, or clear it"), (91, "clear it and publish again")]
)
def test_clearing_is_offered_from_60_minutes_and_recommended_from_90(
    screen: Screen, server: PanelServer, minutes: int, advice: str
) -> None:
    """PUB-12: asked first; afterwards can be sent again."""
    place = opened(screen, server.address)
    place.show()
    logged_on(place)
    server.processes = False
    place.submit()
    later(screen.session.workspace, minutes)
    place.refresh()
    assert place.log.clear.disabled == (minutes < 60)
    assert advice in place.log.advice.value


def test_a_stuck_upload_is_cleared_after_asking(
    screen: Screen, server: PanelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PUB-12: offered at once here, so that the journal stays as it was written."""
    monkeypatch.setattr(delivery, "CLEAR_OFFERED", 0)
    place = opened(screen, server.address)
    place.log.submit_clear()
    assert "Choose a transmission of the log that is still pending" in log(screen)
    place.show()
    logged_on(place)
    server.processes = False
    place.submit()
    place.log.submit_clear()
    assert screen.session.question is not None
    assert "thrown away there unprocessed" in screen.session.question.text
    screen.session.answer(yes=True)
    assert "is cleared; Start can send again" in log(screen)
    assert place.log.grid._rows._table["state"].to_pylist() == ["cleared"]
    assert_silent(screen.session.workspace)


def test_no_statements_before_a_first_sync_and_nothing_where_it_is_switched_off(screen: Screen) -> None:
    """PUB-03: a block with a message; PUB-23: a setting of the workspace."""
    place = opened(screen)
    place.what["profiles"].value = False
    place.show()
    assert "Profiles were never synchronised with local; publish them first" in place.message.value
    assert place.start.disabled
    place.close()
    with screen.session.workspace.settings.open("a") as settings:
        settings.write("\n[publishing]\nenabled = false\n")
    screen.show(PublishScreen)
    assert "Publishing is switched off" in log(screen)
    assert not place.is_open


def test_close_waits_until_it_is_done(screen: Screen) -> None:
    """PUB-24: Close is disabled until done."""
    place = opened(screen)
    screen.session.busy = "Publishing …"
    place.close()
    assert place.is_open
    assert "Close is possible when it is done" in log(screen)
    screen.session.busy = ""
    place.closing.value = date(2026, 6, 30)
    place.show()
    assert "Say which days" in place.message.value, "a month and a closing date"
    place.close()
    assert not place.is_open


def test_no_transmissions_before_the_first(screen: Screen) -> None:
    with store.reading(screen.session.workspace) as current:
        assert delivery.transmissions(current) == []
    assert "rw-why" not in opened(screen).log.advice.value
