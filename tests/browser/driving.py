"""A JupyterLab of our own, and a notebook in a browser: what tests of the screen are driven with.

Sources: `../shared/UI.md` is where the flags come from; each was needed to keep a real JupyterLab quiet and offline.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).parents[2]
TOKEN = "t"
TRIAL = "trial.ipynb"
START_SECONDS = 60
WAIT_MS = 60_000  # for kernels and pages on a busy machine; `expect` waits for what happens within a page

# What JupyterLab would otherwise show or do by itself: a question about news, saving every two minutes.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
}
FLAGS = (
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    "--ServerApp.open_browser=False",
    "--ServerApp.allow_root=True",
    f"--IdentityProvider.token={TOKEN}",
    "--ServerApp.disable_check_xsrf=True",
    "--LabApp.expose_app_in_browser=True",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.news_url=",
    "--LanguageServerManager.autodetect=False",
    "--ServerApp.jpserver_extensions="
    "{'jupyter_lsp': False, 'jupyter_server_terminals': False, 'voila.server_extension': False}",
)

IDLE = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
SHOWN = "path => window.jupyterapp?.shell.currentWidget?.context?.path === path"
# A cell that wrote to standard error shows a warning to a bookkeeper; that is a failure as well.
FAILURES = """() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells
    .flatMap(cell => cell.outputs ?? [])
    .filter(output => output.output_type === 'error' || output.name === 'stderr')
    .map(output => output.ename ? `${output.ename}: ${output.evalue}` : [output.text].flat().join(''))"""
EXECUTE = """async code => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const future = kernel.requestExecute({code, store_history: false});
    let printed = '', failure = null;
    future.onIOPub = ({header, content}) => {
        if (header.msg_type === 'stream') printed += content.text;
        if (header.msg_type === 'execute_result') printed += content.data['text/plain'];
        if (header.msg_type === 'error') failure = `${content.ename}: ${content.evalue}`;
    };
    await future.done;
    if (failure) throw new Error(failure);
    return printed.trim();
}"""
KEEP_BUSY = """seconds => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    kernel.requestExecute({code: `import time; time.sleep(${seconds})`, store_history: false});
}"""
SET_COMMS = """how => {
    const manager = window.jupyterapp.serviceManager.kernels;
    manager.commsOverSubshells = how;
    window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.commsOverSubshells = how;
}"""
SET_CELLS = """sources => {
    const shared = window.jupyterapp.shell.currentWidget.content.model.sharedModel;
    shared.transact(() => {
        shared.deleteCellRange(0, shared.cells.length);
        shared.insertCells(0, sources.map(source => ({cell_type: 'code', source})));
    });
}"""
RESTART = "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart(); }"
COMMAND = "async ([name, values]) => { await window.jupyterapp.commands.execute(name, values); }"
CLOSE = """async () => {
    const widget = window.jupyterapp?.shell.currentWidget;
    if (!widget?.sessionContext) return;
    await widget.sessionContext.shutdown();
    await widget.context.save().catch(() => {});
    widget.close();
}"""


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: where it answers, the folder that it shows, its log."""

    url: str
    root: Path
    log: Path

    def write_notebook(self, name: str, *sources: str) -> str:
        """Put a notebook of these code cells into the folder; a source that starts with `#:` is text."""
        cells = [
            nbformat.v4.new_markdown_cell(source.removeprefix("#:").strip())
            if source.startswith("#:")
            else nbformat.v4.new_code_cell(source)
            for source in sources
        ]
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)
        return name


@contextmanager
def running_lab(folder: Path) -> Iterator[Lab]:
    """Start JupyterLab on loopback with all its folders below this one; stop it at the end."""
    root = folder / "work"
    root.mkdir()
    overrides = folder / "config" / "labconfig" / "default_setting_overrides.json"
    overrides.parent.mkdir(parents=True)
    overrides.write_text(json.dumps(SETTINGS))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"CONFIG_DIR": "config", "DATA_DIR": "data", "RUNTIME_DIR": "runtime"}
    env = {
        **os.environ,
        **{f"JUPYTER_{name}": str(folder / place) for name, place in own.items()},
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_PLATFORM_DIRS": "1",
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "",
    }
    lab = Lab(f"http://127.0.0.1:{port}", root, folder / "lab.log")
    with lab.log.open("wb") as log:
        command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.port={port}", f"--ServerApp.root_dir={root}"]
        server = subprocess.Popen([*command, *FLAGS], env=env, stdout=log, stderr=log, cwd=folder)
        try:
            _wait_for(lab, server)
            yield lab
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(lab: Lab, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{lab.url}/api?token={TOKEN}", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{lab.log.read_text(errors='replace')[-3000:]}")


@dataclass
class Notebook:
    """The notebook that is open in the browser, and its kernel.

    Attributes:
        page: the one page of all tests; a new one costs five seconds.
        lab: the server.
        outside: the addresses on other hosts that the page asked for.
        defects: the errors that scripts of the page raised.
        received: bytes that came through web sockets.
    """

    page: Page
    lab: Lab
    outside: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    received: int = 0

    def __post_init__(self) -> None:
        self.page.context.on("request", lambda request: self._note(request.url))
        self.page.on("websocket", self._note_socket)
        self.page.on("pageerror", lambda error: self.defects.append(str(error)))

    def _note(self, url: str) -> None:
        if not url.startswith((self.lab.url, "data:", "blob:", "about:", "chrome-extension:", "chrome:")):
            self.outside.append(url)

    def _note_socket(self, socket: Any) -> None:
        self._note(socket.url.replace("ws:", "http:"))
        socket.on("framereceived", self._count)

    def _count(self, payload: str | bytes) -> None:
        self.received += len(payload)

    # ---- The notebook ----

    def show(self, *sources: str) -> None:
        """Run these cells in a notebook for trials, whose kernel goes on from test to test: it saves seconds."""
        if not self.page.url.startswith(self.lab.url) or not self.page.evaluate(SHOWN, TRIAL):
            self.open(self.lab.write_notebook(TRIAL, *sources))
        self.page.evaluate(SET_CELLS, list(sources))
        self.run_all()

    def open(self, name: str) -> None:
        """Show a notebook of the folder, as it is on disk, and wait for its kernel."""
        if self.page.url.startswith(self.lab.url):
            self.close()
            self.command("docmanager:open", path=name)
            self.page.wait_for_function(SHOWN, arg=name, timeout=WAIT_MS)
            self.idle()
        else:
            self.visit(name)

    def visit(self, name: str) -> None:
        """Load the whole page anew; the kernel of the notebook goes on if it runs."""
        self.page.goto(f"{self.lab.url}/doc/tree/{name}?token={TOKEN}&reset")
        self.idle()

    def close(self) -> None:
        """Stop the kernel, save the notebook and take it off the page."""
        self.page.evaluate(CLOSE)

    def idle(self) -> None:
        """Wait until the kernel has nothing to do."""
        self.page.wait_for_function(IDLE, timeout=WAIT_MS)

    def run_all(self) -> None:
        """Run every cell; none may show an error or a warning."""
        self.command("notebook:run-all-cells")
        self.idle()
        assert self.page.evaluate(FAILURES) == []

    def restart(self) -> None:
        """Start the kernel anew, as after a crash; nothing is run."""
        self.page.evaluate(RESTART)
        self.idle()

    def restart_and_run_all(self) -> None:
        """Start the kernel anew and run every cell."""
        self.restart()
        self.run_all()

    def py(self, code: str) -> str:
        """Run code in the kernel, beside the notebook; gives what it printed or came to."""
        printed: str = self.page.evaluate(EXECUTE, code)
        return printed

    def keep_busy(self, seconds: int) -> None:
        """Give the kernel something to do, and do not wait for it."""
        self.page.evaluate(KEEP_BUSY, seconds)

    def comms_over_subshells(self, *, on: bool) -> None:
        """Switch JupyterLab's setting that decides on which threads widgets hear of messages; then run all again."""
        self.page.evaluate(SET_COMMS, "perCommTarget" if on else "disabled")

    def command(self, name: str, **values: str) -> None:
        """Have JupyterLab do one of its commands, and wait until it is done."""
        self.page.evaluate(COMMAND, [name, values])

    # ---- What is on the screen ----

    @property
    def outputs(self) -> Locator:
        """What the cells show; JupyterLab's own fields and buttons are outside of it."""
        return self.page.locator(".jp-Notebook .jp-OutputArea")

    def grid(self, label: str | None = None) -> "GridOnPage":
        """The grid of this name, or the only one that can be seen."""
        found = self.outputs.get_by_role("grid", name=label, exact=True) if label else self.outputs.get_by_role("grid")
        return GridOnPage(self.page, found.filter(visible=True))

    def accessibility_problems(self, within: str = ".jp-Notebook .jp-OutputArea") -> list[str]:
        """What axe finds wrong in a part of the page, as one line for each element."""
        found = Axe().run(self.page, context=within, options={"resultTypes": ["violations"]})
        return [
            f"{problem['id']}: {problem['help']}: {node['html'][:200]}"
            for problem in found.response["violations"]
            for node in problem["nodes"]
        ]


@dataclass(frozen=True)
class GridOnPage:
    """A grid as a person sees it. Rows are counted from 1, as they are shown, without the heading."""

    page: Page
    root: Locator

    def row(self, number: int) -> Locator:
        """A row, whether its text has come or not."""
        return self.root.locator(f".fg-row[aria-rowindex='{number + 1}']")

    def cell(self, number: int, key: str) -> Locator:
        """The cell of a row in the column of this key."""
        return self.row(number).locator(f"[data-col='{key}']")

    def heading(self, key: str) -> Locator:
        """The heading of a column."""
        return self.root.locator(f".fg-heading[data-col='{key}']")

    @property
    def current(self) -> Locator:
        """The cell with the cursor, as a screen reader is told."""
        return self.page.locator(f"#{self.root.get_attribute('aria-activedescendant')}")

    @property
    def alert(self) -> Locator:
        """The line below the rows that says what was refused."""
        return self.root.locator("xpath=..").get_by_role("alert")

    def press(self, *keys: str) -> None:
        """Press keys one after the other, in whatever has the focus."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type text into whatever has the focus."""
        self.page.keyboard.type(text)

    def expect_rows(self, count: int) -> None:
        """Wait until so many rows are there, and those in sight are drawn as they are now."""
        expect(self.root).to_have_attribute("aria-rowcount", str(count + 1))
        # The length is set at once, and what is drawn with the next frame; until then the rows of before are in sight.
        self.root.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        if count:
            expect(self.root.locator(".fg-row")).not_to_have_count(0)
        expect(self.root.locator(".fg-waiting, .fg-stale")).to_have_count(0)

    def expect_cursor(self, number: int, key: str) -> None:
        """Wait until the cursor is on a cell."""
        expect(self.cell(number, key)).to_have_class(re.compile(r"\bfg-current\b"))
