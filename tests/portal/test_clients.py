"""What owners, tenants and vendors see, and how they get there (PUB-21, PUB-28, PUB-44)."""

import re
from pathlib import Path
from typing import Any

from tests.portal import bundles, panels
from tests.portal.test_review import words

OWNERS = {"O1": "Olga Owner", "O2": "Otto Owner"}
NEW_PASSWORD = "a short sentence is good"


def joined(master: Any, profile: Any, username: str, **mail: str) -> Any:
    """Have the manager invite somebody, and the client follow the link."""
    page = words(master.post(f"/manage/profiles/{profile.pk}/invite/", mail))
    link = re.search(r"http://testserver(/invitation/[\w-]+/)", page)
    assert link is not None, page
    client = panels.browser()
    assert profile.name in words(client.get(link[1]))
    given = {"username": username, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert client.post(link[1], given).status_code == 302
    return client


def test_a_client_sees_something_when_access_is_given_and_the_account_is_linked(panel: Path) -> None:
    """PUB-21, PUB-28: two separate conditions; taking either away takes effect at once, and giving it back too."""
    from recon.portal.models import Link, Profile

    account = panels.account(statement_approval="immediate")
    documents = {bundles.document("owner", "O1", "Insurance"): b"%PDF"}
    bundles.published(account, bundles.files(OWNERS, access="false", documents=documents))
    master = panels.browser(account.users.get())
    olga = Profile.objects.get(key="o1")
    assert "Give Olga Owner online access first" in words(
        master.post(f"/manage/profiles/{olga.pk}/invite/", follow=True)
    )
    master.post(f"/manage/profiles/{olga.pk}/access/", {"access": "give"})
    client = joined(master, olga, "olga@example.com")
    shown = words(client.get("/my/"))
    for said in ("Olga Owner", "100.00", "Insurance.pdf", "Recent activity: 1 movement"):
        assert said in shown
    assert "Otto" not in shown
    places = [f"/my/{kind}/{row.pk}/" for kind, rows in (
        ("statements", olga.statements.all()), ("documents", olga.documents.all()), ("activity", [olga])
    ) for row in rows]  # fmt: skip
    assert len(places) == 3

    def answers() -> set[int]:
        given = [client.get(place) for place in places]
        for answer in given:
            answer.close()
        return {answer.status_code for answer in given}

    assert answers() == {200}
    master.post(f"/manage/profiles/{olga.pk}/access/", {"access": "take"})
    assert answers() == {404}
    assert "There is nothing to see" in words(client.get("/my/"))
    master.post(f"/manage/profiles/{olga.pk}/access/", {"access": "give"})
    assert answers() == {200}
    master.post(f"/manage/profiles/{olga.pk}/links/{Link.objects.get().pk}/")
    assert answers() == {404}


def test_an_invitation_works_once_and_goes_by_mail(panel: Path) -> None:
    """PUB-28: a used, replaced or old link is none; a second profile is linked to the same log-on."""
    from datetime import timedelta

    from django.core import mail
    from django.utils import timezone

    from recon.portal.models import Invitation, Link, Profile

    account = panels.account(statement_approval="immediate")
    bundles.published(account, bundles.files(OWNERS, email="olga@example.com"))
    master = panels.browser(account.users.get())
    olga, otto = Profile.objects.get(key="o1"), Profile.objects.get(key="o2")
    client = joined(master, olga, "olga", mail="yes")
    (letter,) = mail.outbox
    assert letter.to == ["olga@example.com"]
    link = re.search(r"http://testserver(/invitation/[\w-]+/)", letter.body)
    assert link is not None
    assert panels.browser().get(link[1]).status_code == 404, "used"
    pages = [words(master.post(f"/manage/profiles/{otto.pk}/invite/")) for _ in range(3)]
    old, _, new = [re.search(r"/invitation/[\w-]+/", page)[0] for page in pages]  # type: ignore[index]
    assert panels.browser().get(old).status_code == 404, "replaced"
    Invitation.objects.filter(used_at=None).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(new).status_code == 404, "too old"
    Invitation.objects.filter(used_at=None).update(expires_at=timezone.now() + timedelta(days=1))
    assert "Link your account" in words(client.get(new))
    client.post(new)
    assert Link.objects.filter(user__username="olga").count() == 2
    shown = words(client.get("/my/"))
    assert "Olga Owner" in shown
    assert "Otto Owner" in shown


def test_all_who_may_look_are_invited_at_once(panel: Path) -> None:
    """PUB-28: those with access and an address, once; whoever has a log-on or an open invitation is left alone."""
    from django.core import mail

    from recon.portal.models import Profile

    account = panels.account()
    owners = {f"O{number}": f"Owner {number}" for number in range(1, 6)}
    bundles.published(account, bundles.files(owners, email="one@example.com"))
    Profile.objects.filter(key="o1").update(email="")
    Profile.objects.filter(key="o2").update(online_access=False)
    panels.client_of(Profile.objects.get(key="o3"), "known")
    master = panels.browser(account.users.get(username="harbor"))
    assert "Invite 2 owners by e-mail?" in words(master.get("/manage/lookup/owners/invite/"))
    assert mail.outbox == []
    master.post("/manage/lookup/owners/invite/")
    assert len(mail.outbox) == 2
    assert "Invite 0 owners by e-mail?" in words(master.get("/manage/lookup/owners/invite/"))
    links = [re.search(r"/invitation/[\w-]+/", letter.body) for letter in mail.outbox]
    assert {panels.browser().get(link[0]).status_code for link in links if link} == {200}
    master.post("/manage/lookup/units/invite/")
    assert len(mail.outbox) == 2


def test_a_letter_that_cannot_be_sent_is_said(panel: Path) -> None:
    """An address with a line end in it would forge a header; the link is there to be handed over."""
    from django.core import mail

    from recon.portal.models import Profile

    account = panels.account()
    bundles.published(account, bundles.files(OWNERS, email='"a@example.com\nBcc: b@example.com"'))
    account.firm = "Harbor\nBcc: c@example.com"
    account.save()
    master = panels.browser(account.users.get())
    page = words(master.post(f"/manage/profiles/{Profile.objects.get(key='o1').pk}/invite/", {"mail": "yes"}))
    assert "The books have no single e-mail address here; hand the link over yourself." in page
    assert "/invitation/" in page
    assert mail.outbox == []


def test_an_invitation_of_one_firm_links_nobody_of_another(panel: Path) -> None:
    """Issue 6: no client ever reaches another's."""
    from recon.portal import invitations
    from recon.portal.models import Link, Profile

    harbor, bay = panels.account(), panels.account("BAY")
    bundles.published(harbor, bundles.files(OWNERS))
    bundles.published(bay, bundles.files({"O1": "Bea"}))
    stranger = panels.client_of(Profile.objects.get(account=bay, kind="owner"), "bea")
    token = invitations.for_client(Profile.objects.get(account=harbor, key="o1"))
    page = panels.browser(stranger).get(f"/invitation/{token}/")
    assert "Set up and link my account" in words(page), "as for anybody; the other log-on is not linked"
    panels.browser(stranger).post(f"/invitation/{token}/")
    assert Link.objects.count() == 1


def test_an_owner_chooses_the_sort_and_it_is_remembered(panel: Path) -> None:
    """PUB-44: the two names to the letter; the running balance ends at the closing balance."""
    from recon.portal.models import Profile, Statement

    account = panels.account(statement_approval="immediate")
    bundles.published(account, bundles.files(OWNERS))
    olga = panels.client_of(Profile.objects.get(key="o1"), "olga")
    client = panels.browser(olga)
    place = f"/my/statements/{Statement.objects.get(key='o1').pk}/"
    shown = words(client.get(place))
    assert "Income/expenses sorted by unit" in shown
    assert "Running balance, sorted by date" in shown
    assert "U-O1 · Home of O1" in shown
    assert "Together" in shown
    client.post(place, {"sort": "date"})
    shown = words(client.get(place))
    assert '<option value="date" selected>' in shown
    assert re.search(r'data-label="Balance" class="amount">100.00<', shown)
    again = panels.browser()
    again.post("/log-on/", {"username": "olga", "password": panels.PASSWORD})
    assert '<option value="date" selected>' in words(again.get(place))
    client.post(place, {"sort": "<script>"})
    olga.refresh_from_db()
    assert olga.sort == "date"


def test_lines_are_shown_only_if_they_make_the_statement_to_the_cent(panel: Path) -> None:
    """The law: nothing is guessed. A late movement is on the printed statement and in no day of the activity."""
    from recon.portal.models import Statement

    account = panels.account()
    made = bundles.files({"O1": "Olga"})
    made["activity/owners.csv"] = made["activity/owners.csv"].replace(b"100.00", b"99.99")
    bundles.published(account, made)
    statement = Statement.objects.get()
    assert [section.has_lines for section in statement.sections.all()] == [False]
    shown = words(panels.browser(account.users.get()).get(f"/manage/statements/{statement.pk}/"))
    assert "The single lines of this statement are in the PDF" in shown
    assert "99.99" not in shown


def test_earlier_statements_go_to_past_stmts(panel: Path) -> None:
    """PUB-40: Monthly Statement Archive; without it, all stay in one list."""
    from recon.portal.models import Profile

    account = panels.account(statement_approval="immediate")
    for month in (5, 6, 7):
        bundles.published(account, bundles.files(OWNERS, month=month), publication=f"P00000{month}", entry=month)
    client = panels.browser(panels.client_of(Profile.objects.get(key="o1"), "olga"))
    assert "Past Stmts (2)" in words(client.get("/my/"))
    account.archives_statements = False
    account.save()
    shown = words(client.get("/my/"))
    assert "Past Stmts" not in shown
    assert shown.count('data-label="Through"') == 3


def test_vendors_see_documents_and_tenants_what_is_theirs(panel: Path) -> None:
    """PUB-31: three kinds of data, three kinds of clients."""
    from recon.portal.models import Profile

    account = panels.account()
    tenant = {"tenant_id": "T1", "name": "Tina", "unit_id": "U-O1", "status": "current", "online_access": "true"}
    vendor = {"vendor_id": "V1", "name": "Vera Plumbing", "online_access": "true"}
    made = bundles.files(
        OWNERS, tenants=[tenant], vendors=[vendor],
        documents={bundles.document("vendor", "V1", "W9"): b"%PDF w9", bundles.document("tenant", "T1", "Lease"): b"x"},
    )  # fmt: skip
    charge = {"tenant_id": "T1", "date": "2026-06-01", "kind": "charge", "unit_id": "U-O1", "description": "June rent",
              "reference": "C1", "amount": "100.00"}  # fmt: skip
    made["activity/tenants.csv"] = bundles.table("activity/tenants.csv", [charge])
    bundles.published(account, made)
    vera = panels.browser(panels.client_of(Profile.objects.get(key="v1"), "vera"))
    tina = panels.browser(panels.client_of(Profile.objects.get(key="t1"), "tina"))
    assert "W9.pdf" in words(vera.get("/my/"))
    assert "Lease" not in words(vera.get("/my/"))
    assert "Lease.pdf" in words(tina.get("/my/"))
    assert "June rent" in words(tina.get(f"/my/activity/{Profile.objects.get(key='t1').pk}/"))


def test_what_is_handed_out_can_be_saved_and_not_run(panel: Path) -> None:
    """M22, threats: attachments with nosniff; the statement's own page in a sandbox; names of ours."""
    from recon.portal.models import Document, Profile, Statement

    account = panels.account(statement_approval="immediate")
    name = bundles.document("owner", "O1", "<script>alert(1)</script>", "html")
    bundles.published(account, bundles.files(OWNERS, documents={name: b"<script>alert(1)</script>"}))
    client = panels.browser(panels.client_of(Profile.objects.get(key="o1"), "olga"))
    statement, document = Statement.objects.get(key="o1"), Document.objects.get()
    for place, kind in (
        (f"/my/documents/{document.pk}/", "application/octet-stream"),
        (f"/my/statements/{statement.pk}/pdf/", "application/pdf"),
    ):
        answer = client.get(place)
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert b"".join(answer.streaming_content)
    page = client.get(f"/my/statements/{statement.pk}/page/")
    assert page.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert not {path.name for path in (panel / "files").rglob("*")} & {"O1", document.title, "statements"}


def test_names_and_memos_with_scripts_are_text(panel: Path) -> None:
    """Threats: HTML and script in names and memos."""
    from recon.portal.models import Profile, Statement

    evil = "<script>alert('x')</script>"
    account = panels.account(statement_approval="immediate")
    account.firm = evil
    account.save()
    bundles.published(account, bundles.files({"O1": f"Olga {evil}"}, marker=evil, email='"><img src=x>'))
    olga = Profile.objects.get(key="o1")
    master = panels.browser(account.users.get())
    client = panels.browser(panels.client_of(olga, "olga"))
    statement = Statement.objects.get().pk
    pages = [master.get(place) for place in (
        "/manage/", "/manage/alerts/", "/manage/statements/", f"/manage/statements/{statement}/",
        "/manage/lookup/owners/",
        f"/manage/lookup/owners/?q={evil}", "/manage/documents/owners/", f"/manage/profiles/{olga.pk}/",
        f"/manage/profiles/{olga.pk}/documents/", "/manage/log/",
    )]  # fmt: skip
    pages += [client.get(place) for place in ("/my/", f"/my/statements/{statement}/", f"/my/activity/{olga.pk}/")]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in words(page)
        assert "<img src=x>" not in words(page)
        assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]
        assert not re.search(r"<[^>]+ (style|on\w+)=", words(page)), "nothing inline"
