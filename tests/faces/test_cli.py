"""The command line (SPEC 8): each command and option, each exit code, one clear sentence for each refusal."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import duckdb
import pytest
import typer
from pypdf import PdfReader

from recon import daily, locking, status, store
from recon.cli import app, inputs
from recon.workspace import Workspace
from tests.ledger_folders import folder_of
from tests.spec.tables import ledger, lockbox
from tests.workspaces import by_hand

CHARGES = """
    charge_id | tenant_id | unit_id  | ledger_id | due_date   | amount
    C1        | Roseman   | Cedar327 | L-Ames    | 2026-06-01 | 690.00
    C2        | Bruno     | Fair436  | L-Corey   | 2026-06-01 | 1140.00
"""
JUNE_10 = """
    2026-06-10 | Cedar327 | 690.00  | Reference #68217 | Roseman
    2026-06-10 | Fair436  | 1140.00 | Reference #1721  | Bruno
    2026-06-10 | Nowhere  | 950.00  | Reference #6612  | Nobody
    "2026-02-30","Cedar327","5.00","no such day","Roseman",
"""
COLUMNS = {
    "classification": "line_number,posting_date,unit_id,tenant_id,amount,memo,matchable_total,status_total,disposition,"
    "reason,flags,message",
    "receipts": "receipt_id,posting_date,tenant_id,unit_id,ledger_id,bank_account_id,amount,applied,credit,memo,"
    "line_number,deposit_id",
    "applications": "receipt_id,charge_id,ledger_id,amount,applied_on",
    "deposit_slips": "deposit_id,bank_account_id,deposit_date,receipt_id,amount",
}
COMMANDS = (
    "load-ledger", "classify", "run", "import", "post", "process", "remove", "deposit", "receipts", "reverse",
    "close-period", "suggest", "accept", "statement", "convert", "match", "reconcile", "publish", "transmissions",
    "verify-publication", "profile", "lab", "portal", "audit", "explain", "status", "backup", "restore",
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """How a command ended."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        """Standard output."""
        return self.raw.decode()

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.raw)

    def refused(self, code: int, *words: str) -> None:
        """One clear sentence on standard error, nothing on standard output, and the exit code."""
        assert (self.code, self.raw) == (code, b""), self
        (sentence,) = [line for line in self.err.splitlines() if line.startswith("recon: ")]
        assert sentence.endswith(("problem:", "problems:") if "\n  " in self.err else ".")
        assert "Traceback" not in self.err
        for word in words:
            assert word in sentence, sentence


Recon = Callable[..., Answer]


def rows_of(path: str | Path) -> list[list[str]]:
    """A CSV file's rows, its header first."""
    return list(csv.reader(io.StringIO(Path(path).read_text(encoding="utf-8"), newline="")))


def records_of(text: str) -> list[dict[str, str]]:
    """CSV text as records."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def recon(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Recon:
    """Call the command line in this process, in an empty folder, with a workspace in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECON_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))  # the command line may put a finder into it

    def call(*words: object) -> Answer:
        monkeypatch.setitem(inputs._chosen, "workspace", None)
        monkeypatch.setattr(sys, "argv", ["recon", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            app.main()
        captured = capfdbinary.readouterr()
        return Answer(int(ended.value.code or 0), captured.out, captured.err.decode())

    return call


@pytest.fixture
def no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the notebook and the printed slips."""
    monkeypatch.setattr(daily, "_make_report", lambda *given: None)


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A ledger folder, and June10.csv beside it."""
    lockbox(tmp_path / "June10.csv", JUNE_10)
    return ledger(tmp_path / "ledger", charges=CHARGES)


@pytest.fixture
def posted(recon: Recon, books: Path) -> Recon:
    """A workspace in which June10.csv is posted as B000001: receipts 1 and 2, line 3 waits, line 4 is rejected."""
    for words in (("load-ledger", "ledger"), ("import", "June10.csv"), ("post", "B000001")):
        assert recon(*words).code == 0
    return recon


# ---- Real processes ----


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of a process that works on the folder's workspace."""
    return os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "RECON_WORKSPACE": str(folder / "workspace")}


def process(
    folder: Path,
    *words: object,
    stdout: int | IO[bytes] = subprocess.PIPE,
    stderr: int | IO[bytes] = subprocess.PIPE,
    **environment: str,
) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "recon", *map(str, words)], cwd=folder, stdout=stdout, stderr=stderr,
        check=False, env=surroundings(folder) | environment,
    )  # fmt: skip


@pytest.fixture(scope="module")
def june(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the main job ran as a process, report and slips included."""
    folder = tmp_path_factory.mktemp("june")
    ledger(folder / "ledger", charges=CHARGES)
    lockbox(folder / "June10.csv", JUNE_10)
    words = (
        "run",
        "June10.csv",
        "--ledger",
        "ledger",
        "--expect-entries",
        4,
        "--expect-total",
        "$2,785",
        "--user",
        "ann",
    )
    done = process(folder, *words, "--output", "out", "--json")
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode()
    assert json.loads(done.stdout) == json.loads((folder / "out" / "run.json").read_bytes())
    return folder


@pytest.mark.xdist_group("june")
def test_files_of_a_run_have_exactly_their_columns(june: Path) -> None:
    """BTR-55, BTR-57: other programs read them by these names."""
    for name, columns in COLUMNS.items():
        assert (june / "out" / f"{name}.csv").read_text().splitlines()[0] == columns
    assert [",".join(row) for row in rows_of(june / "out" / "receipts.csv")[1:]] == [
        "R0000001,2026-06-10,Roseman,Cedar327,L-Ames,TRUST,690.00,690.00,0.00,Reference #68217,1,D000002",
        "R0000002,2026-06-10,Bruno,Fair436,L-Corey,RESERVE,1140.00,1140.00,0.00,Reference #1721,2,D000001",
    ]
    assert [",".join(row) for row in rows_of(june / "out" / "deposit_slips.csv")[1:]] == [
        "D000001,RESERVE,2026-06-10,R0000002,1140.00",
        "D000002,TRUST,2026-06-10,R0000001,690.00",
    ]


@pytest.mark.xdist_group("june")
def test_run_json_has_its_shape_and_amounts_are_strings(june: Path) -> None:
    """BTR-87, BTR-88: counts, amounts, rules, slips, and where each output is."""
    told = json.loads((june / "out" / "run.json").read_bytes())
    assert told["file"] == "June10.csv"
    assert re.fullmatch("[0-9a-f]{64}", told["sha256"])
    assert isinstance(told["posting_rules"], dict)
    assert (told["entries"], told["total_amount"]) == (4, "2785.00")
    assert told["auto"] == told["posted"] == {"count": 2, "amount": "1830.00"}
    assert told["individual"] == {"count": 1, "amount": "950.00"}
    assert told["rejected"] == {"count": 1, "amount": "5.00"}
    kinds = [told[kind] for kind in ("auto", "individual", "rejected")]
    assert sum(kind["count"] for kind in kinds) == told["entries"]
    assert sum(Decimal(kind["amount"]) for kind in kinds) == Decimal(told["total_amount"])
    assert told["deposit_slips"][1] == {
        "deposit_id": "D000002", "bank_account_id": "TRUST", "deposit_date": "2026-06-10",
        "items": 1, "total": "690.00",
    }  # fmt: skip
    assert {"run_id", "outputs"} <= told.keys()
    for name in told["outputs"].values():
        assert (june / "out" / name).stat().st_size > 0, name
        assert not Path(name).is_absolute()


@pytest.mark.xdist_group("june")
def test_scenario_12_what_did_not_match_is_in_the_error_log_and_still_counted(june: Path) -> None:
    """BTR-36, BTR-35: line, reason, message and the line word for word; the unidentified money waits for a person."""
    log = [line.split("\t") for line in (june / "out" / "errors.log").read_text().splitlines()]
    assert [(number, reason) for number, reason, _, _ in log] == [("3", "UNIDENTIFIED"), ("4", "BAD_RECORD")]
    assert log[0][3] == '"2026-06-10","Nowhere","950.00","Reference #6612","Nobody",'
    assert log[1][3] == '"2026-02-30","Cedar327","5.00","no such day","Roseman",'
    rows = records_of((june / "out" / "classification.csv").read_text())
    assert (rows[2]["disposition"], rows[2]["reason"]) == ("individual", "UNIDENTIFIED")


@pytest.mark.xdist_group("june")
def test_unprocessed_is_a_lockbox_file_with_the_files_own_ids(june: Path) -> None:
    """BTR-67, BTR-40, BTR-46: every field quoted, trailing comma, CR LF; only lines that wait for a person."""
    assert (june / "out" / "unprocessed.csv").read_bytes() == (
        b'"2026-06-10","Nowhere","950.00","Reference #6612","Nobody",\r\n'
    )


@pytest.mark.xdist_group("june")
def test_the_report_is_a_page_and_an_executed_notebook_and_each_slip_is_printed(june: Path) -> None:
    """BTR-54, BTR-55: without an outside address."""
    page = (june / "out" / "report.html").read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", page)
    notebook = json.loads((june / "out" / "report.ipynb").read_bytes())
    assert any(cell.get("outputs") for cell in notebook["cells"])
    for slip in ("D000001", "D000002"):
        assert (june / "out" / f"deposit_{slip}.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.xdist_group("june")
def test_the_same_command_again_is_a_duplicate(june: Path) -> None:
    """BTR-73: exit 4, naming the earlier batch; the files of the run stay as they are."""
    before = (june / "out" / "run.json").stat().st_mtime_ns
    done = process(june, "run", "June10.csv", "--output", "out")
    assert (done.returncode, done.stdout) == (4, b"")
    assert b"as batch B000001" in done.stderr
    assert (june / "out" / "run.json").stat().st_mtime_ns == before


@pytest.mark.xdist_group("june")
def test_who_did_it_is_in_the_journal(june: Path) -> None:
    """BTR-56: --user, else the system's user."""
    entries = [json.loads(line) for line in (june / "workspace" / "journal.jsonl").read_text().splitlines()]
    assert {entry["who"] for entry in entries} == {"ann"}


@pytest.mark.xdist_group("june")
def test_answers_of_processes(june: Path) -> None:
    """BTR-54: what a schedule reads: exit codes, JSON on standard output, words on standard error."""
    told = process(june, "status", "--json")
    assert json.loads(told.stdout)["posted"] == {"count": 2, "amount": "1830.00"}
    audited = process(june, "audit")
    assert (audited.returncode, audited.stdout, audited.stderr) == (0, b"", b"")
    nowhere = process(june, "status", RECON_WORKSPACE=str(june / "none"))
    assert nowhere.returncode == 2
    assert nowhere.stderr.startswith(b"recon: There is no workspace at")
    assert not (june / "none").exists()


@pytest.mark.parametrize(
    ("words", "settings", "name"),
    [
        ("explain B000001:1", {"PYTHONIOENCODING": "cp1252"}, "\\u0141ukasz"),
        ("explain B000001:1 --json", {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "\u0141ukasz"),
        ("receipts", {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "\u0141ukasz"),
    ],
)
def test_letters_that_the_system_does_not_know(words: str, settings: dict[str, str], name: str, tmp_path: Path) -> None:
    """SPEC 8: programs get UTF-8 whatever the code page; where an encoding is asked for, escapes; never an error."""
    lockbox(tmp_path / "more.csv", "2026-06-10 | Cedar327 | 690.00 | | \u0141ukasz")
    tenants = "tenant_id | unit_id\n\u0141ukasz | Cedar327"
    charges = CHARGES.replace("Roseman", "\u0141ukasz").replace("Bruno  ", "\u0141ukasz")
    ledger(tmp_path / "ledger", tenants=tenants, charges=charges)
    for before in ("load-ledger ledger", "import more.csv", "post B000001"):
        assert process(tmp_path, *before.split()).returncode == 0
    done = process(tmp_path, *words.split(), **settings)
    assert (done.returncode, done.stderr) == (0, b"")
    assert name in done.stdout.decode("utf-8")


# ---- Help ----


def test_help_lists_every_command_and_gives_an_example(recon: Recon) -> None:
    """BTR-06, BTR-07: the program's own help."""
    answer = recon("--help")
    assert answer.code == 0
    listed = re.findall(r"^  ([a-z-]+)  ", answer.out.split("Commands:")[1], re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS)  # in this process other tests may have loaded some of them before
    assert "recon run June10.csv" in answer.out


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_has_an_example(recon: Recon, command: str) -> None:
    """BTR-06: each starts with what it does and ends with a line to type."""
    answer = recon(command, "--help")
    assert answer.code == 0
    assert f"Example: recon {command}" in " ".join(answer.out.split())


def test_both_spellings_of_the_function_are_found_in_the_help(recon: Recon) -> None:
    """BTR-01: AR, Batch Tenant Receipts, also written Batch Tenant Receipt: one entry point."""
    words = " ".join(recon("run", "--help").out.split())
    assert "AR, Batch Tenant Receipts" in words
    assert re.search(r"Batch Tenant Receipt\b", words)


def test_version(recon: Recon) -> None:
    """BTR-06: which program this is."""
    assert re.fullmatch(r"recon [0-9.]+\n", recon("--version").out)


# ---- Exit 2: wrong use ----


@pytest.mark.parametrize(
    "words",
    [
        ("frobnicate",), ("run",), ("run", "x.txt", "--nonsense"), ("run", "x.txt", "--posting-date", "10.06.2026"),
        ("run", "x.txt", "--posting-date", "2026-02-30"), ("run", "x.txt", "--posting-date", "13/01/2026"),
        ("run", "x.txt", "--expect-total", "1.234"), ("run", "x.txt", "--expect-total", "ten"),
        ("run", "x.txt", "--expect-entries", "-1"), ("run", "x.txt", "--expect-entries", "three"),
        ("close-period",), ("reverse", "R0000001"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_use(recon: Recon, words: tuple[str, ...], tmp_path: Path) -> None:
    """BTR-88: said with the option and what it takes; nothing is made."""
    answer = recon(*words)
    assert (answer.code, answer.raw) == (2, b"")
    assert "Error: " in answer.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [("status",), ("audit",), ("receipts",), ("deposit",), ("explain", "B000001:1"), ("receipts", "--export", "x.csv"),
     ("deposit", "D000001", "--total", "1.00"), ("backup", "b.zip"), ("post", "B000001"), ("process", "B000001:1"),
     ("remove", "B000001", "--why", "x"), ("reverse", "R0000001", "--kind", "returned", "--why", "x"),
     ("close-period", "--through", "2026-05-31")],
    ids=" ".join,
)  # fmt: skip
def test_no_workspace_yet(recon: Recon, words: tuple[str, ...]) -> None:
    """BTR-52: the sentence says what to do first; a misspelled name makes no new workspace."""
    recon(*words).refused(2, "There is no workspace at", "or make one there: recon load-ledger FOLDER")
    assert not Path("workspace").exists()


def test_wrong_use_of_what_is_there(posted: Recon) -> None:
    """BTR-57, BTR-60: names that do not exist, slips without an instruction."""
    posted("post", "B000009").refused(2, "There is no batch B000009")
    posted("explain", "B000001:99").refused(2, "Batch B000001 has no line 99")
    posted("explain", "R0000099").refused(2, "There is no receipt R0000099")
    posted("explain", "June10.csv").refused(2, "names neither a line (B000001:17) nor a receipt")
    posted("deposit", "D000001").refused(2, "--total X records it, --void REASON voids it")
    posted("deposit", "D000009", "--total", "1").refused(2, "There is no deposit slip D000009")
    posted("deposit", "D000001", "--total", "1").refused(2, "(difference -1,139.00); it was not recorded")
    posted("reverse", "R0000009", "--kind", "returned", "--why", "NSF").refused(2, "There is no receipt R0000009")
    posted("reverse", "R0000001", "--kind", "void", "--why", "x").refused(2, "'returned' or 'correction'")
    lockbox(Path("other.csv"), "2026-06-10 | Cedar327 | 1.00 | | Roseman")
    posted("import", "other.csv", "--bank-account", "X").refused(2, "There is no bank account 'X' in the ledger")


@pytest.mark.parametrize(
    "words",
    [
        ("run", ""), ("run", "June10.csv", "--output="), ("import", "June10.csv", "--again", " "),
        ("reverse", "R0000001", "--kind", "returned", "--why", ""),
    ],
)  # fmt: skip
def test_an_empty_word_is_no_value(words: tuple[str, ...], posted: Recon) -> None:
    """A schedule's variable that is not set must not name the current folder, or stand for a reason."""
    posted(*words).refused(2, "is empty; name a value, or leave it out")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "process B000001:3 --as-proposed --tenant Roseman --unit Cedar327",
            "leave it out where you say something else",
        ),
        ("deposit D000001 --total 1 --void wrong", "not both"),
        ("deposit --total 5", "Name the slip"),
        ("run June10.csv --includes none", "name the ledger with --ledger"),
        ("close-period --through 2190-01-01", "more than a year ahead"),
        ("reverse R0000001 --kind returned --why NSF --on 2190-01-01", "more than a year ahead"),
    ],
)
def test_options_that_contradict_each_other_do_nothing(words: str, said: str, posted: Recon) -> None:
    """SPEC 6: nothing is guessed; what was said is not left out in silence."""
    before = posted("status", "--json").json
    posted(*words.split()).refused(2, said)
    assert posted("status", "--json").json == before


@pytest.mark.parametrize("charges", [("C1=1.00", "C1=2.00"), ("=1.00",), ("C1",)])
def test_a_charge_is_named_once_with_its_amount(charges: tuple[str, ...], posted: Recon) -> None:
    """BTR-59: the second amount of a charge must not silently stand for the first."""
    words = [word for charge in charges for word in ("--charge", charge)]
    answer = posted("process", "B000001:3", "--tenant", "Roseman", "--unit", "Cedar327", *words)
    assert answer.code == 2
    assert "has an amount already" in answer.err or "write CHARGE=AMOUNT" in answer.err


@pytest.mark.parametrize("command", ["run", "import"])
def test_a_day_that_no_file_can_have_registers_nothing(command: str, recon: Recon, books: Path) -> None:
    """BTR-81: a slip of the hand in --posting-date would post payments that no output can hold."""
    assert recon("load-ledger", "ledger").code == 0
    for option in ("--posting-date", "--deposit-date"):
        answer = recon(command, "June10.csv", option, "2300-01-01")
        assert (answer.code, "in the years 1900 to 2199" in answer.err) == (2, True)
    assert recon("status", "--json").json["batches"] == []


# ---- Exit 3: input refused ----


def test_what_is_read_is_never_written_over(posted: Recon, tmp_path: Path) -> None:
    """SPEC 3: the input is never changed; nor are the ledger's tables, the store or a device."""
    for place in ("June10.csv", "ledger/charges.csv", "ledger"):
        posted("classify", "June10.csv", "--ledger", "ledger", "--output", place).refused(3, place)
    posted("classify", "June10.csv", "--output", tmp_path / "workspace" / "store.duckdb").refused(3, "lies in a folder")
    Path("out").mkdir()
    lockbox(Path("out/unprocessed.csv"), "2026-06-11 | Fair436 | 5.00 | | Bruno")
    before = Path("out/unprocessed.csv").read_bytes()
    posted("run", "out/unprocessed.csv", "--output", "out").refused(3, "is the file that is read")
    assert Path("out/unprocessed.csv").read_bytes() == before
    assert posted("audit").code == 0


@pytest.mark.usefixtures("no_report")
def test_a_run_whose_files_have_no_place_posts_nothing(recon: Recon, books: Path) -> None:
    """SPEC 6: it is refused before anything is posted, and the plain command does the job afterwards."""
    recon("load-ledger", "ledger")
    Path("taken").write_text("a file")
    recon("run", "June10.csv", "--output", "taken").refused(3, "have no place", "named with --output")
    assert recon("status", "--json").json["batches"] == []
    assert recon("run", "June10.csv").code == 0


@pytest.mark.skipif(os.name != "posix", reason="needs a named pipe")
def test_a_pipe_is_not_waited_for(recon: Recon, books: Path) -> None:
    """BTR-53: what is no ordinary file is refused at once."""
    os.mkfifo("pipe.csv")
    recon("classify", "pipe.csv", "--ledger", "ledger").refused(3, "is no ordinary file")


NAMES = {
    "June10.xlsx": "the name of a lockbox file ends in .txt, .csv or .asc",
    "June10": "the name of a lockbox file ends in .txt, .csv or .asc",
    "June10.zip": "This is an archive: unpack it and import the file inside",
    "June10.txt.gz": "This is an archive: unpack it",
}


@pytest.mark.parametrize("command", ["run", "import", "classify"])
@pytest.mark.parametrize("name", NAMES)
def test_wrong_extension(recon: Recon, books: Path, command: str, name: str) -> None:
    """BTR-47: refused with a message that says so; a zip with a hint. The name is looked at before all else."""
    Path(name).write_bytes(Path("June10.csv").read_bytes())
    recon(command, name).refused(3, name, NAMES[name])
    assert not Path("workspace/store.duckdb").exists()


@pytest.mark.parametrize("command", ["run", "import", "classify"])
def test_no_such_file_or_a_folder(recon: Recon, books: Path, command: str) -> None:
    """BTR-53: what is not a file is said so."""
    Path("folder.csv").mkdir()
    recon(command, "none.csv").refused(3, "none.csv: there is no such file")
    if command != "run":  # which takes folders, whatever their name
        recon(command, "folder.csv").refused(3, "folder.csv is a folder")


@contextmanager
def as_nobody() -> Iterator[None]:
    """Act as a user who may not read everything."""
    if os.name == "nt":
        pytest.skip("needs a system where a file can be closed to its reader")
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@pytest.mark.parametrize("command", ["run", "classify"])
def test_no_permission(recon: Recon, books: Path, command: str, tmp_path: Path) -> None:
    """BTR-53: a file, its folder, or a ledger table that this user may not read."""
    assert recon("classify", "June10.csv", "--ledger", "ledger").code == 0  # so that everything is imported
    file, closed = Path("closed.csv"), Path("closed")
    file.write_bytes(b"")
    closed.mkdir()
    (closed / "in.csv").write_bytes(b"")
    (tmp_path / "ledger" / "owners.csv").chmod(0)
    file.chmod(0)
    closed.chmod(0)
    try:
        with as_nobody():
            answers = [
                recon(command, path, "--ledger", "ledger") for path in (file, closed / "in.csv", Path("June10.csv"))
            ]
    finally:
        closed.chmod(0o755)
    for answer in answers:
        assert answer.code == 3, answer
        assert "Traceback" not in answer.err
    answers[0].refused(3, "cannot be read (Permission denied); check who may read it")


BAD_LEDGERS: dict[str, tuple[dict[str, Any], str]] = {
    "a missing table": ({"tenants": None}, "tenants"),
    "a missing column": ({"owners": "owner_id\nO1"}, "owners.csv"),
    "a dangling reference": (
        {"tenants": "tenant_id | name | unit_id | status\nRoseman | Rita | Nowhere | current"}, "'Nowhere'"
    ),
    "a duplicate key": (
        {"units": "unit_id | description | owner_id\nCedar327 | a | O1\ncedar327 | b | O1"}, "'cedar327'"
    ),
    "a value that does not fit": (
        {"tenants": "tenant_id | name | unit_id | status\nRoseman | Rita | Cedar327 | moved"}, "'moved'"
    ),
    "no text at all": ({"owners": b"\x00\x01\x02"}, "owners.csv"),
    "no Parquet": ({"owners": None}, "owners"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD_LEDGERS)
def test_a_ledger_that_does_not_fit(recon: Recon, tmp_path: Path, what: str) -> None:
    """BTR-32: every problem with file, line, column and value, then one sentence; nothing is loaded."""
    tables, word = BAD_LEDGERS[what]
    folder = folder_of(tmp_path / "ledger", tables)
    if what == "no Parquet":
        (folder / "owners.parquet").write_bytes(b"this is no Parquet file")
    answer = recon("load-ledger", folder)
    answer.refused(3)
    assert word in answer.err
    with store.reading(Workspace.at()) as current:
        assert current.rows("select count(*) from facts.ledger_loads") == [(0,)]
        assert current.rows("select count(*) from facts.journal") == [(0,)]
    lockbox(tmp_path / "June10.csv", JUNE_10)
    recon("classify", "June10.csv", "--ledger", folder).refused(3)


def test_no_ledger_folder(recon: Recon) -> None:
    """BTR-32: no such folder, or a file in its place."""
    Path("file").write_text("x")
    for place in ("none", "file"):
        recon("load-ledger", place).refused(3, place)


def test_includes_is_required_once_receipts_are_posted(posted: Recon) -> None:
    """BTR-11: exit 3 without it; with it the ledger is in force."""
    ledger(Path("ledger"), charges=CHARGES.replace("2026-06-01", "2026-06-02"))
    posted("load-ledger", "ledger").refused(3, "say with --includes none, --includes all or --includes TIME")
    posted("load-ledger", "ledger", "--includes", "Tuesday").refused(3, "--includes Tuesday: write none, all")
    answer = posted("load-ledger", "ledger", "--includes", "none", "--json")
    assert (answer.json["load_id"], answer.json["changed"], answer.json["rows"]["charges"]) == (2, True, 2)
    assert posted("load-ledger", "ledger").out == "The ledger is the one already in force.\n"


# ---- Strange files are read, not refused ----


@pytest.mark.usefixtures("no_report")
def test_an_empty_file(recon: Recon, books: Path) -> None:
    """BTR-03: 0 entries, exit 0, with a warning."""
    Path("empty.csv").write_bytes(b"")
    answer = recon("run", "empty.csv", "--ledger", "ledger", "--json")
    assert answer.code == 0
    assert (answer.json["entries"], answer.json["total_amount"]) == (0, "0.00")
    assert answer.err == "warning: The file holds no records.\n"
    assert recon("run", "empty.csv").code == 0, "it is no earlier file"


STRANGE = {
    "an undefined byte": b'"2026-06-10","Cedar327","690.00","\x81","Roseman",',
    "a NUL byte": b'"2026-06-10","Cedar327","690.00","\x00","Roseman",',
    "a line of 10 MB": b'"2026-06-10","Cedar327","690.00","' + b"m" * 10_000_000 + b'","Roseman",',
    "a whole zip file": b"PK\x03\x04" + bytes(range(256)),
}


@pytest.mark.usefixtures("no_report")
@pytest.mark.parametrize("what", STRANGE)
def test_a_line_of_bytes_that_nobody_can_read(recon: Recon, books: Path, what: str) -> None:
    """BTR-36, BTR-45: the line is rejected and kept, not the file; the good line posts."""
    good = b'"2026-06-10","Cedar327","690.00","good","Roseman",\r\n'
    Path("strange.csv").write_bytes(STRANGE[what] + b"\r\n" + good)
    answer = recon("run", "strange.csv", "--ledger", "ledger", "--json", "--output", "out")
    assert answer.code == 0, answer.err
    assert answer.json["posted"] == {"count": 1, "amount": "690.00"}
    assert answer.json["rejected"]["count"] == answer.json["entries"] - 1
    log = Path("out/errors.log").read_bytes()
    assert log.count(b"\n") == answer.json["rejected"]["count"]
    assert b"\x00" not in log


# ---- classify ----


def test_classify_writes_the_same_bytes_to_a_file_and_to_standard_output(recon: Recon, books: Path) -> None:
    """BTR-16, BTR-18: without --output it answers on standard output; it changes nothing and makes no workspace."""
    shown = recon("classify", "June10.csv", "--ledger", "ledger")
    kept = recon("classify", "June10.csv", "--ledger", "ledger", "--output", "answer.csv")
    assert (shown.code, kept.code, kept.raw) == (0, 0, b"")
    assert Path("answer.csv").read_bytes() == shown.raw
    assert shown.out.splitlines()[0] == COLUMNS["classification"]
    lines = [",".join(row) for row in rows_of("answer.csv")]
    assert lines[1] == "1,2026-06-10,Cedar327,Roseman,690.00,Reference #68217,690.00,690.00,auto,OK_FULL,,"
    assert lines[3] == "3,2026-06-10,,,950.00,Reference #6612,0.00,0.00,individual,UNIDENTIFIED,,"
    assert re.fullmatch(r"4,,,,,,,,rejected,BAD_RECORD,,.+", lines[4])
    assert not Path("workspace").exists()
    Path("taken").mkdir()
    recon("classify", "June10.csv", "--ledger", "ledger", "--output", "taken").refused(3, "cannot be written")


def test_classify_against_a_workspace_changes_nothing(posted: Recon) -> None:
    """BTR-74: its receipts and waiting lines count, and it can be asked again."""
    journal = Path("workspace/journal.jsonl").read_bytes()
    lockbox(Path("next.csv"), JUNE_10 + "    2026-06-11 | Fair436 | 1140.00 | | Bruno\n")
    rows = records_of(posted("classify", "next.csv").out)
    reasons = ["DUPLICATE_LINE", "DUPLICATE_LINE", "UNIDENTIFIED", "BAD_RECORD", "NOTHING_OWED"]
    assert [row["reason"] for row in rows] == reasons
    assert Path("workspace/journal.jsonl").read_bytes() == journal


def test_classify_takes_the_switches(recon: Recon, books: Path) -> None:
    """BTR-13, BTR-14: partial pay, due-now, and a posting date in either form."""
    charges = CHARGES + "    C3 | Roseman | Cedar327 | L-Ames | 2026-07-01 | 690.00\n"
    ledger(Path("ledger"), charges=charges)
    lockbox(Path("x.TXT"), "2026-06-10 | Cedar327 | 690.00 | | Roseman\n2026-06-10 | Fair436 | 40.00 | | Bruno")

    def reasons(*switches: str) -> list[str]:
        return [row["reason"] for row in records_of(recon("classify", "x.TXT", "--ledger", "ledger", *switches).out)]

    assert reasons() == ["UNDERPAID", "UNDERPAID"]
    assert reasons("--due-now") == ["OK_DUE_NOW", "UNDERPAID"]
    assert reasons("--partial-pay") == ["UNDERPAID", "OK_PARTIAL_SINGLE"]
    assert reasons("--posting-date", "2026-04-01") == ["ONLY_FUTURE_CHARGES"] * 2
    assert reasons("--posting-date", "05/31/2026") == ["OK_FULL", "UNDERPAID"]


# ---- run ----


@pytest.mark.usefixtures("no_report")
def test_run_answers_in_words(recon: Recon, books: Path) -> None:
    """BTR-20, BTR-87, BTR-88: entries, total, the lists with count and sum, the slips, and what to do next."""
    answer = recon("run", "June10.csv", "--ledger", "ledger")
    assert answer.code == 0
    words = " ".join(answer.out.split())
    assert "Processed June10.csv: 4 entries, 2,785.00 (batch B000001, run-000001)" in words
    assert "not requiring individual processing 2 1,830.00" in words
    assert "requiring individual processing 1 950.00" in words
    assert "Deposit slip D000002: 1 item, 690.00, TRUST, 2026-06-10" in words
    assert "recon explain B000001:LINE" in words


@pytest.mark.usefixtures("no_report")
def test_run_with_every_option(recon: Recon, books: Path) -> None:
    """BTR-02, BTR-13, BTR-62, BTR-74, BTR-88: bank account, dates, switches, template, again, dry run, output."""
    options = (
        "--ledger", "ledger", "--includes", "none", "--posting-date", "06/12/2026", "--bank-account", "trust",
        "--deposit-date", "2026-06-15", "--partial-pay", "--due-now", "--alias", "--expect-entries", "4",
        "--expect-total", "2785.00", "--template", "--user", "ann", "--json",
    )  # fmt: skip
    rehearsed = recon("run", "June10.csv", *options, "--dry-run", "--output", "rehearsal")
    assert rehearsed.json["posted"] == {"count": 0, "amount": "0.00"}
    assert Path("rehearsal/classification.csv").exists()
    answer = recon("run", "June10.csv", *options, "--output", "out")
    assert answer.json["posting_rules"] == {
        "partial_pay": True, "due_now": True, "credit": False, "alias": True, "posting_date": "2026-06-12",
        "template": True,
    }  # fmt: skip
    assert [(slip["bank_account_id"], slip["deposit_date"]) for slip in answer.json["deposit_slips"]] == [
        ("TRUST", "2026-06-15")
    ]
    recon("run", "June10.csv", *options).refused(4, "as batch B000001")
    again = recon("run", "June10.csv", *options, "--again", "sent twice on purpose")
    assert again.json["posted"]["count"] == 0
    assert Path("workspace/runs/run-000002/run.json").exists()


@pytest.mark.usefixtures("no_report")
def test_run_on_a_folder(recon: Recon, books: Path) -> None:
    """BTR-05, BTR-03: each new file in name order, one run each, the highest exit code, other files left alone."""
    inbox = Path("inbox")
    lockbox(inbox / "b.TXT", "2026-06-10 | Cedar327 | 690.00 | | Roseman")
    lockbox(inbox / "a.asc", "2026-06-10 | Fair436 | 1140.00 | | Bruno")
    (inbox / "readme.md").write_text("not a lockbox file")
    (inbox / "sub.csv").mkdir()
    first = recon("run", inbox, "--ledger", "ledger", "--json")
    assert first.code == 0
    assert [(run["file"], run["posted"]["amount"]) for run in first.json] == [("a.asc", "1140.00"), ("b.TXT", "690.00")]
    second = recon("run", inbox, "--json")
    assert (second.code, second.json) == (0, [])
    assert second.err.splitlines() == [
        "a.asc: already processed as batch B000001.",
        "b.TXT: already processed as batch B000002.",
    ]
    lockbox(inbox / "c.csv", "2026-06-12 | Cedar327 | 1.00 | | Roseman")
    (inbox / "d.csv").write_bytes((inbox / "a.asc").read_bytes().replace(b"\r\n", b"\n"))
    third = recon("run", inbox, "--output", "out")
    assert third.code == 4
    assert Path("out/c.csv/run.json").exists()
    assert "d.csv: these payments were imported before, as batch B000001 (as a.asc)" in third.err


@pytest.mark.usefixtures("no_report")
def test_what_is_new_in_a_folder(recon: Recon, books: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BTR-05, BTR-73: a run let in again and interrupted is finished; what a person cleared stays cleared."""
    june = lockbox(Path("inbox/June10.csv"), "2026-06-10 | Cedar327 | 690.00 | | Roseman")
    recon("run", "inbox", "--ledger", "ledger")
    with monkeypatch.context() as broken:
        broken.setattr(daily, "_complete", lambda *given: 1 / 0)
        assert recon("run", june, "--again", "sent twice").code == 1
    (finished,) = recon("run", "inbox", "--json").json
    assert finished["run_id"] == "run-000002"
    assert "already processed" in recon("run", "inbox").err
    lockbox(Path("inbox/July.csv"), "2026-07-01 | Nowhere | 1.00 | | Nobody")
    recon("run", "inbox")
    recon("remove", "B000003", "--why", "wrong file")
    assert "July.csv: already processed as batch B000003" in recon("run", "inbox").err


@pytest.mark.usefixtures("no_report")
def test_run_on_a_folder_of_templates(recon: Recon, books: Path) -> None:
    """BTR-74, BTR-69: a template is new on another posting date, and not twice on one."""
    lockbox(Path("inbox/template.txt"), "2020-01-01 | Cedar327 | 690.00 | | Roseman")
    recon("load-ledger", "ledger")
    for day, runs in (("2026-06-01", 1), ("2026-06-01", 0), ("2026-06-15", 1)):
        answer = recon("run", "inbox", "--template", "--posting-date", day, "--json")
        assert (answer.code, len(answer.json)) == (0, runs)


@pytest.mark.usefixtures("no_report")
def test_one_file_that_cannot_be_read_does_not_keep_a_folders_others_waiting(
    recon: Recon, books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """BTR-05: it is refused by its name, and the highest exit code comes back."""
    lockbox(Path("inbox/a.txt"), "2026-06-10 | Cedar327 | 690.00 | | Roseman")
    lockbox(Path("inbox/b.txt"), "2026-06-10 | Fair436 | 1140.00 | | Bruno")
    read = Path.read_bytes

    def refuse_one(path: Path) -> bytes:
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse_one)
    answer = recon("run", "inbox", "--ledger", "ledger", "--json")
    assert answer.code == 3
    assert "a.txt cannot be read (Permission denied)" in answer.err
    assert [run["file"] for run in answer.json] == ["b.txt"]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
@pytest.mark.usefixtures("no_report")
def test_a_name_that_is_no_text(recon: Recon, books: Path) -> None:
    """BTR-47: a name with bytes that are not UTF-8 is refused in one sentence, and keeps no other file waiting."""
    strange = os.fsdecode(b"M\xfcller.csv")
    lockbox(Path("inbox") / strange, "2026-06-10 | Cedar327 | 690.00 | | Roseman")
    lockbox(Path("inbox/b.txt"), "2026-06-10 | Fair436 | 1140.00 | | Bruno")
    (books / os.fsdecode(b"Stra\xdfen.csv")).write_text("not of the ledger")
    words = r"M\udcfcller.csv: this name has bytes that are not UTF-8 text; rename the file or folder."
    recon("run", Path("inbox") / strange, "--ledger", "ledger").refused(3, words)
    answer = recon("run", "inbox", "--ledger", "ledger", "--json")
    assert (answer.code, [run["file"] for run in answer.json]) == (3, ["b.txt"])
    assert words in answer.err
    assert r"Stra\udcdfen.csv is named as no table of the ledger and was left out." in answer.err


def test_run_on_a_folder_without_lockbox_files(recon: Recon, books: Path) -> None:
    """BTR-05: nothing to do is said, and is no error."""
    recon("run", "inbox").refused(3, "the name of a lockbox file ends in")
    Path("inbox").mkdir()
    answer = recon("run", "inbox")
    assert (answer.code, answer.err) == (0, "inbox holds no lockbox file (.txt, .csv or .asc).\n")


# ---- Exit 1, 5, 6, 7, 8 ----


def test_exit_1_keeps_the_traceback_and_shows_a_sentence(posted: Recon, monkeypatch: pytest.MonkeyPatch) -> None:
    """BTR-56: a defect of the program."""

    def broken(workspace: Workspace) -> None:
        raise ValueError("no such thing\nsecond line")

    monkeypatch.setattr(status, "status", broken)
    answer = posted("status")
    answer.refused(1, "Unexpected error (ValueError: no such thing)", "errors.log")
    assert answer.err.count("\n") == 1
    assert "in broken" in Path("workspace/log/errors.log").read_text()


def test_exit_5_when_the_store_is_in_use(posted: Recon, monkeypatch: pytest.MonkeyPatch) -> None:
    """BTR-56: after a visible message and the time that is allowed; readers and writers alike."""
    monkeypatch.setenv("RECON_LOCK_TIMEOUT", "0.8")
    with locking.held(Path("workspace"), exclusive=True, purpose="recon run May.csv"):
        for words in (("status",), ("post", "B000001")):
            answer = posted(*words)
            answer.refused(5, "is in use by recon run May.csv", "try again when that is done")
            assert answer.err.startswith("Waiting for the store, which is in use by recon run May.csv")
    assert posted("status").code == 0


@pytest.mark.usefixtures("no_report")
def test_exit_5_when_another_program_has_the_store(posted: Recon, tmp_path: Path) -> None:
    """RELIABILITY M1: a program that knows nothing of our locks is waited for; no backup is needed for that."""
    program = f"import duckdb, sys; c = duckdb.connect({str(tmp_path / 'workspace' / 'store.duckdb')!r}); " \
        "print('open', flush=True); sys.stdin.read()"  # fmt: skip
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("RECON_LOCK_TIMEOUT", "0.5")
            answer = posted("post", "B000001")
            posted("status").refused(5, "is open in another program")
        other.communicate()
    answer.refused(5, "is open in another program", "close it there and try again")
    assert "Waiting for the store, which is open in another program" in answer.err
    assert posted("post", "B000001").code == 0


def test_exit_6_when_control_totals_disagree(recon: Recon, books: Path) -> None:
    """BTR-88: nothing is posted or imported, and the right file can come afterwards."""
    recon("load-ledger", "ledger")
    for words in (("run",), ("import",), ("run", "--dry-run")):
        recon(words[0], "June10.csv", *words[1:], "--expect-total", "2780.00").refused(
            6, "a total of 2,785.00 where 2,780.00 was expected (difference 5.00); nothing was imported"
        )
    recon("import", "June10.csv", "--expect-entries", "3").refused(6, "4 entries where 3 were expected")
    assert recon("import", "June10.csv", "--json").json == {"batch_id": "B000001"}


UNREAD = [("status",), ("status", "--json"), ("--help",), ("classify", "June10.csv")]


@pytest.mark.parametrize("words", [*UNREAD, ("run", "June10.csv", "--output", "again"), ("status", "--misspelt")])
def test_exit_code_stands_when_nobody_reads_what_is_said(june: Path, words: tuple[str, ...]) -> None:
    """What `recon status | head -1` did is said by its exit code, not by how much of its answer was read."""
    read = process(june, *words)
    for stderr in (subprocess.PIPE, subprocess.STDOUT):
        with subprocess.Popen(
            [sys.executable, "-m", "recon", *words], cwd=june, env=surroundings(june),
            stdout=subprocess.PIPE, stderr=stderr,
        ) as unread:  # fmt: skip
            assert unread.stdout is not None
            unread.stdout.close()
            said = unread.stderr.read() if unread.stderr else read.stderr
        assert (unread.returncode, said) == (read.returncode, read.stderr)
    assert read.stdout or read.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs a shell that closes streams")
@pytest.mark.parametrize("closing", [">&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_exit_code_stands_when_streams_are_closed(june: Path, closing: str) -> None:
    """Some schedulers start a command so; the first file that it opens must not stand in for its output."""
    for words, code in (("status", 0), ("run June10.csv --output again", 4)):
        call = f'"{sys.executable}" -m recon {words} {closing}'
        ended = subprocess.run(["sh", "-c", call], cwd=june, env=surroundings(june), capture_output=True, check=False)
        assert (ended.returncode, ended.stdout) == (code, b"")
        assert bool(ended.stderr) is (code != 0 and "2" not in closing)
    assert process(june, "audit").returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("words", UNREAD)
def test_exit_8_when_the_answer_finds_the_disk_full(june: Path, words: tuple[str, ...]) -> None:
    """SPEC 8: said in one sentence, also where the answer is so short that it is written at the very end."""
    with Path("/dev/full").open("wb") as full:
        unwritten = process(june, *words, stdout=full)
    assert unwritten.returncode == 8
    assert unwritten.stderr.decode().splitlines() == [
        "recon: The disk is full; what the journal does not show did not happen. Free some space and try again."
    ]
    with Path("/dev/full").open("wb") as full:
        assert process(june, *words, stdout=full, stderr=full).returncode == 8
        assert process(june, "run", "June10.csv", stdout=full, stderr=full).returncode == 4


def test_exit_7_when_a_cent_was_changed_by_hand(posted: Recon) -> None:
    """BTR-12: every law and every row is checked; the finding says where."""
    assert posted("audit").code == 0
    with duckdb.connect("workspace/store.duckdb") as connection:
        connection.execute("update facts.applications set amount = amount - 0.01 where charge_key = 'c1'")
    answer = posted("audit")
    assert (answer.code, answer.raw) == (7, b"")
    assert all(line.startswith("recon: law_") for line in answer.err.splitlines())
    assert "law_10_facts_unchanged" in answer.err
    told = posted("audit", "--json")
    assert told.code == 7
    assert {"law", "words"} == set(told.json[0])
    refused = posted("backup", "b.zip")
    assert (refused.code, refused.raw) == (7, b"")
    assert "because a law is broken" in refused.err
    assert not Path("b.zip").exists()


def test_exit_8_when_the_store_is_older_than_its_journal(posted: Recon) -> None:
    """BTR-56: an old copy was put in its place; nothing goes on from there."""
    shutil.copy("workspace/store.duckdb", "old.duckdb")
    assert posted("close-period", "--through", "2026-05-31").code == 0
    shutil.copy("old.duckdb", "workspace/store.duckdb")
    for words in (("status",), ("post", "B000001")):
        posted(*words).refused(8, "is older than its journal or was replaced")


def test_exit_8_when_the_disk_is_full(posted: Recon, monkeypatch: pytest.MonkeyPatch) -> None:
    """BTR-56: before anything is begun."""
    usage = shutil.disk_usage(".")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1_000_000))
    posted("close-period", "--through", "2026-05-31").refused(8, "Only 0 MB are free")
    monkeypatch.undo()


def test_exit_8_when_the_store_is_no_store(recon: Recon) -> None:
    """BTR-56: the sentence says how to get one back."""
    Path("workspace").mkdir()
    Path("workspace/store.duckdb").write_bytes(b"this is no database" * 1000)
    recon("status").refused(8, "cannot be opened", "recon restore")


# ---- The other commands ----


def test_post_and_deposit(posted: Recon) -> None:
    """BTR-57, BTR-59, BTR-62: what was posted, the list of slips, recording and voiding one."""
    assert posted("post", "B000001").out == "Nothing was left to post.\n"
    assert posted("post", "B000001", "--json").json == {
        "batch_id": "B000001", "count": 0, "amount": "0.00", "deposit_ids": [], "warnings": [],
    }  # fmt: skip
    slips = posted("deposit", "--json").json
    assert [(slip["deposit_id"], slip["total"], slip["state"]) for slip in slips] == [
        ("D000001", "1140.00", "open"), ("D000002", "690.00", "open"),
    ]  # fmt: skip
    assert "D000002" in posted("deposit").out
    assert posted("deposit", "D000002", "--total", "$690", "--json").json["state"] == "recorded"
    assert posted("deposit", "D000001", "--void", "wrong day").out == (
        "D000001 is void; its receipts are on D000003.\n"
    )


def test_process_shows_what_it_would_do_and_does_what_it_is_told(posted: Recon) -> None:
    """BTR-60, BTR-61, BTR-64: a proposal, as proposed, as a person says, as a ledger receipt."""
    ledger(Path("ledger"), charges=CHARGES + "    C3 | Roseman | Cedar327 | L-Ames | 2026-07-01 | 100.00\n")
    assert posted("load-ledger", "ledger", "--includes", "none").code == 0
    lines = "2026-06-11 | Cedar327 | 130.00 | a | Roseman\n2026-06-11 | Cedar327 | 40.00 | b | Roseman\n"
    lockbox(Path("more.csv"), lines + "2026-06-11 | Nowhere | 9.00 | c | Nobody")
    posted("import", "more.csv", "--bank-account", "TRUST")
    posted("post", "B000002")
    journal = Path("workspace/journal.jsonl").read_bytes()
    shown = posted("process", "B000002:1")
    assert shown.code == 0
    assert "100.00" in shown.out
    assert posted("process", "B000002:1", "--json").code == 0
    assert Path("workspace/journal.jsonl").read_bytes() == journal, "a proposal changes nothing"
    share = ("--tenant", "Roseman", "--unit", "Cedar327", "--charge", "C3=40.00")
    assert posted("process", "b000002:2", *share, "--why", "as she wrote").out == (
        "Line 2 of B000002 is posted: R0000003.\n"
    )
    assert posted("process", "B000002:1", "--as-proposed", "--json").json == {"receipts": ["R0000004"]}
    posted("process", "B000002:3").refused(2, "is not known; name tenant and unit")
    assert posted("process", "B000002:3", "--ledger-receipt", "MGMT").code == 0
    told = posted("receipts", "--batch", "B000002", "--json").json
    assert [(one["amount"], one["applied"], one["credit"], one["ledger_id"]) for one in told] == [
        ("40.00", "40.00", "0.00", "L-Ames"), ("130.00", "60.00", "70.00", "L-Ames"), ("9.00", "9.00", "0.00", "MGMT"),
    ]  # fmt: skip
    posted("process", "B000002:1", "--as-proposed").refused(2, "is posted; only a waiting line can be processed")
    posted("process", "June10.csv").refused(2, "names neither a line")


@pytest.mark.parametrize("share", ["C1", "C1=", "=5.00", "C1=1.234", "C1=five", "C1=-5.00"])
def test_process_refuses_what_is_no_share_of_a_charge(posted: Recon, share: str) -> None:
    """BTR-60: nothing is posted."""
    answer = posted("process", "B000001:3", "--tenant", "Roseman", "--unit", "Cedar327", "--charge", share)
    assert (answer.code, answer.raw) == (2, b"")
    assert "Traceback" not in answer.err
    assert len(posted("receipts", "--json").json) == 2


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["4"], "'4': write CHARGE=AMOUNT, such as 4=950.00."),
        (["=5.00"], "'=5.00': write CHARGE=AMOUNT, such as 4=950.00."),
        (["4=five"], "'4=five': write CHARGE=AMOUNT, such as 4=950.00 ('five' is not an amount such as 1234.50)."),
        (["4=1.00", "4=2.00"], "'4=2.00': charge 4 has an amount already; give it one."),
    ],
)
def test_shares_of_charges_say_what_is_wrong_with_them(given: list[str], words: str) -> None:
    """BTR-60: exit 2; of a charge named twice no amount is chosen."""
    with pytest.raises(typer.BadParameter) as refused:
        inputs.charge_shares(given)
    assert (str(refused.value), refused.value.exit_code) == (words, 2)
    assert inputs.charge_shares(["4=925.00", "a=b=25"]) == {"4": Decimal("925.00"), "a=b": Decimal("25.00")}


def test_what_the_program_numbered_is_known_in_either_case(posted: Recon) -> None:
    """BTR-17: of batches, lines, receipts and slips."""
    assert posted("post", "b000001").code == 0
    assert posted("remove", "b000001:3", "--why", "not ours").err == "Removed 1 line of B000001.\n"
    assert posted("deposit", "d000001", "--total", "1140.00").code == 0
    assert posted("receipts", "--batch", "b000001", "--json").json == posted("receipts", "--json").json
    assert posted("reverse", "r0000001", "--kind", "correction", "--why", "other tenant").code == 0


def test_remove_takes_lines_out_and_puts_them_back(posted: Recon) -> None:
    """BTR-64: a line, or all that is not posted; what is posted stays."""
    assert posted("remove", "B000001:3", "--why", "not ours").err == "Removed 1 line of B000001.\n"
    assert posted("status", "--json").json["removed"] == {"count": 1, "amount": "950.00"}
    assert posted("remove", "B000001:3", "--restore", "--why", "ours").err == "Put back 1 line of B000001.\n"
    assert posted("remove", "B000001", "--why", "start over").err == "Removed 2 lines of B000001.\n"
    posted("remove", "B000001:1", "--why", "x").refused(2, "Line 1 of B000001 is posted; it cannot be removed")
    posted("remove", "B000009", "--why", "x").refused(2, "There is no batch B000009")
    assert "Missing option '--why'" in posted("remove", "B000001").err


def test_a_folder_that_held_another_run_is_told(recon: Recon, books: Path) -> None:
    """SPEC 8: the files of a run take the place of another's in silence only where they are of the same file."""
    rehearsed = recon("run", "June10.csv", "--ledger", "ledger", "--output", "out", "--dry-run")
    assert rehearsed.code == 0
    assert "held the files" not in recon("run", "June10.csv", "--ledger", "ledger", "--output", "out").err
    lockbox(Path("June11.csv"), "2026-06-11 | Cedar327 | 5.00 | late | Roseman")
    told = recon("run", "June11.csv", "--output", "out")
    assert told.code == 0
    assert "out held the files of run-000001 (June10.csv); those of this run replaced them." in told.err


def test_a_slip_is_printed_when_it_is_recorded(posted: Recon) -> None:
    """BTR-57, BTR-62: what goes to the bank is printed as it is, whatever the run's own slip said then."""
    account = posted("deposit", "--json").json[0]["bank_account_id"]
    words = ("--tenant", "Bruno", "--unit", "Fair436", "--bank-account", account)
    assert posted("process", "B000001:3", *words).code == 0
    slip = next(slip for slip in posted("deposit", "--json").json if slip["items"] == 2)
    answer = posted("deposit", slip["deposit_id"], "--total", str(slip["total"]))
    count, total = slip["items"], f"{Decimal(slip['total']):,.2f}"
    assert answer.out.startswith(f"{slip['deposit_id']} is recorded: {count} items, {total}. Slip: ")
    pdf = Path(answer.out.rpartition("Slip: ")[2].strip())
    shown = "".join(page.extract_text() for page in PdfReader(pdf).pages)
    assert total in shown


def test_receipts_are_listed_and_exported_once(posted: Recon) -> None:
    """BTR-57: back to the system of record, reversals too, each exactly once."""
    assert [receipt["receipt_id"] for receipt in posted("receipts", "--json").json] == ["R0000001", "R0000002"]
    assert posted("receipts", "--batch", "B000009", "--json").json == []
    assert "R0000001" in posted("receipts").out
    posted("receipts", "--export", "one.csv", "--batch", "B000001").refused(2, "leave --batch out")
    assert not Path("one.csv").exists()
    told = posted("receipts", "--export", "one.csv", "--profile", "promas")
    assert told.out == "2 receipts and 0 reversals are in one.csv.\n"
    rows = records_of(Path("one.csv").read_text())
    assert [(row["record"], row["receipt_id"], row["charge_id"], row["amount"]) for row in rows] == [
        ("receipt", "R0000001", "C1", "690.00"), ("receipt", "R0000002", "C2", "1140.00"),
    ]  # fmt: skip
    posted("receipts", "--export", "one.csv").refused(3, "one.csv exists; name a new file")
    reversal = ("reverse", "R0000001", "--kind", "returned", "--on", "2026-06-12", "--why", "NSF")
    assert posted(*reversal).err == "R0000001 is reversed (returned).\n"
    assert posted("receipts", "--export", "two.csv", "--json").json["reversals"] == 1
    (row,) = records_of(Path("two.csv").read_text())
    assert (row["record"], row["date"], row["amount"]) == ("returned", "2026-06-12", "-690.00")


def test_an_interrupted_export_is_finished_before_the_next(posted: Recon) -> None:
    """SPEC 6: what was marked and got no name is in no other file, whatever the next one is to be called."""
    posted("receipts", "--export", "out/june-10.csv")
    (place,) = Path("out").iterdir()
    aside = place.with_name(f".june-10.csv.{len(Path('workspace/journal.jsonl').read_text().splitlines())}")
    place.rename(aside)  # as if killed between the commit and the name
    posted("receipts", "--export", "june-11.csv").refused(2, "june-10.csv was interrupted", "--export", "june-10.csv.")
    assert not Path("june-11.csv").exists()
    assert posted("receipts", "--export", "out/june-10.csv").out.startswith("2 receipts")
    assert posted("receipts", "--export", "june-11.csv").out.startswith("0 receipts")


def test_explain_claims_nothing_of_a_line_that_was_not_looked_at(recon: Recon, books: Path) -> None:
    """SPEC 4, 9: an imported line has no reason before it is classified, and nothing is said of its payer."""
    recon("load-ledger", "ledger")
    recon("import", "June10.csv")
    said = recon("explain", "B000001:1")
    assert "Who paid: Not looked up yet.\n" in said.out
    assert "Answer: not yet classified. The batch was not posted yet; recon post does it.\n" in said.out
    assert recon("explain", "B000001:1", "--json").json["reason"] == ""


def test_classify_needs_a_ledger_to_look_in(recon: Recon, books: Path) -> None:
    """SPEC 4: without one every line would seem to be of nobody; and a misspelled workspace is not made (SPEC 8)."""
    for command in ("import", "run", "classify"):
        recon(command, "June10.csv", "--workspace", "bokos").refused(2, "There is no workspace at")
    assert not (books / "bokos").exists()


def test_explain_shows_the_evidence(posted: Recon) -> None:
    """BTR-18, BTR-31, BTR-91: which row of which rule, the charges in the window and their sum; by line or receipt."""
    by_line, by_receipt = posted("explain", "b000001:1", "--json").json, posted("explain", "R0000001", "--json").json
    assert by_line == by_receipt
    assert (by_line["reason"], by_line["matchable_total"], by_line["is_replayed"]) == ("OK_FULL", "690.00", True)
    (charge,) = by_line["charges"]
    assert (charge["charge_id"], charge["open_amount"], charge["is_in_window"]) == ("C1", "690.00", True)
    words = " ".join(posted("explain", "B000001:1").out.split())
    assert "Known tenant ID 'Roseman' and known unit ID 'Cedar327', which belong together." in words
    assert "690.00 = 690.00, all charges due within 30 days of the posting date, all of one ledger." in words
    words = posted("explain", "B000001:3").out
    assert "Neither tenant ID 'Nobody' nor unit ID 'Nowhere' names anyone known." in words
    words = posted("explain", "B000001:4").out
    assert '"2026-02-30","Cedar327","5.00","no such day","Roseman",' in words
    assert "BAD_RECORD" in words


@pytest.mark.parametrize(
    ("kind", "now"),
    [("returned", "closed, the payment was returned"), ("correction", "waiting, to be processed again")],
)
def test_explain_says_what_became_of_a_reversed_receipt(posted: Recon, kind: str, now: str) -> None:
    """BTR-91: the answer is that of the posting; since then the receipt was reversed, by whom, when and why."""
    assert "Now: posted\n" in posted("explain", "R0000001").out
    reversal = ("reverse", "R0000001", "--kind", kind, "--on", "2026-06-12", "--why", "wrong payer", "--user", "ann")
    assert posted(*reversal).code == 0
    words = posted("explain", "R0000001").out
    assert "Answer of journal entry 3: auto, OK_FULL. 690.00 = 690.00" in words
    assert f"Now: {now}\n" in words
    assert f"reversed on 2026-06-12 ({kind}), it pays nothing now\n" in words
    assert re.search(r"^Journal 4: .+ UTC, ann, reverse, wrong payer$", words, re.MULTILINE)
    told = posted("explain", "R0000001", "--json").json
    assert [entry["action"] for entry in told["journal"]] == ["import", "post", "reverse"]
    assert (told["answered_at"], told["charges"][0]["paid"]) == (3, "0.00")


@pytest.mark.parametrize("amount", ["$690.00", "690", "", "1,690.00"])
def test_explain_a_line_whose_amount_cannot_be_read(posted: Recon, amount: str) -> None:
    """BTR-36, BTR-91: the message and the line word for word; there is nothing to sum."""
    line = f'"2026-06-10","Cedar327","{amount}","","Roseman",'
    Path("bad.csv").write_bytes(line.encode() + b"\r\n")
    assert posted("import", "bad.csv").code == 0
    told = posted("explain", "B000002:1", "--json").json
    assert (told["state"], told["reason"], told["said"]["amount"]) == ("rejected", "BAD_RECORD", None)
    words = posted("explain", "B000002:1").out
    assert f"The file says: {line}\n" in words
    assert f"Answer: rejected, BAD_RECORD. {told['rule']}\n" in words
    assert "amount" in told["rule"]
    assert "summed anew" not in words


def test_what_a_file_says_does_not_steer_the_terminal(posted: Recon) -> None:
    """BTR-36: escapes are shown as such, in a line, in a file's name, in a table and in an error."""
    name = "red\x1b[31m.csv"
    Path(name).write_bytes('"2026-06-10","Cedar327","1.00","a\x1b[2J\x00b\xe9","Roseman",\r\n'.encode())
    assert posted("import", name).code == 0
    words = posted("explain", "B000002:1").out
    assert '"1.00","a\\x1b[2J\\x00b\xe9","Roseman",\n' in words
    told = [words, posted("status").out, posted("import", name).err, posted("import", "no\x1b.csv").err]
    assert ["\\x1b" in text for text in told] == [True] * 4
    assert not [text for text in told if "\x1b" in text or "\x00" in text]


def test_status_counts_what_is_posted_what_waits_and_why(posted: Recon) -> None:
    """BTR-19, BTR-57, BTR-87: for people and for programs."""
    told = posted("status", "--json").json
    assert told["posted"] == told["undeposited"] == {"count": 2, "amount": "1830.00"}
    assert told["waiting"] == {"count": 1, "amount": "950.00"}
    assert told["rejected"] == {"count": 1, "amount": "5.00"}
    assert told["reasons"] == {"UNIDENTIFIED": {"count": 1, "amount": "950.00"}}
    words = posted("status").out
    for word in ("posted", "1,830.00", "UNIDENTIFIED", "June10.csv", "B000001"):
        assert word in words


def test_close_period_holds_what_comes_later(posted: Recon) -> None:
    """BTR-16: lines of a closed period wait."""
    assert posted("close-period", "--through", "06/30/2026", "--why", "June is done").code == 0
    lockbox(Path("late.csv"), "2026-06-30 | Cedar327 | 1.00 | | Roseman")
    assert "PERIOD_CLOSED" in posted("classify", "late.csv").out
    posted("close-period", "--through", "2026-06-30").refused(2, "closed through 2026-06-30 already")


def test_audit_says_what_to_do_next(posted: Recon) -> None:
    """SPEC 8: exit 7, each finding in words, and one sentence on what comes next, however many findings there are."""
    changes = ("update facts.imports set entries = entries + 1", "update facts.journal set facts = facts || 'x'")
    by_hand(Workspace.at("workspace"), *changes)
    answer = posted("audit")
    assert (answer.code, answer.raw) == (7, b"")
    assert "recon: law_01_lines_balance: Batch that does not add up: " in answer.err
    assert "rejected. Found: batch_id B000001, entries 5, " in answer.err
    first, *others = answer.err.splitlines()
    assert first.endswith(
        "Stop posting, keep the workspace as it is, and compare it with the last backup, restored into "
        "a new workspace; recon explain shows a line or a receipt."
    )
    assert len(others) == 7  # two for each entry of the journal, one for its file
    assert "Stop posting" not in "".join(others)
    assert "law_10_facts_unchanged: what journal entry 3 (post) says of its rows was changed" in answer.err


def test_backup_and_restore(posted: Recon, tmp_path: Path) -> None:
    """BTR-73: the whole workspace in one file, and back to the same journal head, the archive with it."""
    head = posted("backup", "b.zip", "--json").json
    assert "store.duckdb" in zipfile.ZipFile("b.zip").namelist()
    assert posted("restore", "b.zip", "--workspace", "restored", "--json").json == head
    assert posted("status", "-w", "restored", "--json").json["posted"] == {"count": 2, "amount": "1830.00"}
    assert posted("audit", "-w", "restored").code == 0
    posted("backup", "b.zip").refused(3, "b.zip exists; name a new file")
    posted("restore", "June10.csv", "--workspace", "other").refused(3)
    assert not (tmp_path / "other" / "store.duckdb").exists()


def test_the_workspace_is_the_option_else_the_environment_else_the_default(
    recon: Recon, books: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """BTR-05: where everything goes."""
    assert recon("load-ledger", "ledger", "--workspace", "by option").code == 0
    assert recon("load-ledger", "ledger").code == 0
    monkeypatch.delenv("RECON_WORKSPACE")
    assert recon("load-ledger", "ledger").code == 0
    for place in ("by option", "workspace", "data/workspace"):
        assert Path(place, "store.duckdb").exists()
