"""Publish: what goes to owners and tenants, what changed since the last time, the log-on, Start, and the log (PUB-01).

It calls the use cases of `recon.publishing` and holds no rule. A password is taken out of its field as soon as it
arrives, kept in memory until the screen is closed or another target is named, and never part of a widget's state.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets
import pyarrow as pa

from recon import money
from recon.errors import InputRefused, ReconError, WrongUse
from recon.publishing import delivery, publish, terms
from recon.publishing.delivery import Transmission
from recon.publishing.gathering import change_of
from recon.publishing.profile_settings import KINDS
from recon.publishing.publish import Preview, Publication
from recon.publishing.targets import Target, target_of
from recon.publishing.terms import Terms
from recon.rendering.html import element, given
from recon.workbench.controls import button, put, row, shown, text
from recon.workbench.desk import Desk
from recon.workbench.grid import Column, FrameGrid
from recon.workbench.parties import Parties
from recon.workbench.place import Place
from recon.workbench.session import Session
from recon.workbench.transmission_log import TransmissionLog
from schemas.identifiers import comparison_key

_WIDE = {"description_width": "initial"}
# The words of PUB-02 in their order, then those of PUB-29; what is published by default is marked.
_WHAT = (
    ("profiles", "Synchronize Profiles"),
    ("owner_statements", "Publish Owner Statements"),
    ("tenant_statements", "Publish Tenant Statements"),
    ("backup", "Backup Data"),
    ("documents", "Upload Documents to Server"),
    ("activity", "Upload Activity to Server"),
)
_CHANGES = (
    Column("what", "What", width=130),
    Column("which", "Which", width=200, flex=2),
    Column("change", "Since the last publication", "status", 190, flex=1),
    Column("closing", "Closing balance", "money", 140),
)
_ASKED = "asked for by a control panel"
PATIENCE = 90 * 60  # seconds in which a control panel is asked whether new profiles exist
_CHANGE_TONES = {"added": "ok", "new": "ok", "changed": "warn", "supplemental": "warn", "gone": "bad"}


class PublishScreen(Place):
    """The screen `Publish`."""

    def __init__(self, session: Session, desk: Desk, parties: Parties, on_close: Callable[[], None]) -> None:
        super().__init__(session, desk, parties, on_close)
        self._credentials: tuple[str, str] | None = None  # in memory only
        self._typed = ""  # the password as it came, until Log On
        self._logged_on = ""  # the target that knows them
        self._shown: tuple[Terms, str] | None = None  # what the changes on the screen are of
        self.what = {
            word: ipywidgets.Checkbox(value=word in terms.DEFAULT, description=said, indent=False, tooltip=said)
            for word, said in _WHAT
        }
        self.month = ipywidgets.Text(description="Month", placeholder="2026-06", style=_WIDE)
        self.month.add_class("rw-month")
        self.closing = ipywidgets.DatePicker(description="or closing date", style=_WIDE)
        self.target = ipywidgets.Text(
            description="Target", placeholder="https://…, a folder or a .zip; empty: the workspace", style=_WIDE
        )
        self.target.add_class("rw-target")
        self.user = ipywidgets.Text(description="User name", style=_WIDE)
        self.password = ipywidgets.Password(
            description="Password", style=_WIDE, continuous_update=False, placeholder=_ASKED
        )
        self.password.add_class("rw-password")
        self.password.observe(self._take_password, "value")
        self.proof, self.message = text(), text()
        self.changes = FrameGrid(
            _CHANGES, label="What changed since the last publication", height=206, selectable=False,
            empty_text="Press Show Changes: nothing is sent before it was shown.",
        )  # fmt: skip
        self.log = TransmissionLog(session, self._target, self._given_credentials)
        self._compose()
        for field in (*self.what.values(), self.month, self.closing, self.target):
            field.observe(lambda _change: self._chosen_otherwise(), "value")

    def _compose(self) -> None:
        late = self.session.after_typing  # a click may come before the last key
        self.show_changes = button(
            "Show Changes",
            lambda: late(self.show),
            icon="list-alt",
            tip="Proves and says what would be sent; writes nothing",
        )
        self.log_on = button("Log On", lambda: late(self.submit_log_on), icon="key", tip="At the control panel")
        self.start = button(
            "Start",
            lambda: late(self.submit),
            look="primary",
            icon="cloud-upload",
            name="rw-start",
            tip="Publish what is shown",
        )
        self.back = button(
            "Close", self.close, icon="arrow-left", name="rw-close-publish", tip="Back to the batch (Esc)"
        )
        words_of_keys = "Nothing is sent before Start. Profiles go along with everything."
        self.sign_on = row(self.user, self.password, self.log_on)
        self.compose(
            row(text(element("h3", "Publish")), text(element("span", words_of_keys, _class="rw-keys")), self.back),
            row(*self.what.values(), look="rw-what"),
            row(self.month, self.closing, self.target, self.show_changes),
            self.sign_on,
            self.proof,
            row(self.start, self.message),
            self.changes,
            self.log.view,
        )

    # --- looking -----------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Show the screen with the log as it stands; a control panel used before is proposed again.

        Raises:
            WrongUse: publishing is switched off, or there are no books yet.
        """
        terms.require_enabled(self.session.workspace)
        self.refresh()
        last = next((one.target for one in self.log.rows if one.target != "local"), "")
        if not self.target.value and last:
            self.target.value = last
        shown(self.view, is_shown=True)
        self._chosen_otherwise()
        self.desk.focus("rw-month")

    def close(self) -> None:
        """Back to the batch, if nothing is under way; the password is forgotten (PUB-24)."""
        if self.session.busy:
            self.session.say("bad", "The publication is under way; Close is possible when it is done.")
            return
        super().close()

    def leave(self) -> None:
        """Off the screen; the password is forgotten, unless a publication under way still needs it."""
        if not self.session.busy:
            self._forget()
        super().leave()

    def refresh(self) -> None:
        """Read the transmission log anew."""
        self.log.refresh()

    def show(self) -> None:
        """`Show Changes`: prove what would be published, and hold it against the last publication."""

        def found() -> tuple[tuple[Terms, str], Preview]:
            asked = self._asked()
            return asked, publish.preview(self.session.workspace, asked[0], asked[1] or None)

        def told(answer: tuple[tuple[Terms, str], Preview]) -> None:
            self._shown, preview = answer
            self._draw(preview)
            self._allow()
            self.desk.focus("rw-start" if not self.start.disabled else "rw-password")

        self._do("Proving the footings …", found, told)

    # --- doing -------------------------------------------------------------------------------------------------------

    def submit_log_on(self) -> None:
        """`Log On`: try user name and password at the control panel; only then can be started (PUB-24)."""
        user, password = str(self.user.value).strip(), self._typed
        self._typed, self.password.placeholder = "", _ASKED

        def tried() -> Target:
            target = self._target()
            if not (user and password):
                raise WrongUse("Type user name and password of the control panel first.")
            delivery.log_on(target, lambda _name: (user, password))
            return target

        def told(target: Target) -> None:
            self._credentials, self._logged_on = (user, password), target.name
            self.password.placeholder = "logged on"
            self.session.say("ok", f"Logged on at {target.name} as {user}.")
            self._allow()
            self.desk.focus("rw-start" if not self.start.disabled else "rw-month")

        self._do("Logging on …", tried, told)

    def submit(self) -> None:
        """`Start`: publish what is shown, with progress by statements and by bytes (PUB-10)."""
        session = self.session

        def sent() -> Publication:
            asked = self._asked()
            if asked != self._shown:
                raise WrongUse("What is chosen was not shown yet; press Show Changes first.")
            return publish.publish(
                session.workspace,
                asked[0],
                who=session.who,
                to=asked[1] or None,
                credentials=self._given_credentials,
                say=session.step,
                progress=lambda done, count: session.progress(done, count, "statements"),
                sent=lambda done, size: session.progress(done, size, "bytes"),
            )

        def told(done: Publication) -> None:
            again = "" if done.is_new else " (as published before)"
            counts = ", ".join(f"{count:,} {word}" for word, count in done.preview.statements.items() if count)
            said = done.delivered.message if done.delivered else ""
            words_of_it = f"{done.publication_id}{again}: statements {counts or 'none'}. {said}"
            is_done = done.delivered is not None and done.delivered.state == "processed"
            session.say("ok" if is_done else "warn", words_of_it)
            put(self.message, element("span", given(words_of_it), _class=f"rw-why t-{'ok' if is_done else 'warn'}"))
            asked = self._shown
            if asked and done.delivered and done.delivered.queued and not asked[0].needs_two_publications:
                self._second_pass(asked, done.publication_id, time.monotonic() + PATIENCE)
            self._shown = None if is_done else self._shown
            self._allow()

        self.start.disabled = self.back.disabled = True
        self._do("Publishing …", sent, told)

    def _second_pass(self, asked: tuple[Terms, str], publication_id: str, until: float) -> None:
        """Send what waits for new profiles as soon as they exist there, while the screen is open (PUB-34)."""

        def told(found: list[Transmission]) -> None:
            first = [one for one in found if (one.publication_id, one.pass_number) == (publication_id, 1)]
            if first and first[-1].state == "processed":
                self.session.say("info", f"The new profiles of {publication_id} exist there; the second pass follows.")
                self.submit()
            elif first and first[-1].state in ("uploaded", "pending") and time.monotonic() < until:
                self._second_pass(asked, publication_id, until)

        def look() -> None:
            if self.is_open and self._shown == asked and self._credentials is not None:
                self.session.do("Asking whether the new profiles exist …", self.log.news, told)

        later = threading.Timer(delivery.POLL_SECONDS, look)
        later.daemon = True
        later.start()

    # --- inside ------------------------------------------------------------------------------------------------------

    def _do(self, what: str, action: Callable[[], Any], then: Callable[[Any], None]) -> None:
        """Run an action; whatever comes of it, the buttons are as they must be afterwards."""

        def work() -> Any:
            try:
                return action()
            except Exception as error:
                if isinstance(error, ReconError):
                    put(self.message, element("span", given(f"✕ {error}"), _class="rw-why t-bad", role="alert"))
                self.back.disabled = False
                self._allow()
                raise

        def done(answer: Any) -> None:
            self.back.disabled = False
            put(self.message, element("span"))
            then(answer)

        self.session.do(what, work, done)

    def _asked(self) -> tuple[Terms, str]:
        what = ",".join(word for word, field in self.what.items() if field.value)
        if not what:
            raise WrongUse("Mark at least one of the things that can be published.")
        day = str(self.closing.value or "")
        return terms.read(self.session.workspace, str(self.month.value).strip(), day, what), self._to()

    def _to(self) -> str:
        """A folder or file is meant from the workspace on, as everywhere on the screen."""
        typed = str(self.target.value).strip()
        return typed if "://" in typed or not typed else str(self.session.workspace.root / Path(typed).expanduser())

    def _target(self) -> Target:
        return target_of(self.session.workspace, self._to() or None)

    def _given_credentials(self, name: str) -> tuple[str, str]:
        if self._credentials is None or name != self._logged_on:
            raise InputRefused(f"Log on at {name} first: user name, password, Log On.")
        return self._credentials

    def _take_password(self, change: dict[str, Any]) -> None:
        """Take the password out of the field at once: what stays there could be saved with a notebook."""
        if change["new"]:
            self._typed = str(change["new"])
            self.password.value = ""
            self.password.placeholder = "taken; press Log On"

    def _forget(self) -> None:
        self._credentials, self._typed, self._logged_on = None, "", ""
        self.password.value, self.password.placeholder = "", _ASKED

    def _chosen_otherwise(self) -> None:
        """Something else is chosen: what is on the screen was not of it."""
        self._shown = None
        try:
            target = self._target()
        except ReconError:
            target = None
        if self._logged_on and (target is None or target.name != self._logged_on):
            self._forget()
        shown(self.sign_on, target is not None and target.kind == "panel")
        self._allow()

    def _allow(self) -> None:
        """`Start` wants the changes shown and, for a control panel, a log-on that succeeded."""
        try:
            target = self._target()
        except ReconError:
            self.start.disabled = True
            return
        self.start.disabled = self._shown is None or (target.kind == "panel" and target.name != self._logged_on)

    def _draw(self, preview: Preview) -> None:
        """Profile by profile, statement by statement; what is as it was before is counted, not listed."""
        gathered = preview.gathered
        ids = {
            (kind, comparison_key(party_id)): party_id  # what is gone has only its key
            for kind in KINDS
            for party_id in gathered.tables[f"profiles/{kind}s.csv"][f"{kind}_id"].to_pylist()
        }
        rows: list[tuple[str, str, str, Any]] = [
            (f"{kind} profile", ids.get((kind, key), key), change, None)
            for (kind, key), change in preview.profile_changes.items()
            if change != "unchanged"
        ]
        rows += [
            (f"{one.kind} statement", f"{one.holder_id} · {one.name}", change_of(one), one.closing)
            for one in gathered.statements
            if change_of(one) != "as published"
        ]
        what, which, change, closing = zip(*rows, strict=True) if rows else ((), (), (), ())
        self.changes.set_rows(
            pa.table(
                {
                    "id": pa.array(range(len(rows)), pa.int64()),
                    "what": pa.array(what, pa.string()),
                    "which": pa.array(which, pa.string()),
                    "change": pa.array(change, pa.string()),
                    "closing": pa.array(closing, pa.decimal128(18, 2)),
                    "tone": pa.array([_CHANGE_TONES[word] for word in change], pa.string()),
                }
            )
        )
        totals = "; ".join(
            f"{name.replace('_', ' ')} close with {found['closing']}" for name, found in gathered.totals.items()
        )
        parts = [
            f"✓ Proven against the ledger as of journal entry {gathered.head.seq}. ",
            f"{totals}. " if totals else "",
            f"As before: {preview.profiles['unchanged']:,} profiles, ",
            f"{preview.statements['as published']:,} statements. ",
            f"{money.counted(len(gathered.documents), 'document')}; {len(gathered.withheld):,} withheld.",
        ]
        put(
            self.proof,
            element("span", given("".join(parts)), _class="rw-why t-ok", role="status"),
        )
