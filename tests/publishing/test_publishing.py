"""Publishing: what is in a publication, that it is the same twice, and what is refused."""

import csv
import hashlib
import json
import os
import random
import shutil
import time
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from recon import decisions, store
from recon.errors import InputRefused, LawBroken, WrongUse
from recon.ledger_loading import load_ledger
from recon.publishing import bundle, printing
from recon.publishing.names import document_name
from recon.publishing.profile_settings import set_profile
from recon.publishing.publish import Publication, preview, publish
from recon.publishing.terms import DEFAULT, settled
from recon.publishing.verifying import verify
from recon.statements import HEADINGS, Period
from recon.workspace import Workspace
from schemas.bundle_names import safe
from schemas.publications import TABLES
from tests.ledger_folders import folder_of
from tests.workspaces import BOOKS, WHO, Started, assert_silent, by_hand, die, posted, rows

JUNE, JULY = Period.month("2026-06"), Period.month("2026-07")
TODAY = date(2026, 7, 2)
KILLS = 60 if os.environ.get("RECON_LONG") == "1" else 12


def published(
    workspace: Workspace, period: Period = JUNE, what: tuple[str, ...] = DEFAULT, to: Path | None = None, **more: Any
) -> Publication:
    terms = settled(workspace, period, what, today=more.pop("today", TODAY))
    return publish(workspace, terms, who=WHO, to=None if to is None else str(to), **more)


def table(publication: Publication, name: str) -> list[dict[str, str]]:
    with (publication.folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def manifest(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    return read


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_publication_holds_what_its_manifest_says(tmp_path: Path) -> None:
    """PUB-46: profiles, a manifest of every file, statements, activity; SPEC 8's names and columns."""
    done = published(posted(tmp_path))
    said = manifest(done.folder)
    assert done.folder.name == said["publication_id"] == "P000001"
    listed = {file["path"]: (file["sha256"], file["bytes"]) for file in said["files"]}
    there = {
        name: (hashlib.sha256(text).hexdigest(), len(text))
        for name, text in files_of(done.folder).items()
        if name != "manifest.json"
    }
    assert listed == there
    for name, view in TABLES.items():
        head = (done.folder / name).read_text("utf-8").partition("\n")[0]
        assert head.split(",") == view.arrow.names, name
    owners = table(done, "owner_statements.csv")
    assert [(row["ledger_id"], row["receipts"], row["closing"]) for row in owners] == [
        ("L1", "150.01", "150.01"),
        ("L2", "300.00", "300.00"),
    ]
    tenants = table(done, "tenant_statements.csv")
    assert [(row["tenant_id"], row["charges"], row["payments"], row["closing"]) for row in tenants] == [
        ("T1", "150.01", "150.01", "0.00"),
        ("T2", "220.00", "0.00", "220.00"),
        ("T3", "300.00", "300.00", "0.00"),
    ]
    assert said["control_totals"]["owner_statements"]["closing"] == "450.01"
    assert said["journal_head"]["seq"] == 3


def test_the_lines_of_the_statements_make_up_their_amounts(tmp_path: Path) -> None:
    """PUB-44, PUB-49: a control panel can show and sort them, whatever days the activity covers; late ones too."""
    workspace = posted(tmp_path)
    june = published(workspace)
    decisions.reverse(workspace, "R0000001", "returned", date(2026, 6, 20), who=WHO, why="NSF")
    july = published(workspace, JULY, today=date(2026, 8, 1))
    for done in (june, july):
        sums: dict[tuple[str, str, str], Decimal] = {}
        for line in table(done, "statements/lines.csv"):
            whose = (line["holder_kind"], line["ledger_id"] or line["holder_id"], line["heading"])
            sums[whose] = sums.get(whose, Decimal(0)) + Decimal(line["amount"])
        for kind, headings in HEADINGS.items():
            for row in table(done, f"{kind}_statements.csv"):
                for heading, sign in headings.items():
                    whose = (kind, row["ledger_id" if kind == "owner" else "tenant_id"], heading)
                    assert sums.pop(whose, Decimal(0)) * sign == Decimal(row[heading]), whose
        assert sums == {}, "no line is of nobody"
    assert "2026-06-20" in {line["date"] for line in table(july, "statements/lines.csv")}
    listed = {file["path"]: file["kind"] for file in manifest(june.folder)["files"]}
    assert listed["statements/lines.csv"] == "statements"


def test_published_twice_it_is_the_same_publication(tmp_path: Path) -> None:
    """Issue 5: publishing twice gives the same bytes, as a folder and as a zip; and nothing is doubled."""
    workspace = posted(tmp_path)
    first = published(workspace, to=tmp_path / "one")
    again = published(workspace, to=tmp_path / "two")
    assert (first.is_new, again.is_new) == (True, False)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two") == files_of(first.folder)
    published(workspace, to=tmp_path / "one.zip")
    published(workspace, to=tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == files_of(first.folder)
    assert rows(workspace, "select count(*) from facts.publications") == [(1,)]
    assert_silent(workspace)


def test_a_copy_of_the_workspace_publishes_the_same_bytes(tmp_path: Path) -> None:
    """Issue 5: deterministic, on any machine."""
    workspace = posted(tmp_path)
    shutil.copytree(workspace.root, tmp_path / "copy" / "workspace")
    one = published(workspace)
    two = published(Workspace.at(tmp_path / "copy" / "workspace"))
    assert files_of(one.folder) == files_of(two.folder)


def test_what_came_late_is_on_the_next_statement_or_on_a_supplement(tmp_path: Path) -> None:
    """PUB-48, PUB-49: a published period is never restated; original and supplement are both kept."""
    workspace = posted(tmp_path)
    june = published(workspace)
    before = files_of(june.folder)
    decisions.reverse(workspace, "R0000001", "returned", date(2026, 6, 20), who=WHO, why="NSF")
    july = published(workspace, JULY, today=date(2026, 8, 1))
    row = table(july, "owner_statements.csv")[0]
    assert (row["opening"], row["receipts"], row["closing"]) == ("150.01", "-150.01", "0.00")
    page = (july.folder / "statements/owners/O1.2026-07-31.html").read_text("utf-8")
    assert "Of an earlier period, not on its statement" in page
    assert "2026-06-20" in page
    supplement = published(workspace, today=date(2026, 8, 1))
    assert supplement.preview.statements == {"new": 0, "supplemental": 2, "as published": 3}
    assert manifest(supplement.folder)["supersedes"] == {"publication": "P000001", "activity": "P000002"}
    names = files_of(supplement.folder)
    assert "statements/owners/O1.2026-06-30.supplement-1.pdf" in names
    assert names["statements/owners/O2.2026-06-30.pdf"] == before["statements/owners/O2.2026-06-30.pdf"]
    assert "New: Payment returned" in names["statements/owners/O1.2026-06-30.supplement-1.html"].decode()
    row = table(supplement, "owner_statements.csv")[0]
    assert (row["opening"], row["receipts"], row["closing"]) == ("0.00", "0.00", "0.00")
    assert files_of(june.folder) == before
    assert [verify(workspace, name) for name in ("P000001", "P000002", "P000003")] == [[], [], []]
    assert_silent(workspace)


def test_a_published_statement_stays_as_it_was_whatever_the_ledger_says_now(tmp_path: Path) -> None:
    """Law 12: as of its journal entry it recomputes to the same bytes, with the names of that time."""
    workspace = posted(tmp_path)
    first = files_of(published(workspace).folder)
    renamed = BOOKS | {"owners": "owner_id | name\nO1 | Olga Renamed\nO2 | Otto Owner"}
    load_ledger(workspace, folder_of(tmp_path / "renamed", renamed), who=WHO, includes="none")
    text = workspace.settings.read_text("utf-8").replace('firm = ""', 'firm = "Renamed"')
    workspace.settings.write_text(text.replace('statement_order = "unit"', 'statement_order = "date"'), "utf-8")
    second = published(workspace)
    assert second.is_new
    names = [name for name in first if name.startswith("statements/")]
    assert {name: files_of(second.folder)[name] for name in names} == {name: first[name] for name in names}
    assert second.preview.profiles["changed"] == 1
    assert verify(workspace, "P000001") == verify(workspace, "P000002") == []
    (second.folder / "statements/owners/O1.2026-06-30.html").write_text("changed")
    assert [finding.law for finding in verify(workspace, "P000002")] == ["law_12_publication_unchanged"]
    by_hand(workspace, "update facts.published_files set sha256 = 'x' where path like '%O2%.pdf'")
    assert "O2.2026-06-30.pdf of P000001 does not come out" in verify(workspace, "P000001")[0].words


def test_a_closing_date_may_be_any_day(tmp_path: Path) -> None:
    """PUB-36: any closing date, from the first of its month."""
    workspace = posted(tmp_path)
    done = published(workspace, Period.closing(date(2026, 6, 9)))
    assert [row["closing"] for row in table(done, "owner_statements.csv")] == ["0.00", "0.00"]
    row = table(done, "tenant_statements.csv")[0]
    assert (row["period_from"], row["period_to"], row["closing"]) == ("2026-06-01", "2026-06-09", "150.01")


def test_profiles_come_first(tmp_path: Path) -> None:
    """PUB-03, PUB-20: no statements before a first completed profile sync; PUB-02: any combination, in one order."""
    workspace = posted(tmp_path)
    with pytest.raises(WrongUse, match="Profiles were never synchronised"):
        published(workspace, what=("owner_statements",))
    assert not workspace.publications.exists()
    published(workspace, what=("profiles",))
    done = published(workspace, what=("activity", "owner_statements"))
    assert manifest(done.folder)["what"] == ["profiles", "owner_statements", "activity"]
    assert not (done.folder / "tenant_statements.csv").exists()
    with pytest.raises(WrongUse, match="nonsense cannot be published"):
        published(workspace, what=("nonsense",))


def test_no_internet_publish_until_and_notes_are_respected(tmp_path: Path) -> None:
    """PUB-41: a profile left out, its statements left out, a last day; and a note on the statement."""
    workspace = posted(tmp_path)
    set_profile(workspace, "owner", "o1", who=WHO, note="The roof is next.")
    set_profile(workspace, "owner", "O2", who=WHO, no_internet=True)
    set_profile(workspace, "tenant", "T1", who=WHO, publish_until=date(2026, 7, 1))
    set_profile(workspace, "tenant", "T3", who=WHO, no_statements=True)
    done = published(workspace)
    assert [row["owner_id"] for row in table(done, "profiles/owners.csv")] == ["O1"]
    assert [row["tenant_id"] for row in table(done, "profiles/tenants.csv")] == ["T2", "T3"]
    assert [row["tenant_id"] for row in table(done, "tenant_statements.csv")] == ["T2"]
    assert {row["tenant_id"] for row in table(done, "activity/tenants.csv")} == {"T2", "T3"}
    assert "The roof is next." in (done.folder / "statements/owners/O1.2026-06-30.html").read_text("utf-8")
    assert manifest(done.folder)["counts"]["withheld"] == 3
    with pytest.raises(WrongUse, match="There is no owner 'O9'"):
        set_profile(workspace, "owner", "O9", who=WHO, no_internet=True)


def test_recent_activity_respects_delay_and_months(tmp_path: Path) -> None:
    """PUB-45: a 3-day delay published on the 10th leaves out the 7th to 9th; statements wait as well."""
    workspace = posted(tmp_path)
    text = workspace.settings.read_text("utf-8").replace("publish_delay_days = 0", "publish_delay_days = 3")
    workspace.settings.write_text(text, "utf-8")
    days = settled(workspace, JUNE, ("activity",), today=date(2026, 7, 10)).activity
    assert (days.first, days.last) == (date(2026, 4, 1), date(2026, 7, 6))
    with pytest.raises(WrongUse, match="from 2026-06-19 on"):
        settled(workspace, Period.closing(date(2026, 6, 15)), today=date(2026, 6, 18))
    settled(workspace, Period.closing(date(2026, 6, 15)), today=date(2026, 6, 19))


def test_documents_go_to_whom_their_name_says(tmp_path: Path) -> None:
    """PUB-47: Type.ID.ActualID.Filename.ext; what cannot be read in one way stays, with the reason."""
    workspace = posted(tmp_path)
    workspace.documents.mkdir()
    for name in ("Owner.ID.O1.Insurance 2026.pdf", "property.id.u1.Plan.PNG", "Owner.ID.O9.X.pdf", "notes.txt"):
        (workspace.documents / name).write_bytes(name.encode())
    (workspace.documents / "Owner.ID.O2.Link.pdf").symlink_to("/etc/hostname")
    done = published(workspace)
    there = sorted(name for name in files_of(done.folder) if name.startswith("documents/"))
    assert there[0].startswith("documents/Owner.ID.O1.Insurance_2026-")
    assert there[1:] == ["documents/Unit.ID.U1.Plan.png"]
    reasons = " ".join(row["reason"] for row in done.preview.gathered.withheld)
    assert "names no profile that is published" in reasons
    assert "is not named Type.ID" in reasons


def test_an_id_with_dots_is_read_in_one_way_only() -> None:
    """PUB-47: nothing is guessed about whose a document is."""
    known = {"owner": {"a": "A", "a.b": "A.B", "c.d": "C.D"}}
    assert document_name("Owner.ID.A.B.Lease.pdf", known) == (
        "'Owner.ID.A.B.Lease.pdf' can be read as several profiles; it stays where it is"
    )
    found = document_name("owner.id.C.D.Lease.pdf", known)
    assert not isinstance(found, str)
    assert (found.party_key, found.path.endswith(".Lease.pdf")) == ("c.d", True)


@pytest.mark.parametrize(
    "text",
    ["../../etc/passwd", "a/b", "a\\b", "nul", "COM1", "", " ", ".", "..", "x" * 500, "\x00", "\u202egnp.exe", "李",
     "-rf", "a b", "CON.txt", "é", "=cmd|' /C calc'!A0", "\ud800"],
)  # fmt: skip
def test_hostile_names_become_safe_ones(text: str) -> None:
    """Threats: names made by us; never a path, reserved, long or empty, and no two alike."""
    name = safe(text)
    assert len(name) <= 60
    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert name[0] not in "-_"
    assert safe(text + "!") != name
    assert name == text or safe(name) != name, "nobody can be named as another is shown"


def test_hostile_names_in_the_books_stay_inside_the_bundle(tmp_path: Path) -> None:
    """Threats: path traversal in output names, formulas and markup in names."""
    evil = {
        "owners": 'owner_id | name\n../../evil | =HYPERLINK("x")\nO2 | <script>alert(1)</script>',
        "ledgers": BOOKS["ledgers"].replace("O1", "../../evil"),
        "units": BOOKS["units"].replace("O1", "../../evil"),
    }
    workspace = Workspace.at(tmp_path / "workspace")
    load_ledger(workspace, folder_of(tmp_path / "ledger", BOOKS | evil), who=WHO)
    done = published(workspace)
    names = [name for name in files_of(done.folder) if name.startswith("statements/owners/")]
    assert any(name.startswith("statements/owners/evil-") for name in names)
    assert not list(tmp_path.glob("evil*"))
    assert table(done, "profiles/owners.csv")[0]["name"] == '=HYPERLINK("x")', "SPEC 8: CSV for programs is not escaped"
    pages = [text for name, text in files_of(done.folder).items() if name.endswith(".html")]
    assert not any(b"<script" in page for page in pages)


def test_nothing_is_published_while_a_law_is_broken(tmp_path: Path) -> None:
    """Law 12, issue 5: footings equal the ledger to the cent or nothing is published; exit 7."""
    workspace = posted(tmp_path)
    by_hand(workspace, "update facts.applications set amount = amount - 0.01 where charge_key = 'c1'")
    with pytest.raises(LawBroken, match="Nothing was published") as refused:
        published(workspace)
    assert refused.value.exit_code == 7
    assert not workspace.publications.exists()


def test_a_receipt_that_comes_back_counts_once_or_nothing_is_published(tmp_path: Path) -> None:
    """SPEC 7: an exported receipt named after ours is ours; one that may be ours stops the publication."""
    workspace = posted(tmp_path)
    head = "entry_id | ledger_id | unit_id | tenant_id | entry_date | kind | description | amount\n"
    paid = BOOKS["charges"].replace("100.00 | 100.00", "100.00 | 0.00").replace("50.01 | 50.01", "50.01 | 0.00")
    paid = paid.replace("300.00 | 300.00", "300.00 | 0.00")

    def exported(entry: str) -> None:
        tables = BOOKS | {"charges": paid, "ledger_entries": head + entry}
        load_ledger(workspace, folder_of(tmp_path / entry[:4], tables), who=WHO, includes="all")

    exported("R0000002 | L2 | U3 | T3 | 2026-06-10 | receipt | Rent | 300.00")
    done = published(workspace)
    assert [row["closing"] for row in table(done, "owner_statements.csv")] == ["150.01", "300.00"]
    assert [row["paid_elsewhere"] for row in table(done, "tenant_statements.csv")] == ["0.00", "0.00", "0.00"]
    exported("E000 | L2 | U3 | T3 | 2026-06-10 | receipt | Rent | 300.00")
    with pytest.raises(LawBroken, match="may be our receipt R0000002"):
        published(workspace)
    exported("E001 | L2 | | | 2026-07-01 | opening_balance | Forward | 300.00")
    done = published(workspace, JULY, today=date(2026, 8, 1))
    assert [row["closing"] for row in table(done, "owner_statements.csv")] == ["150.01", "300.00"]


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """Issue 5: what changed is shown before sending, profile by profile and statement by statement."""
    workspace = posted(tmp_path)
    terms = settled(workspace, JUNE, today=TODAY)
    found = preview(workspace, terms)
    assert (found.profiles["added"], found.statements["new"]) == (8, 5)
    assert not workspace.publications.exists()
    published(workspace)
    found = preview(workspace, terms)
    assert (found.profiles["unchanged"], found.statements["as published"]) == (8, 5)


def test_a_publication_is_never_changed(tmp_path: Path) -> None:
    """Issue 5: written aside and renamed; a folder or zip that holds something else is refused."""
    workspace = posted(tmp_path)
    first = published(workspace, to=tmp_path / "out")
    published(workspace, to=tmp_path / "out.zip")
    later = {"period": JULY, "today": date(2026, 8, 1)}
    with pytest.raises(InputRefused, match="holds something else"):
        published(workspace, to=tmp_path / "out", **later)  # type: ignore[arg-type]
    with pytest.raises(InputRefused, match="a publication is never changed"):
        published(workspace, to=tmp_path / "out.zip", **later)  # type: ignore[arg-type]
    (tmp_path / "many").mkdir()
    (tmp_path / "many" / "readme").touch()
    assert published(workspace, to=tmp_path / "many").delivered.path == str(tmp_path / "many" / "P000001")  # type: ignore[union-attr]
    (first.folder / "owner_statements.csv").write_text("changed")
    with pytest.raises(InputRefused, match="is not as it was published"):
        published(workspace)


def test_what_lies_beside_a_publication_is_not_delivered(tmp_path: Path) -> None:
    """PUB-23: only what was published goes out, and a file put there by hand is found."""
    workspace = posted(tmp_path)
    done = published(workspace)
    (done.folder / "statements" / "EXTRA.pdf").write_bytes(b"mine")
    again = published(workspace, to=tmp_path / "out")
    assert again.publication_id == done.publication_id
    assert "statements/EXTRA.pdf" not in files_of(tmp_path / "out")
    assert files_of(tmp_path / "out").keys() == set(bundle.members(done.folder))
    (found,) = verify(workspace, "P000001")
    assert (found.law, found.words) == (
        "law_12_publication_unchanged", f"{done.folder} holds what was not published: statements/EXTRA.pdf",
    )  # fmt: skip


@pytest.mark.parametrize("place", ["before the commit", "after the commit", "while delivering"])
def test_a_publication_that_was_killed_is_finished_by_the_same_call(tmp_path: Path, place: str) -> None:
    """Issue 5: a process killed in the middle; nothing half done is seen, nothing is doubled."""
    workspace = posted(tmp_path)
    assert Started(_publish_and_die, workspace.root, tmp_path / "out", place).end() == -9
    assert not (tmp_path / "out").exists()
    done = published(workspace, to=tmp_path / "out")
    assert files_of(tmp_path / "out") == files_of(done.folder)
    assert bundle.same(done.folder, done.manifest_sha256)
    assert rows(workspace, "select count(*) from facts.publications") == [(1,)]
    assert_silent(workspace)


def _publish_and_die(root: Path, out: Path, place: str) -> None:
    put = bundle.put

    def dying(folder: Path, target: Path) -> None:
        is_ready = target.name.endswith(".ready")
        if place == "before the commit":
            put(folder, target)
            die()
        if (place == "after the commit" and not is_ready) or (place == "while delivering" and target == out):
            die()
        put(folder, target)

    bundle.put = dying
    published(Workspace.at(root), to=out)


def test_a_publication_killed_at_any_moment_is_finished_by_the_same_call(tmp_path: Path) -> None:
    """Issue 5, M14: kills at seeded moments; what is seen is whole, and the end is as if nothing had happened."""
    books = posted(tmp_path / "books")
    # The shortest of three: a machine that was busy while it was measured would have every kill come too late.
    timed = [_undisturbed(books, tmp_path / f"undisturbed{number}") for number in range(3)]
    usual, expected = min(seconds for seconds, _ in timed), timed[0][1]
    source, killed = random.Random(60), 0
    for kill in range(KILLS):
        root, out = tmp_path / str(kill) / "books", tmp_path / str(kill) / "out"  # the folder names the firm
        shutil.copytree(books.root, root)
        killed += Started(_publish, root, out).kill_after(source.uniform(0.0, 1.05) * usual)
        workspace = Workspace.at(root)
        assert_silent(workspace)
        assert not out.exists() or files_of(out) == expected, "a publication was seen half done"
        _publish(root, out)
        assert files_of(out) == expected, kill
        assert [path.name for path in workspace.publications.iterdir() if not path.name.startswith(".")] == ["P000001"]
        assert rows(workspace, "select count(*) from facts.publications") == [(1,)]
        shutil.rmtree(root.parent)
    assert killed > KILLS / 2, "most of the kills came too late to mean anything"


def _undisturbed(books: Workspace, folder: Path) -> tuple[float, dict[str, bytes]]:
    """How long a publication takes in a process of its own, and what it is."""
    shutil.copytree(books.root, folder / "books")
    started = Started(_publish, folder / "books", folder / "out")
    began = time.monotonic()
    assert started.end() == 0
    return time.monotonic() - began, files_of(folder / "out")


def _publish(root: Path, out: Path) -> None:
    published(Workspace.at(root), to=out)


def test_a_disk_that_fills_leaves_no_publication(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 5: a disk that fills; nothing is recorded, and nothing half written stays."""
    workspace = posted(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(printing, "statement_pdf", full)
        with pytest.raises(OSError, match="No space left"):
            published(workspace)
    assert list(workspace.publications.iterdir()) == []
    assert rows(workspace, "select count(*) from facts.publications") == [(0,)]
    assert published(workspace).is_new


def test_the_backup_goes_along_when_asked(tmp_path: Path) -> None:
    """PUB-02: backup of the data; it is restored elsewhere to the same journal head."""
    from recon.backup import restore

    workspace = posted(tmp_path)
    with store.reading(workspace) as current:
        head = current.head()
    done = published(workspace, what=("profiles", "backup"))
    assert restore(done.folder / "backup/workspace.zip", Workspace.at(tmp_path / "restored")) == head
    assert published(workspace, what=("profiles", "backup")).is_new is False


def test_a_place_that_fsspec_reaches_gets_the_manifest_last(tmp_path: Path) -> None:
    """Issue 5: SFTP and object storage as an extra; the same again changes nothing."""
    fsspec = pytest.importorskip("fsspec")
    workspace = posted(tmp_path)
    done = published(workspace, what=("profiles",))
    terms = settled(workspace, JUNE, ("profiles",), today=TODAY)
    for _ in range(2):
        sent = publish(workspace, terms, who=WHO, to="memory://share/books")
        assert sent.delivered is not None
        assert sent.delivered.state == "processed"
    place = fsspec.filesystem("memory")
    names = {name.partition("/P000001/")[2]: place.cat_file(name) for name in place.find("/share/books")}
    assert names == files_of(done.folder)


def test_many_statements_are_printed_by_several_processes_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PUB-10: progress is told; the number of processes changes nothing."""
    workspace = posted(tmp_path)
    one = published(workspace)
    monkeypatch.setattr(printing, "_FEW", 1)
    monkeypatch.setattr(printing, "_PIECE", 2)
    told: list[tuple[int, int]] = []
    published(workspace, progress=lambda done, count: told.append((done, count)))
    assert told == [(2, 5), (4, 5), (5, 5)]
    assert published(workspace).manifest_sha256 == one.manifest_sha256


def test_the_statement_of_an_amount_is_exact(tmp_path: Path) -> None:
    """No amount is ever a float: frames and files keep cents."""
    done = published(posted(tmp_path))
    column = done.preview.gathered.tables["owner_statements.csv"]["closing"]
    assert column.to_pylist() == [Decimal("150.01"), Decimal("300.00")]
