"""The few controls of which the screen is built, each with a name that a screen reader can say."""

from collections.abc import Callable
from typing import Any

import ipywidgets

from recon.rendering.html import Html


def button(
    label: str, does: Callable[[], None], *, tip: str = "", look: str = "", icon: str = "", name: str = ""
) -> ipywidgets.Button:
    """Make a button.

    Args:
        label: its words, which are its name.
        does: called when it is pressed; it must not raise.
        tip: shown when the pointer rests on it.
        look: `primary`, `key`, `danger` or `solid`; empty for an ordinary one.
        icon: a Font Awesome name.
        name: a class by which the focus finds it.
    """
    made = ipywidgets.Button(
        description=label, tooltip=tip or label, icon=icon, layout=ipywidgets.Layout(width="auto", flex="0 0 auto")
    )
    for part in ("rw-b", f"rw-{look}" if look else "", name):
        if part:
            made.add_class(part)
    made.on_click(lambda _button: does())
    return made


def text(value: str = "") -> ipywidgets.HTML:
    """Make a place for text that `recon.rendering.html` escaped."""
    return ipywidgets.HTML(value)


def row(*children: Any, look: str = "rw-row") -> ipywidgets.HBox:
    """Put controls side by side."""
    made = ipywidgets.HBox(list(children))
    made.add_class(look)
    return made


def shown(widget: Any, is_shown: bool) -> None:  # noqa: FBT001 - says what it sets
    """Show a control or take it off the screen."""
    widget.layout.display = None if is_shown else "none"


def put(place: ipywidgets.HTML, value: Html) -> None:
    """Write into a place, if it changes anything."""
    if place.value != str(value):
        place.value = str(value)
