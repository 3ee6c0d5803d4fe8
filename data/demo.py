"""What `make demo` does: the main job on the sample data, each command shown as you would type it.

Everything lands in `data/demo`, which is made anew each time; no other workspace is touched.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
DEMO = Path("data/demo")  # relative to ROOT, as everything below: each command runs there
SAMPLE = Path("data/sample")


class Failed(Exception):
    """A step did not do what it should."""


def say(words: str = "") -> None:
    """Print at once, so that our words and those of the commands keep their order."""
    print(words, flush=True)


def recon(*arguments: str | Path) -> None:
    """Show a command line and run it.

    Raises:
        Failed: it ended with another exit code than 0.
    """
    words = [argument.as_posix() if isinstance(argument, Path) else argument for argument in arguments]
    say(f"$ recon {' '.join(words)}")
    code = subprocess.run([sys.executable, "-m", "recon", *words], cwd=ROOT, check=False).returncode
    if code:
        raise Failed(f"recon {words[0]} ended with exit code {code}; the README has a table of them.")


def audit(workspace: Path) -> None:
    """Audit a workspace and say what came of it; the command itself is silent when all is well."""
    recon("audit", "--workspace", workspace)
    say("The audit found nothing: every law holds, to the cent.")


def run_folders(workspace: Path) -> list[Path]:
    """List the folders of a workspace's runs, oldest first."""
    return sorted((ROOT / workspace / "runs").glob("run-*"))


def summary(folder: Path) -> dict[str, Any]:
    """Read what a run says of itself."""
    found: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return found


def shown(path: Path) -> str:
    """Name a file from the project's folder."""
    return path.relative_to(ROOT).as_posix()


def one_file() -> None:
    """Run the example of the lockbox format's own description.

    Raises:
        Failed: a command failed, or the figures are not those of the file.
    """
    workspace = DEMO / "june10"
    say("One lockbox file: three payments of 10 June 2006, 2,780.00 together.")
    say()
    recon("load-ledger", SAMPLE / "june10/ledger", "--workspace", workspace)
    recon(
        "run", SAMPLE / "june10/June10.csv", "--expect-entries", "3", "--expect-total", "2780.00",
        "--workspace", workspace,
    )  # fmt: skip
    (folder,) = run_folders(workspace)
    done = summary(folder)
    if (done["entries"], done["total_amount"]) != (3, "2780.00"):
        raise Failed(f"June10.csv has 3 entries of 2780.00, not {done['entries']} of {done['total_amount']}.")
    say()
    say("Two payments equal what their tenants owe and were posted. The third waits for a person; this is why:")
    say()
    recon("explain", f"{done['batch_id']}:3", "--workspace", workspace)
    audit(workspace)
    say()
    say("Look at:")
    say(f"  the report       {shown(folder / 'report.html')}  (opens in any browser and prints)")
    for name, path in done["outputs"].items():
        if name.startswith("slip_"):
            say(f"  the deposit slip {shown(folder / path)}")
    say(f"  what waits       {shown(folder / 'unprocessed.csv')}  (the report says why)")


def one_month() -> None:
    """Run the month of a portfolio of 500 units: a folder with seven files.

    Raises:
        Failed: a command failed, or not every line of the files is accounted for.
    """
    workspace = DEMO / "portfolio"
    say("A month of a portfolio with 500 units: every file of a folder, in name order. It takes half a minute.")
    say()
    recon("load-ledger", SAMPLE / "portfolio/ledger", "--workspace", workspace)
    recon("run", SAMPLE / "portfolio/lockbox", "--workspace", workspace)
    folders = run_folders(workspace)
    runs = [summary(folder) for folder in folders]
    entries = sum(done["entries"] for done in runs)
    ended = sum(done[kind]["count"] for done in runs for kind in ("posted", "individual", "rejected"))
    if entries != ended:
        raise Failed(f"The month has {entries} entries, but {ended} were posted, wait or were rejected.")
    say()
    say(f"The month: {entries} entries, each posted, waiting for a person or rejected. Where the workspace stands:")
    say()
    recon("status", "--workspace", workspace)
    audit(workspace)
    say()
    say("Look at:")
    say(f"  the first report {shown(folders[0] / 'report.html')}")
    say(f"  the other runs   {shown(folders[0].parent)}/  (reports, slips, lists; one folder per file)")


def start_afresh() -> None:
    """Remove what an earlier demonstration left.

    Raises:
        Failed: some of it cannot be removed.
    """
    try:
        shutil.rmtree(ROOT / DEMO)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise Failed(f"{DEMO.as_posix()} cannot be removed ({error.strerror}); close what is open in it.") from error


def main() -> int:
    """Run the demonstration; 1 if something was not as it should be."""
    try:
        start_afresh()
        one_file()
        if (ROOT / SAMPLE / "portfolio/lockbox").is_dir():
            say()
            one_month()
    except Failed as failed:
        say(f"demo: {failed}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
