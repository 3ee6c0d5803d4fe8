"""Suggestions: what is one key away, by kind, looked through, accepted together and taken back (SPEC 6)."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import ipywidgets
import pyarrow as pa

from recon import money
from recon.errors import WrongUse
from recon.rendering import words
from recon.rendering.html import element, given
from recon.suggestions.kinds import Kind
from recon.suggestions.listing import Suggested
from recon.suggestions.sets import AcceptedSet, by_kind
from recon.workbench.controls import button, put, row, shown, text
from recon.workbench.desk import Desk
from recon.workbench.grid import Column, FrameGrid
from recon.workbench.heads import keys
from recon.workbench.parties import Parties
from recon.workbench.place import Place
from recon.workbench.session import Session

_WIDE = {"description_width": "initial"}
_COLUMNS = (
    Column("id", "Line", "int", 52),
    Column("payer", "Payer", width=150, flex=1),
    Column("amount", "Amount", "money", 96),
    Column("posted_to", "Posted to", width=180, flex=2),
    Column("evidence", "Because", width=240, flex=4),
)
_ACCEPTED = (
    Column("id", "Line", "int", 52),
    Column("payers", "Payer", width=150, flex=1),
    Column("amount", "Amount", "money", 96),
    Column("receipt_ids", "Receipts", "code", 150),
    Column("why", "Accepted as", width=200, flex=2),
    Column("who", "By", width=90),
)
_KEYS = (("Space", "take out, put in"), ("Enter", "accept this one"), ("Alt+Z", "undo"), ("Esc", "back"))


class SuggestionScreen(Place):
    """The screen `Suggestions`."""

    def __init__(self, session: Session, desk: Desk, parties: Parties, on_close: Callable[[], None]) -> None:
        super().__init__(session, desk, parties, on_close)
        self._sets: dict[Kind, list[Suggested]] = {}
        self._out: set[int] = set()  # lines that a person took out, or that came while the screen was open
        self._seen: set[int] = set()
        self.kind = ipywidgets.Dropdown(description="Kind", options=[("None", "")], style=_WIDE)
        self.kind.add_class("rw-kind")
        self.kind.observe(lambda _change: self._draw_lines(), "value")
        self.lines = FrameGrid(
            _COLUMNS,
            label="Suggestions of this kind",
            height=300,
            empty_text="✓ No suggestion of this kind is one key away.",
            on_select=self._selected,
            on_focus=lambda _row: self._explain(),
            on_open=lambda line: self.accept([line]),
        )
        self.lines.add_class("rw-suggested")
        self.evidence, self.proof = text(), text()
        self.why = ipywidgets.Text(description="Why", placeholder="optional, for the journal", style=_WIDE)
        self.take = button(
            "Accept",
            lambda: self.session.after_typing(lambda: self.accept(self.lines.selected_ids)),
            look="primary",
            icon="check",
            name="rw-accept-all",
            tip="Post what is marked, each looked at once more at its turn",
        )
        self.accepted = FrameGrid(
            _ACCEPTED,
            label="Accepted before",
            height=150,
            empty_text="Nothing of this batch was accepted as a set, or all of it is taken back.",
        )
        self.compose(
            row(
                text(element("h3", "Suggestions")),
                self.kind,
                text(keys(_KEYS)),
                button("Back to the batch", self.close, icon="arrow-left", tip="Back to the batch (Esc)"),
            ),
            self.lines,
            self.evidence,
            row(self.proof, self.take, self.why),
            text(element("h3", "Accepted before")),
            self.accepted,
            row(
                button("Take Back Marked", self.take_back, icon="undo", tip="These payments wait again; the rest stays")
            ),
        )

    def open(self) -> None:
        """Look for what is one key away; a long batch takes a moment, and the screen says so."""
        self.session.batch  # noqa: B018 - refuses where no batch is open
        shown(self.view, is_shown=True)
        self._out.clear()
        self._seen.clear()
        self.session.do("Looking for suggestions …", lambda: None, lambda _: self.desk.focus("rw-suggested"))

    def refresh(self) -> None:
        """Look anew: what is shown is what would be posted as things stand."""
        self._sets = by_kind(self.session.batch.suggestions())
        new = {line.line_number for lines in self._sets.values() for line in lines} - self._seen
        self._out |= new if self._seen else set()  # what nobody has looked at yet is not marked
        self._seen |= new
        options = [
            (f"{words.SUGGESTIONS[kind]} · {len(lines):,} · {money.shown(_sum(lines))}", kind.value)
            for kind, lines in self._sets.items()
        ]
        before = str(self.kind.value)
        if list(self.kind.options) != (options or [("None", "")]):
            self.kind.options = options or [("None", "")]
            kinds = [value for _, value in options]
            self.kind.value = before if before in kinds else (kinds or [""])[0]
        self._draw_lines()
        accepted = self.session.batch.accepted_suggestions()
        self.accepted.set_rows(accepted.rename_columns(["id", *accepted.column_names[1:]]))

    # --- what the buttons do -----------------------------------------------------------------------------------------

    def accept(self, line_numbers: Sequence[int]) -> None:
        """`Accept`: these lines as they are shown."""
        chosen = [line for line in self._shown() if line.line_number in set(line_numbers)]
        kind, why = str(self.kind.value), str(self.why.value).strip()

        def told(done: AcceptedSet) -> None:
            tone = "ok" if done.accepted else "warn"
            posted = f"{money.counted(len(done.accepted), 'payment')} accepted, {money.shown(done.amount)}"
            for number, because in reversed(done.left_out):
                self.session.say("warn", f"Line {number} is left out: {because}.")
            self.session.say(tone, f"{words.SUGGESTIONS[done.kind]}: {posted}. Undo takes them back together.")
            self.desk.focus("rw-suggested")

        if not kind:
            self.session.say(
                "bad", "No suggestion is one key away; Process Payment shows the others with their doubts."
            )
            return
        self.session.do(
            f"Accepting {money.counted(len(chosen), 'suggestion')} …",
            lambda: self.session.batch.accept_suggestions(chosen, why=why, progress=self.session.progress),
            told,
        )

    def take_back(self) -> None:
        """`Take Back Marked`: single payments of a set."""
        marked = list(self.accepted.selected_ids)

        def back() -> int:
            if not marked:
                raise WrongUse("Mark the payments that are to be taken back, with the space bar or a click.")
            return self.session.batch.take_back(marked, why=str(self.why.value).strip())

        def told(_count: int) -> None:
            self.accepted.select_none()
            self.session.say("ok", f"{money.counted(len(marked), 'payment')} taken back; their lines wait again.")

        self.session.do("Taking back …", back, told)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _shown(self) -> list[Suggested]:
        value = str(self.kind.value)
        return self._sets.get(Kind(value), []) if value else []

    def _draw_lines(self) -> None:
        lines = self._shown()
        firsts = [line.first for line in lines if line.first is not None]
        self.lines.set_rows(
            pa.table(
                {
                    "id": pa.array([line.line_number for line in lines], pa.int64()),
                    "payer": pa.array([words.payers(first.parts) for first in firsts], pa.string()),
                    "amount": pa.array([line.amount for line in lines], pa.decimal128(18, 2)),
                    "posted_to": pa.array([words.posted_to(first.parts) for first in firsts], pa.string()),
                    "evidence": pa.array(["; ".join(first.evidence) for first in firsts], pa.string()),
                }
            )
        )
        self.lines.select([line.line_number for line in lines if line.line_number not in self._out])
        self._explain()
        self._proof()

    def _selected(self) -> None:
        marked = set(self.lines.selected_ids)
        shown_lines = {line.line_number for line in self._shown()}
        self._out = (self._out - shown_lines) | (shown_lines - marked)
        self._proof()

    def _explain(self) -> None:
        """All that speaks for the line with the cursor, in full: a row of the list is cut at its end."""
        lines = self._shown()
        at = self.lines.focused_id
        line = next((line for line in lines if line.line_number == at), lines[0] if lines else None)
        if line is None or line.first is None:
            put(self.evidence, element("span"))
            return
        second = line.suggestions[1:2]
        runner_up = [f"Next best: {words.payers(row.parts) or 'a duplicate'}, {row.points} points." for row in second]
        said = f"Line {line.line_number}, {line.first.points} points: {'; '.join(line.first.evidence)}."
        put(self.evidence, element("span", given(" ".join([said, *runner_up])), _class="rw-why t-ok"))

    def _proof(self) -> None:
        lines = self._shown()
        marked = [line for line in lines if line.line_number not in self._out]
        count, total = len(marked), _sum(marked)
        self.take.description = f"Accept {count:,} · {money.shown(total)}" if count else "Accept"
        self.take.disabled = not count
        said = f"{count:,} of {len(lines):,} marked, {money.shown(total)} of {money.shown(_sum(lines))}"
        put(self.proof, element("span", said, _class="rw-keys", role="status"))


def _sum(lines: Sequence[Suggested]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))
