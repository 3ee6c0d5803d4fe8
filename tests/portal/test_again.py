"""What comes again: after its statements were deleted, from older books, or with values that do not fit."""

from pathlib import Path

import pytest

from tests.portal import bundles, panels
from tests.portal.test_protocol import Program, wanted
from tests.portal.test_review import words

OWNERS = {"O1": "Olga Owner", "O2": "Otto Owner"}


def test_deleted_statements_come_again_when_they_are_published_again(panel: Path) -> None:
    """PUB-43: the publishing program is told that they are gone, also by uploads that had left them out."""
    from recon.portal.models import Statement, Upload

    account = panels.account()
    made = bundles.files(OWNERS)
    first = bundles.published(account, made)
    july = bundles.published(account, bundles.files(OWNERS, month=7), publication="P000002", entry=4)
    content = bundles.packed(made, publication="P000003", entry=5)
    same = bundles.processed(account, content, publication="P000003")
    panels.browser(account.users.get()).post(f"/manage/uploads/{first.pk}/statements/")
    assert Statement.objects.count() == 2
    program = Program()
    told = {one.pk: program.ask("get", f"/v1/uploads/{one.pk}").json() for one in (first, july, same)}
    assert told[first.pk]["state"] == "cleared"
    assert told[first.pk]["message"] == "Its statements were deleted; it may be published again."
    assert (told[same.pk]["state"], told[july.pk]["state"]) == ("cleared", "processed")
    known = program.ask("post", "/v1/uploads", wanted(content, publication_id="P000003"))
    assert (known.status_code, known.json()["state"]) == (200, "cleared")
    again = bundles.processed(account, content, publication="P000003", key="next-attempt")
    assert again.state == "processed"
    assert Statement.objects.count() == 4
    assert set(Statement.objects.values_list("profile__name", flat=True)) == set(OWNERS.values())
    assert Upload.objects.filter(is_wanted_again=True).count() == 2


def test_older_books_replace_neither_statements_nor_documents(panel: Path) -> None:
    """Threats: an old publication that is sent again under a new key; also between two that say the same."""
    from recon.portal.models import Document, Statement

    account = panels.account()
    name = bundles.document("owner", "O1", "Insurance")
    old = bundles.files(OWNERS, documents={name: b"old"}, marker="old")
    new = bundles.files(OWNERS, documents={name: b"new"}, marker="new")
    bundles.published(account, new, entry=9)
    before = set(Statement.objects.values_list("pk", "sha256", "pdf", "approved_at"))
    upload = bundles.published(account, old, publication="P000002", entry=8)
    assert set(Statement.objects.values_list("pk", "sha256", "pdf", "approved_at")) == before
    assert Document.objects.get().size == 3
    assert upload.message == (
        "Processed: the books of this upload are older than those of an earlier one, so left as they are: "
        "profiles, 2 statements, 1 document, activity."
    )
    assert len([path for path in (panel / "files").rglob("*") if path.is_file()]) == 5, "what was left out is deleted"
    bundles.published(account, new, publication="P000003", entry=20)
    bundles.published(account, old, publication="P000004", entry=19)
    assert set(Statement.objects.values_list("pk", "sha256", "pdf", "approved_at")) == before


def test_restored_books_are_taken_when_the_master_says_so(panel: Path) -> None:
    """Books restored from a backup count from an earlier entry on, and a forged number must not lock a firm out."""
    from recon.portal.models import AuditEntry, Document, Profile, Statement

    account = panels.account()
    ann = panels.browser(panels.user(account, "ann", "staff", may_upload=True, may_approve=True))
    master = panels.browser(account.users.get(role="master"))
    name = bundles.document("owner", "O1", "Insurance")
    bundles.published(account, bundles.files(OWNERS, documents={name: b"forged"}), entry=(1 << 62) - 1)
    assert "The last upload is of older books" not in words(master.get("/manage/alerts/"))
    right = bundles.files({"O1": "Olga Right"}, documents={name: b"right"}, marker="right")
    content = bundles.packed(right, publication="P000002", entry=3)
    upload = bundles.processed(account, content, publication="P000002")
    assert "The last upload is of older books" in words(master.get("/manage/alerts/"))
    assert "The master can do that here" in words(ann.get("/manage/alerts/"))
    assert ann.post("/manage/alerts/older-books/").status_code == 404
    master.post("/manage/alerts/older-books/")
    assert "The last upload is of older books" not in words(master.get("/manage/alerts/"))
    assert Program().ask("get", f"/v1/uploads/{upload.pk}").json()["state"] == "cleared", "it is to come once more"
    assert bundles.processed(account, content, publication="P000002", key="next").is_older is False
    master.post("/manage/alerts/update-profiles/")
    assert Profile.objects.get(key="o1").name == "Olga Right"
    assert Document.objects.get().size == 5
    assert Statement.objects.get(key="o1").entry == 3
    bundles.published(account, bundles.files(OWNERS), publication="P000003", entry=2)
    assert Statement.objects.get(key="o1").entry == 3, "from here on, older is older again"
    assert AuditEntry.objects.filter(action="older books taken", who="harbor").count() == 1


def of_unit(description: str) -> bytes:
    made = bundles.files(OWNERS)
    row = {"unit_id": "U-O1", "description": description, "owner_id": "O1"}
    return bundles.packed({**made, "profiles/units.csv": bundles.table("profiles/units.csv", [row])})


def of_identifier(identifier: str) -> bytes:
    made = bundles.files({"O1": "Olga"}, statements=False)
    row = {"owner_id": identifier, "name": "Olga", "email": "", "online_access": "true"}
    return bundles.packed({**made, "profiles/owners.csv": bundles.table("profiles/owners.csv", [row])})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (of_unit("x" * 501), "a profile whose name is longer than 500 characters"),
        (of_identifier("İ" * 101), "a profile whose key is longer than 200 characters"),
    ],
    ids=["description of a unit", "comparison form"],
)
def test_what_does_not_fit_is_refused_before_it_is_kept(panel: Path, content: bytes, said: str) -> None:
    """PostgreSQL holds texts to their length: nothing may fail later, when profiles are brought up to date."""
    from recon.portal.models import Profile

    account = panels.account()
    upload = bundles.processed(account, content)
    assert upload.state == "failed"
    assert said in upload.message
    assert not Profile.objects.exists()
    assert bundles.processed(account, of_unit("x" * 500), key="next").state == "processed"
