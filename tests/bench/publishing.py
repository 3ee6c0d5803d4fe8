"""Publish about 5,000 statements and say how long each step took; the goal is 90 s on two cores (issue 5).

    python -m tests.bench.publishing [LINES] [--workspace DIR]

Without a workspace it makes a portfolio with one lockbox file of so many payments (default 4,600), loads and posts it
in a temporary folder. With one, it publishes June 2026 of a copy of that workspace.
"""

import argparse
import os
import shutil
import tempfile
import time
from datetime import date
from pathlib import Path

from recon import batches, receipts
from recon.batches import Terms
from recon.ledger_loading import load_ledger
from recon.publishing.publish import publish
from recon.publishing.terms import settled
from recon.statements import Period
from recon.workspace import Workspace
from tests.bench.make_input import make

GOAL_SECONDS = 90


def main() -> None:
    """Measure one publication, and the same again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", type=int, nargs="?", default=4_600)
    parser.add_argument("--workspace", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recon-bench-") as folder:
        workspace = Workspace.at(Path(folder) / "workspace")
        if chosen.workspace:
            shutil.copytree(chosen.workspace, workspace.root)
        else:
            _portfolio(workspace, Path(folder) / "input", chosen.lines)
        for words in ("published", "published again"):
            _measured(workspace, words)


def _portfolio(workspace: Workspace, folder: Path, lines: int) -> None:
    make(folder, lines, 7)
    load_ledger(workspace, folder / "ledger", who="bench")
    batch_id = batches.import_file(workspace, folder / "lockbox.txt", Terms(), who="bench")
    print(f"{receipts.post(workspace, batch_id, who='bench').count:,} receipts posted")


def _measured(workspace: Workspace, words: str) -> None:
    steps: list[tuple[str, float]] = []
    count = 0

    def counted(_: int, of: int) -> None:
        nonlocal count
        count = of

    began, used = time.perf_counter(), _processor_seconds()
    terms = settled(workspace, Period.month("2026-06"), today=date(2026, 7, 2))
    publish(workspace, terms, who="bench", say=lambda step: steps.append((step, time.perf_counter())), progress=counted)
    ended = time.perf_counter()
    shown = [
        f"{name} {end - start:.1f} s" for (name, start), (_, end) in zip(steps, [*steps[1:], ("", ended)], strict=True)
    ]
    used = _processor_seconds() - used
    print(f"{words}: {count:,} statements in {ended - began:.1f} s on {os.cpu_count()} cores ({', '.join(shown)})")
    print(f"  {used:.1f} s of processor time, load {os.getloadavg()[0]:.1f}")
    print("goal met" if ended - began < GOAL_SECONDS else f"goal of {GOAL_SECONDS} s missed")


def _processor_seconds() -> float:
    """What this process and those that it waited for have used."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    main()
