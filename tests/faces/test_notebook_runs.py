"""Running the report's notebook headless: what it leaves behind, what it refuses, what it cannot be made to do."""

import json
import os
import stat
import sys
from pathlib import Path

import nbformat
import pytest

from recon import notebook_runs
from recon.errors import ReconError, WrongUse
from recon.notebook_runs import NotebookFailed, declared, execute, find, to_html
from tests.faces.run_folders import SCRIPT, write_small


def _notebook(folder: Path, *sources: str) -> Path:
    """Write a notebook whose first cell declares its parameters."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    cells[0].metadata["tags"] = ["parameters"]
    path = folder / "trial.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the report of a small run where a kernelspec named `python3` points at a program that is none."""
    folder = tmp_path_factory.mktemp("report {of} a run")
    spec = folder / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    argv = ["/nowhere/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "not this one", "language": "python"}))
    run = write_small(folder / "run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder / "jupyter"))
        patch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
        execute("batch_report", {"run_folder": str(run)}, run / "report.ipynb")
    to_html(run / "report.ipynb", run / "report.html", "Receipts of June10.csv <1>")
    return run


def test_the_executed_notebook(executed: Path) -> None:
    """BTR-54: the report is there before anybody posts by hand; only its owner may read it."""
    notebook = nbformat.read(executed / "report.ipynb", as_version=4)
    assert not [shown for cell in notebook.cells for shown in cell.get("outputs", []) if shown.output_type == "error"]
    assert stat.S_IMODE((executed / "report.ipynb").stat().st_mode) == 0o600
    assert notebook.metadata.papermill.output_path == "report.ipynb"
    assert notebook.metadata.papermill.parameters == {"run_folder": str(executed)}


def test_the_page(executed: Path) -> None:
    """BTR-55: a page by itself, without input cells, anchors, scripts or outside addresses."""
    shown = (executed / "report.html").read_text(encoding="utf-8")
    assert shown.startswith("<!DOCTYPE html>")
    assert '<meta charset="utf-8">' in shown
    assert "<title>Receipts of June10.csv &lt;1&gt;</title>" in shown
    assert "✓ Difference 0.00" in shown
    assert "gather(Path(" not in shown
    assert not [bad for bad in ("<script", "¶", "http:", "https:", SCRIPT, "@import") if bad in shown]
    assert stat.S_IMODE((executed / "report.html").stat().st_mode) == 0o600


def test_nothing_else_is_left(executed: Path) -> None:
    """A finished run leaves no partial file."""
    assert not list(executed.glob(".*"))


def test_undeclared_parameters_are_refused(tmp_path: Path) -> None:
    """RELIABILITY M18: papermill only warns of an unknown name, and a crafted one can run code."""
    for name in ("run_folders", "run_folder = 1\nimport os", ""):
        with pytest.raises(WrongUse, match="has no parameter"):
            execute("batch_report", {name: "x"}, tmp_path / "report.ipynb")
    with pytest.raises(WrongUse, match="is of type str, not int"):
        execute("batch_report", {"run_folder": 1}, tmp_path / "report.ipynb")
    assert not list(tmp_path.iterdir())


def test_unknown_notebooks_are_refused(tmp_path: Path) -> None:
    """RELIABILITY M18: a notebook is named, never pointed at by a path."""
    for name in ("no_such", "../notebooks/batch_report", "batch_report.ipynb"):
        with pytest.raises(WrongUse, match="There is no notebook"):
            execute(name, {}, tmp_path / "report.ipynb")


def test_parameters_cells_hold_plain_defaults_only(tmp_path: Path) -> None:
    """RELIABILITY M18: the declaration is read, not run."""
    assert declared(find("batch_report")) == {"run_folder": str}
    assert declared(_notebook(tmp_path, "count = 3\nloud: bool = False")) == {"count": int, "loud": bool}
    with pytest.raises(RuntimeError, match="plain defaults only"):
        declared(_notebook(tmp_path, "import os"))


def test_a_failing_cell_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """RELIABILITY M17: the notebook's own error is named, no file appears, nothing is printed."""
    source = _notebook(
        tmp_path, 'folder: str = ""', "import sys, warnings\nwarnings.warn('noise')\nraise ValueError(sys.executable)"
    )
    monkeypatch.setattr(notebook_runs, "find", lambda _: source)
    (tmp_path / "out").mkdir()
    with pytest.raises(NotebookFailed, match="ValueError") as caught:
        execute("trial", {"folder": "x"}, tmp_path / "out" / "report.ipynb")
    assert not isinstance(caught.value, ReconError)
    assert str(caught.value).endswith(sys.executable)
    assert not list((tmp_path / "out").iterdir())
    assert capfd.readouterr() == ("", "")


def test_an_interrupted_write_keeps_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """RELIABILITY M18: a file appears whole or not at all."""
    target = tmp_path / "report.html"
    target.write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt), notebook_runs.complete(target) as file:  # noqa: PT012 - half done is the point
        file.write(b"half")
        raise KeyboardInterrupt
    monkeypatch.setattr(os, "fsync", _disk_is_full)
    with pytest.raises(OSError, match="No space"), notebook_runs.complete(target) as file:
        file.write(b"whole")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("report.html", b"before")]


def _disk_is_full(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_the_notebook_is_thin_and_stripped() -> None:
    """STYLE: at most eight lines a cell, no loops, no outputs in the repository."""
    notebook = nbformat.read(find("batch_report"), as_version=4)
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        assert len(cell.source.splitlines()) <= 8
        assert not {"for ", "while ", "if ", "def "} & {word + " " for word in cell.source.split()}
