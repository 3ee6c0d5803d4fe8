"""Backup and restore: one file, the same journal head anywhere, and nothing half done (RELIABILITY M15)."""

import json
import os
import random
import shutil
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from recon import backup as backups
from recon import journal, schema, store
from recon.audits import audit
from recon.backup import backup, restore
from recon.errors import InputRefused, LawBroken, WrongUse
from recon.workspace import Workspace
from tests.workspaces import Started, assert_silent, by_hand, command, die, posted, rows

forked = pytest.mark.skipif(os.name != "posix", reason="the processes of these tests are forked")


def _everything(workspace: Workspace) -> dict[str, list[tuple[object, ...]]]:
    with store.reading(workspace) as current:
        tables = [*(f"facts.{name}" for name in schema.fact_tables()), "facts.journal", "charges", "lines"]
        return {name: current.rows(f"select * from {name} order by all") for name in [*tables, "receipts", "deposits"]}


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_backup_brought_back_elsewhere_is_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """M15: the same journal head, relations, archive and settings, on another path; work goes on there."""
    workspace = posted(tmp_path)
    workspace.settings.write_text('timezone = "America/Chicago"\n')
    head = backup(workspace, tmp_path / "b.zip")
    there = Workspace.at(tmp_path / "another place" / "it's [here]")
    assert restore(tmp_path / "b.zip", there) == head == journal.file_head(workspace.journal)
    assert capsys.readouterr().err == "", "a restore is no accident"
    assert _everything(there) == _everything(workspace)
    assert _files(there.archive) == _files(workspace.archive)
    assert there.settings.read_bytes() == workspace.settings.read_bytes()
    assert there.journal.read_bytes() == workspace.journal.read_bytes()
    assert_silent(there)
    command("process", there.root, batch="B000001", line=2, parts=[_part()])
    assert_silent(there)
    assert not [path for path in tmp_path.rglob(".*") if path.name != ".gitignore"]


def _part() -> object:
    from decimal import Decimal

    from recon.decisions import Part

    return Part(Decimal("200.00"), "T2", "U2", {"C3": Decimal("200.00")})


def test_a_backup_of_a_backup_is_the_same(tmp_path: Path) -> None:
    """Facts do not age: what goes through three files has the same rows in the same entries."""
    place = posted(tmp_path)
    first = _everything(place)
    for turn in range(2):
        head = backup(place, tmp_path / f"{turn}.zip")
        place = Workspace.at(tmp_path / f"w{turn}")
        assert restore(tmp_path / f"{turn}.zip", place) == head
    assert _everything(place) == first


def test_a_backup_changes_nothing(tmp_path: Path) -> None:
    workspace = posted(tmp_path)
    before = _everything(workspace)
    backup(workspace, tmp_path / "b.zip")
    assert _everything(workspace) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "workspace"]


def test_the_target_is_never_written_over(tmp_path: Path) -> None:
    workspace = posted(tmp_path)
    (tmp_path / "b.zip").write_text("mine")
    with pytest.raises(InputRefused, match=r"b\.zip exists; name a new file"):
        backup(workspace, tmp_path / "b.zip")
    assert (tmp_path / "b.zip").read_text() == "mine"
    with pytest.raises(InputRefused, match="nowhere is not a folder"):
        backup(workspace, tmp_path / "nowhere" / "b.zip")


def test_a_store_that_breaks_a_law_is_not_backed_up(tmp_path: Path) -> None:
    """SPEC 8: exit code 7; a backup that looks good and is not would be worse than none."""
    workspace = posted(tmp_path)
    by_hand(workspace, "update facts.deposit_items set amount = amount + 0.01 where deposit_id = 'D000001'")
    with pytest.raises(LawBroken, match="slip") as refused:
        backup(workspace, tmp_path / "b.zip")
    assert refused.value.exit_code == 7
    assert sorted(path.name for path in tmp_path.iterdir()) == ["workspace"]


def test_books_whose_archive_has_lost_a_file_are_not_backed_up(tmp_path: Path) -> None:
    """SPEC 3: a backup without the input would be found out when it is needed; an older one still comes back."""
    workspace = posted(tmp_path)
    backup(workspace, tmp_path / "b.zip")
    shutil.rmtree(workspace.archive)
    with pytest.raises(LawBroken, match=r"June\.csv \(batch B000001\) is missing: .+\. Put the file there again"):
        backup(workspace, tmp_path / "c.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as whole, zipfile.ZipFile(tmp_path / "older.zip", "w") as older:
        manifest = json.loads(whole.read("manifest.json"))
        manifest["files"] = {name: said for name, said in manifest["files"].items() if "archive" not in name}
        older.writestr("manifest.json", json.dumps(manifest))
        for name in manifest["files"]:
            older.writestr(name, whole.read(name))
    there = Workspace.at(tmp_path / "there")
    assert restore(tmp_path / "older.zip", there) == journal.file_head(workspace.journal)
    assert [finding.law for finding in audit(there)] == ["law_06_files_archived"]


def test_nothing_is_brought_back_over_a_workspace(tmp_path: Path) -> None:
    workspace = posted(tmp_path)
    backup(workspace, tmp_path / "b.zip")
    with pytest.raises(WrongUse, match=r"There is a workspace at .* already"):
        restore(tmp_path / "b.zip", workspace)
    assert_silent(workspace)


@pytest.mark.parametrize("left", ["an empty folder", "its archive", "settings"])
def test_a_folder_without_a_store_is_filled(tmp_path: Path, left: str) -> None:
    """A store that was lost comes back beside what is left of its workspace; nothing there is thrown away."""
    workspace = posted(tmp_path)
    backup(workspace, tmp_path / "b.zip")
    there = Workspace.at(tmp_path / "there")
    there.archive.mkdir(parents=True)
    kept = {
        "an empty folder": [],
        "its archive": [there.archive / ("0" * 64), there.archive / next(iter(_files(workspace.archive)))],
        "settings": [there.settings, there.root / "notes.txt"],
    }[left]
    for path in kept:
        path.write_bytes(b"")
    restore(tmp_path / "b.zip", there)
    assert_silent(there)
    assert all(path.exists() for path in kept)
    assert _files(workspace.archive).items() <= _files(there.archive).items()


# --- files that are none ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good backup."""
    folder = tmp_path_factory.mktemp("good")
    backup(posted(folder), folder / "b.zip")
    return folder / "b.zip"


def _refused(path: Path, folder: Path) -> str:
    there = Workspace.at(folder / "restored" / "here")
    before = sorted(folder.rglob("*"))
    with pytest.raises(InputRefused) as refused:
        restore(path, there)
    assert refused.value.exit_code == 3
    assert not there.root.exists()
    shutil.rmtree(folder / "restored", ignore_errors=True)
    assert sorted(folder.rglob("*")) == before
    return str(refused.value)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    assert "there is no such file" in _refused(tmp_path / "none.zip", tmp_path)
    (tmp_path / "text.zip").write_text("not a zip")
    assert "is no backup of this program" in _refused(tmp_path / "text.zip", tmp_path)
    assert "is no backup of this program" in _refused(tmp_path, tmp_path)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as packed:
        packed.writestr("letter.txt", "hello")
    assert "is no backup of this program" in _refused(tmp_path / "other.zip", tmp_path)


def test_a_damaged_or_cut_file_is_refused(tmp_path: Path, good: Path) -> None:
    """M15: every byte is under a hash; whatever happened to the file, it is refused or whole."""
    data = good.read_bytes()
    source = random.Random(7)
    for place in (10, 200, *(source.randrange(len(data)) for _ in range(12)), len(data) - 10):
        spoiled = bytearray(data)
        spoiled[place] ^= 1 << source.randrange(8)
        (tmp_path / "spoiled.zip").write_bytes(spoiled)
        there = Workspace.at(tmp_path / f"there{place}")
        try:
            restore(tmp_path / "spoiled.zip", there)
        except InputRefused:
            assert not there.root.exists()
        else:  # a bit that means nothing, such as one of a time stamp
            assert audit(there) == []
            shutil.rmtree(there.root)
    for length in (0, 1, 100, len(data) // 2, len(data) - 1):
        (tmp_path / "spoiled.zip").write_bytes(data[:length])
        _refused(tmp_path / "spoiled.zip", tmp_path)


def _rewritten(source: Path, target: Path, change: Callable[[dict[str, bytes], dict[str, object]], None]) -> Path:
    """Pack a backup anew after a change to its members and its manifest."""
    import hashlib

    with zipfile.ZipFile(source) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    change(members, manifest)
    manifest["files"] = {
        name: manifest["files"].get(name, hashlib.sha256(data).hexdigest()) for name, data in members.items()
    } | {name: digest for name, digest in manifest["files"].items() if name not in members and digest == "keep"}
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("manifest.json", json.dumps(manifest))
        for name, data in members.items():
            packed.writestr(name, data)
    return target


_TRICKS = [
    "../outside.txt",
    "../../outside.txt",
    "/tmp/outside.txt",
    "archive/../../outside.txt",
    "archive/..",
    "archive",
    ".",
    "C:\\outside.txt",
    "archive\\..\\outside.txt",
    "store.duckdb.wal",
    "journal.jsonl",
    "log/errors.log",
    "archive/" + "A" * 64,
    "archive/" + "0" * 64 + "\n",
]


@pytest.mark.parametrize("name", _TRICKS)
def test_a_name_that_is_not_ours_is_refused(tmp_path: Path, good: Path, name: str) -> None:
    """Threats: path traversal in archives; a backup holds four kinds of names and no other."""

    def add(members: dict[str, bytes], manifest: dict[str, object]) -> None:
        members[name] = b"trick"

    hostile = _rewritten(good, tmp_path / "hostile.zip", add)
    assert "no backup of this program" in _refused(hostile, tmp_path)
    assert not list(tmp_path.parent.glob("outside*"))


def test_a_manifest_that_does_not_fit_is_refused(tmp_path: Path, good: Path) -> None:

    def changed(change: Callable[[dict[str, bytes], dict[str, object]], None]) -> str:
        return _refused(_rewritten(good, tmp_path / "changed.zip", change), tmp_path)

    head = {"seq": 3, "hash": "0" * 64}
    assert "does not hold what its manifest says" in changed(lambda _, manifest: manifest.update(journal_head=head))
    assert "reads 1" in changed(lambda _, manifest: manifest.update(format=2))
    assert "no backup" in changed(lambda _, manifest: manifest.update(journal_head={"seq": 3, "hash": "", "more": 1}))
    assert "does not hold" in changed(
        lambda members, manifest: (members.pop("store.duckdb"), manifest["files"].pop("store.duckdb"))
    )  # type: ignore[attr-defined]
    assert "does not hold" in changed(_another_store)


def _another_store(members: dict[str, bytes], manifest: dict[str, object]) -> None:
    members["store.duckdb"] = b"no database"
    manifest["files"].pop("store.duckdb")  # type: ignore[attr-defined]


def test_a_file_that_unpacks_to_more_than_there_is_room_for_is_refused(
    tmp_path: Path, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threats: archives of a few bytes that fill the disk."""
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))
    assert "only 1 MB are free" in _refused(good, tmp_path)


def test_an_encrypted_file_is_refused(tmp_path: Path, good: Path) -> None:
    data = bytearray(good.read_bytes())
    place = data.find(b"PK\x01\x02")
    while place >= 0:  # the bit that says so, in every entry of the directory
        data[place + 8] |= 1
        place = data.find(b"PK\x01\x02", place + 4)
    (tmp_path / "locked.zip").write_bytes(data)
    assert "no backup of this program" in _refused(tmp_path / "locked.zip", tmp_path)


# --- killed on the way -----------------------------------------------------------------------------------------------


@forked
def test_a_killed_backup_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    """M15: written under another name, opened, audited, then named; the same command again makes it."""
    workspace = posted(tmp_path)
    for point in ("copied", "audited", "packed"):
        assert Started(backup_and_die, workspace.root, tmp_path / "b.zip", point).end() == -9
        assert not (tmp_path / "b.zip").exists()
    source = random.Random(5)
    for _ in range(2):
        killed = Started(back_up, workspace.root, tmp_path / "b.zip")
        if not killed.kill_after(source.uniform(0, 0.3)):
            break
        assert not (tmp_path / "b.zip").exists()
    (tmp_path / "b.zip").unlink(missing_ok=True)
    head = backup(workspace, tmp_path / "b.zip")
    assert restore(tmp_path / "b.zip", Workspace.at(tmp_path / "there")) == head


def back_up(root: Path, target: Path) -> None:
    backup(Workspace.at(root), target)


def backup_and_die(root: Path, target: Path, point: str) -> None:
    copy, check, pack = store.copy_to, backups.audits.audit_store, backups._pack

    def then_die(step: Callable[..., object], name: str) -> Callable[..., object]:
        def stepped(*given: object) -> object:
            done = step(*given)
            if point == name:
                die()
            return done

        return stepped

    store.copy_to = then_die(copy, "copied")  # type: ignore[assignment]
    backups.audits.audit_store = then_die(check, "audited")  # type: ignore[assignment]
    backups._pack = then_die(pack, "packed")  # type: ignore[assignment]
    back_up(root, target)


@forked
def test_a_killed_restore_can_be_run_again(tmp_path: Path) -> None:
    """Whatever was put in place already, the same command finishes it, archive included."""
    workspace = posted(tmp_path)
    head = backup(workspace, tmp_path / "b.zip")
    for step in range(1, 4):
        there = Workspace.at(tmp_path / f"there{step}")
        ended = Started(restore_and_die, tmp_path / "b.zip", there.root, step).end()
        assert ended == -9
        if not store.exists(there):  # it comes last but for the journal file, which it can write itself
            assert restore(tmp_path / "b.zip", there) == head
        assert_silent(there)
        assert _files(there.archive) == _files(workspace.archive)
        assert rows(there, "select count(*) from facts.receipts") == [(2,)]
        assert there.journal.read_bytes() == workspace.journal.read_bytes()


def restore_and_die(source: Path, root: Path, step: int) -> None:
    replace, done = os.replace, iter(range(100))

    def replace_or_die(old: Path, new: Path) -> None:
        if next(done) == step:
            die()
        replace(old, new)

    os.replace = replace_or_die  # type: ignore[assignment]
    restore(source, Workspace.at(root))


@forked
def test_a_backup_waits_for_its_turn(tmp_path: Path) -> None:
    """M1: copies while nobody writes, and holds every commit acknowledged before it began."""
    from tests.workspaces import hold

    workspace = posted(tmp_path)
    writer = Started(hold, workspace.root, "recon post B000001", tmp_path / "held", 1.0)
    while not (tmp_path / "held").exists():
        time.sleep(0.005)
    head = backup(workspace, tmp_path / "b.zip")
    assert writer.end() == 0
    assert head.seq == 3


def test_a_place_that_will_not_do_is_said_in_one_sentence(tmp_path: Path) -> None:
    """RELIABILITY M10: a file where a folder should be, for the workspace or for the backup."""
    workspace = posted(tmp_path)
    backup(workspace, tmp_path / "b.zip")
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(WrongUse, match="is a file; name a folder with --workspace"):
        restore(tmp_path / "b.zip", Workspace(tmp_path / "file"))
    with pytest.raises(InputRefused, match="cannot be written"):
        restore(tmp_path / "b.zip", Workspace(tmp_path / "file" / "deep" / "er"))
