"""`recon lab`: a JupyterLab on one workspace, for this machine only, that shows the workbench and asks nothing.

The server is a process of its own. It listens on the loopback address, asks for a token, and ends with this process.
Its output goes to `log/lab.log` in the workspace.
"""

import hashlib
import importlib.util
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from recon import notebook_runs
from recon.errors import InputRefused, ReconError, WrongUse
from recon.files import write_bytes
from recon.workspace import Workspace

NOTEBOOK = "workbench.ipynb"
HOST = "127.0.0.1"
FIRST_PORT, PORTS_TRIED = 8888, 100
START_SECONDS = 60
STOP_SECONDS = 15
UPLOAD_BYTES = 200 * 1024 * 1024  # above the server's own limit of 10 MiB a web socket is cut without a word

_MARK = "recon_made_from"  # in a copy's metadata: the cells that it was made with

# What JupyterLab would otherwise ask and show.
_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    }
}


class LabFailed(ReconError):
    """JupyterLab did not start, or ended by itself."""


@contextmanager
def running(workspace: Workspace, *, port: int | None = None, browser: bool = True) -> Iterator["Lab"]:
    """Start JupyterLab on a workspace, which is made if there is none; stop it at the end.

    Args:
        workspace: the folder that JupyterLab shows, and whose books the workbench opens.
        port: where it listens; by default the first free one from 8888.
        browser: open the workbench in the system's browser.

    Raises:
        WrongUse: JupyterLab is not installed, or the port is in use.
        InputRefused: the workspace cannot be written.
        LabFailed: JupyterLab does not start.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        raise WrongUse("JupyterLab is not installed; install it with: python -m pip install jupyterlab.")
    workspace.prepare()
    remark = put_notebook(workspace.root)
    port = _free_port() if port is None else _checked_port(port)
    token = secrets.token_hex(24)
    log = workspace.log.with_name("lab.log")
    with tempfile.TemporaryDirectory(prefix="recon-lab-") as folder:
        environment = _environment(workspace, Path(folder), token)
        with _log_file(log) as output:
            server = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", *_flags(workspace, port, browser=browser)],
                env=environment, cwd=workspace.root, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,  # Ctrl+C is for us: the server would ask back whether it was meant
            )  # fmt: skip
        lab = Lab(server, f"http://{HOST}:{port}", token, log, remark)
        try:
            lab.wait_until_it_answers()
            yield lab
        finally:
            lab.stop()


class Lab:
    """A running JupyterLab.

    Attributes:
        url: where the workbench opens, with the token that admits to it.
        remark: what there is to say about the notebook in the workspace; empty for nothing.
    """

    def __init__(self, server: "subprocess.Popen[bytes]", address: str, token: str, log: Path, remark: str) -> None:
        self._server, self._address, self._log = server, address, log
        self.url = f"{address}/doc/tree/{NOTEBOOK}?token={token}"
        self.remark = remark

    def wait_until_it_answers(self) -> None:
        """Wait for the server's first answer.

        Raises:
            LabFailed: it ended, or took more than a minute.
        """
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self._server.poll() is None:
            try:
                with urllib.request.urlopen(f"{self._address}/api", timeout=1):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise LabFailed(f"JupyterLab does not start{self._last_words()}; its log is {self._log}.")

    def wait(self) -> None:
        """Wait until the server ends, as by File > Shut Down in the browser.

        Raises:
            LabFailed: it ended with an error.
        """
        if self._server.wait() != 0:
            raise LabFailed(f"JupyterLab has ended unexpectedly{self._last_words()}; its log is {self._log}.")

    def stop(self) -> None:
        """Stop the server and its kernels; what was saved or posted stays."""
        self._server.terminate()
        try:
            self._server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        said = [line.strip() for line in lines if line.strip()]
        return f" ({said[-1]})" if said else ""


def serve(workspace: Workspace, *, port: int | None, browser: bool, say: Callable[[str], None]) -> None:
    """Run JupyterLab until it is stopped: by Ctrl+C, by the system, or in the browser.

    Args:
        workspace: as for `running`, as are `port` and `browser`.
        port: where it listens.
        browser: open the workbench in the system's browser.
        say: takes each sentence for the person at the terminal.

    Raises:
        ReconError: as `running` and `Lab.wait`.
    """
    with _signals_as_interrupts():
        try:
            with running(workspace, port=port, browser=browser) as lab:
                if lab.remark:
                    say(lab.remark)
                say(f"The workbench is open at {lab.url}")
                say("Whoever has this address may work on these books. Ctrl+C stops it.")
                lab.wait()
        except KeyboardInterrupt:
            pass
    say("The workbench is closed; what was done is kept.")


# ---- The notebook in the workspace ----


def put_notebook(folder: Path) -> str:
    """Put the workbench's notebook into a folder, unless a person has changed the copy that is there.

    A copy that nobody changed is replaced when this version brings other cells, or when it holds outputs: those of a
    kernel that is gone show as errors. Outputs do not count as changes.

    Returns:
        What there is to say about it; empty for nothing.

    Raises:
        InputRefused: the folder cannot be written.
    """
    packaged = _read(notebook_runs.find(Path(NOTEBOOK).stem)) or {"cells": []}
    made_from = _digest(packaged)
    copy = folder / NOTEBOOK
    existing = _read(copy)
    found = "" if existing is None else _digest(existing)
    if copy.exists() and (existing is None or found not in {made_from, existing.get("metadata", {}).get(_MARK)}):
        return f"{copy} was changed by hand and is kept as it is; delete it to get the one of this version."
    if existing is not None and found == made_from and not any(cell.get("outputs") for cell in existing["cells"]):
        return ""
    packaged["metadata"] = {**packaged.get("metadata", {}), _MARK: made_from}
    try:
        write_bytes(copy, json.dumps(packaged, indent=1, ensure_ascii=False).encode() + b"\n")
    except OSError as error:
        raise InputRefused(f"{copy} cannot be written ({error.strerror}); choose another workspace.") from error
    return "The notebook of the workbench was brought up to this version." if found not in {"", made_from} else ""


def _read(path: Path) -> dict[str, Any] | None:
    """A notebook's content; None for a file that is no notebook."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_notebook = isinstance(content, dict) and isinstance(content.get("cells"), list)
    return content if is_notebook else None


def _digest(notebook: Mapping[str, Any]) -> str:
    """A digest of the cells' kinds and sources: all that a person writes, nothing that running a cell changes."""
    cells = [(cell.get("cell_type"), "".join(cell.get("source", ""))) for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


# ---- The server ----


def _flags(workspace: Workspace, port: int, *, browser: bool) -> list[str]:
    """The server's options; given here, they come before those of any configuration file."""
    off = {"jupyter_lsp": False, "jupyter_server_terminals": False}
    flags = {
        "ServerApp.ip": HOST,
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": workspace.root,
        "ServerApp.open_browser": browser,
        "ServerApp.jpserver_extensions": off,
        "ServerApp.tornado_settings": {"websocket_max_message_size": UPLOAD_BYTES},
        "LabApp.default_url": f"/doc/tree/{NOTEBOOK}",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.news_url": "",
        "LabApp.extension_manager": "readonly",  # the other one asks a package registry
        "LanguageServerManager.autodetect": False,
        "KernelSpecManager.allowed_kernelspecs": {"python3"},
        # The server cuts off what it takes for a flood of output; a grid that is scrolled fast would count as one.
        "ZMQChannelsWebsocketConnection.limit_rate": False,
    }
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        flags["ServerApp.allow_root"] = True  # in containers there is nobody else
    return [f"--{name}={value}" for name, value in flags.items()]


def _environment(workspace: Workspace, folder: Path, token: str) -> dict[str, str]:
    """What the server and its kernels inherit, after writing the files that it names.

    The token stands in one of the files, since every user of the machine can list a program's options. The kernel is
    this interpreter, whatever others the person has installed.
    """
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    files = {
        "share/kernels/python3/kernel.json": {"argv": argv, "display_name": "Python 3", "language": "python"},
        "config/labconfig/default_setting_overrides.json": _SETTINGS,
        "config/jupyter_server_config.json": {"IdentityProvider": {"token": token}},
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return {
        **os.environ,
        "JUPYTER_PATH": _first(folder / "share", "JUPYTER_PATH"),
        "JUPYTER_CONFIG_PATH": _first(folder / "config", "JUPYTER_CONFIG_PATH"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "RECON_WORKSPACE": str(workspace.root),
    }


def _first(folder: Path, variable: str) -> str:
    """A search path that begins with a folder."""
    return os.pathsep.join(filter(None, [str(folder), os.environ.get(variable)]))


@contextmanager
def _log_file(path: Path) -> Iterator[Any]:
    """The server's log, new each time, readable by its owner only."""
    try:
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InputRefused(f"{path} cannot be written ({error.strerror}); choose another workspace.") from error
    with os.fdopen(descriptor, "wb") as file:
        yield file


def _is_free(port: int) -> bool:
    with socket.socket() as trial:
        if os.name != "nt":
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does, after a recent stop
        try:
            trial.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        if _is_free(port):
            return port
    raise WrongUse(f"No port from {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1} is free; name one with --port.")


def _checked_port(port: int) -> int:
    if not _is_free(port):
        raise WrongUse(f"Port {port} is in use or not allowed; name another with --port, or none to get a free one.")
    return port


@contextmanager
def _signals_as_interrupts() -> Iterator[None]:
    """Let the system's request to end, and a terminal that is closed, end the server as Ctrl+C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), interrupt) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)
