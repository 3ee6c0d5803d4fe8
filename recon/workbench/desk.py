"""What ipywidgets cannot do by themselves: keys for the whole screen, moving the focus, files for the browser."""

import mimetypes
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import anywidget
import traitlets


class Shortcut(NamedTuple):
    """What a key does anywhere on the screen.

    Attributes:
        action: what Python does.
        focus: a class; the browser puts the focus on its control by itself, so that the next key goes there.
    """

    action: Callable[[], None] | None = None
    focus: str = ""


class Desk(anywidget.AnyWidget):
    """An invisible part of the screen; one per workbench."""

    _esm = Path(__file__).with_name("desk.js")

    shortcuts = traitlets.Dict().tag(sync=True)  # key to the class that gets the focus, empty for none
    memo_phrase = traitlets.Unicode("check #").tag(sync=True)  # BTR-86

    def __init__(self, shortcuts: Mapping[str, Shortcut]) -> None:
        """Listen for keys such as `Alt+P`, each with what it does."""
        super().__init__(shortcuts={key: shortcut.focus for key, shortcut in shortcuts.items()})
        self._actions = {key: shortcut.action for key, shortcut in shortcuts.items()}
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
