"""Review and approval of statements, profiles one way, look-ups: the manager's side of the two seeds."""

import hashlib
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from tests.portal import bundles, panels

OWNERS = {"O1": "Olga Owner", "O2": "Otto Owner"}


def words(response: Any) -> str:
    return str(response.content.decode())


def seen_at(response: Any) -> str:
    """The moment as of which a page asks for approval."""
    found = re.search(r'name="seen" value="([^"]+)"', words(response))
    assert found is not None
    return found[1]


def test_a_manager_reviews_and_approves_one_marked_or_all(panel: Path) -> None:
    """PUB-09, PUB-35, PUB-43: unapproved is invisible to clients; one, marked, all; errors are mended in the books."""
    from recon.portal.models import AuditEntry, Profile, Statement

    account = panels.account()
    bundles.published(account, bundles.files({f"O{n}": f"Owner {n}" for n in range(1, 6)}))
    master = panels.browser(account.users.get())
    olga = panels.client_of(Profile.objects.get(key="o1"), "olga")
    client = panels.browser(olga)
    statement = Statement.objects.get(key="o1")
    assert client.get(f"/my/statements/{statement.pk}/").status_code == 404
    page = master.get("/manage/statements/")
    assert "Waiting for approval: 5" in words(page)
    seen = seen_at(page)
    master.post("/manage/statements/approve/", {"one": statement.pk, "seen": seen})
    assert client.get(f"/my/statements/{statement.pk}/").status_code == 200
    others = list(Statement.objects.filter(approved_at=None))
    master.post("/manage/statements/approve/", {"statement": [one.pk for one in others[:2]], "seen": seen})
    assert Statement.objects.filter(approved_at=None).count() == 2
    master.post("/manage/statements/approve/", {"all": "all", "seen": seen})
    assert not Statement.objects.filter(approved_at=None).exists()
    assert AuditEntry.objects.filter(action="statement approved", who="harbor").count() == 5
    assert "Nothing waits" in words(master.get("/manage/statements/"))


def test_what_was_replaced_since_it_was_looked_at_is_not_approved(panel: Path) -> None:
    """PUB-43: a statement that comes again with other bytes needs approval again; approval is of what was seen."""
    from recon.portal.models import Statement

    account = panels.account()
    bundles.published(account, bundles.files(OWNERS))
    master = panels.browser(account.users.get())
    seen = seen_at(master.get("/manage/statements/"))
    bundles.published(account, bundles.files(OWNERS, marker="!"), publication="P000002", entry=4)
    master.post("/manage/statements/approve/", {"all": "all", "seen": seen})
    assert Statement.objects.filter(approved_at=None).count() == 2
    master.post("/manage/statements/approve/", {"all": "all", "seen": timezone.now().isoformat()})
    assert Statement.objects.filter(approved_at=None).count() == 0
    bundles.published(account, bundles.files(OWNERS, marker="!"), publication="P000003", entry=5)
    assert Statement.objects.filter(approved_at=None).count() == 0, "the same bytes stay approved"
    bundles.published(account, bundles.files(OWNERS, marker="?"), publication="P000004", entry=6)
    assert Statement.objects.filter(approved_at=None).count() == 2
    assert Statement.objects.count() == 2
    assert len([path for path in (panel / "files").rglob("*") if path.is_file()]) == 4, "replaced files are deleted"


def test_nothing_is_approved_while_an_upload_is_pending(panel: Path) -> None:
    """PUB-11, PUB-13: Updates and Alerts says so in one panel; approving waits."""
    from recon.portal import receiving
    from recon.portal.models import Statement, Upload

    account = panels.account()
    bundles.published(account, bundles.files(OWNERS))
    upload = receiving.complete(bundles.arrived(account, bundles.packed(bundles.files(OWNERS, month=7))))
    master = panels.browser(account.users.get())
    master.post("/manage/statements/approve/", {"all": "all", "seen": timezone.now().isoformat()})
    assert Statement.objects.filter(approved_at=None).count() == 2
    shown = words(master.get("/manage/alerts/"))
    assert "Updates and Alerts" in shown
    assert "Pending upload" in shown
    assert "Click here to clear pending upload" not in shown
    master.post(f"/manage/uploads/{upload.pk}/clear/")
    assert Upload.objects.get(pk=upload.pk).state == "uploaded", "too early"
    Upload.objects.filter(pk=upload.pk).update(uploaded_at=timezone.now() - timedelta(minutes=61))
    shown = words(master.get("/manage/alerts/"))
    assert "Click here to clear pending upload" in shown
    assert "longer than any upload should take" not in shown
    Upload.objects.filter(pk=upload.pk).update(uploaded_at=timezone.now() - timedelta(minutes=91))
    assert "longer than any upload should take" in words(master.get("/manage/alerts/"))
    master.post(f"/manage/uploads/{upload.pk}/clear/")
    assert Upload.objects.get(pk=upload.pk).state == "cleared"
    assert "No upload is pending" in words(master.get("/manage/alerts/"))


def test_the_badge_says_in_words_what_it_shows(panel: Path) -> None:
    """PUB-27: the "P" flashes while an upload is worked on; a failed one is a state of its own."""
    from recon.portal import receiving, worker

    account = panels.account()
    master = panels.browser(account.users.get())
    assert master.get("/manage/badge/").json() == {"state": "idle", "words": "No upload yet"}
    receiving.complete(bundles.arrived(account, bundles.packed(bundles.files(OWNERS))))
    assert master.get("/manage/badge/").json()["state"] == "busy"
    assert 'data-state="busy"' in words(master.get("/manage/"))
    worker.work()
    assert master.get("/manage/badge/").json() == {"state": "idle", "words": "Last upload processed"}
    broken = bundles.files(OWNERS, month=7) | {"owner_statements.csv": b"nonsense\n"}
    good = bundles.manifest(bundles.files(OWNERS, month=7))
    said = json.loads(good)
    for one in said["files"]:
        if one["path"] == "owner_statements.csv":
            one |= {"sha256": hashlib.sha256(b"nonsense\n").hexdigest(), "bytes": 9}
    upload = bundles.processed(account, bundles.packed(broken, json.dumps(said).encode()))
    assert upload.state == "failed"
    assert upload.message.startswith("owner_statements.csv does not have the columns")
    assert master.get("/manage/badge/").json() == {"state": "failed", "words": "Last upload failed"}


def test_icons_say_how_old_a_statement_is(panel: Path) -> None:
    """PUB-42: green to two weeks, amber beyond, red none, ? empty, stop without a profile; each with words."""
    from recon.portal.models import Profile, Statement

    account = panels.account()
    bundles.published(account, bundles.files({"O1": "Olga", "O2": "Otto", "O3": "Ona", "O4": "Ole"}))
    Statement.objects.filter(key="o2").update(uploaded_at=timezone.now() - timedelta(days=15))
    Statement.objects.filter(key="o3").delete()
    Statement.objects.filter(key="o4").update(is_empty=True)
    Profile.objects.filter(key="o4").update(name="Ole")
    shown = words(panels.browser(account.users.get()).get("/manage/statements/"))
    for said in ("Up to two weeks", "Over two weeks", "No statement", "Empty statement"):
        assert said in shown
    assert "Uploaded Date" in shown
    assert "Saved Date" in shown
    Profile.objects.filter(key="o1").delete()
    master = panels.browser(account.users.get())
    assert "Stop: no matching profile; sync again" in words(master.get("/manage/statements/"))
    stopped = Statement.objects.get(key="o1")
    master.post("/manage/statements/approve/", {"one": stopped.pk, "seen": timezone.now().isoformat()})
    stopped.refresh_from_db()
    assert stopped.approved_at is None


def test_an_empty_statement_is_known_as_one(panel: Path) -> None:
    """PUB-42."""
    from recon.portal.models import Statement

    account = panels.account()
    made = bundles.files({"O1": "Olga"}, receipts="0.00")
    made["activity/owners.csv"] = bundles.table("activity/owners.csv", [])
    bundles.published(account, made)
    assert Statement.objects.get().is_empty


def test_profiles_are_updated_at_log_on_unless_it_says_not_to(panel: Path) -> None:
    """PUB-40, PUB-09: Auto Update on; `Updates` unmarked skips it for that session, another user's triggers it."""
    from recon.portal.models import Profile

    account = panels.account()
    panels.user(account, "ann", "staff", may_upload=True)
    looker = panels.user(account, "lou", "staff")
    bundles.published(account, bundles.files(OWNERS), update=False)
    first, second = panels.browser(), panels.browser()
    first.post("/log-on/", {"username": "HARBOR", "password": panels.PASSWORD})
    assert "Profiles wait to be updated" in words(first.get("/manage/"))
    third = panels.browser()
    third.post("/log-on/", {"username": "lou", "password": panels.PASSWORD, "updates": "on"})
    shown = words(third.get("/manage/alerts/"))
    assert "Somebody with the right to upload brings them up to date." in shown
    assert "Update profiles now" not in shown, "it would lead nowhere"
    assert Profile.objects.count() == 0, "who may only look changes nothing by looking"
    second.post("/log-on/", {"username": "ann", "password": panels.PASSWORD, "updates": "on"})
    shown = words(second.get("/manage/"))
    assert "Profiles were updated: 4 changes." in shown
    assert "Profiles wait to be updated" not in shown, "the page says how it is after the update"
    assert "Profiles wait to be updated" not in words(second.get("/manage/alerts/"))
    assert sorted(Profile.objects.values_list("kind", "identifier")) == [
        ("owner", "O1"), ("owner", "O2"), ("unit", "U-O1"), ("unit", "U-O2"),
    ]  # fmt: skip
    account.auto_update = False
    account.save()
    bundles.published(account, bundles.files({**OWNERS, "O3": "Ona"}), update=False, publication="P000002", entry=4)
    assert "Auto Update is off" in words(second.get("/manage/alerts/"))
    assert panels.browser(looker).post("/manage/alerts/update-profiles/").status_code == 404
    first.post("/manage/alerts/update-profiles/")
    assert Profile.objects.filter(key="o3").exists()


def test_synced_fields_come_from_the_books_alone_and_changes_are_shown(panel: Path) -> None:
    """PUB-26, PUB-30: no page changes them; the next upload replaces them and shows what was before."""
    from recon.portal.models import Profile

    account = panels.account()
    bundles.published(account, bundles.files(OWNERS, access="false"))
    olga = Profile.objects.get(key="o1")
    master = panels.browser(account.users.get())
    master.post(f"/manage/profiles/{olga.pk}/", {"name": "Somebody Else", "email": "x@example.com"})
    master.post(f"/manage/profiles/{olga.pk}/access/", {"access": "give", "name": "Somebody Else"})
    olga.refresh_from_db()
    assert (olga.name, olga.online_access) == ("Olga Owner", True)
    bundles.published(account, bundles.files({"O1": "Olga Newname"}, access="false"), publication="P000002", entry=4)
    olga.refresh_from_db()
    assert (olga.name, olga.online_access) == ("Olga Newname", True), "the manager's word stands while the books' does"
    shown = words(master.get(f"/manage/profiles/{olga.pk}/"))
    assert "<del>Olga Owner</del> <ins>Olga Newname</ins>" in shown
    assert not Profile.objects.get(key="o2").is_active
    assert "Otto" not in words(master.get("/manage/lookup/owners/"))
    assert "Otto" in words(master.get("/manage/lookup/owners/?inactive=yes"))
    bundles.published(account, bundles.files({"O1": "Olga Newname"}, access="true"), publication="P000003", entry=5)
    bundles.published(account, bundles.files({"O1": "Olga Newname"}, access="false"), publication="P000004", entry=6)
    olga.refresh_from_db()
    assert not olga.online_access, "a change in the books is taken over"


def test_auto_purge_deletes_who_is_gone_and_needs_auto_update(panel: Path) -> None:
    """PUB-40."""
    from recon.portal.models import Profile, ProfileChange

    account = panels.account()
    master = panels.browser(account.users.get())
    given = {"firm": "Harbor", "statement_approval": "required"}
    assert "Auto Purge needs Auto Update" in words(master.post("/manage/settings/", given | {"auto_purge": "on"}))
    master.post("/manage/settings/", given | {"auto_purge": "on", "auto_update": "on"})
    account.refresh_from_db()
    assert account.auto_purge
    bundles.published(account, bundles.files(OWNERS))
    bundles.published(account, bundles.files({"O1": "Olga Owner"}), publication="P000002", entry=4)
    assert not Profile.objects.filter(key="o2").exists()
    assert ProfileChange.objects.filter(identifier="O2", what="purged").exists()


def test_what_comes_before_its_profile_is_queued_and_delivered(panel: Path) -> None:
    """PUB-20, PUB-34: queued, never lost; with the literal rule a new profile gets it with its second upload."""
    from recon.portal.models import Document, Statement

    account = panels.account(needs_two_uploads=True)
    made = bundles.files(OWNERS, documents={bundles.document("owner", "O1", "Insurance"): b"%PDF"})
    bundles.published(account, made)
    assert Document.objects.get().profile is None
    assert "queued" in words(panels.browser(account.users.get()).get("/manage/documents/owners/"))
    bundles.published(account, made | bundles.files(OWNERS, month=7), publication="P000002", entry=4)
    assert Document.objects.get().profile is not None
    assert Statement.objects.filter(profile=None).count() == 0
    assert Statement.objects.count() == 4


def test_older_books_change_no_profile_and_no_activity(panel: Path) -> None:
    """Threats: an upload that is played again under a new key."""
    from recon.portal.models import Activity, Profile

    account = panels.account()
    bundles.published(account, bundles.files({"O1": "Before"}), entry=3)
    bundles.published(account, bundles.files({"O1": "After"}, marker="!"), publication="P000002", entry=9)
    again = bundles.processed(account, bundles.packed(bundles.files({"O1": "Before"})), key="played-again")
    assert again.state == "processed"
    assert "the books of this upload are older" in again.message
    account.refresh_from_db()
    assert account.waiting_sync is None
    assert Profile.objects.get(key="o1").name == "After"
    assert Activity.objects.get().description == "Rent!"


def test_a_supplemental_statement_stands_beside_the_first(panel: Path) -> None:
    """PUB-48: the owner sees both."""
    from recon.portal.models import Profile, Statement

    account = panels.account(statement_approval="immediate")
    bundles.published(account, bundles.files({"O1": "Olga"}))
    bundles.published(
        account, bundles.files({"O1": "Olga"}, number=2, receipts="120.00"), number=2, publication="P000002", entry=4
    )
    assert sorted(Statement.objects.values_list("number", flat=True)) == [1, 2]
    olga = panels.client_of(Profile.objects.get(key="o1"), "olga")
    shown = words(panels.browser(olga).get("/my/"))
    assert "supplemental 2" in shown
    assert "120.00" in shown
    assert "100.00" in shown


def test_the_master_deletes_what_an_upload_brought(panel: Path) -> None:
    """PUB-43: at master level, after asking; nobody else may."""
    from recon.portal.models import Statement, Upload

    account = panels.account()
    panels.user(account, "ann", "staff", may_approve=True, may_upload=True, may_manage_clients=True)
    upload = bundles.published(account, bundles.files(OWNERS))
    place = f"/manage/uploads/{upload.pk}/statements/"
    assert panels.browser(account.users.get(username="ann")).post(place).status_code == 404
    master = panels.browser(account.users.get(username="harbor"))
    assert "Delete 2 statements?" in words(master.get(place))
    assert Statement.objects.count() == 2
    master.post(place)
    assert Statement.objects.count() == 0
    assert Upload.objects.filter(pk=upload.pk).exists()
    assert not [path for path in (panel / "files").rglob("*") if path.is_file()]


def test_the_look_ups_go_as_the_seed_walks_them(panel: Path) -> None:
    """PUB-22, PUB-32, PUB-33: RP Management alone; Documents > Document Lookup for Owners > Find Document >
    View this document, and the same by owner.
    """
    from recon.portal.models import Document, Profile, Statement

    account = panels.account()
    names = {bundles.document("owner", "O1", "Insurance"): b"%PDF one", bundles.document("unit", "U-O1", "Plan"): b"x"}
    bundles.published(account, bundles.files(OWNERS, documents=names))
    master = panels.browser(account.users.get())
    menu = words(master.get("/manage/"))
    for word in (
        "RP Management",
        "Documents",
        "Document Lookup for Owners",
        "Owners",
        "Owner Lookup",
        "Quick Navigation",
    ):
        assert word in menu
    lookup = words(master.get("/manage/documents/owners/", {"q": "olga"}))
    statement = Statement.objects.get(key="o1")
    assert "Find Document" in lookup
    assert f'<a href="/manage/statements/{statement.pk}/">View this document</a>' in lookup
    document = Document.objects.get(kind="owner")
    assert f'<a href="/manage/document/{document.pk}/">View this document</a>' in lookup
    assert "Otto" not in lookup
    assert b"".join(master.get(f"/manage/document/{document.pk}/").streaming_content) == b"%PDF one"
    owners = words(master.get("/manage/lookup/owners/", {"q": "O1"}))
    olga = Profile.objects.get(key="o1")
    assert "Find Owner" in owners
    assert f'<a href="/manage/profiles/{olga.pk}/documents/">View Documents</a>' in owners
    everything = words(master.get(f"/manage/profiles/{olga.pk}/documents/"))
    for word in ("Insurance.pdf", "Owner statement", "Received: Rent"):
        assert word in everything
    assert "Home of O1" in words(master.get("/manage/lookup/units/"))
    assert "Plan.txt" not in everything
