"""What ipywidgets cannot do by themselves: keys for the whole screen, moving the focus, files for the browser."""

import mimetypes
from collections.abc import Callable, Mapping
from pathlib import Path

import anywidget
import traitlets


class Desk(anywidget.AnyWidget):
    """An invisible part of the screen; one per workbench."""

    _esm = Path(__file__).with_name("desk.js")

    shortcuts = traitlets.List(traitlets.Unicode()).tag(sync=True)
    memo_phrase = traitlets.Unicode("check #").tag(sync=True)  # BTR-86

    def __init__(self, actions: Mapping[str, Callable[[], None]]) -> None:
        """Listen for keys such as `Alt+P`, each with what it does."""
        super().__init__(shortcuts=list(actions))
        self._actions = dict(actions)
        self.on_msg(lambda _widget, content, _buffers: self._receive(content))

    def focus(self, name: str) -> None:
        """Put the focus on the control that has this class."""
        self.send({"t": "focus", "on": name})

    def hand(self, path: Path, *, show: bool) -> None:
        """Give a file to the browser: shown in a tab of its own, or saved where the browser saves files."""
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if kind == "text/html":
            kind = "text/html; charset=utf-8"
        self.send({"t": "file", "name": path.name, "type": kind, "show": show}, [path.read_bytes()])

    def _receive(self, content: object) -> None:
        if isinstance(content, Mapping) and content.get("t") == "key":
            action = self._actions.get(str(content.get("key")))
            if action is not None:
                action()
