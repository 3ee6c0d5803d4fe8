"""`recon lab`, started for real: who is let in, where it listens, what it shows, how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

from recon import lab
from recon.errors import WrongUse
from recon.lab import NOTEBOOK, put_notebook
from recon.workspace import Workspace

pytestmark = pytest.mark.skipif(os.name == "nt", reason="ends the server by signals")

# What a person's own configuration may say; none of it may open the books to others.
OWN_CONFIGURATION = {"ServerApp": {"ip": "0.0.0.0", "port": 1}, "IdentityProvider": {"token": ""}}


@dataclass(frozen=True)
class Served:
    """A running `recon lab`."""

    process: "subprocess.Popen[str]"
    folder: Path
    port: int
    url: str

    def ask(self, path: str, token: str | None) -> tuple[int, Any]:
        """Ask the server; gives status and answer."""
        headers = {"Authorization": f"token {token}"} if token else {}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return error.code, None

    @property
    def token(self) -> str:
        """The token that the address names."""
        return self.url.partition("?token=")[2]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _environment(folder: Path) -> Mapping[str, str]:
    own = {name: str(folder / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    config = Path(own["JUPYTER_CONFIG_DIR"]) / "jupyter_server_config.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps(OWN_CONFIGURATION))
    spec = Path(own["JUPYTER_DATA_DIR"]) / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": ["/nowhere/python"], "display_name": "not this one", "language": "python"}))
    rest = {"JUPYTER_RUNTIME_DIR": str(folder / "runtime"), "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "RECON"))}
    return {**kept, **own, **rest, "PYTHONUNBUFFERED": "1"}


@contextmanager
def _serving(folder: Path) -> Iterator[Served]:
    port = _free_port()
    command = [
        sys.executable,
        "-m",
        "recon",
        "lab",
        "--no-browser",
        f"--port={port}",
        "--workspace",
        str(folder / "books"),
    ]
    process = subprocess.Popen(
        command, env=_environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    with process, process.stdout:
        try:
            first = process.stdout.readline()
            assert first.startswith("The workbench is open at http://127.0.0.1:"), first + process.stdout.read()
            yield Served(process, folder / "books", port, first.split()[-1])
        finally:
            process.kill() if process.poll() is None else None


def _listening(port: int) -> set[str]:
    """The addresses on which this machine listens at a port, as the kernel writes them."""
    found = set()
    for name in ("tcp", "tcp6"):
        table = Path("/proc/net") / name
        for line in table.read_text().splitlines()[1:] if table.exists() else []:
            address, state = line.split()[1], line.split()[3]
            if state == "0A" and address.endswith(f":{port:04X}"):
                found.add(address.rpartition(":")[0])
    return found


def test_a_workspace_is_served_to_this_machine_only_and_with_a_token(tmp_path: Path) -> None:
    """The person's own configuration opens it to everybody and takes the token away; that must not count."""
    with _serving(tmp_path) as it:
        assert it.ask("/api/status", None)[0] == 403
        assert it.ask("/api/status", "wrong")[0] == 403
        status, answer = it.ask("/api/status", it.token)
        assert (status, answer["kernels"]) == (200, 0)
        assert len(it.token) >= 40
        if sys.platform == "linux":
            assert _listening(it.port) == {"0100007F"}
        assert it.url == f"http://127.0.0.1:{it.port}/doc/tree/{NOTEBOOK}?token={it.token}"

        _, contents = it.ask("/api/contents", it.token)
        assert {NOTEBOOK, "workspace.toml"} <= {entry["name"] for entry in contents["content"]}
        _, kernels = it.ask("/api/kernelspecs", it.token)
        assert {name: spec["spec"]["argv"][0] for name, spec in kernels["kernelspecs"].items()} == {
            "python3": sys.executable
        }
        assert it.ask("/api/terminals", it.token)[0] == 404
        _, settings = it.ask("/lab/api/settings/@jupyterlab/apputils-extension:notification", it.token)
        assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"
        listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=False).stdout
        assert it.token not in listed

        it.process.send_signal(signal.SIGTERM)
        assert it.process.wait(30) == 0
        assert "The workbench is closed" in (it.process.stdout.read() if it.process.stdout else "")
    assert _listening(it.port) == set()
    assert (it.folder / "log" / "lab.log").stat().st_mode & 0o077 == 0


def test_a_port_in_use_is_refused(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WrongUse, match=f"Port {port} is in use"), lab.running(Workspace(tmp_path), port=port):
            pass


def test_without_jupyterlab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(WrongUse, match="JupyterLab is not installed"), lab.running(Workspace(tmp_path)):
        pass


def test_a_server_that_does_not_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "_flags", lambda *_, **__: ["--ServerApp.root_dir=/nowhere/at/all"])
    with pytest.raises(lab.LabFailed, match="does not start .*nowhere"), lab.running(Workspace(tmp_path)):
        pass


# ---- The notebook in the workspace ----


def _edit(path: Path, **changes: Any) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].update(changes)
    nbformat.write(notebook, path)


def test_the_notebook_comes_once(tmp_path: Path) -> None:
    assert put_notebook(tmp_path) == ""
    first = (tmp_path / NOTEBOOK).read_bytes()
    nbformat.validate(nbformat.read(tmp_path / NOTEBOOK, as_version=4))
    assert put_notebook(tmp_path) == ""
    assert (tmp_path / NOTEBOOK).read_bytes() == first


def test_outputs_of_an_earlier_kernel_are_taken_away(tmp_path: Path) -> None:
    """They would show as errors until all cells are run."""
    put_notebook(tmp_path)
    first = (tmp_path / NOTEBOOK).read_bytes()
    _edit(tmp_path / NOTEBOOK, outputs=[nbformat.v4.new_output("stream", text="gone")], execution_count=3)
    assert put_notebook(tmp_path) == ""
    assert (tmp_path / NOTEBOOK).read_bytes() == first


def test_an_older_copy_that_nobody_changed_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = tmp_path / "older.ipynb"
    cells = [nbformat.v4.new_code_cell("import recon", id="one")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), older)
    with monkeypatch.context() as patch:
        patch.setattr("recon.notebook_runs.find", lambda _: older)
        put_notebook(tmp_path)
    assert put_notebook(tmp_path) == "The notebook of the workbench was brought up to this version."
    assert "workbench()" in (tmp_path / NOTEBOOK).read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"cells": 3}', "\udcff"])
def test_a_copy_that_somebody_changed_is_kept(tmp_path: Path, content: str | None) -> None:
    put_notebook(tmp_path)
    copy = tmp_path / NOTEBOOK
    if content is None:
        _edit(copy, source="print('mine')")
    else:
        copy.write_bytes(content.encode(errors="surrogateescape"))
    mine = copy.read_bytes()
    assert "was changed by hand and is kept" in put_notebook(tmp_path)
    assert copy.read_bytes() == mine
