"""Every kind of person against every page and every object: who may, gets it; all others find nothing."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.portal import bundles, panels

OWNERS = {"O1": "Olga Owner", "O2": "Otto Owner"}
LOOK, APPROVE, UPLOAD, CLIENTS = "look", "approve", "upload", "clients"
PEOPLE = {
    "master": {LOOK, APPROVE, UPLOAD, CLIENTS, "master"},
    "looker": {LOOK},
    "approver": {LOOK, APPROVE},
    "uploader": {LOOK, UPLOAD},
    "host": {LOOK, CLIENTS},
    "olga": {"olga"},
    "otto": {"otto"},
    "nolink": set[str](),
    "stranger": set[str](),  # the master of another firm
    "foreign client": set[str](),  # of another firm, with the same identifier
    "gone": set[str](),  # was a member of staff with every right
    "nobody": set[str](),
}


def people(account: Any, other: Any) -> dict[str, Any]:
    """Make one of each."""
    from recon.portal.models import Profile

    olga, otto = (Profile.objects.get(account=account, key=key) for key in ("o1", "o2"))
    rights = {"may_approve": True, "may_upload": True, "may_manage_clients": True}
    return {
        "master": account.users.get(role="master"),
        "looker": panels.user(account, "looker", "staff"),
        "approver": panels.user(account, "approver", "staff", may_approve=True),
        "uploader": panels.user(account, "uploader", "staff", may_upload=True),
        "host": panels.user(account, "host", "staff", may_manage_clients=True),
        "olga": panels.client_of(olga, "olga"),
        "otto": panels.client_of(otto, "otto"),
        "nolink": panels.user(account, "nolink", "client"),
        "stranger": other.users.get(role="master"),
        "foreign client": panels.client_of(Profile.objects.get(account=other, key="o1"), "foreign"),
        "gone": panels.user(account, "gone", "staff", **rights),
    }


def places(account: Any) -> list[tuple[str, str, str]]:
    """List every page with an object of the account: method, address, who may."""
    from recon.portal.models import Document, Link, Profile, Statement, Upload

    olga, link = Profile.objects.get(account=account, key="o1"), Link.objects.filter(profile__account=account)[0].pk
    statement = Statement.objects.get(account=account, key="o1").pk
    document = Document.objects.get(account=account, kind="owner").pk
    upload, staff = Upload.objects.filter(account=account)[0].pk, account.users.get(username="looker").pk
    return [
        ("get", "/manage/", LOOK),
        ("get", "/manage/alerts/", LOOK),
        ("get", "/manage/badge/", LOOK),
        ("get", "/manage/statements/", LOOK),
        ("get", f"/manage/statements/{statement}/", LOOK),
        ("get", f"/manage/statements/{statement}/pdf/", LOOK),
        ("get", f"/manage/statements/{statement}/page/", LOOK),
        ("get", "/manage/documents/owners/", LOOK),
        ("get", f"/manage/document/{document}/", LOOK),
        ("get", "/manage/lookup/owners/", LOOK),
        ("get", f"/manage/profiles/{olga.pk}/", LOOK),
        ("get", f"/manage/profiles/{olga.pk}/documents/", LOOK),
        ("post", "/manage/statements/approve/", APPROVE),
        ("post", "/manage/alerts/update-profiles/", UPLOAD),
        ("post", f"/manage/uploads/{upload}/clear/", UPLOAD),
        ("post", f"/manage/profiles/{olga.pk}/access/", CLIENTS),
        ("post", f"/manage/profiles/{olga.pk}/invite/", CLIENTS),
        ("get", "/manage/lookup/owners/invite/", CLIENTS),
        ("post", f"/manage/profiles/{olga.pk}/links/{link + 1000}/", "nobody at all"),
        ("get", "/manage/settings/", "master"),
        ("get", "/manage/users/", "master"),
        ("get", f"/manage/users/{staff}/", "master"),
        ("post", f"/manage/users/{staff}/password/", "master"),
        ("get", "/manage/log/", "master"),
        ("get", f"/manage/uploads/{upload}/statements/", "master"),
        ("get", f"/manage/statements/{statement}/delete/", "master"),
        ("get", f"/manage/document/{document}/delete/", "master"),
        ("get", f"/manage/uploads/{upload}/backup/", "nobody at all"),
        ("get", f"/my/statements/{statement}/", "olga"),
        ("post", f"/my/statements/{statement}/", "olga"),
        ("get", f"/my/statements/{statement}/pdf/", "olga"),
        ("get", f"/my/statements/{statement}/page/", "olga"),
        ("get", f"/my/documents/{document}/", "olga"),
        ("get", f"/my/activity/{olga.pk}/", "olga"),
    ]


def test_every_person_against_every_page(panel: Path) -> None:
    """Issue 6: no client ever reaches another's; unknown and forbidden look the same; PUB-05: rights one by one."""
    account, other = panels.account(statement_approval="immediate"), panels.account("BAY")
    made = bundles.files(OWNERS, documents={bundles.document("owner", "O1", "Insurance"): b"%PDF"})
    bundles.published(account, made)
    bundles.published(other, bundles.files({"O1": "Another"}))
    who = people(account, other)
    browsers = {name: panels.browser(who.get(name)) for name in PEOPLE}
    who["gone"].is_active = False
    who["gone"].save()
    tried = 0
    for method, place, needed in places(account):
        for name, rights in PEOPLE.items():
            # A page that names no object of this account shows the stranger the stranger's own.
            is_general = not re.search(r"[0-9a-f]{8}-|/users/[0-9]|^/my/", place)
            own = name == "stranger" and is_general
            answer = getattr(browsers[name], method)(place, {"access": "give"} if place.endswith("/access/") else {})
            said = f"{name}: {method} {place} gives {answer.status_code}"
            if name in {"nobody", "gone"}:
                assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/log-on/"), said
            elif needed in rights or own:
                assert answer.status_code in {200, 302}, said
            else:
                assert answer.status_code == 404, said
                assert b"There is no such page." in answer.content
            tried += not own
            answer.close()
    assert tried > 300


def test_lists_show_the_own_firm_only(panel: Path) -> None:
    """Every list is of the account; two firms with the same identifiers never meet."""
    account, other = panels.account(), panels.account("BAY")
    bundles.published(account, bundles.files({"O1": "Olga of Harbor"}))
    bundles.published(other, bundles.files({"O1": "Olga of the Bay"}))
    for mine, own, foreign in ((account, "Olga of Harbor", "Bay"), (other, "Olga of the Bay", "Harbor")):
        browser = panels.browser(mine.users.get())
        for place in ("/manage/lookup/owners/", "/manage/statements/", "/manage/documents/owners/"):
            shown = browser.get(place).content.decode().replace(f"{mine.pmid.title()} Homes", "")
            assert own in shown
            assert foreign not in shown.replace("Olga of the Bay" if own.endswith("Bay") else "Olga of Harbor", "")
        assert foreign.lower() not in browser.get("/manage/log/").content.decode().lower().replace(own.lower(), "")


def test_one_firm_cannot_touch_anothers_upload(panel: Path) -> None:
    """PUB-04, PUB-05: by the programs' interface too, an upload of another firm does not exist."""
    account, other = panels.account(), panels.account("BAY")
    upload = bundles.arrived(account, bundles.packed(bundles.files(OWNERS)))
    client = panels.browser()
    said = {"username": "BAY", "password": panels.PASSWORD}
    token = client.post("/v1/session", said, content_type="application/json").json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    place = f"/v1/uploads/{upload.pk}"
    assert client.get(place, headers=headers).status_code == 404
    assert client.delete(place, headers=headers).status_code == 404
    assert client.post(f"{place}/complete", headers=headers).status_code == 404
    assert client.patch(place, b"x", headers=headers | {"Upload-Offset": "0"}).status_code == 404
    again = bundles.arrived(other, bundles.packed(bundles.files(OWNERS)))
    assert again.pk != upload.pk, "the same key of another firm is another upload"


@pytest.mark.parametrize("right", ["may_upload", "is_active"])
def test_a_right_that_is_taken_away_counts_at_once(panel: Path, right: str) -> None:
    """PUB-05: also for a session that is under way."""
    account = panels.account()
    uma = panels.user(account, "uma", "staff", may_upload=True)
    client = panels.browser()
    said = {"username": "uma", "password": panels.PASSWORD}
    token = client.post("/v1/session", said, content_type="application/json").json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    unknown = "/v1/uploads/00000000-0000-0000-0000-000000000000"
    assert client.get(unknown, headers=headers).status_code == 404
    setattr(uma, right, False)
    uma.save()
    assert client.get(unknown, headers=headers).status_code == 401
