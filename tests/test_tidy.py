"""The conventions of the house as tests: who may import what, how SQL looks, what no file may contain (DESIGN)."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from recon import audits, relations, schema
from recon.reconciliation import readings
from recon.suggestions import listing
from schemas.vocabulary import Flag, Reason

ROOT = Path(__file__).parents[1]
PACKAGE = sorted((ROOT / "recon").rglob("*.py"))
SCHEMAS = sorted((ROOT / "schemas").rglob("*.py"))
TESTS = sorted(path for path in (ROOT / "tests").rglob("*.py"))
SQL = sorted((ROOT / "recon" / "sql").rglob("*.sql"))

# Rooms, from the ground up: a module imports only from rows above its own. A package is one room.
ROWS = (
    {"errors", "money", "schema"},
    {"workspace", "journal", "locking", "files", "digests"},
    {"store"},
    {"lockbox", "ledger"},
    {"bank"},
    {"relations", "answer_columns", "past", "periods"},
    {"classification", "audits", "statements"},
    {
        "aliases",
        "batches",
        "deposits",
        "ledger_loading",
        "receipt_export",
        "explain",
        "status",
        "backup",
        "backtest",
        "inquiry",
    },
    {"receipts", "outputs"},
    {"batch_work", "tenant_credit", "decisions", "undo"},
    {"reconciliation"},
    {"allocation"},
    {"suggestions"},
    {"report"},
    {"rendering"},
    {"notebook_runs"},
    {"bank_report"},
    {"daily", "publishing"},
    {"workbench"},
    {"lab"},
    {"portal"},
    {"analyst"},
    {"cli"},
    {"__main__"},
)
# Who may import which package that is not ours. None: everybody.
OWNERS: dict[str, set[str] | None] = {
    "pyarrow": None,
    "numpy": {"lockbox", "answer_columns", "workbench"},
    "pandas": {"bank", "ledger", "analyst", "batches", "publishing"},  # for the frames that Pandera checks
    "duckdb": {"store"},
    "defusedxml": {"bank"},
    "portalocker": {"locking"},
    "matplotlib": {"rendering"},
    "reportlab": {"rendering"},
    "arabic_reshaper": {"rendering"},
    "xlsxwriter": {"rendering"},
    "papermill": {"notebook_runs"},
    "nbclient": {"notebook_runs"},
    "nbconvert": {"notebook_runs"},
    "nbformat": {"notebook_runs"},
    "jupyter_client": {"notebook_runs"},
    "zmq": {"notebook_runs"},
    "anywidget": {"workbench"},
    "ipywidgets": {"workbench", "analyst"},  # there only the name of what a notebook shows
    "traitlets": {"workbench"},
    "fsspec": {"publishing"},
    "keyring": {"publishing"},
    "django": {"portal"},
    "waitress": {"portal"},
    "typer": {"cli"},
    "rich": {"cli"},
}
MODULE_LINES = 450
LONGER_MODULES = {
    "recon/store.py": 520,  # everything that may touch DuckDB is in this one room
}
FUNCTION_LINES = 70
NAMES_OF_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base", "core"}


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def shown(path: Path) -> str:
    """A path as it is written in the repository."""
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    """A module's dotted name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(module: str) -> str:
    """The first part below the package."""
    return [*module.split("."), ""][1]


def imports(nodes: Iterator[ast.AST]) -> Iterator[str]:
    """The modules that these nodes import, dotted."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide where a name comes from"
            for alias in node.names:
                is_module = f"{node.module}.{alias.name}" in MODULES
                yield f"{node.module}.{alias.name}" if is_module else str(node.module)


MODULES = {module_of(path): path for path in PACKAGE}


# ---- Layers ----


def test_every_module_has_its_row() -> None:
    rooms = {room_of(module) for module in MODULES} - {"", "sql"}
    placed = [room for row in ROWS for room in row]
    assert sorted(placed) == sorted(rooms)


@pytest.mark.parametrize("path", PACKAGE, ids=shown)
def test_a_module_imports_only_from_rows_above_its_own(path: Path) -> None:
    room = room_of(module_of(path))
    if room in {"", "sql"}:
        return
    own = next(number for number, row in enumerate(ROWS) if room in row)
    allowed = {room, "sql"}.union(*ROWS[:own])
    used = {room_of(name) for name in imports(ast.walk(tree_of(path))) if name.startswith("recon.")}
    assert used - allowed == set()


def test_the_control_panel_shares_nothing_but_schemas() -> None:
    """It is a program of its own inside the package; only the command line starts it."""
    for path in PACKAGE:
        names = {name for name in imports(ast.walk(tree_of(path))) if name.startswith("recon.")}
        if room_of(module_of(path)) == "portal":
            assert {room_of(name) for name in names} <= {"portal"}, shown(path)
        elif room_of(module_of(path)) != "cli":
            assert "portal" not in {room_of(name) for name in names}, shown(path)


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    """Imports inside functions do not count: the command line defines its commands late, on purpose."""
    needs = {
        module: {name for name in imports(iter(tree_of(path).body)) if name in MODULES and name != module}
        for module, path in MODULES.items()
    }
    while needs:
        free = {module for module, needed in needs.items() if not needed & needs.keys()}
        assert free, sorted(needs)
        needs = {module: needed for module, needed in needs.items() if module not in free}


def test_schemas_import_nothing_of_the_package() -> None:
    for path in SCHEMAS:
        names = {name.partition(".")[0] for name in imports(ast.walk(tree_of(path)))}
        assert names - sys.stdlib_module_names <= {"schemas", "pandas", "pandera", "pyarrow"}, shown(path)


@pytest.mark.parametrize("path", PACKAGE, ids=shown)
def test_packages_of_others_are_imported_by_their_owners_only(path: Path) -> None:
    names = {name.partition(".")[0] for name in imports(ast.walk(tree_of(path)))}
    room = room_of(module_of(path))
    for name in names - sys.stdlib_module_names - {"recon", "schemas"}:
        assert name in OWNERS, f"{name} has no owner yet"
        owners = OWNERS[name]
        assert owners is None or room in owners, f"{name} belongs to {owners}"


# ---- Names and sizes ----


def test_no_module_is_named_after_nothing() -> None:
    assert [shown(path) for path in PACKAGE + SCHEMAS + TESTS if path.stem in NAMES_OF_NOTHING] == []


@pytest.mark.parametrize("path", PACKAGE + SCHEMAS, ids=shown)
def test_modules_and_functions_are_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= LONGER_MODULES.get(shown(path), MODULE_LINES)
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < FUNCTION_LINES, node.name


# ---- SQL ----


def folder(name: str) -> list[str]:
    """The names of the SQL files in a folder."""
    return sorted(path.stem for path in SQL if path.parent.name == name)


@cache
def reads(sql: str) -> set[str]:
    """The tables that SQL names, with their schema, without those that it defines itself."""
    found: set[str] = set()
    for tree in sqlglot.parse(sql, read="duckdb"):
        if tree is not None:
            own = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
            names = {f"{table.db}.{table.name}" if table.db else table.name for table in tree.find_all(exp.Table)}
            found |= {name for name in names if name} - own
    return found


FACTS = {
    f"facts.{name}"
    for path in SQL
    if path.parent.name == "migrations"
    for name in re.findall(r"create table facts\.(\w+)", path.read_text(encoding="utf-8"))
}


def made() -> Iterator[str]:
    """The relations that code makes under a name of its own: from a file at hand, or out of the rounds."""
    for path in PACKAGE:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                first = node.args[0]
                if node.func.attr in {"build", "view", "take"} and isinstance(first, ast.Constant):
                    yield str(first.value)
    for path in [*PACKAGE, *SQL]:
        yield from re.findall(r"create temp table (?:if not exists )?(\w+)", path.read_text(encoding="utf-8"))


def test_the_lists_of_relations_are_the_files() -> None:
    assert folder("rules") == sorted(relations.ORDER)
    assert folder("views") == sorted(schema.VIEWS)
    assert folder("matching") == sorted(readings.ORDER)
    assert folder("suggestions") == sorted(listing.RELATIONS)
    assert len(set(relations.ORDER)) == len(relations.ORDER)
    assert len(set(schema.VIEWS)) == len(schema.VIEWS)


def test_each_rule_reads_only_inputs_and_rules_before_it() -> None:
    known = set(relations.INPUTS)
    for name in relations.ORDER:
        assert reads(relations.rule(name)) <= known, name
        known.add(name)


def test_each_matching_relation_reads_only_inputs_and_relations_before_it() -> None:
    known = set(readings.INPUTS)
    for name in readings.ORDER:
        assert reads(readings.matching(name)) <= known, name
        known.add(name)


def test_each_view_reads_only_facts_and_views_before_it() -> None:
    known = set(FACTS)
    for name, sql in schema.views():
        assert reads(sql) <= known, name
        known.add(name)


@pytest.mark.parametrize("path", [path for path in SQL if path.parent.name != "migrations"], ids=shown)
def test_all_that_is_read_exists(path: Path) -> None:
    built = [*relations.ORDER, *relations.INPUTS, *readings.ORDER, *listing.RELATIONS]
    built += [*folder("sources"), *folder("statements"), *folder("inquiries")]
    known = FACTS.union(schema.VIEWS, built, made())
    assert reads(path.read_text(encoding="utf-8")) - known == set()


@pytest.mark.parametrize("path", [path for path in SQL if path.parent.name == "migrations"], ids=shown)
def test_no_migration_alters_facts(path: Path) -> None:
    """Rows were hashed with the columns that they had; a new column would make every one of them look changed."""
    assert not re.search(
        r"\b(alter|drop|update|delete)\b", re.sub(r"--.*", "", path.read_text(encoding="utf-8")), re.IGNORECASE
    )


@pytest.mark.parametrize("path", SQL, ids=shown)
def test_the_first_line_states_the_grain(path: Path) -> None:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    assert first.startswith("-- ")
    if path.parent.name != "migrations":
        assert re.search(r"\b(one row|one line|no row)\b", first, re.IGNORECASE), first


def test_each_sql_file_is_used() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE)
    used = {*relations.ORDER, *readings.ORDER, *schema.VIEWS, *audits.names()}
    for path in SQL:
        if path.parent.name != "migrations" and path.stem not in used:
            assert path.stem in code or f'"{path.stem.removeprefix("batch_")}"' in code, shown(path)


@pytest.mark.parametrize("path", SQL, ids=shown)
def test_sql_asks_no_clock_and_knows_no_float(path: Path) -> None:
    bare = re.sub(r"--[^\n]*|'[^']*'", " ", path.read_text(encoding="utf-8")).lower()
    words = (
        r"\b(now|today|current_date|current_timestamp|get_current_timestamp|random|uuid)\b *\(|\bcurrent_(date|time)"
    )
    assert not re.search(words, bare)
    assert not re.search(r"\b(float|double|real|float4|float8)\b", bare)


LOOKS_LIKE_SQL = re.compile(
    r"\b(select\b.+\bfrom|insert\s+into|delete\s+from|update\s+\w+\s+set|(create|drop|alter)\s+(or\s+replace\s+)?"
    r"(temp\s+)?(table|view|schema)|attach\s+')",
    re.IGNORECASE | re.DOTALL,
)


def sql_put_together(tree: ast.AST) -> Iterator[str]:
    """SQL that an f-string, a sum of strings, `%` or `format` makes."""
    for node in ast.walk(tree):
        text = ""
        if isinstance(node, ast.JoinedStr) and any(isinstance(part, ast.FormattedValue) for part in node.values):
            text = " ".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            sides = [side.value for side in (node.left, node.right) if isinstance(side, ast.Constant)]
            text = " ".join(side for side in sides if isinstance(side, str))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            text = str(node.func.value.value) if isinstance(node.func.value, ast.Constant) else ""
        if LOOKS_LIKE_SQL.search(text):
            yield text


@pytest.mark.parametrize("path", PACKAGE, ids=shown)
def test_no_sql_is_put_together_from_strings(path: Path) -> None:
    """Only the store's own door quotes the names of tables into statements; values go in as parameters."""
    if shown(path) == "recon/store.py":
        assert not [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.JoinedStr) for text in
                    sql_put_together(node) if text]  # fmt: skip
    else:
        assert list(sql_put_together(tree_of(path))) == []


@pytest.mark.parametrize(
    "code",
    ["f'select * from {name}'", "f'insert into {name} values (1)'", "f'create or replace temp table {name} as'",
     "'select a from ' + name", "'select %s from t' % name", "'delete from {}'.format(name)"],
)  # fmt: skip
def test_sql_put_together_from_strings_is_found(code: str) -> None:
    assert list(sql_put_together(ast.parse(code))) != []


# ---- Python that must not be there ----


FLOATS_ALLOWED = {"recon/rendering/charts.py", "recon/locking.py"}  # lengths of bars, seconds of patience


@pytest.mark.parametrize("path", PACKAGE + SCHEMAS, ids=shown)
def test_no_amount_becomes_a_float_and_no_frame_leaves_duckdb_but_through_arrow(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert name not in {"df", "fetchdf", "fetch_df", "fetchnumpy", "read_csv_auto", "float_", "float64"}
            assert name != "float" or shown(path) in FLOATS_ALLOWED, f"line {node.lineno}"


@pytest.mark.parametrize("path", PACKAGE + SCHEMAS, ids=shown)
def test_the_clock_is_read_in_utc_and_today_is_the_workspaces(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = getattr(node.func.value, "id", getattr(node.func.value, "attr", ""))
            if owner in {"datetime", "date"} and node.func.attr in {"now", "today", "utcnow", "fromtimestamp"}:
                assert node.func.attr == "now", f"line {node.lineno}"
                assert [getattr(argument, "id", "") for argument in node.args] == ["UTC"], f"line {node.lineno}"


# ---- Notebooks ----


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").rglob("*.ipynb")), ids=shown)
def test_notebooks_are_stripped_and_thin(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
        assert len(source.splitlines()) <= 8, source
        kinds = (ast.For, ast.While, ast.FunctionDef, ast.ClassDef, ast.comprehension, ast.Try, ast.With)
        assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)], source


# ---- Words ----


SPECS = "\n".join(path.read_text(encoding="utf-8") for path in TESTS if path.parent.name == "spec")


@pytest.mark.parametrize("word", [*Reason, *Flag])
def test_each_reason_and_flag_has_a_spec_test_and_a_glossary_line(word: str) -> None:
    glossary = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    assert re.search(rf"^.*`{word}`.*\w+.*$", glossary, re.MULTILINE)
    assert word in SPECS


def test_checklist_ids_named_in_tests_exist() -> None:
    checklist = ROOT.parent / "shared" / "CHECKLIST.md"
    if not checklist.exists():
        pytest.skip("the checklist is not kept in this repository")
    known = set(re.findall(r"\b(?:BTR|PUB)-[0-9]{2}\b", checklist.read_text(encoding="utf-8")))
    named = {
        (found, shown(path))
        for path in TESTS
        for found in re.findall(r"\b(?:BTR|PUB)-[0-9]+\b", path.read_text(encoding="utf-8"))
    }
    assert sorted(pair for pair in named if pair[0] not in known) == []


# ---- Every file ----


def tracked() -> list[Path]:
    """The repository's files; without git, those that a clone would have."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True,
        ).stdout  # fmt: skip
        found = [ROOT / name for name in listed.decode().split("\0") if name]
    else:
        made = {
            ".venv",
            ".git",
            "__pycache__",
            "bench",
            "demo",
            "workspace",
            ".pytest_cache",
            ".ruff_cache",
            ".mypy_cache",
        }
        found = [path for path in ROOT.rglob("*") if not made & set(path.relative_to(ROOT).parts[:-1])]
    return [path for path in found if path.is_file() and path.suffix not in {".parquet", ".pdf", ".png", ".duckdb"}]


def test_no_file_names_a_package_registry_or_a_place_on_somebodys_machine() -> None:
    registries = ("pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "anaconda" + ".org", "/simple" + "/")
    places = re.compile(r"(?<![\w.])(/(root|home|Users|work)/[A-Za-z]\w*|[A-Z]:\\Users\\\w+)")
    this_file = Path(__file__).resolve()
    for path in tracked():
        if path.resolve() == this_file:
            continue
        text = path.read_bytes().decode("utf-8", errors="replace")
        assert not [name for name in registries if name in text], shown(path)
        place = places.search(text)
        assert place is None, f"{shown(path)}: {place and place[0]}"


def test_the_lock_file_has_hashes_and_no_addresses() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|-e|--index-url|--extra-index-url|--find-links|--editable)\b", text, re.MULTILINE)
    joined = text.replace("\\\n", " ")
    entries = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(entries) > 50
    for entry in entries:
        assert re.match(r"^[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^\s;]+", entry), entry[:60]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry[:60]


def test_the_lock_file_has_what_locks_a_store_on_windows() -> None:
    """RELIABILITY M1: without pywin32 a lock cannot be shared there, and no command could read (DECISIONS)."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert re.search(r"^pywin32==\S+ ; sys_platform == 'win32' ", text, re.MULTILINE)
