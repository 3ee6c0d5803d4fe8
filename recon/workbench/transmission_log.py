"""The transmission log on the screen: what was sent, what became of it, and clearing what is stuck (PUB-11, PUB-12)."""

from collections.abc import Callable
from datetime import UTC, datetime

import ipywidgets
import pyarrow as pa

from recon import money, store
from recon.publishing import delivery
from recon.publishing.delivery import CLEAR_OFFERED, CLEAR_RECOMMENDED, Transmission
from recon.publishing.targets import Credentials, Target, target_of
from recon.rendering.html import element, given
from recon.workbench.controls import button, put, row, text
from recon.workbench.grid import Column, FrameGrid
from recon.workbench.session import Session

_COLUMNS = (
    Column("began", "Sent (UTC)", "code", 128),
    Column("publication", "Publication", "code", 90),
    Column("pass", "Pass", "int", 52),
    Column("state", "State", "status", 160),
    Column("target", "Target", width=150, flex=1),
    Column("message", "Message", width=200, flex=2),
)
_TONES = {"processed": "ok", "uploaded": "warn", "pending": "warn", "failed": "bad", "cleared": "done"}
_OPEN = ("uploaded", "pending")


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class TransmissionLog:
    """The log with its buttons; `view` is what is shown."""

    def __init__(self, session: Session, target: Callable[[], Target], credentials: Credentials) -> None:
        """Make the log.

        Args:
            session: the state behind the screen.
            target: gives the target that is named on the screen.
            credentials: give user name and password of a control panel that was logged on to.
        """
        self.session, self._target, self._credentials = session, target, credentials
        self.rows: list[Transmission] = []  # as shown, the latest first
        self.advice = text()
        self.grid = FrameGrid(
            _COLUMNS,
            label="Transmission log",
            height=150,
            selectable=False,
            empty_text="Nothing was sent yet.",
            on_focus=lambda _row: self._advise(),
        )
        self.ask = button(
            "Ask for News",
            lambda: session.after_typing(self.submit_ask),
            icon="refresh",
            tip="What became of the uploads",
        )
        self.clear = button(
            "Clear Pending Upload", self.submit_clear, look="danger", tip="From 60 minutes on; asks first"
        )
        heading = text(element("h3", "Transmission log"))
        self.view = ipywidgets.VBox([heading, self.grid, row(self.ask, self.clear, self.advice)])

    def refresh(self) -> None:
        """Read the log anew."""
        with store.reading(self.session.workspace) as current:
            self.rows = delivery.transmissions(current)[::-1]
        states = [f"{one.state}, {one.minutes(_now()):,} min" if one.state in _OPEN else one.state for one in self.rows]
        self.grid.set_rows(
            pa.table(
                {
                    "id": pa.array(range(len(self.rows)), pa.int64()),
                    "began": pa.array([f"{one.began_at:%Y-%m-%d %H:%M}" for one in self.rows], pa.string()),
                    "publication": pa.array([one.publication_id for one in self.rows], pa.string()),
                    "pass": pa.array([one.pass_number for one in self.rows], pa.int64()),
                    "state": pa.array(states, pa.string()),
                    "target": pa.array([one.target for one in self.rows], pa.string()),
                    "message": pa.array([one.message for one in self.rows], pa.string()),
                    "tone": pa.array([_TONES.get(one.state) for one in self.rows], pa.string()),
                }
            )
        )
        self._advise()

    def news(self) -> list[Transmission]:
        """Ask a control panel what became of the uploads to it; another target has no news of its own."""
        target = self._target()
        credentials = self._credentials if target.kind == "panel" else None
        return delivery.ask(self.session.workspace, target, who=self.session.who, credentials=credentials)

    def submit_ask(self) -> None:
        """`Ask for News`."""
        self.session.do(
            "Asking …",
            self.news,
            lambda found: self.session.say("info", f"{money.counted(len(found), 'transmission')} to this target."),
        )

    def submit_clear(self) -> None:
        """`Clear Pending Upload`: have a stuck one taken away, after asking (PUB-12)."""
        one = self._focused()
        if one is None or one.state not in _OPEN:
            self.session.say("bad", "Choose a transmission of the log that is still pending.")
            return

        def clear() -> Transmission:
            workspace = self.session.workspace
            return delivery.clear(
                workspace,
                target_of(workspace, one.target),
                one.publication_id,
                who=self.session.who,
                credentials=self._credentials,
            )

        def told(cleared: Transmission) -> None:
            self.session.say("ok", f"The upload {cleared.upload_id} is cleared; Start can send again.")

        self.session.ask(
            f"Clear the upload {one.upload_id} of {one.publication_id}, {one.state} since {one.minutes(_now()):,} "
            "minutes? What was sent is thrown away there unprocessed.",
            "Clear pending upload",
            lambda: self.session.do("Clearing …", clear, told),
        )

    def _focused(self) -> Transmission | None:
        """The transmission with the cursor; before there is one, the latest that is on its way."""
        at = self.grid.focused_id
        if at is None:
            at = next((place for place, one in enumerate(self.rows) if one.state in _OPEN), 0)
        return self.rows[at] if at < len(self.rows) else None

    def _advise(self) -> None:
        """Offer clearing from 60 minutes on, recommend it from 90 (PUB-12)."""
        one = self._focused()
        minutes = one.minutes(_now()) if one is not None and one.state in _OPEN else -1
        self.clear.disabled = minutes < CLEAR_OFFERED
        said, tone = "", "info"
        if one is not None and minutes >= CLEAR_RECOMMENDED:
            said, tone = f"{one.upload_id} is {one.state} since {minutes:,} minutes: clear it and publish again.", "bad"
        elif one is not None and minutes >= CLEAR_OFFERED:
            said, tone = f"{one.upload_id} is {one.state} since {minutes:,} minutes: wait, or clear it.", "warn"
        elif minutes >= 0:
            said = "Upload complete, not processed yet: that takes 15 to 60 minutes."
        put(self.advice, element("span", given(said), _class=f"rw-why t-{tone}") if said else element("span"))
