"""The faces of publishing: the command, the notebook and the analyst's methods say the same."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

import recon
from recon import notebook_runs
from recon.errors import WrongUse
from tests.workspaces import WHO, by_hand, posted


def told(*words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "recon", *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    return done.returncode, done.stdout, done.stderr


def test_the_command_proves_shows_what_changed_and_publishes(tmp_path: Path) -> None:
    """SPEC 8: recon publish; PUB-07: the confirmation has the publication's name and counts."""
    place = ["--workspace", str(posted(tmp_path).root)]
    code, out, _ = told("publish", "--period", "2026-06", "--dry-run", *place)
    assert (code, "5 new" in out, "close with 450.01" in out) == (0, True, True)
    code, out, _ = told("publish", "--period", "2026-06", "--to", str(tmp_path / "out"), "--json", *place)
    said = json.loads(out)
    assert (code, said["publication_id"], said["state"]) == (0, "P000001", "processed")
    assert said["path"] == str(tmp_path / "out")
    assert said["control_totals"]["owner_statements"]["closing"] == "450.01"
    assert (tmp_path / "out" / "manifest.json").is_file()
    code, out, _ = told("transmissions", *place)
    assert (code, out.count("processed")) == (0, 2)
    code, _, words = told("publish", *place)
    assert (code, words) == (2, "recon: Say which days: --period 2026-06, or --closing-date 2026-06-30.\n")
    code, out, _ = told("profile", "owner", "O1", "--no-internet", *place)
    assert (code, out) == (0, "owner O1 is not published.\n")


def test_a_broken_law_ends_the_command_with_7(tmp_path: Path) -> None:
    """SPEC 8: an audit found a law broken; nothing published."""
    workspace = posted(tmp_path)
    by_hand(workspace, "update facts.receipts set amount = amount + 0.01 where receipt_id = 'R0000001'")
    code, _, words = told("publish", "--period", "2026-06", "--workspace", str(workspace.root))
    assert code == 7
    assert "Nothing was published, because a law is broken" in words
    assert not workspace.publications.exists()


def test_the_notebook_publishes_and_shows_the_proof_first(tmp_path: Path) -> None:
    """Issue 5: papermill-parameterized, executed headless; its page is static."""
    workspace = posted(tmp_path)
    parameters = {"workspace": str(workspace.root), "period": "2026-06", "to": str(tmp_path / "out"), "user": WHO}
    notebook_runs.execute("publish", parameters, tmp_path / "publish.ipynb")
    notebook_runs.to_html(tmp_path / "publish.ipynb", tmp_path / "publish.html", "Publication")
    page = (tmp_path / "publish.html").read_text("utf-8")
    assert page.index("Every statement adds up") < page.index("Since the last publication") < page.index("P000001")
    assert "450.01" in page
    assert "<script" not in page
    assert (tmp_path / "out" / "manifest.json").is_file()
    dry = {**parameters, "period": "", "closing_date": "2026-07-15", "dry_run": True}
    notebook_runs.execute("publish", dry, tmp_path / "dry.ipynb")
    assert "Nothing was written or sent" in (tmp_path / "dry.ipynb").read_text("utf-8")


def test_an_analyst_has_the_statements_as_a_frame(tmp_path: Path) -> None:
    """DESIGN: what one face can do, the others can do; amounts stay exact."""
    books = recon.open_workspace(posted(tmp_path).root, who=WHO)
    frame = books.statements("owner", "2026-06")
    assert list(frame["closing"]) == [Decimal("150.01"), Decimal("300.00")]
    assert list(books.statements("tenant", "2026-06")["closing"]) == [
        Decimal("0.00"),
        Decimal("220.00"),
        Decimal("0.00"),
    ]
    assert books.publish(books.publishing_terms(period="2026-06")).publication_id == "P000001"
    with pytest.raises(WrongUse, match="is not a month"):
        books.publishing_terms(period="June")
