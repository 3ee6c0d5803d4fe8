"""What one person's screen shows and does, without a widget: the batch at hand, what goes on, the log, the questions.

Every button ends here. An action runs on a thread of its own, one after the other, so that the screen stays alive while
the store is busy; what it says of waiting, and what goes wrong, ends in the log, never in silence. Whatever somebody
else does to the workspace is noticed by its journal and shown.
"""

import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pyarrow as pa
import traitlets

from recon import allocation, batch_work, journal, locking, money, store
from recon.batches import Terms
from recon.errors import ReconError, WrongUse
from recon.workbench import batch as batches
from recon.workbench.batch import About, Batch, ConfirmationNeeded, Proof
from recon.workbench.drafts import Drafts
from recon.workspace import Workspace

_log = logging.getLogger(__name__)
_PAUSE = 2.0  # seconds between two looks at the journal
_GRACE = 0.15  # seconds that a typed text may come later than the click after it
_KEPT = 200  # entries of the activity log
Answer = TypeVar("Answer")

_DID = {
    "load-ledger": "loaded the ledger",
    "import": "imported {file}",
    "post": "posted payments of {batch}",
    "start-batch": "began {batch}",
    "add-payment": "added a payment to {batch}",
    "change-line": "changed a payment of {batch}",
    "update-dates": "updated the dates of {batch}",
    "lines-removed": "removed payments from {batch}",
    "lines-restored": "brought payments of {batch} back",
    "process-payment": "processed a payment of {batch}",
    "accept-suggestions": "accepted suggestions of {batch}",
    "take-back": "took payments of {batch} back",
    "record-deposit": "recorded a deposit",
    "void-deposit": "voided a deposit slip",
    "reverse": "reversed a receipt of {batch}",
    "undo": "took a step on {batch} back",
    "complete-run": "finished a run of {file}",
}


@dataclass(frozen=True)
class Said:
    """One line of the activity log."""

    at: str  # HH:MM:SS in the workspace's time
    tone: str  # ok, warn, bad or info
    text: str


@dataclass(frozen=True)
class Progress:
    """How far the work at hand is: so many of so many, of what."""

    done: int
    count: int
    unit: str = ""  # such as `statements` or `bytes`

    @property
    def percent(self) -> int:
        """The share that is done, 0 to 100, never 100 before all is."""
        return 100 * min(self.done, self.count) // max(self.count, 1)


@dataclass(frozen=True)
class Question:
    """A confirmation: what would change, the word for doing it, and what that does."""

    text: str
    yes: str
    action: Callable[[], None]
    needs_reason: bool = False
    answer: Callable[[str], None] | None = None  # takes the reason


class Session(traitlets.HasTraits):
    """The state behind one workbench; views observe its traits and call its methods."""

    batch_id = traitlets.Unicode()
    busy = traitlets.Unicode()  # what is going on; empty when nothing is
    how_far = traitlets.Instance(Progress, allow_none=True)  # None: the work cannot say
    revision = traitlets.Int()  # grows when the batch at hand may look otherwise
    said: traitlets.List[Said] = traitlets.List()  # the activity log, newest first
    question = traitlets.Instance(Question, allow_none=True)

    _watching: ClassVar["weakref.WeakSet[Session]"] = weakref.WeakSet()

    def __init__(self, workspace: Workspace, who: str, *, batch_id: str | None = None, threaded: bool = True) -> None:
        super().__init__()
        self.workspace, self.who = workspace, who
        self.drafts = Drafts(workspace, who)
        self._lock = threading.RLock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="workbench") if threaded else None
        self._stop = threading.Event()
        self.about: About | None = None
        self.proof: Proof | None = None
        self.rows: pa.Table | None = None
        self._seen = journal.EMPTY
        if threaded:
            for other in list(Session._watching):
                other.close()  # a cell that is run again must not leave its old screen watching
            Session._watching.add(self)
        if batch_id is None:
            batch_id = self._latest()
        if batch_id is not None:
            self.open_batch(batch_id)
        self._warn_of_order()
        if threaded:
            threading.Thread(target=self._watch, daemon=True, name="workbench-watch").start()

    def _warn_of_order(self) -> None:
        """Tell at once what every proposal would have wrong."""
        try:
            for warning in allocation.order_warnings(self.workspace):
                self.say("warn", warning)
        except WrongUse as error:
            self.say("bad", str(error))

    def close(self) -> None:
        """Stop watching the journal."""
        self._stop.set()

    # --- the batch at hand -------------------------------------------------------------------------------------------

    @property
    def batch(self) -> Batch:
        """The batch at hand.

        Raises:
            WrongUse: none is.
        """
        if not self.batch_id:
            raise WrongUse("No batch is open; load a lockbox file, or add a payment to begin one.")
        return Batch(self.workspace, self.batch_id, self.who)

    def batches(self) -> list[tuple[str, str]]:
        """List the batches for a choice, newest first: words and id."""
        if not store.exists(self.workspace):
            return []
        with store.reading(self.workspace) as current:
            rows = current.rows(
                """
                select batch_id, file_name, waiting_count, waiting_amount from batches
                order by batch_id desc limit 200
                """
            )
        return [
            (f"{batch_id} · {name} · {f'{count:,} left, {money.shown(amount)}' if count else 'finished'}", batch_id)
            for batch_id, name, count, amount in rows
        ]

    def open_batch(self, batch_id: str) -> None:
        """Take a batch in hand and show it."""
        with self._lock:
            batches.about(self.workspace, batch_id)  # refuses one that is not there
            self.batch_id = batch_id
            self.refresh()

    def look_again(self) -> None:
        """Classify what waits of the batch as things stand now; what is shown at first is how it was last time."""
        if self.batch_id:
            self.do(
                "Looking at what waits …", lambda: batch_work.reclassify(self.workspace, self.batch_id, who=self.who)
            )

    def refresh(self) -> None:
        """Read the batch at hand anew from the store."""
        with self._lock:
            if self.batch_id:
                self.about, self.proof, self.rows = self.batch.about(), self.batch.proof(), self.batch.screen()
            self._seen = self._head()
            self.revision += 1

    def _latest(self) -> str | None:
        """Find the batch to go on with: the newest that has something left, else the newest."""
        if not store.exists(self.workspace):
            return None
        with store.reading(self.workspace) as current:
            rows = current.rows(
                """
                select batch_id from batches
                order by waiting_count + rejected_count > 0 desc, entry_seq desc limit 1
                """
            )
        return str(rows[0][0]) if rows else None

    # --- actions -----------------------------------------------------------------------------------------------------

    def do(self, what: str, action: Callable[[], Answer], then: Callable[[Answer], None] | None = None) -> None:
        """Run an action on the session's thread; say what it does while it lasts, and what it could not do.

        Args:
            what: what is going on, in words that end in `…`.
            action: the work; a `ConfirmationNeeded` that it raises becomes a question.
            then: takes its answer, after the batch was read anew.
        """

        def work() -> None:
            with self._lock:
                self.busy = what
                try:
                    with locking.announcing(self._waiting):
                        answer = action()
                        self.refresh()
                    if then is not None:
                        then(answer)
                except ReconError as error:
                    self.say("bad", str(error))
                    self._after_refusal()
                except Exception as error:  # noqa: BLE001 - a callback's error would vanish otherwise
                    _log.exception("An action of the workbench failed")
                    first = str(error).partition("\n")[0]
                    self.say("bad", f"Unexpected error ({type(error).__name__}: {first}); nothing more was done.")
                finally:
                    self.how_far, self.busy = None, ""

        if self._pool is None:
            work()
        else:
            self._pool.submit(work)

    def progress(self, done: int, count: int, unit: str = "") -> None:
        """Show how far the work at hand is, as use cases tell it; a hundred steps are enough for the eye."""
        now, shown = Progress(done, count, unit), self.how_far
        if shown is None or (shown.percent, shown.count, shown.unit) != (now.percent, count, unit):
            self.how_far = now

    def step(self, words: str) -> None:
        """Say which step of the work at hand begins."""
        self.how_far, self.busy = None, f"{words[:1].upper()}{words[1:]} …"

    def after_typing(self, action: Callable[[], None]) -> None:
        """Act when what was typed just before has arrived: JupyterLab may bring a click before the last key.

        Clicks and typing come on different threads, so nothing else keeps a quick hand's last figure from being late.
        """

        def late() -> None:
            time.sleep(_GRACE)
            try:
                action()
            except Exception as error:  # noqa: BLE001 - nobody else would hear of it
                _log.exception("An action of the workbench failed")
                self.say("bad", f"Unexpected error ({type(error).__name__}: {error}).")

        if self._pool is None:
            action()
        else:
            self._pool.submit(late)

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Do something at once, on the caller's thread, while no action runs; an error is the caller's."""
        with self._lock, locking.announcing(self._waiting):
            yield

    def confirmed(
        self, what: str, yes: str, action: Callable[[bool], Answer], then: Callable[[Answer], None] | None = None
    ) -> None:
        """Do what takes something away: asked first, in the words of the function itself (BTR-97)."""

        def first() -> Answer | None:
            try:
                return action(False)
            except ConfirmationNeeded as needed:
                self.ask(str(needed), yes, lambda: self.do(what, lambda: action(True), then))
                return None

        self.do(what, first, lambda answer: then(answer) if then is not None and answer is not None else None)

    def ask(self, text: str, yes: str, action: Callable[[], None]) -> None:
        """Put a question; nothing happens until it is answered."""
        self.question = Question(text, yes, action)

    def ask_why(self, text: str, yes: str, answer: Callable[[str], None]) -> None:
        """Ask for a reason; without one nothing happens."""
        self.question = Question(text, yes, lambda: None, needs_reason=True, answer=answer)

    def answer(self, yes: bool, reason: str = "") -> None:  # noqa: FBT001 - a question is answered yes or no
        """Answer the question at hand; no is the safe answer and says that nothing changed."""
        question, self.question = self.question, None
        if question is None:
            return
        if not yes:
            self.say("info", "Nothing was changed.")
        elif question.answer is not None:
            question.answer(reason)
        else:
            question.action()

    def settled(self) -> None:
        """Wait until every action begun so far is over; for tests and scripts."""
        if self._pool is not None:
            done: Future[Any] = self._pool.submit(lambda: None)
            done.result()

    def say(self, tone: str, text: str) -> None:
        """Add a line to the activity log."""
        at = datetime.now(UTC).astimezone(self.workspace.timezone()).strftime("%H:%M:%S")
        self.said = [Said(at, tone, text), *self.said[: _KEPT - 1]]

    def _waiting(self, words: str) -> None:
        self.busy = words
        self.say("warn", words)

    def _after_refusal(self) -> None:
        """What was refused may have been right a moment ago: show how things are now."""
        try:
            if self._head() != self._seen:
                self.refresh()
        except ReconError as error:
            self.say("bad", str(error))

    # --- batches -----------------------------------------------------------------------------------------------------

    def load(self, path: Path, terms: Terms, then: Callable[[Batch], None] | None = None) -> None:
        """`Load Payments from Lockbox File`, and take it in hand."""

        def loaded() -> Batch:
            new = batches.load_payments_from_lockbox_file(self.workspace, path, terms, who=self.who)
            self.batch_id = new.batch_id
            return new

        def told(new: Batch) -> None:
            proof = new.proof()
            self.say("ok", f"Loaded {path.name} as batch {new.batch_id}: {proof.imported} in total.")
            if proof.rejected.count:
                lines = money.counted(proof.rejected.count, "line")
                self.say("warn", f"{lines} could not be read; see the error log below.")
            if then is not None:
                then(new)

        self.do(f"Loading {path.name} …", loaded, told)

    def new_batch(self, bank_account: str | None) -> None:
        """Begin a batch of one's own and take it in hand."""

        def begun() -> Batch:
            new = batches.create_batch(self.workspace, who=self.who, bank_account=bank_account)
            self.batch_id = new.batch_id
            return new

        self.do("Beginning a batch …", begun, lambda new: self.say("ok", f"Began batch {new.batch_id}."))

    # --- others ------------------------------------------------------------------------------------------------------

    def _head(self) -> journal.Head:
        return journal.file_head(self.workspace.journal)

    def _watch(self) -> None:
        while not self._stop.wait(_PAUSE):
            if self.busy:
                continue
            try:
                self.look_around()
            except Exception:  # noqa: BLE001 - the watch must outlive one bad moment of a disk
                _log.exception("The workbench could not look at the journal")

    def look_around(self) -> bool:
        """Notice what others did since the last look, say it, and show the batch as it is now."""
        with self._lock:
            before, now = self._seen, self._head()
            if now == before:
                return False
            others = self._others(before.seq)
            self.refresh()
            for who, did in others:
                self.say("warn", f"{who} {did}. What is shown is up to date.")
            return True

    def _others(self, seq: int) -> list[tuple[str, str]]:
        with store.reading(self.workspace) as current:
            rows = current.rows(
                """
                select who, action, coalesce(batch_id, ''), coalesce(file_name, '') from facts.journal
                where seq > $seq and action <> 'classify' order by seq desc limit 5
                """,
                {"seq": seq},
            )
        return [
            (who, _DID.get(action, action).format(batch=batch_id, file=name)) for who, action, batch_id, name in rows
        ]
