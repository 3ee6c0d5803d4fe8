"""Settings of a workspace: what is written there counts, or is refused (SPEC 8)."""

from pathlib import Path

import pytest

from recon.errors import WrongUse
from recon.publishing.terms import require_enabled
from recon.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A folder with the settings that every workspace begins with."""
    place = Workspace.at(tmp_path)
    place.prepare()
    return place


def write(workspace: Workspace, more: str) -> None:
    """Add lines to the settings."""
    workspace.settings.write_text(workspace.settings.read_text("utf-8") + more, "utf-8")


def test_the_first_settings_are_known_and_read(workspace: Workspace) -> None:
    """Every name of the file that a workspace begins with may be asked for; the rare ones may be added."""
    write(workspace, 'known_fees = ["1.95"]\nstates = ["WA"]\n')
    assert workspace.setting("known_fees") == ["1.95"]
    assert workspace.setting("match_days") == [1, 5]
    require_enabled(workspace)


def test_a_misspelled_setting_is_refused(workspace: Workspace) -> None:
    """A name that nothing reads would be without effect, and nobody would see it."""
    write(workspace, 'time_zone = "America/Chicago"\n')
    with pytest.raises(WrongUse, match=r"workspace\.toml: there is no setting 'time_zone'; there are .*timezone\.$"):
        workspace.today()


@pytest.mark.parametrize("table", ["enable = false", 'enabled = "no"', "enabled = false\nsince = 2026"])
def test_publishing_is_on_or_off(workspace: Workspace, table: str) -> None:
    """PUB-23: only a plain false switches publishing off, and nothing else may look as if it did."""
    write(workspace, f"[publishing]\n{table}\n")
    with pytest.raises(WrongUse, match="under .publishing. write enabled = true or enabled = false, only that"):
        require_enabled(workspace)
