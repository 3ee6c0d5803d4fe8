"""The README's recipe for a scheduled run, run as it stands there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data" / "sample" / "june10"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the recipe is a shell script")


def _script() -> str:
    """The block of the README that begins as a shell script."""
    blocks = (ROOT / "README.md").read_text("utf-8").split("\n\n")
    (found,) = [block for block in blocks if block.startswith("    #!/bin/sh")]
    return dedent(found) + "\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with the program, the recipe beside it, a ledger in force, and a folder of lockbox files."""
    place = tmp_path / "recon"
    (tmp_path / "lockbox").mkdir()
    (place / ".venv" / "bin").mkdir(parents=True)
    command = place / ".venv" / "bin" / "recon"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m recon "$@"\n')
    command.chmod(0o755)
    (place / "scheduled.sh").write_text(_script())
    (place / "scheduled.sh").chmod(0o755)
    subprocess.run(
        [command, "load-ledger", SAMPLE / "ledger", "--user", "ann"], cwd=place, env=_env(tmp_path), check=True
    )
    return tmp_path


def _env(home: Path) -> dict[str, str]:
    """What cron gives a command, and where the package is."""
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "PYTHONPATH": str(ROOT)}


def _scheduled(home: Path) -> subprocess.CompletedProcess[str]:
    """Run it as cron does: from another folder, with hardly any environment."""
    return subprocess.run(
        ["/bin/sh", "-c", "$HOME/recon/scheduled.sh"],
        cwd="/",
        env=_env(home),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_scheduled_run_posts_is_silent_and_may_be_repeated(home: Path) -> None:
    """Issue 2, item 9: every run is also the retry of the one before; it prints only when something is wrong."""
    shutil.copy(SAMPLE / "June10.csv", home / "lockbox")
    for _ in range(2):
        done = _scheduled(home)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "June10.csv: 3 entries, 2,780.00" in (home / "recon" / "scheduled.log").read_text("utf-8")


def test_the_scheduled_run_tells_of_a_file_that_is_refused(home: Path) -> None:
    """Issue 2, item 9: cron mails what it prints: the exit code and the sentence that names the batch."""
    shutil.copy(SAMPLE / "June10.csv", home / "lockbox")
    again = (SAMPLE / "June10.csv").read_bytes().replace(b"\r\n", b"\n")
    (home / "lockbox" / "Sent again.csv").write_bytes(again)
    done = _scheduled(home)
    assert done.returncode == 4
    assert "recon ended with exit code 4:" in done.stdout
    assert "B000001" in done.stdout
