"""Loading a ledger again (SPEC 2): what was posted here and what the export already says of it must not count twice."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from recon import daily, decisions
from recon.batches import Terms
from recon.errors import InputRefused
from tests.spec.tables import WHO, Office, agree, ledger, money

HEAD = "charge_id | tenant_id | unit_id | ledger_id | due_date | amount | open_amount\n"
C1 = "C1 | Roseman | Cedar327 | L-Ames | 2026-06-01 | 690.00 |"
C2 = "C2 | Bruno | Fair436 | L-Ames | 2026-06-01 | 1140.00 |"
C3 = "C3 | Bruno | Fair436 | L-Ames | 2026-07-01 | 5.00 | 5.00"
BEFORE = f"{HEAD}{C1} 690.00\n{C2} 1140.00"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office where Roseman's 690.00 was posted as receipt R0000001."""
    office = Office(tmp_path)
    office.load(charges=BEFORE)
    office.post(office.bring("June10.csv", "2026-06-10 | Cedar327 | 690.00 | | Roseman"))
    return office


def open_amounts(office: Office) -> dict[str, str]:
    """What is open of each charge."""
    return {charge["charge_id"]: str(charge["open_amount"]) for charge in office.charges()}


def test_bytes_identical_to_the_last_load_change_nothing(office: Office) -> None:
    """BTR-73: whatever --includes says, the same export is not loaded twice."""
    before = office.journal()
    for includes in (None, "none", "all", "2026-06-10T18:00"):
        done = office.load(includes, charges=BEFORE)
        assert (done.load_id, done.changed) == (1, False)
    assert office.journal() == before
    assert open_amounts(office) == {"C1": "0.00", "C2": "1140.00"}


def test_it_must_be_said_what_the_export_reflects(office: Office) -> None:
    """BTR-11: required once an exported charge has receipts of ours; the message names the charge."""
    with pytest.raises(InputRefused, match=r"on 1 of the exported charges \(the first is C1\): say with --"):
        office.load(charges=f"{HEAD}{C1} 690.00")
    assert open_amounts(office) == {"C1": "0.00", "C2": "1140.00"}, "nothing was loaded"
    assert office.load(charges=f"{HEAD}{C2} 1140.00").changed, "no exported charge has receipts of ours"


def test_an_export_that_reflects_none_of_our_receipts(office: Office) -> None:
    """BTR-11: what was posted here goes off what it says is open."""
    office.load("none", charges=f"{HEAD}{C1} 690.00\n{C2} 1140.00\n{C3}")
    assert open_amounts(office) == {"C1": "0.00", "C2": "1140.00", "C3": "5.00"}


def test_an_export_that_reflects_all_our_receipts(office: Office) -> None:
    """BTR-11: its open amounts are the truth; a later reversal opens the charge again."""
    office.load("all", charges=f"{HEAD}{C1} 0.00\n{C2} 1000.00")
    assert open_amounts(office) == {"C1": "0.00", "C2": "1000.00"}
    decisions.reverse(office.workspace, "R0000001", "returned", date(2026, 6, 20), who=WHO, why="NSF")
    assert open_amounts(office) == {"C1": "690.00", "C2": "1000.00"}


@pytest.mark.parametrize("zone", ["", "America/New_York"])
def test_an_export_of_a_certain_time(office: Office, zone: str) -> None:
    """BTR-11: it reflects the receipts posted up to then, in the workspace's time zone, and not the later ones."""
    (office.workspace.root / "workspace.toml").write_text(f'timezone = "{zone}"\n')
    zoned = office.workspace.timezone()
    export_time = datetime.now().astimezone(zoned).replace(tzinfo=None)
    office.post(office.bring("later.csv", "2026-06-11 | Fair436 | 1140.00 | | Bruno"))
    office.load(export_time.isoformat(), charges=f"{HEAD}{C1} 0.00\n{C2} 1140.00\n")
    assert open_amounts(office) == {"C1": "0.00", "C2": "0.00"}
    earlier = (export_time - timedelta(days=1)).isoformat(sep=" ")
    office.load(earlier, charges=f"{HEAD}{C1} 690.00\n{C2} 1140.00\n{C3}")
    assert open_amounts(office) == {"C1": "0.00", "C2": "0.00", "C3": "5.00"}


@pytest.mark.parametrize("includes", ["some", "2026-06-10", "yesterday T", "None", "ALL", "2026-13-01T00:00"])
def test_what_is_no_time_is_refused(office: Office, includes: str) -> None:
    """BTR-11: a date alone could mean its beginning or its end, so it needs a time."""
    with pytest.raises(InputRefused, match=f"--includes {includes}: write none, all, or "):
        office.load(includes, charges=f"{HEAD}{C1} 0.00")


@pytest.mark.parametrize(
    ("includes", "exported", "is_open"), [("none", "0.00", "-690.00"), ("none", "689.99", "-0.01")]
)
def test_a_result_below_zero_stops_the_load_and_names_the_charge(
    office: Office, includes: str, exported: str, is_open: str
) -> None:
    """BTR-11: the export says that less is open than was paid here since; nothing is loaded."""
    with pytest.raises(InputRefused) as refused:
        office.load(includes, charges=f"{HEAD}{C1} {exported}\n{C2} 1140.00")
    assert f"Charge C1 would be open {is_open} of 690.00" in str(refused.value)
    assert "nothing was loaded" in str(refused.value)
    assert [(problem.file, problem.value) for problem in refused.value.problems] == [("charges", exported)]
    assert open_amounts(office) == {"C1": "0.00", "C2": "1140.00"}
    assert office.journal()[-1]["action"] == "post"


def test_a_result_above_the_amount_stops_the_load(office: Office) -> None:
    """BTR-11: a reversal that the export knows already would open more than was ever charged."""
    decisions.reverse(office.workspace, "R0000001", "returned", date(2026, 6, 20), who=WHO, why="NSF")
    reversed_at = office.rows("select max(recorded_at) as at from facts.journal")[0]["at"]
    posted_at = office.rows("select recorded_at as at from facts.journal where action = 'post'")[0]["at"]
    between = posted_at + (reversed_at - posted_at) / 2
    with pytest.raises(InputRefused, match=r"Charge C1 would be open 1380\.00 of 690\.00"):
        office.load(f"{between.isoformat()}+00:00", charges=f"{HEAD}{C1} 690.00")
    office.load("all", charges=f"{HEAD}{C1} 690.00")
    assert open_amounts(office)["C1"] == "690.00"


def test_a_charge_no_longer_exported_is_kept_as_closed(office: Office) -> None:
    """BTR-11, BTR-32: never deleted: its receipts stay explained, and it may come back."""
    office.load(charges=f"{HEAD}{C2} 1140.00")
    assert open_amounts(office) == {"C1": "0.00", "C2": "1140.00"}
    agree(office.charges(), "charge_id | is_exported\nC1 | False\nC2 | True")
    agree(office.applications("B000001"), "charge_id | amount\nC1 | 690.00")
    office.load(charges=HEAD + "C3 | Roseman | Cedar327 | L-Ames | 2026-07-01 | 5.00 | 5.00")
    assert open_amounts(office) == {"C1": "0.00", "C2": "0.00", "C3": "5.00"}, "C2 is closed though nobody paid it here"
    batch = office.bring("later.csv", "2026-06-12 | Fair436 | 1140.00 | | Bruno")
    office.post(batch)
    agree(office.lines(batch), "reason | status_total\nNOTHING_OWED | 0.00")
    office.load("all", charges=f"{HEAD}{C1} 0.00\n{C2} 1140.00")
    assert open_amounts(office) == {"C1": "0.00", "C2": "1140.00", "C3": "0.00"}


def test_a_closed_charge_still_brings_tenant_and_unit_together(office: Office) -> None:
    """BTR-32: a charge, open or not, that was exported once."""
    office.load(charges=HEAD + "C8 | Roseman | Mail212 | L-Ames | 2026-06-01 | 5.00 | 5.00")
    office.load(charges=f"{HEAD}{C2} 1140.00")
    batch = office.bring("later.csv", "2026-06-12 | Mail212 | 5.00 | | Roseman")
    office.post(batch)
    agree(office.lines(batch), "unit_id | tenant_id | reason\nMail212 | Roseman | NOTHING_OWED")


def test_a_reversal_reopens_the_charge(office: Office) -> None:
    """BTR-11: receipts reduce what is open, reversals restore it."""
    decisions.reverse(office.workspace, "R0000001", "returned", date(2026, 6, 20), who=WHO, why="NSF")
    assert open_amounts(office)["C1"] == "690.00"
    office.load("none", charges=f"{HEAD}{C1} 690.00")
    assert open_amounts(office)["C1"] == "690.00", "posted and returned: nothing of it is in the export, in the end"


def test_a_ledger_that_does_not_fit_leaves_the_old_one_in_force(office: Office) -> None:
    """BTR-32: every problem is listed, and then nothing is loaded."""
    with pytest.raises(InputRefused) as refused:
        office.load("none", charges=f"{HEAD}{C1} 691.00\nC1 | Nobody | Cedar327 | L-Ames | 2026-06-31 | 1.0 | 1.00")
    assert len(refused.value.problems) >= 4
    assert all(problem.file == "charges.csv" for problem in refused.value.problems)
    assert open_amounts(office) == {"C1": "0.00", "C2": "1140.00"}
    assert office.rows("select count(*) as loads from facts.ledger_loads") == [{"loads": 1}]


def test_run_with_a_ledger_does_exactly_this(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """BTR-11: `run --ledger` takes the same option and refuses without it; then nothing of the file is imported."""
    monkeypatch.setattr(daily, "_make_report", lambda *given: None)
    folder = ledger(office.folder / "newer", charges=f"{HEAD}{C1} 0.00\n{C2} 1140.00")
    file = office.file("day2.csv", "2026-06-11 | Fair436 | 1140.00 | | Bruno")
    with pytest.raises(InputRefused, match="say with --includes none"):
        daily.run(office.workspace, file, Terms(), who=WHO, ledger=folder)
    assert len(office.rows("select * from batches")) == 1
    done = daily.run(office.workspace, file, Terms(), who=WHO, ledger=folder, includes="all")
    assert done.summary["posted"] == {"count": 1, "amount": money("1140.00")}
    assert open_amounts(office) == {"C1": "0.00", "C2": "0.00"}


def test_names_follow_the_latest_export(office: Office) -> None:
    """BTR-37: IDs are compared without case and shown as the ledger in force spells them."""
    tenants = "tenant_id | unit_id\nROSEMAN | Cedar327\nBruno | Fair436"
    office.load("all", tenants=tenants, charges=f"{HEAD}{C1} 0.00\n{C2} 1140.00")
    agree(office.receipts(), "tenant_id | amount\nROSEMAN | 690.00")
