"""The publishing program against the real control panel, over HTTP on loopback."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from recon import decisions
from recon.errors import InputRefused, WrongUse
from recon.publishing import delivery
from recon.publishing import panel as client
from recon.publishing.delivery import ask, clear
from recon.publishing.publish import Publication, publish
from recon.publishing.targets import target_of
from recon.publishing.terms import settled
from recon.statements import Period
from recon.workspace import Workspace
from tests.portal import panels
from tests.workspaces import WHO, assert_silent, posted

JUNE, JULY = Period.month("2026-06"), Period.month("2026-07")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask every fifth of a second instead of every half minute."""
    monkeypatch.setattr(delivery, "POLL_SECONDS", 0.2)
    monkeypatch.setattr(client, "_PAUSE", 0)


def known(_: str) -> tuple[str, str]:
    return "harbor", panels.PASSWORD


def sent(workspace: Workspace, address: str, period: Period = JUNE, *, two_pass: bool = False) -> Publication:
    terms = replace(settled(workspace, period, today=date(2026, 8, 3)), needs_two_publications=two_pass)
    return publish(workspace, terms, who=WHO, to=address, credentials=known, wait_minutes=1)


def test_what_is_published_arrives_with_every_cent(tmp_path: Path, panel: Path) -> None:
    """PUB-06, PUB-08, PUB-25, PUB-31, PUB-46: two passes, each processed, and all is there."""
    from recon.portal import profiles
    from recon.portal.models import Activity, Document, Profile, Statement, Upload

    account = panels.account()
    workspace = posted(tmp_path)
    workspace.documents.mkdir()
    (workspace.documents / "Owner.ID.O1.Insurance.pdf").write_bytes(b"%PDF-1.7 insurance")
    with panels.serving(panel) as server:
        done = sent(workspace, server.address)
        assert done.delivered is not None
        while ask(workspace, target_of(workspace, server.address), who=WHO, credentials=known)[-1].state != "processed":
            pass
        again = sent(workspace, server.address)
        assert again.delivered is not None
        assert again.delivered.state == "processed"
    first, second = Upload.objects.order_by("began_at")
    assert (first.pass_number, first.state, second.pass_number, second.state) == (1, "processed", 2, "processed")
    assert not list((panel / "staging").iterdir()), "staged apart, and gone when it is processed"
    statements = {(one.kind, one.identifier): one for one in Statement.objects.all()}
    assert statements["owner", "O1"].closing + statements["owner", "O2"].closing == second_total("450.01")
    assert all(section.has_lines for one in statements.values() for section in one.sections.all())
    assert Activity.objects.count() == 10
    assert Document.objects.get().file_name == "Insurance.pdf"
    assert Document.objects.get().profile is None, "queued until its profile exists (PUB-20)"
    assert profiles.update(account, "ann") == 8
    assert Profile.objects.count() == 8
    assert Document.objects.get().profile == Profile.objects.get(kind="owner", key="o1")
    assert not Statement.objects.filter(profile=None).exists()
    assert_silent(workspace)


def second_total(text: str) -> object:
    from decimal import Decimal

    return Decimal(text)


def test_one_upload_is_under_way_at_a_time_and_a_stuck_one_is_cleared(
    tmp_path: Path, panel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PUB-11, PUB-12: no worker runs, so the upload stays; after 60 minutes it may be cleared, here and there."""
    from datetime import timedelta

    from django.utils import timezone

    from recon.portal.models import Upload

    panels.account()
    workspace = posted(tmp_path)
    with panels.serving(panel, "--no-worker") as server:
        target = target_of(workspace, server.address)
        stuck = publish(
            workspace, settled(workspace, JUNE, today=date(2026, 8, 3)), who=WHO, to=server.address, credentials=known,
            wait_minutes=0,
        )  # fmt: skip
        with pytest.raises(WrongUse, match="wait until it is processed"):
            sent(workspace, server.address, JULY)
        monkeypatch.setattr(delivery, "CLEAR_OFFERED", 0)
        with pytest.raises(InputRefused, match="may be cleared 60 minutes after it arrived"):
            clear(workspace, target, stuck.publication_id, who=WHO, credentials=known)
        Upload.objects.update(uploaded_at=timezone.now() - timedelta(minutes=61))
        clear(workspace, target, stuck.publication_id, who=WHO, credentials=known)
        assert Upload.objects.get().state == "cleared"
        assert not list((panel / "staging").iterdir())


def test_a_wrong_password_sends_nothing(tmp_path: Path, panel: Path) -> None:
    """PUB-04, PUB-05: the master and those with the right may upload; nobody else."""
    account = panels.account()
    panels.user(account, "uma", "staff", may_upload=True)
    panels.user(account, "bob", "staff")
    with panels.serving(panel, "--no-worker") as server:
        for name, password, words in (
            ("harbor", "wrong", "401 User name or password"),
            ("bob", panels.PASSWORD, "without the right to upload"),
        ):
            with (
                pytest.raises(InputRefused, match=words),
                client.Panel.logged_on(server.address, name, password),
            ):
                raise AssertionError
        with client.Panel.logged_on(server.address, "Uma", panels.PASSWORD) as logged_on:
            unknown = logged_on.status("00000000-0000-0000-0000-000000000000")
            assert (unknown.state, unknown.message) == (
                "cleared",
                "The control panel does not know this upload any more.",
            )
            token = logged_on._token
        logged_on._token = token
        with pytest.raises(InputRefused, match="401"):
            logged_on.status("00000000-0000-0000-0000-000000000000")


def processed(workspace: Workspace, address: str) -> list[delivery.Transmission]:
    """Wait until all that was sent is processed; give the transmissions."""
    while True:
        told = ask(workspace, target_of(workspace, address), who=WHO, credentials=known)
        if not any(one.state in {"uploaded", "pending"} for one in told):
            return told


def deleted(account: Any, upload: Any) -> None:
    """Have the master delete the statements of an upload."""
    panels.browser(account.users.get()).post(f"/manage/uploads/{upload.pk}/statements/")


def test_statements_that_were_deleted_come_when_the_same_is_published_again(tmp_path: Path, panel: Path) -> None:
    """PUB-43: the same command brings them, as often as they are deleted, and never says that it did without."""
    from recon.portal.models import Statement, Upload

    account = panels.account()
    workspace = posted(tmp_path)
    with panels.serving(panel) as server:
        done = sent(workspace, server.address)
        processed(workspace, server.address)
        before = set(Statement.objects.values_list("kind", "key", "number", "sha256"))
        assert len(before) == 5
        for times in (1, 2):
            deleted(account, Upload.objects.filter(pass_number=2).order_by("began_at").last())
            assert not Statement.objects.exists()
            again = sent(workspace, server.address)
            assert again.publication_id == done.publication_id
            told = processed(workspace, server.address)
            assert set(Statement.objects.values_list("kind", "key", "number", "sha256")) == before
            assert [one.state for one in told if one.pass_number == 2] == ["cleared"] * times + ["processed"]
        assert sent(workspace, server.address).delivered == again_processed(server.address, Upload)
        assert Upload.objects.count() == 4
    assert_silent(workspace)


def again_processed(address: str, upload: Any) -> delivery.Delivered:
    newest = upload.objects.order_by("began_at").last()
    return delivery.Delivered(address, address, "processed", f"The upload {newest.pk} was processed.", 0)


def test_a_supplemental_statement_does_not_come_without_what_it_adds_to(tmp_path: Path, panel: Path) -> None:
    """PUB-48, PUB-43: the originals were deleted, then the books corrected; the owner gets number 1 and number 2."""
    from recon.portal.models import Statement, Upload

    account = panels.account()
    workspace = posted(tmp_path)
    with panels.serving(panel) as server:
        first = sent(workspace, server.address)
        processed(workspace, server.address)
        original = Statement.objects.get(kind="owner", key="o1").sha256
        deleted(account, Upload.objects.get(pass_number=2))
        decisions.reverse(workspace, "R0000001", "returned", date(2026, 6, 20), who=WHO, why="NSF")
        second = sent(workspace, server.address)
        assert second.publication_id != first.publication_id
        told = processed(workspace, server.address)
        numbers = Statement.objects.filter(kind="owner", key="o1").order_by("number")
        assert [(one.number, one.sha256 == original) for one in numbers] == [(1, True), (2, False)]
        assert all(section.has_lines for one in numbers for section in one.sections.all())
        assert Statement.objects.count() == 5 + second.preview.statements["supplemental"]
        assert [(one.publication_id, one.state) for one in told if one.pass_number == 2] == [
            (first.publication_id, "cleared"), (first.publication_id, "processed"),
            (second.publication_id, "processed"),
        ]  # fmt: skip
        count = Upload.objects.count()
        sent(workspace, server.address)
        assert Upload.objects.count() == count, "what is there is not sent again"
    assert_silent(workspace)
