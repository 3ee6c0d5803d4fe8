"""A screen that takes the place of the batch for a while: deposits, the bank, suggestions, publishing."""

from collections.abc import Callable

import ipywidgets

from recon.workbench.controls import shown
from recon.workbench.desk import Desk
from recon.workbench.parties import Parties
from recon.workbench.session import Session


class Place:
    """What such screens have in common; `view` is what is shown in place of the batch."""

    view: ipywidgets.VBox

    def __init__(self, session: Session, desk: Desk, parties: Parties, on_close: Callable[[], None]) -> None:
        """Keep what the screen works with; `on_close` puts the batch back in its place."""
        self.session, self.desk, self.parties, self._on_close = session, desk, parties, on_close

    def compose(self, *children: ipywidgets.Widget) -> None:
        """Put the screen together; it is not shown yet."""
        self.view = ipywidgets.VBox(list(children))
        self.view.add_class("rw-deposit")
        shown(self.view, is_shown=False)

    @property
    def is_open(self) -> bool:
        """Whether it is on the screen."""
        return self.view.layout.display is None

    def open(self) -> None:
        """Show it.

        Raises:
            ReconError: it cannot be shown; the batch stays.
        """
        raise NotImplementedError

    def refresh(self) -> None:
        """Read anew what is shown: the batch or the books may look otherwise."""
        raise NotImplementedError

    def leave(self) -> None:
        """Off the screen, whatever takes its place."""
        shown(self.view, is_shown=False)

    def close(self) -> None:
        """Back to the batch."""
        self.leave()
        self._on_close()
        self.desk.focus("rw-list")
