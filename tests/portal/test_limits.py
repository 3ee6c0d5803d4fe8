"""What an attacker with time tries: old links, old tokens, many wrong passwords, many names; and who may not suffer."""

import re
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.portal import bundles, panels
from tests.portal.test_review import words

OWNERS = {"O1": "Olga Owner", "O2": "Otto Owner"}
NEW = "another short sentence"


def place_of(page: Any) -> str:
    """The address of the link that a page shows."""
    found = re.search(r"http://testserver(/invitation/[\w-]+/)", words(page))
    assert found is not None, words(page)
    return found[1]


def wrong(name: str, address: str, times: int) -> list[int]:
    """Try wrong passwords from an address."""
    client = panels.browser()
    said = {"username": name, "password": "wrong"}
    return [client.post("/log-on/", said, REMOTE_ADDR=address).status_code for _ in range(times)]


def right(name: str, address: str) -> int:
    said = {"username": name, "password": panels.PASSWORD}
    return int(panels.browser().post("/log-on/", said, REMOTE_ADDR=address).status_code)


@pytest.mark.parametrize("way", ["own", "link", "command"])
def test_a_new_password_ends_tokens_and_older_links(panel: Path, way: str) -> None:
    """M22: whoever changes a password because somebody else knows it is rid of them."""
    from recon.portal.models import ApiToken, Invitation

    account = panels.account()
    uma = panels.user(account, "uma", "staff", may_upload=True)
    master = panels.browser(account.users.get(username="harbor"))
    said = {"username": "uma", "password": panels.PASSWORD}
    assert panels.browser().post("/v1/session", said, content_type="application/json").status_code == 200
    old = place_of(master.post(f"/manage/users/{uma.pk}/password/"))
    if way == "own":
        given = {"old_password": panels.PASSWORD, "new_password1": NEW, "new_password2": NEW}
        assert panels.browser(uma).post("/password/", given).status_code == 302
        assert panels.browser().get(old).status_code == 404
    elif way == "command":
        uma.set_password(NEW)  # as changepassword does
        uma.save()
        assert panels.browser().get(old).status_code == 404
    else:
        assert panels.browser().post(old, {"password1": NEW, "password2": NEW}).status_code == 302
    assert not ApiToken.objects.exists()
    assert not Invitation.objects.filter(used_at=None).exists()


@pytest.mark.parametrize("how", ["access", "unlinked", "inactive", "opened before"])
def test_an_invitation_ends_with_the_access(panel: Path, how: str) -> None:
    """PUB-28: taking access or link away counts at once, for links that nobody followed yet too."""
    from recon.portal.models import Link, Profile, User

    account = panels.account()
    bundles.published(account, bundles.files(OWNERS))
    olga = Profile.objects.get(key="o1")
    master = panels.browser(account.users.get())
    link = place_of(master.post(f"/manage/profiles/{olga.pk}/invite/"))
    client = panels.browser()
    assert client.get(link).status_code == 200
    if how == "access":
        for access in ("take", "give"):
            master.post(f"/manage/profiles/{olga.pk}/access/", {"access": access})
    elif how == "unlinked":
        panels.client_of(olga, "known")
        master.post(f"/manage/profiles/{olga.pk}/links/{Link.objects.get().pk}/")
    elif how == "inactive":
        Profile.objects.update(is_active=False)
    else:
        Profile.objects.update(online_access=False)
    assert client.get(link).status_code == 404
    given = {"username": "mallory", "password1": NEW, "password2": NEW}
    assert client.post(link, given).status_code == 404
    assert not User.objects.filter(username="mallory").exists()


def test_one_bad_address_keeps_nobody_else_from_an_invitation(panel: Path) -> None:
    """PUB-28: who could not be invited is named, and counts as not invited."""
    from django.core import mail

    from recon.portal.models import Invitation, Profile

    account = panels.account()
    bundles.published(account, bundles.files({f"O{n}": f"Owner {n}" for n in range(1, 6)}, email="good@example.com"))
    bad = {"o1": "a@example.com, b@example.com", "o2": "a@example.com\r\nBcc: b@example.com", "o3": "nobody"}
    for key, address in bad.items():
        Profile.objects.filter(key=key).update(email=address)
    master = panels.browser(account.users.get())
    shown = words(master.post("/manage/lookup/owners/invite/", follow=True))
    assert "2 invitations were sent." in shown
    assert "Not invited: Owner 1, Owner 2, Owner 3. Correct their e-mail addresses in the books" in shown
    assert [letter.to for letter in mail.outbox] == [["good@example.com"]] * 2
    assert Invitation.objects.count() == 2
    assert "Invite 3 owners by e-mail?" in words(master.get("/manage/lookup/owners/invite/"))
    for key in bad:
        page = master.post(f"/manage/profiles/{Profile.objects.get(key=key).pk}/invite/", {"mail": "yes"})
        assert "The books have no single e-mail address here" in words(page)
    assert len(mail.outbox) == 2


def test_a_server_that_refuses_one_letter_takes_the_others(panel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is gone ends it; one that says no to an address does not."""
    from smtplib import SMTPRecipientsRefused

    from recon.portal import invitations
    from recon.portal.models import Invitation

    account = panels.account()
    bundles.published(account, bundles.files({f"O{n}": f"Owner {n}" for n in range(1, 4)}, email="good@example.com"))
    master = panels.browser(account.users.get())
    answers: list[Exception | None] = [SMTPRecipientsRefused({}), None, ConnectionResetError()]

    def post(*_: object) -> None:
        if (answer := answers.pop(0)) is not None:
            raise answer

    monkeypatch.setattr(invitations, "post", post)
    shown = words(master.post("/manage/lookup/owners/invite/", follow=True))
    assert "Not invited: Owner 1." in shown
    assert "1 invitation was sent." in shown
    assert "The e-mail server does not answer" in shown
    assert Invitation.objects.count() == 1


def test_others_cannot_lock_somebody_out_where_they_log_on(panel: Path) -> None:
    """Threats: a lock-out that strangers can cause would be a weapon; elsewhere the name stays closed."""
    from recon.portal.lockout import PER_NAME

    panels.account()
    assert right("harbor", "192.0.2.1") == 302
    for n in range(PER_NAME):
        assert wrong("harbor", f"198.51.100.{n}", 1) == [200]
    assert right("harbor", "203.0.113.7") == 429
    assert right("harbor", "192.0.2.1") == 302
    assert wrong("harbor", "192.0.2.1", 6)[-1] == 429, "at home five wrong tries close it as ever"


def test_addresses_of_one_connection_count_together(panel: Path) -> None:
    """Threats: whoever has IPv6 has 2^64 addresses."""
    panels.account()
    tries = [wrong("harbor", f"2001:db8::{n:x}", 1)[0] for n in range(1, 7)]
    assert tries == [200] * 5 + [429]
    assert right("harbor", "2001:db8:0:1::1") == 302


def test_refusals_are_noted_once(panel: Path) -> None:
    """Threats: a stranger who hammers does not fill the audit log."""
    from recon.portal.models import AuditEntry

    panels.account()
    assert wrong("harbor", "192.0.2.1", 40)[-1] == 429
    assert AuditEntry.objects.filter(action="log-on refused").count() == 1


def test_tries_at_the_same_time_do_not_exceed_the_limit(panel: Path) -> None:
    """Threats: each try is noted before its password is looked at; right ones at the same time all get in."""
    from django.db import connections

    from recon.portal.models import AuditEntry, Try

    panels.account()

    def one(password: str) -> int:
        try:
            said = {"username": "harbor", "password": password}
            return int(panels.browser().post("/log-on/", said).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(one, [panels.PASSWORD] * 10)) == {302}
        assert not Try.objects.exists()
        answers = list(pool.map(one, [f"wrong {n}" for n in range(20)]))
    assert answers.count(200) == 5
    assert answers.count(429) == 15
    assert AuditEntry.objects.filter(action="log-on failed").count() == 5


def test_the_old_password_cannot_be_guessed_in_an_open_session(panel: Path) -> None:
    """M22: wrong old passwords are limited like those of a log-on, and in the audit log."""
    from recon.portal.models import AuditEntry

    account = panels.account()
    found = panels.browser(account.users.get())
    given = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    assert [found.post("/password/", given).status_code for _ in range(7)] == [200] * 5 + [429] * 2
    refused = found.post("/password/", given | {"old_password": panels.PASSWORD})
    assert refused.status_code == 429
    assert "Too many wrong passwords. Wait 15 minutes, then try again." in words(refused)
    assert AuditEntry.objects.filter(action="wrong old password").count() == 5
    assert AuditEntry.objects.filter(action="password change refused").count() == 1


def test_a_link_is_no_list_of_user_names(panel: Path) -> None:
    """Threats: whoever has a link cannot ask for ever whose names are taken."""
    from recon.portal.models import Profile

    account = panels.account()
    bundles.published(account, bundles.files(OWNERS))
    olga = Profile.objects.get(key="o1")
    link = place_of(panels.browser(account.users.get()).post(f"/manage/profiles/{olga.pk}/invite/"))
    given = {"username": "harbor", "password1": NEW, "password2": NEW}
    answers = [panels.browser().post(link, given).status_code for _ in range(25)]
    assert answers == [200] * 20 + [404] * 5


def test_a_backup_that_is_not_there_was_not_downloaded(panel: Path) -> None:
    """Issue 6: the audit log says what happened."""
    from recon.portal.models import AuditEntry

    account = panels.account()
    upload = bundles.published(account, bundles.files(OWNERS))
    assert panels.browser(account.users.get()).get(f"/manage/uploads/{upload.pk}/backup/").status_code == 404
    assert not AuditEntry.objects.filter(action="backup downloaded").exists()


def test_a_page_that_says_there_is_no_file_is_not_kept(panel: Path) -> None:
    """M22: it has the firm's name and a form's token; and asking for another host leaves no trace in the log."""
    with panels.serving(panel, "--no-worker") as server:

        def status(place: str, **headers: str) -> tuple[int, str]:
            asked = urllib.request.Request(server.address + place, headers=headers)
            try:
                answer = urllib.request.urlopen(asked)
            except urllib.error.HTTPError as error:
                answer = error
            with answer:
                answer.read()
                return answer.status, answer.headers.get("Cache-Control", "")

        assert status("/static/portal/nothing.css") == (404, "no-store")
        assert "no-store" not in status("/static/portal/style.css")[1]
        assert status("/log-on/", Host="evil.example")[0] == 400
    assert "evil.example" not in (panel.parent / f"{panel.name}.errors").read_text()
