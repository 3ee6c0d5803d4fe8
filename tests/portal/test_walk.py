"""What a picky bookkeeper stumbles over: numbers that differ, things that cannot be taken back, ways with no return."""

from pathlib import Path

import pytest
from django.utils import timezone

from tests.portal import bundles, panels
from tests.portal.test_review import words

OWNERS = {"O1": "Olga Owner", "O2": "Otto Owner"}


def test_the_number_to_approve_is_the_same_everywhere(panel: Path) -> None:
    """PUB-42, PUB-43: a statement without a matching profile waits for a profile, not for approval."""
    from recon.portal.models import Profile, Statement

    account = panels.account()
    bundles.published(account, bundles.files({f"O{n}": f"Owner {n}" for n in range(10)}))
    Profile.objects.filter(kind="owner", key__in=[f"o{n}" for n in range(6)]).delete()
    master = panels.browser(account.users.get())
    assert "4 owner statements" in words(master.get("/manage/"))
    shown = words(master.get("/manage/statements/"))
    for said in ("Owners (4)", "Waiting for approval: 4", "Approve all 4", "Without a matching profile: 6"):
        assert said in shown
    answer = master.post("/manage/statements/approve/", {"all": "all", "seen": timezone.now().isoformat()}, follow=True)
    assert "4 statements are approved." in words(answer)
    assert "Waiting for approval: 0" in words(answer)
    assert Statement.objects.exclude(approved_at=None).count() == 4


def test_the_master_deletes_one_statement(panel: Path) -> None:
    """PUB-42: one whose profile will never come need not stand there for ever."""
    from recon.portal.models import AuditEntry, Profile, Statement

    account = panels.account()
    bundles.published(account, bundles.files(OWNERS))
    Profile.objects.filter(key="o1").delete()
    stopped = Statement.objects.get(key="o1")
    place = f"/manage/statements/{stopped.pk}/delete/"
    master = panels.browser(account.users.get())
    assert place in words(master.get("/manage/statements/"))
    assert "O1, 2026-06-01 to 2026-06-30" in words(master.get(place))
    assert Statement.objects.count() == 2
    assert "The statement of O1 is deleted." in words(master.post(place, follow=True))
    assert [one.key for one in Statement.objects.all()] == ["o2"]
    assert len([path for path in (panel / "files").rglob("*") if path.is_file()]) == 2
    entry = AuditEntry.objects.get(action="statements deleted")
    assert entry.what == "1 of O1, 2026-06-01 to 2026-06-30, number 1"


def test_the_master_withdraws_a_document(panel: Path) -> None:
    """A lease that went to the wrong owner is gone, with its file; the log says who took it away."""
    from recon.portal.models import AuditEntry, Document

    account = panels.account()
    panels.user(account, "ann", "staff", may_approve=True, may_upload=True, may_manage_clients=True)
    made = bundles.files(OWNERS, documents={bundles.document("owner", "O1", "Lease"): b"%PDF"}, statements=False)
    bundles.published(account, made)
    place = f"/manage/document/{Document.objects.get().pk}/delete/"
    assert place not in words(panels.browser(account.users.get(username="ann")).get("/manage/documents/owners/"))
    master = panels.browser(account.users.get(username="harbor"))
    assert place in words(master.get("/manage/documents/owners/"))
    assert "Delete Lease.pdf?" in words(master.get(place))
    assert Document.objects.exists()
    assert "Lease.pdf is deleted." in words(master.post(place, follow=True))
    assert not Document.objects.exists()
    assert not [path for path in (panel / "files").rglob("*") if path.is_file()]
    assert AuditEntry.objects.get(action="document deleted").what == "Lease.pdf of owner O1"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 insurance", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"<script>alert(1)</script>", None),
        (b"<svg onload='alert(1)'>", None),
        (b"", None),
    ],
)
def test_a_document_is_viewed_if_its_bytes_are_harmless(panel: Path, content: bytes, kind: str | None) -> None:
    """PUB-32, threats: View this document shows it; the name says nothing about what it is."""
    from recon.portal.models import Document, Profile

    account = panels.account()
    documents = {bundles.document("owner", "O1", "Insurance"): content}
    bundles.published(account, bundles.files(OWNERS, documents=documents))
    pk = Document.objects.get().pk
    master = panels.browser(account.users.get())
    client = panels.browser(panels.client_of(Profile.objects.get(key="o1"), "olga"))
    for browser, place in ((master, f"/manage/document/{pk}/"), (client, f"/my/documents/{pk}/")):
        for asked, is_shown in ((place, kind is not None), (f"{place}?save=yes", False)):
            answer = browser.get(asked)
            assert b"".join(answer.streaming_content) == content
            assert answer.headers["Content-Type"] == (kind if is_shown else "application/octet-stream")
            way = answer.headers["Content-Disposition"].partition(";")[0]
            assert way == ("inline" if is_shown else "attachment")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "script-src" not in answer.headers["Content-Security-Policy"] or not is_shown
            answer.close()


def test_all_activity_can_be_reached(panel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No list ends without saying so."""
    from recon.portal.models import Profile
    from recon.portal.views import clients, lookup

    monkeypatch.setattr(clients, "ROWS", 2)
    monkeypatch.setattr(lookup, "ROWS", 2)
    account = panels.account()
    made = bundles.files({"O1": "Olga"})
    rows = [
        {"owner_id": "O1", "ledger_id": "L-O1", "date": f"2026-06-0{n}", "kind": "receipt", "description": f"Rent {n}",
         "unit_id": "U-O1", "reference": "R", "amount": "1.00"} for n in range(1, 6)
    ]  # fmt: skip
    made["activity/owners.csv"] = bundles.table("activity/owners.csv", rows)
    bundles.published(account, made)
    olga = Profile.objects.get(key="o1")
    client = panels.browser(panels.client_of(olga, "olga"))
    master = panels.browser(account.users.get(username="harbor"))
    for browser, place in ((client, f"/my/activity/{olga.pk}/"), (master, f"/manage/profiles/{olga.pk}/documents/")):
        pages = [words(browser.get(place, {"page": n})) for n in (1, 2, 3)]
        assert "Page 1 of 3" in pages[0]
        assert [sum(f"Rent {n}" in page for n in range(1, 6)) for page in pages] == [2, 2, 1]


def test_every_look_at_figures_is_in_the_audit_log(panel: Path) -> None:
    """Issue 6: views; balances and activity are figures too."""
    from recon.portal.models import AuditEntry, Profile

    account = panels.account(statement_approval="immediate")
    bundles.published(account, bundles.files(OWNERS))
    olga = Profile.objects.get(key="o1")
    panels.browser(panels.client_of(olga, "olga")).get("/my/")
    panels.browser(account.users.get(username="harbor")).get(f"/manage/profiles/{olga.pk}/documents/")
    said = AuditEntry.objects.filter(action__endswith="viewed").order_by("pk").values_list("who", "action", "what")
    assert list(said) == [
        ("olga", "balances viewed", ""),
        ("harbor", "documents and activity viewed", str(olga.pk)),
    ]


def test_every_document_look_up_is_one_step_away(panel: Path) -> None:
    """PUB-32: any client; from the first page and from Quick Navigation."""
    shown = words(panels.browser(panels.account().users.get()).get("/manage/"))
    for plural in ("Owners", "Tenants", "Vendors", "Units"):
        assert shown.count(f"Document Lookup for {plural}</a>") == 3, plural


def test_a_client_of_two_firms_is_told_what_to_do(panel: Path) -> None:
    """A log-on is of one firm; the words lead out of the circle and name no other firm."""
    from recon.portal import invitations
    from recon.portal.models import Profile

    harbor, bay = panels.account(), panels.account("BAY")
    bundles.published(harbor, bundles.files(OWNERS))
    bundles.published(bay, bundles.files({"O1": "Bea"}))
    bea = panels.client_of(Profile.objects.get(account=bay, kind="owner"), "bea")
    place = f"/invitation/{invitations.for_client(Profile.objects.get(account=harbor, key='o1'))}/"
    shown = words(panels.browser(bea).get(place))
    assert "You are logged on as bea" in shown
    assert "Choose another user name." in shown
    assert "With another property manager you have a log-on of its own" in words(panels.browser().get(place))
    given = {"username": "bea", "password1": "another short sentence", "password2": "another short sentence"}
    taken = words(panels.browser().post(place, given))
    assert "if it is yours with another one, choose another user name here" in taken
    assert "Bay Homes" not in taken


def test_as_printed_leaves_the_way_back_open(panel: Path) -> None:
    """The page as it was published has no links of ours, so it gets a tab of its own and says so."""
    from recon.portal.models import Statement

    account = panels.account()
    bundles.published(account, bundles.files(OWNERS))
    shown = words(panels.browser(account.users.get()).get(f"/manage/statements/{Statement.objects.all()[0].pk}/"))
    assert 'target="_blank" rel="noopener">As printed <small>(in a new tab)</small></a>' in shown


def lines_of(*lines: dict[str, str]) -> bytes:
    """Write the table of statements' lines of owner O1."""
    whose = {"holder_kind": "owner", "holder_id": "O1", "ledger_id": "L-O1", "kind": "receipt"}
    given = {"heading": "receipts", "unit_id": "U-O1", "unit": "Home of O1", "party": "Tina", "reference": "R1"}
    return bundles.table("statements/lines.csv", [whose | given | line for line in lines])


def test_a_backfilled_statement_has_its_lines_and_both_sorts(panel: Path) -> None:
    """PUB-44, PUB-49: whatever days the activity covers; a late line of an earlier day is on it too."""
    from recon.portal.models import Statement

    account = panels.account()
    made = bundles.files({"O1": "Olga"})
    made["activity/owners.csv"] = bundles.table("activity/owners.csv", [])
    made["statements/lines.csv"] = lines_of(
        {"date": "2026-06-10", "description": "June rent", "amount": "60.00"},
        {"date": "2026-05-28", "description": "Late rent", "amount": "40.00"},
    )
    bundles.published(account, made)
    place = f"/manage/statements/{Statement.objects.get().pk}/"
    master = panels.browser(account.users.get())
    by_unit, by_date = words(master.get(place)), words(master.get(place, {"sort": "date"}))
    assert "Income/expenses sorted by unit" in by_unit
    assert "U-O1 · Home of O1" in by_unit
    assert 0 < by_date.index("Late rent") < by_date.index("June rent")
    assert 'data-label="Balance" class="amount">100.00<' in by_date
    assert "The single lines of this statement are in the PDF" not in by_unit


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"amount": "99.99"}, "does not add up to the amounts of owner_statements.csv"),
        ({"amount": "100.00", "heading": "fees"}, "does not add up"),
        ({"amount": "100.00", "heading": "charges"}, "a heading that the owner's statements do not have"),
        ({"amount": "100.00", "heading": "gifts"}, r"(heading)"),
        ({"amount": "100.00", "holder_id": "O9"}, "does not add up"),
    ],
)
def test_lines_that_do_not_make_the_statement_fail_the_upload(panel: Path, line: dict[str, str], said: str) -> None:
    """Money is conserved: nothing is shown that differs from what was printed."""
    from recon.portal.models import Statement

    made = bundles.files({"O1": "Olga"})
    made["statements/lines.csv"] = lines_of({"date": "2026-06-10", "description": "June rent"} | line)
    upload = bundles.processed(panels.account(), bundles.packed(made))
    assert upload.state == "failed"
    assert said in upload.message
    assert not Statement.objects.exists()
