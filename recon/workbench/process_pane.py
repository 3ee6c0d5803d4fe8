"""Process Payment: why a payment needs a person, what is open, and how it is split, until 0.00 is left (BTR-60)."""

import contextlib
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

import ipywidgets
import pyarrow as pa

from recon import allocation, money, store
from recon.allocation import NOTHING, Order, Plan
from recon.errors import ReconError
from recon.explain import explain
from recon.rendering.html import Html, element, given, joined
from recon.suggestions.listing import suggest
from recon.suggestions.ranking import Suggestion
from recon.workbench.controls import button, put, row, shown, text
from recon.workbench.desk import Desk
from recon.workbench.grid import Column, FrameGrid
from recon.workbench.parties import Parties, PartyFields
from recon.workbench.session import Session
from recon.workbench.words import tone_of

_COLUMNS = (
    Column("due", "Due", "date", 96),
    Column("charge", "Charge", width=110, flex=1),
    Column("open", "Open", "money", 82),
    Column("apply", "Apply", "money", 86, editable=True),
)
_HINTS = 3  # suggestions shown: the first, its runner-up, and one more
_EARLIER = 3  # lines shown that stand in the way
_ORDERS = {
    Order.OLDEST: "Oldest first",
    Order.PRIORITY: "By charge code",
    Order.LARGEST: "Largest first",
}


class ProcessPane:
    """The pane in which one payment is split over charges and credit; `view` is what is shown."""

    def __init__(self, session: Session, desk: Desk, parties: Parties) -> None:
        self.session, self.desk = session, desk
        self.line: dict[str, object] | None = None
        self.plan: Plan | None = None
        self._rows: list[tuple[int, str | None]] = []  # payer's place and charge of each row; None: the credit
        self.parties = PartyFields(parties)
        self.parties.unit.add_class("rw-payer")
        self.head, self.left = text(), text()
        self._suggested: tuple[Suggestion, ...] = ()
        self.hints = ipywidgets.VBox([])
        self.order = ipywidgets.Dropdown(
            options=[(words, order) for order, words in _ORDERS.items()],
            layout=ipywidgets.Layout(width="130px"),
            tooltip="Order of the proposal",
        )
        self.order.observe(lambda _change: self._propose(), "value")
        self.grid = FrameGrid(
            _COLUMNS,
            label="Open charges",
            height=172,
            row_height=28,
            selectable=False,
            empty_text="No open charges. Name the payer, or put it all to credit.",
            on_edit=self._edit,
        )
        self.grid.add_class("rw-charges")
        self.credit = button(
            "Credit", self._rest_to_credit, icon="user", tip="What is left becomes the tenant's credit"
        )
        self.join = button(
            "Add payer", lambda: session.after_typing(self._add_payer), tip="Let this unit and tenant take a share"
        )
        self.account = ipywidgets.Dropdown(
            description="Bank account", options=[("Of the ledgers paid", ""), *parties.accounts]
        )
        self.why = ipywidgets.Text(description="Why", placeholder="optional, for the journal")
        self.save = button(
            "Save",
            lambda: session.after_typing(self.submit),
            look="primary",
            icon="check",
            name="rw-save",
            tip="Post this payment",
        )
        self.view = ipywidgets.VBox(
            [
                row(self.head, button("Close", self.close, tip="Close without saving (Esc)"), look="rw-ptop"),
                self.left,
                self.hints,
                row(self.order, button("Clear", self._clear, tip="Take every share back"), self.credit),
                self.grid,
                row(self.parties.unit, self.parties.tenant, self.join),
                self.account,
                self.why,
                row(self.save),
            ]
        )
        self.view.add_class("rw-pane")
        shown(self.view, is_shown=False)

    @property
    def is_open(self) -> bool:
        """Whether a payment is being processed."""
        return self.line is not None

    def open(self, line: dict[str, object], then: Callable[[], None] | None = None) -> None:
        """Take a payment up."""
        number = int(str(line["id"]))

        def begun() -> tuple[Plan, Html, tuple[Suggestion, ...]]:
            found = suggest(self.session.workspace, self.session.batch_id, number)
            hints = tuple(hint for hint in found[0].suggestions if hint.parts) if found else ()
            return self.session.batch.plan(number), self._reason(line), hints

        def told(answer: tuple[Plan, Html, tuple[Suggestion, ...]]) -> None:
            self.line, (self.plan, words, self._suggested) = line, answer
            put(self.head, words)
            self.hints.children = [self._hint(hint) for hint in self._suggested[:_HINTS]]
            self.order.value = self.plan.order
            self.parties.fill("" if self.plan.payers else str(line["given_unit_id"]), "")
            self.why.value = ""
            self._draw()
            if then is not None:
                then()
            shown(self.view, is_shown=True)
            ready = "rw-save" if not self.plan.left else "rw-charges"
            self.desk.focus(ready if self.plan.payers else "rw-payer")

        self.session.do("Looking the payment up …", begun, told)

    def take_up(self, line: dict[str, object], draft: dict[str, Any]) -> None:
        """Go on with a payment that was being processed before a restart; what does not fit any more is left out."""

        def again(_: object = None) -> None:
            plan = self.plan
            if plan is None:
                return
            with store.reading(self.session.workspace) as current:
                for tenant_id, unit_id in draft.get("payers", []):
                    with contextlib.suppress(ReconError):
                        plan.add(allocation.payer(current, tenant_id, unit_id))
            plan.clear()
            for place, charge_id, amount in draft.get("shares", []):
                with contextlib.suppress(ReconError, StopIteration, IndexError, ValueError, InvalidOperation):
                    plan.put(place, charge_id, Decimal(amount))
            self.why.value = str(draft.get("why", ""))
            self._draw()

        self.open(line, again)

    def close(self) -> None:
        """Leave the payment as it is."""
        self.session.drafts.put("process", None)
        self.line = self.plan = None
        shown(self.view, is_shown=False)
        self.desk.focus("rw-list")

    def submit(self) -> None:
        """Post the payment as split."""
        plan, line = self.plan, self.line
        if plan is None or line is None:
            return
        number, account, why = int(str(line["id"])), self.account.value or None, str(self.why.value)

        def post() -> tuple[str, ...]:
            return self.session.batch.process_payment(number, plan.parts(), why=why, bank_account=account)

        def told(receipts: tuple[str, ...]) -> None:
            self.session.say("ok", f"Line {number}: {money.shown(plan.amount)} posted as {', '.join(receipts)}.")
            self.close()

        self.session.do("Posting the payment …", post, told)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _reason(self, line: dict[str, object]) -> Html:
        why = explain(self.session.workspace, f"{self.session.batch_id}:{line['id']}")
        return element(
            "div",
            element("h3", given(str(line["description"]), left_to_right=True)),
            element("p", f"Line {line['id']} · {line['posting_date']} · ", given(str(line["memo"]))),
            element("span", f"{why.identification} {why.rule}", _class=f"rw-why t-{tone_of(why.reason)}"),
            *(element("p", "Before it: ", given(str(earlier))) for earlier in why.earlier[:_EARLIER]),
        )

    def _hint(self, hint: Suggestion) -> ipywidgets.HBox:
        """A suggestion with its evidence, and what speaks against it; its button fills the split, and posts nothing."""
        who = ", ".join(f"{part.tenant_id} {part.unit_id}" for part in hint.parts)
        words = "; ".join(hint.evidence) + (f". But: {'; '.join(hint.against)}" if hint.against else "")
        use = button(f"Use {hint.rank}", lambda: self._use(hint), tip=f"Fill the split with suggestion {hint.rank}")
        said = element("span", given(f"{who}: {words}."), _class=f"rw-why t-{'info' if hint.against else 'ok'}")
        return row(use, text(said), look="rw-hint")

    def _use(self, hint: Suggestion) -> None:
        """Fill the split with a suggestion; a person looks at it and saves."""
        plan = self.plan
        if plan is None:
            return
        try:
            with store.reading(self.session.workspace) as current:
                payers = [allocation.payer(current, str(part.tenant_id), str(part.unit_id)) for part in hint.parts]
            plan.clear()
            plan.payers = payers
            for place, part in enumerate(hint.parts):
                for charge_id, share in part.applications.items():
                    plan.put(place, charge_id, share)
                plan.put(place, None, part.amount - sum(part.applications.values(), NOTHING))
        except ReconError as error:
            self.session.say("bad", str(error))
        self.why.value = f"suggestion {hint.rank}: {'; '.join(hint.evidence)}"[:400]
        self._draw()
        self.desk.focus("rw-save")

    def _draw(self) -> None:
        plan = self.plan
        if plan is None:
            return
        several = len(plan.payers) > 1
        self._rows = []
        drawn: list[tuple[date | None, str, Decimal | None, Decimal]] = []
        for place, payer in enumerate(plan.payers):
            who = f"{payer.tenant_id}: " if several else ""
            for charge in payer.charges:
                self._rows.append((place, charge.charge_id))
                share = plan.applied.get((place, charge.charge_id), NOTHING)
                words = f"{who}{charge.description} ({charge.charge_code}, {charge.ledger_id})"
                drawn.append((charge.due_date, words, charge.open_amount, share))
            self._rows.append((place, None))
            drawn.append((None, f"{who}Tenant's credit", None, plan.credits.get(place, NOTHING)))
        due, names, opened, applied = zip(*drawn, strict=True) if drawn else ((), (), (), ())
        self.grid.set_rows(
            pa.table(
                {
                    "id": pa.array(range(len(drawn)), pa.int64()),
                    "due": pa.array(due, pa.date32()),
                    "charge": pa.array(names, pa.string()),
                    "open": pa.array(opened, pa.decimal128(18, 2)),
                    "apply": pa.array(applied, pa.decimal128(18, 2)),
                    "tone": pa.array(
                        ["ok" if a and a == o else "warn" if a else None for o, a in zip(opened, applied, strict=True)],
                        pa.string(),
                    ),
                }
            )
        )
        self._proof(plan)
        self._keep(plan)

    def _keep(self, plan: Plan) -> None:
        """Remember how far the split is, until it is saved."""
        if self.line is None:
            return
        shares: list[tuple[int, str | None, str]] = [
            (place, charge_id, str(share)) for (place, charge_id), share in plan.applied.items()
        ]
        shares += [(place, None, str(share)) for place, share in plan.credits.items()]
        self.session.drafts.put(
            "process",
            {
                "batch": self.session.batch_id,
                "line": self.line["id"],
                "payers": [[payer.tenant_id, payer.unit_id] for payer in plan.payers],
                "shares": [list(share) for share in shares],
                "why": str(self.why.value),
            },
        )

    def _proof(self, plan: Plan) -> None:
        left = plan.left
        state = "zero" if not left else "left" if left > 0 else "over"
        done = plan.amount - left
        share = min(100, int(done * 100 / plan.amount)) if plan.amount else 0
        put(
            self.left,
            element(
                "div",
                joined(
                    element("div", element("small", words), element("b", value), _class=look)
                    for words, value, look in (
                        ("Payment", money.shown(plan.amount), None),
                        ("Allocated", money.shown(done), None),
                        ("Left to allocate", f"{'' if left else '✓ '}{money.shown(left)}", "r"),
                    )
                ),
                element("i", element("u", style=f"width:{share}%")),
                _class=f"rw-left2 {state}",
                role="status",
            ),
        )
        self.save.disabled = bool(left) or not plan.payers
        self.credit.disabled = left <= 0 or not plan.payers
        self.credit.description = f"Put {money.shown(max(left, NOTHING))} to the tenant's credit"

    def _edit(self, row_id: int, _key: str, typed: str) -> None:
        plan = self.plan
        if plan is None or not 0 <= row_id < len(self._rows):
            return
        place, charge_id = self._rows[row_id]
        plan.put(place, charge_id, money.entered(typed) if typed.strip() else NOTHING)
        self._draw()

    def _propose(self) -> None:
        if self.plan is not None:
            self.plan.order = self.order.value
            self.plan.propose()
            self._draw()

    def _clear(self) -> None:
        if self.plan is not None:
            self.plan.clear()
            self._draw()

    def _rest_to_credit(self) -> None:
        if self.plan is not None:
            self.plan.put_rest_to_credit()
            self._draw()
            self.desk.focus("rw-save")

    def _add_payer(self) -> None:
        plan = self.plan
        if plan is None:
            return
        unit_id, tenant_id = self.parties.both()

        def found() -> allocation.Payer:
            with store.reading(self.session.workspace) as current:
                return allocation.payer(current, tenant_id, unit_id)

        try:
            plan.add(found())
        except ReconError as error:
            self.session.say("bad", str(error))
            return
        if not plan.applied and not any(plan.credits.values()):
            plan.propose()
        self.parties.fill("", "")
        self._draw()
        self.desk.focus("rw-charges")
