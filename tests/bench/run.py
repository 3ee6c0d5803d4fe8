"""The benchmark: this project beside Polars and pandas on the same input, in one run.

Every number is of a whole process, from the start of Python to the last byte of the CSV. The commands take turns
(A B C A B C …), so that a machine that gets slower or busier does so for all of them; the median of the rounds counts.
Answers are compared line by line. Files go to `data/bench/`.

    python tests/bench/run.py                    # one million lines, one tenant, posting
    python tests/bench/run.py --lines 100000 --rounds 3
    python tests/bench/run.py --large            # ten million lines as well: about 12 GiB of memory to make them
    python tests/bench/run.py --only classify    # one part: classify, tenant, posting, help

Needs a POSIX system (`os.wait4` tells what each process used).
"""

import argparse
import csv
import hashlib
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent / "data" / "bench"
PARTS = ("help", "classify", "tenant", "posting")
COMPARED = ("line_number", "disposition", "reason", "matchable_total", "status_total")
SECONDS_MAX = 900  # then a process is ended and counts as failed
RECON, CHECKED, FULL, SHORT, PANDAS = "recon", "polars checked", "polars full", "polars short", "pandas short"


@dataclass(frozen=True)
class Usage:
    """What one process used."""

    wall: float
    cpu: float
    peak: float
    exit_code: int


@dataclass(frozen=True)
class Input:
    """A folder with a lockbox file and its ledger tables."""

    folder: Path
    lines: int

    @property
    def lockbox(self) -> Path:
        """The payments."""
        return self.folder / "lockbox.txt"

    @property
    def ledger(self) -> Path:
        """The tables."""
        return self.folder / "ledger"

    def answer(self, name: str) -> Path:
        """Where a command writes its CSV."""
        return self.folder / f"answer-{name.replace(' ', '-')}.csv"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts asked for; 1 if a command of ours failed or an answer differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="ten times as many lines, once")
    parser.add_argument("--only", choices=PARTS, action="append")
    chosen = parser.parse_args(arguments)
    parts = chosen.only or PARTS

    good = True
    if "help" in parts:
        print_table("The command line answers", rounds({"recon --help": recon("--help")}, chosen.rounds))
    measured: dict[str, list[Usage]] = {}
    if "classify" in parts:
        data = prepared(chosen.lines, chosen.seed)
        measured = rounds(classifying(data, RECON, CHECKED, FULL, SHORT, PANDAS), chosen.rounds)
        print_table(f"Classify {data.lines:,} lines", measured, against=FULL)
        print_reasons(data)
        good &= answers_agree(data)
    if "tenant" in parts:
        data = prepared(max(chosen.lines // 10, 1), chosen.seed, one_tenant=True)
        used = rounds(classifying(data, RECON, FULL), chosen.rounds)
        print_table(f"Classify {data.lines:,} lines of one tenant", used, against=FULL)
        good &= answers_agree(data)
    if "posting" in parts:
        good &= posting(prepared(chosen.lines, chosen.seed))
    if chosen.large:
        data = prepared(chosen.lines * 10, chosen.seed)
        used = rounds(classifying(data, RECON, FULL), 1)
        print_table(f"Classify {data.lines:,} lines", used, against=FULL)
        if measured:
            print(f"Ten times the lines, {used[RECON][0].wall / median_wall(measured[RECON]):.1f} times the time.\n")
        good &= answers_agree(data)
    return 0 if good else 1


# --------------------------------------------------------------------------------------------------------- commands


def recon(*arguments: str) -> list[str]:
    """Our own command as it is installed beside this Python, or as a module."""
    script = Path(sys.executable).with_name("recon")
    return [str(script), *arguments] if script.exists() else [sys.executable, "-m", "recon", *arguments]


def classifying(data: Input, *names: str) -> dict[str, list[str]]:
    """Each command that classifies the input into its own CSV; answers of an earlier run are taken away."""
    output = str(data.answer(RECON))
    commands = {RECON: recon("classify", str(data.lockbox), "--ledger", str(data.ledger), "--output", output)}
    scripts = {FULL: "polars_full", CHECKED: "polars_full", SHORT: "polars_short", PANDAS: "pandas_short"}
    for name, script in scripts.items():
        paths = (data.lockbox, data.ledger, data.answer(name))
        commands[name] = [sys.executable, str(HERE / f"{script}.py"), *map(str, paths)]
    commands[CHECKED].append("--check-ledger")  # as our own command does
    for name in names:
        data.answer(name).unlink(missing_ok=True)
    return {name: commands[name] for name in names}


def posting(data: Input) -> bool:
    """`recon run` in a fresh workspace, once: everything from the file to receipts, slips and the report."""
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch)
        command = recon("run", str(data.lockbox), "--ledger", str(data.ledger))
        usage = measure([*command, "--workspace", str(folder / "workspace"), "--output", str(folder / "output")])
        print_table(f"Run with posting, {data.lines:,} lines", {"recon run": [usage]})
        summary = folder / "output" / "run.json"
        if summary.exists():
            told = json.loads(summary.read_text(encoding="utf-8"))
            print(", ".join(f"{name}: {told[name]}" for name in ("auto", "individual", "rejected", "posted")) + "\n")
    return usage.exit_code == 0


def prepared(lines: int, seed: int, *, one_tenant: bool = False) -> Input:
    """The input for these numbers, made anew when the script that makes it has changed."""
    folder = DATA / f"{'tenant' if one_tenant else 'portfolio'}-{lines}-{seed}"
    script = HERE / "make_input.py"
    mark, made = folder / "made-by", hashlib.sha256(script.read_bytes()).hexdigest()
    if not mark.exists() or mark.read_text(encoding="ascii") != made:
        command = [sys.executable, str(script), "--lines", str(lines), "--seed", str(seed), "--out", str(folder)]
        subprocess.run(command + ["--one-tenant"] * one_tenant, check=True)
        mark.write_text(made, encoding="ascii")
    return Input(folder, lines)


def rounds(commands: dict[str, list[str]], count: int) -> dict[str, list[Usage]]:
    """Run the commands in turn, `count` times; a command that fails once is not run again."""
    used: dict[str, list[Usage]] = {name: [] for name in commands}
    for number in range(count):
        for name, command in commands.items():
            if any(usage.exit_code for usage in used[name]):
                continue
            print(f"  {number + 1}/{count} {name} …", end="\r", file=sys.stderr, flush=True)
            used[name].append(measure(command))
    return used


def measure(command: list[str]) -> Usage:
    """Run one process to its end. This process stays small: a child's peak starts at its parent's size."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        alarm = threading.Timer(SECONDS_MAX, process.kill)
        alarm.start()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        alarm.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            print(f"{command[0]} …: exit {process.returncode}\n{errors.read().decode()[-2000:]}", file=sys.stderr)
    kilobytes = used.ru_maxrss / 1024 if sys.platform == "darwin" else used.ru_maxrss
    return Usage(wall, used.ru_utime + used.ru_stime, kilobytes / 1024, process.returncode)


# ---------------------------------------------------------------------------------------------------------- answers


def answers_agree(data: Input) -> bool:
    """Compare our answer with the Polars script of the same rules, line by line, and say how many differ."""
    paths = (data.answer(RECON), data.answer(FULL))
    if not all(path.exists() for path in paths):
        print("Answers: not compared, one is missing.\n")
        return False
    differing = [pair for pair in itertools.zip_longest(*map(rows, paths)) if pair[0] != pair[1]]
    print(f"Answers: {len(differing)} rows differ in {', '.join(COMPARED)}.\n")
    for ours, theirs in differing[:5]:
        print(f"    {ours}\n    {theirs}\n")
    return not differing


def rows(path: Path) -> Iterator[tuple[str, ...]]:
    """The compared columns of each row."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        places = [header.index(name) for name in COMPARED]
        for row in reader:
            yield tuple(row[place] for place in places)


def print_reasons(data: Input) -> None:
    """How the reasons are spread over the input, as the Polars script of the same rules finds them."""
    counted = Counter(row[2] for row in rows(data.answer(FULL)))
    print(", ".join(f"{reason} {count:,}" for reason, count in counted.most_common()) + "\n")


# ------------------------------------------------------------------------------------------------------------ table


def median_wall(used: list[Usage]) -> float:
    """The median of the wall times."""
    return statistics.median(usage.wall for usage in used)


def print_table(title: str, used: dict[str, list[Usage]], against: str | None = None) -> None:
    """Print wall, CPU, memory and the ratio of the wall times as a Markdown table."""
    print(f"### {title}\n")
    head = ["command", "wall s", "from … to", "CPU s", "peak MiB"] + ([f"of {against}"] if against else [])
    print("| " + " | ".join(head) + " |\n|---" + "|---:" * (len(head) - 1) + "|")
    for name, usages in used.items():
        walls = [usage.wall for usage in usages]
        cells = [
            name if not usages[-1].exit_code else f"{name} (failed, exit {usages[-1].exit_code})",
            f"{median_wall(usages):.2f}",
            f"{min(walls):.2f} … {max(walls):.2f}",
            f"{statistics.median(usage.cpu for usage in usages):.2f}",
            f"{max(usage.peak for usage in usages):.0f}",
        ]
        if against:
            cells.append(f"{median_wall(usages) / median_wall(used[against]):.2f}")
        print("| " + " | ".join(cells) + " |")
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main())
