"""The screen of the workbench: proof first, then what is left, then the payments that need a person (UI, BTR-70).

It holds no rule: every button calls a function of `recon.workbench.batch` through the session, and shows its answer.
"""

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import ipywidgets
import pyarrow.compute as pc

from recon import money
from recon.errors import ReconError
from recon.lockbox.record import read_date
from recon.receipts import Posted
from recon.rendering.html import Html, element, given
from recon.workbench import heads
from recon.workbench.bank_screen import BankScreen
from recon.workbench.batch import Tab
from recon.workbench.controls import button, put, row, shown, text
from recon.workbench.deposit_screen import DepositScreen
from recon.workbench.desk import Desk, Shortcut
from recon.workbench.entry import EntryForm
from recon.workbench.lists import TABS, ErrorLog, PaymentLists, class_of
from recon.workbench.load_pane import LoadPane
from recon.workbench.parties import Parties
from recon.workbench.place import Place
from recon.workbench.process_pane import ProcessPane
from recon.workbench.publish_screen import PublishScreen
from recon.workbench.session import Question, Session
from recon.workbench.side_panes import ControlPane, CreditPane, LedgerPane, SavePane
from recon.workbench.suggestion_screen import SuggestionScreen
from recon.workbench.words import reasons, shares, tones

AnyPlace = TypeVar("AnyPlace", bound=Place)
AnyPane = LoadPane | ProcessPane | LedgerPane | ControlPane | SavePane | CreditPane
CSS = Path(__file__).with_name("screen.css")


class Screen:
    """One workbench on the screen: `view` is the widget to show."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._drawn = ""  # the batch that was drawn last
        self.parties = Parties(session.workspace)
        self.head, self.left, self.busy, self.log = text(), text(), text(heads.busy("")), text()
        suggestions = button(
            "Suggestions",
            lambda: self.show(SuggestionScreen),
            icon="lightbulb-o",
            tip="All that is one key away, by kind, to look through and accept together",
        )
        self.lists = PaymentLists(suggestions, on_edit=self._edit, on_open=self.do_process, on_remove=self.do_remove)
        self.desk = Desk(self._shortcuts())
        correct = button("Correct Line", self.do_correct, tip="The line with the cursor, into the form (Enter)")
        self.errors = ErrorLog(self._correct, correct)
        self.entry = EntryForm(session, self.desk, self.parties)
        self._made: dict[type, AnyPane] = {}  # the panes that were opened so far
        self._places: dict[type[Place], Place] = {}  # the screens in place of the batch that were opened so far
        self.view = self._composed()
        session.observe(lambda _change: self.draw(), "revision")
        session.observe(lambda change: self._ask(change["new"]), "question")
        session.observe(lambda _change: put(self.busy, heads.busy(session.busy, session.how_far)), ["busy", "how_far"])
        session.observe(lambda _change: put(self.log, heads.activity(session.said)), "said")
        self.draw()
        self._take_up(session.drafts.get("process"))
        session.look_again()  # last, so that nothing here waits for it

    # --- composition -------------------------------------------------------------------------------------------------

    def _composed(self) -> ipywidgets.VBox:
        self.batches = ipywidgets.Dropdown(
            options=self.session.batches() or [("No batch yet", "")],
            tooltip="Batch at hand",
            layout=ipywidgets.Layout(width="270px"),
        )
        self.batches.observe(self._switch, "value")
        self.question = row(look="rw-ask")
        shown(self.question, is_shown=False)
        left, right = self._buttons()
        toolbar = row(row(*left), self.post, row(*right), look="rw-bar")
        self.main = row(self.lists.view, look="rw-main")
        self.of_batch = ipywidgets.VBox([self.entry.view, self.main, self.errors.view])
        view = ipywidgets.VBox(
            [
                text(element("style", Html(CSS.read_text("utf-8")))),
                self.desk,
                self.head,
                row(self.batches, ipywidgets.VBox([self.left, self.busy]), look="rw-over"),
                toolbar,
                self.question,
                self.of_batch,
                self.log,  # last, below whatever is shown: no answer may go unseen
            ]
        )
        view.add_class("rw")
        return view

    def _buttons(self) -> tuple[list[ipywidgets.Button], list[ipywidgets.Button]]:
        self.post = button(
            "Post", self.do_post, look="primary", icon="check", name="rw-post", tip="Post what can only mean one thing"
        )
        left = [
            button("Load Payments from Lockbox File", lambda: self._pane(LoadPane), icon="folder-open"),
            button("Remove Payment", self.do_remove, icon="trash", tip="The selected ones, or the one with the cursor"),
            button("Process Payment", self.do_process, look="key", icon="random", tip="Split it over charges (Enter)"),
            button(
                "Process as a Ledger Receipt", self.do_ledger, icon="book", tip="To an owner's or management's ledger"
            ),
            button("Update All Dates", self.do_dates, icon="calendar", tip="To the Posting Date below (asks first)"),
            button("Undo", self.do_undo, icon="undo", tip="Take the last step back (Alt+Z)"),
        ]
        right = [
            button("New Batch", self.do_new_batch, tip="Begin a batch of your own"),
            button("Save Unprocessed Batch to Lockbox File", lambda: self._pane(SavePane)),
            button(
                "Start Over (Delete All Payments)", self.do_start_over, look="danger", icon="times", tip="Asks first"
            ),
            button("Control Totals", lambda: self._pane(ControlPane), tip="What the batch must add up to"),
            button("Tenant Credit", lambda: self._pane(CreditPane), tip="Apply it to charges, or refund it"),
            button("Print", self.do_print, icon="print", tip="The batch's report as it stands"),
            button("Deposit Receipts", lambda: self.show(DepositScreen), icon="university", name="rw-to-deposit"),
            button(
                "Bank",
                lambda: self.show(BankScreen),
                icon="balance-scale",
                tip="The bank's statement beside the slips",
            ),
            button(
                "Publish",
                lambda: self.show(PublishScreen),
                icon="cloud-upload",
                name="rw-to-publish",
                tip="Statements, profiles and documents to owners and tenants",
            ),
        ]
        return left, right

    def _shortcuts(self) -> dict[str, Shortcut]:
        return {
            "Alt+N": Shortcut(focus="rw-unit"),
            "Alt+G": Shortcut(focus="rw-list"),
            "Alt+Z": Shortcut(self.do_undo),
            "Alt+P": Shortcut(focus="rw-post"),
            "Alt+F": Shortcut(focus="rw-find-box"),
            **{
                f"Alt+{place}": Shortcut(partial(self.lists.open_on, tab), focus=class_of(tab))
                for place, tab in enumerate(TABS, 1)
            },
            "Escape": Shortcut(self._escape),
        }

    # --- drawing -----------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """Show the batch as the session read it last."""
        session, rows, proof = self.session, self.session.rows, self.session.proof
        options = session.batches() or [("No batch yet", "")]
        if list(self.batches.options) != options:
            self.batches.options = options
        if session.batch_id and self.batches.value != session.batch_id:
            self.batches.value = session.batch_id
        put(self.head, heads.proof(session.about, proof, session.workspace.firm()))
        put(self.log, heads.activity(session.said))
        if rows is None or proof is None:
            self.lists.title({})
            shown(self.errors.view, is_shown=False)
            self.post.disabled = True
            return
        of_shares = shares(rows)
        rows = rows.append_column("why", reasons(rows["reason"])).append_column("tone", tones(of_shares))
        put(self.left, heads.what_is_left(of_shares, rows))
        tallies = self.lists.draw(rows, proof.loaded)
        ready = tallies[Tab.CERTAIN]
        if self._drawn != session.batch_id:  # a batch opens on what needs a person
            self._drawn = session.batch_id
            self.lists.open_on(Tab.INDIVIDUAL if tallies[Tab.INDIVIDUAL].count else Tab.ALL)
        shown(self.errors.view, self.errors.draw(rows) > 0)
        self.post.description = f"Post {ready.count:,} ready · {money.shown(ready.amount)}" if ready.count else "Post"
        self.post.disabled = not ready.count or not proof.is_proved
        for place in self._places.values():
            if place.is_open:
                place.refresh()

    def _take_up(self, draft: dict[str, Any]) -> None:
        """Go on with the payment that was being processed before a restart, if it still waits."""
        rows = self.session.rows
        if rows is None or not draft or draft.get("batch") != self.session.batch_id:
            return
        found = rows.filter(pc.equal(rows["id"], draft.get("line", 0))).to_pylist()
        if found and found[0]["state"] == "waiting":
            self.pane(ProcessPane).take_up(found[0], draft)

    def _ask(self, question: Question | None) -> None:
        if question is None:
            shown(self.question, is_shown=False)
            self.question.children = ()
            return
        reason = ipywidgets.Text(placeholder="the reason, for the journal", tooltip="Reason")
        reason.add_class("rw-reason")
        # The safe choice comes first, and has the focus.
        no = button("Keep working", lambda: self.session.answer(yes=False), name="rw-no", tip="Change nothing (Esc)")
        yes = button(
            question.yes,
            lambda: self._answer(question, str(reason.value)),
            look="solid",
            tip=question.yes,
            name="rw-yes",
        )
        words = text(element("span", given(question.text), role="alert"))
        self.question.children = (words, *((reason,) if question.needs_reason else ()), no, yes)
        shown(self.question, is_shown=True)
        self.desk.focus("rw-reason" if question.needs_reason else "rw-no")

    def _answer(self, question: Question, reason: str) -> None:
        if question.needs_reason and not reason.strip():
            self.session.say("bad", "A reason is needed, or keep working.")
            return
        self.session.answer(yes=True, reason=reason.strip())

    @property
    def panes(self) -> list[AnyPane]:
        """The panes that were opened so far."""
        return list(self._made.values())

    def pane(self, kind: type[AnyPane]) -> Any:
        """Give a pane; it is made when it is first wanted, so that the screen comes up at once."""
        if kind not in self._made:
            needs_parties = kind in (LoadPane, ProcessPane, LedgerPane)
            self._made[kind] = kind(self.session, self.desk, *((self.parties,) if needs_parties else ()))
            self.main.children = (*self.main.children, self._made[kind].view)
        return self._made[kind]

    def _pane(self, kind: type[AnyPane], *what: Any) -> None:
        for other in self.panes:
            shown(other.view, is_shown=False)
        try:
            self.pane(kind).open(*what)
        except ReconError as error:
            self.session.say("bad", str(error))

    def place(self, kind: type[AnyPlace]) -> AnyPlace:
        """Give a screen that takes the place of the batch; it is made when it is first wanted."""
        found = self._places.get(kind)
        if not isinstance(found, kind):
            found = self._places[kind] = kind(self.session, self.desk, self.parties, self._batch_again)
            self.view.children = (*self.view.children[:-1], found.view, self.log)
        return found

    def show(self, kind: type[Place]) -> None:
        """Put such a screen in place of the batch, and of any other."""
        try:
            self.place(kind).open()
        except ReconError as error:
            self.session.say("bad", str(error))
            return
        shown(self.of_batch, is_shown=False)
        for other in self._places.values():
            if other.is_open and not isinstance(other, kind):
                other.leave()

    def _batch_again(self) -> None:
        shown(self.of_batch, is_shown=True)

    def _escape(self) -> None:
        if self.session.question is not None:
            self.session.answer(yes=False)
        else:
            for view in [place for place in self._places.values() if place.is_open] or self.panes:
                if view.view.layout.display is None:
                    view.close()

    def _switch(self, change: dict[str, Any]) -> None:
        chosen = str(change["new"] or "")
        if chosen and chosen != self.session.batch_id:
            self.session.do("Opening the batch …", lambda: self.session.open_batch(chosen))
            self.session.look_again()

    # --- what the buttons do -----------------------------------------------------------------------------------------

    def line(self, line_number: int | None) -> dict[str, Any] | None:
        """Give a line of the batch as the screen has it, else say that one must be chosen."""
        rows = self.session.rows
        if rows is not None and line_number is not None:
            found: list[dict[str, Any]] = rows.filter(pc.equal(rows["id"], line_number)).to_pylist()
            if found:
                return found[0]
        self.session.say("bad", "Choose a payment of the list first, with the arrow keys or a click.")
        return None

    def do_process(self) -> None:
        """`Process Payment` on the payment with the cursor."""
        line = self.line(self.lists.focused)
        if line is not None:
            self._pane(ProcessPane, line)

    def do_ledger(self) -> None:
        """`Process as a Ledger Receipt` on the payment with the cursor."""
        line = self.line(self.lists.focused)
        if line is not None:
            self._pane(LedgerPane, line)

    def do_remove(self) -> None:
        """`Remove Payment`: the selected ones, else the one with the cursor; the last fills the form (BTR-71)."""
        chosen = self.lists.chosen()
        last = self.line(chosen[-1] if chosen else None)
        if last is None:
            return

        def told(count: int) -> None:
            self.lists.select_none()
            again = (
                "Add Payment to Batch puts line" if count == 1 else "Undo brings all back, Add Payment to Batch line"
            )
            self.session.say("info", f"Removed {count:,} of the payments; {again} {last['id']} back.")
            self.entry.fill(last)

        self.session.do("Removing …", lambda: self.session.batch.remove_payment(chosen), told)

    def do_dates(self) -> None:
        """`Update All Dates` to the Posting Date of the form, after asking."""
        day = self.entry.posting_date.value
        if not isinstance(day, date):
            self.session.say("bad", "Choose the Posting Date first.")
            return
        self.session.confirmed(
            "Updating all dates …",
            "Update all dates",
            lambda yes: self.session.batch.update_all_dates(day, confirm=yes),
            lambda count: self.session.say("ok", f"{money.counted(count, 'payment')}: the date is {day} now."),
        )

    def do_start_over(self) -> None:
        """`Start Over (Delete All Payments)`, after asking."""
        self.session.confirmed(
            "Starting over …",
            "Start over",
            lambda yes: self.session.batch.start_over(confirm=yes),
            lambda count: self.session.say(
                "info", f"Cleared {money.counted(count, 'payment')}; Undo brings them back."
            ),
        )

    def do_post(self) -> None:
        """`Post` what is ready."""

        def told(posted: Posted) -> None:
            slips = f" They are on {', '.join(posted.deposit_ids)}." if posted.deposit_ids else ""
            payments = money.counted(posted.count, "payment")
            self.session.say("ok", f"Posted {payments}, {money.shown(posted.amount)}.{slips}")
            for warning in posted.warnings:
                self.session.say("warn", warning)
            if posted.count:
                self.session.say("info", "Next: Deposit Receipts, and the payments that need a person.")

        self.session.do("Posting …", lambda: self.session.batch.post(), told)  # noqa: PLW0108 - there may be no batch

    def do_undo(self) -> None:
        """Take the last step back."""
        self.session.do(
            "Undoing …",
            lambda: self.session.batch.undo(),  # noqa: PLW0108
            lambda step: self.session.say("ok", f"Undone: {step.words} (journal entry {step.seq})."),
        )

    def do_print(self) -> None:
        """`Print`: make the report and open it."""

        def told(path: Path) -> None:
            self.session.say("ok", f"The report is {path.relative_to(self.session.workspace.root)}.")
            self.desk.hand(path, show=True)

        self.session.do("Making the report …", lambda: self.session.batch.print_report(), told)  # noqa: PLW0108

    def do_new_batch(self) -> None:
        """Begin a batch of one's own, with the Bank Account of the form."""
        self.session.new_batch(self.entry.account.value or None)

    def do_correct(self) -> None:
        """Take the line with the cursor in the error log to where it can be put right."""
        self._correct(self.errors.grid.focused_id)

    def _correct(self, line_number: int | None) -> None:
        """A line that could not be read goes into the form, an unknown payer to Process Payment."""
        line = self.line(line_number)
        if line is None:
            return
        if line["message"] is None:
            self._pane(ProcessPane, line)
        else:
            self.entry.fill(line)

    def _edit(self, line_number: int, key: str, typed: str) -> None:
        """Change a cell; a value that is refused raises, and the old one stays."""
        line = self.line(line_number)
        if line is None:
            raise ValueError("This payment is not in the batch any more.")
        changed: dict[str, Any] = {"memo": typed}
        if key == "amount":
            changed = {"amount": money.entered(typed)}
        elif key == "posting_date":
            day = read_date(typed.strip())
            if day is None:
                raise ValueError(f"{typed!r} is not a date such as 2026-06-10 or 06/10/2026.")
            changed = {"posting_date": day}
        sent = self.session.about is not None and self.session.about.source == "third_party" and not line["is_added"]
        if key == "amount" and sent and changed["amount"] != line["line_amount"]:
            self.session.ask_why(
                f"The processor sent line {line_number} with {money.shown(line['line_amount'])}. Why is it "
                f"{money.shown(changed['amount'])}? The batch will then differ from its control total.",
                "Change the amount",
                lambda why: self.session.do("Changing …", lambda: self._change(line_number, changed, why)),
            )
            return
        with self.session.holding():
            self._change(line_number, changed, "")
            self.session.refresh()

    def _change(self, line_number: int, changed: dict[str, Any], why: str) -> None:
        self.session.batch.change_payment(line_number, why=why, **changed)
        value = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in changed.items())
        self.session.say("info", f"Line {line_number}: {value}.")
