"""Deposit Receipts: what is not deposited yet, marked, held against the amount entered, recorded, printed, voided."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import ipywidgets
import pyarrow as pa
import pyarrow.compute as pc

from recon import daily, decisions, deposits, money, store
from recon.rendering.html import element, joined
from recon.workbench.controls import button, put, row, shown, text
from recon.workbench.desk import Desk
from recon.workbench.grid import Column, FrameGrid
from recon.workbench.parties import Parties
from recon.workbench.place import Place
from recon.workbench.session import Session

_COLUMNS = (
    Column("receipt_id", "Receipt", "code", 88),
    Column("posting_date", "Date", "date", 100),
    Column("description", "Received from", width=170, flex=2),
    Column("memo", "Memo", width=110, flex=1),
    Column("amount", "Amount", "money", 96),
    Column("deposit_id", "Slip", "code", 84),
    Column("batch_id", "Batch", "code", 84),
)
_SLIP_COLUMNS = (
    Column("deposit_id", "Slip", "code", 90),
    Column("deposit_date", "Deposit date", "date", 112),
    Column("bank_account_id", "Bank account", width=110, flex=1),
    Column("items", "Items", "int", 60),
    Column("total", "Total", "money", 100),
    Column("state", "State", "status", 110),
)
_WIDE = {"description_width": "initial"}
_TONES = {"open": "warn", "recorded": "ok", "void": "done"}


class DepositScreen(Place):
    """The screen `Deposit Receipts`."""

    def __init__(self, session: Session, desk: Desk, parties: Parties, on_close: Callable[[], None]) -> None:
        super().__init__(session, desk, parties, on_close)
        self._items: pa.Table | None = None
        self._slips: pa.Table | None = None
        self.account = ipywidgets.Dropdown(description="Bank account", options=[("", "")], style=_WIDE)
        self.account.observe(lambda _change: self._draw(mark_new=True), "value")
        self.grid = FrameGrid(
            _COLUMNS,
            label="Undeposited receipts",
            height=260,
            empty_text="Every receipt of this account is deposited.",
            search_in=("receipt_id", "description", "memo", "amount"),
            on_select=self._proof,
        )
        self.grid.add_class("rw-undeposited")
        self.slips = FrameGrid(
            _SLIP_COLUMNS,
            label="Deposit slips",
            height=170,
            selectable=False,
            empty_text="No slips.",
            on_open=lambda _row: self._show_slip(),
        )
        self._of_slip: str | None = None  # the slip whose receipts are shown; None: what is undeposited
        self.showing = text()
        self.entered = ipywidgets.Text(description="Total Deposit", placeholder="as counted", style=_WIDE)
        self.entered.add_class("rw-deposit-total")
        self.entered.observe(lambda _change: self._proof(), "value")
        self.proof = text()
        self.record = button(
            "Record Deposit",
            lambda: session.after_typing(self.submit),
            look="primary",
            icon="university",
            tip="Record what is marked as deposited",
        )
        self.why = ipywidgets.Text(description="Why", placeholder="reason to void or replace")
        self.compose(
            row(
                text(element("h3", "Deposit Receipts")),
                self.account,
                button("Mark All", self._mark_all, tip="Mark every receipt of the account"),
                button("Mark None", self.grid.select_none, tip="Take every mark away (Start Over)"),
                button("Back to the batch", self.close, icon="arrow-left", tip="Back to the batch (Esc)"),
            ),
            self.showing,
            self.grid,
            row(self.entered, self.proof, self.record),
            text(element("h3", "Slips")),
            self.slips,
            row(
                button("Show Receipts", self._show_slip, tip="Of the highlighted slip (Enter); again: undeposited"),
                button("Print Slip", self._print, icon="print", tip="The highlighted slip as a PDF"),
                button("Void Slip", self._void, look="danger", tip="The highlighted slip; its receipts come back"),
                button(
                    "Void and Replace Highlighted Receipt",
                    self._replace,
                    look="danger",
                    tip="Its payment waits again; what replaces it takes its place on the slip",
                ),
                self.why,
            ),
        )

    def open(self) -> None:
        """Show the undeposited receipts; those of the batch at hand are marked (BTR-57, BTR-59)."""
        self._of_slip = None
        self.read(mark_new=True)
        shown(self.view, is_shown=True)
        self.desk.focus("rw-undeposited")

    def refresh(self) -> None:
        """Read what is shown anew; marks stay as a person put them."""
        self.read(mark_new=False)

    def read(self, *, mark_new: bool) -> None:
        """Read receipts and slips anew."""
        with store.reading(self.session.workspace) as current:
            self._items = deposits.undeposited(current, self._of_slip)
            all_slips = deposits.all_deposits(current)
        accounts = sorted({slip.bank_account_id for slip in all_slips})
        if list(self.account.options) != accounts:
            before = self.account.value
            self.account.options = accounts or [""]
            self.account.value = before if before in accounts else (self._busiest(accounts) or "")
        shown_slips = [slip for slip in reversed(all_slips) if slip.items or slip.state == "void"]
        self._slips = pa.table(
            {
                "id": pa.array(range(len(shown_slips)), pa.int64()),
                "deposit_id": pa.array([slip.deposit_id for slip in shown_slips], pa.string()),
                "deposit_date": pa.array([slip.deposit_date for slip in shown_slips], pa.date32()),
                "bank_account_id": pa.array([slip.bank_account_id for slip in shown_slips], pa.string()),
                "items": pa.array([slip.items for slip in shown_slips], pa.int64()),
                "total": pa.array([slip.total for slip in shown_slips], pa.decimal128(18, 2)),
                "state": pa.array([slip.state for slip in shown_slips], pa.string()),
                "tone": pa.array([_TONES[slip.state] for slip in shown_slips], pa.string()),
            }
        )
        self.slips.set_rows(self._slips)
        self._draw(mark_new=mark_new)

    def submit(self) -> None:
        """`Record Deposit`: what is marked, if the amount entered is its sum."""
        receipts = self._marked()
        try:
            total = money.entered(str(self.entered.value))
        except ValueError as error:
            self.session.say("bad", f"Total Deposit: {error}.")
            return

        def recorded() -> list[deposits.Deposit]:
            return deposits.record_receipts(self.session.workspace, receipts, total, who=self.session.who)

        def told(slips: list[deposits.Deposit]) -> None:
            for slip in slips:
                self.session.say(
                    "ok",
                    f"Recorded slip {slip.deposit_id}: {money.counted(slip.items, 'receipt')}, "
                    f"{money.shown(slip.total)}.",
                )
            self.entered.value = ""
            self.read(mark_new=False)

        self.session.do("Recording the deposit …", recorded, told)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _busiest(self, accounts: list[str]) -> str | None:
        assert self._items is not None
        if len(self._items):
            return str(self._items["bank_account_id"][-1].as_py())
        return accounts[0] if accounts else None

    def _draw(self, *, mark_new: bool) -> None:
        if self._items is None:
            return
        rows = self._items
        if self._of_slip is None:
            rows = rows.filter(pc.equal(rows["bank_account_id"], str(self.account.value or "")))
        words = "Undeposited receipts; new ones are marked." if self._of_slip is None else f"Slip {self._of_slip}:"
        put(self.showing, element("p", words))
        numbers = pc.cast(pc.utf8_slice_codeunits(rows["receipt_id"], 1), pa.int64())
        self.grid.set_rows(rows.append_column("id", numbers))
        if mark_new:
            new = pc.equal(rows["batch_id"], self.session.batch_id)
            self.grid.select(numbers.filter(new).to_pylist())
        self._proof()

    def _marked(self) -> list[str]:
        return [f"R{number:07d}" for number in self.grid.selected_ids]

    def _proof(self) -> None:
        count, total = self.grid.count_and_sum("selected", "amount")
        try:
            entered = money.entered(str(self.entered.value)) if str(self.entered.value).strip() else Decimal("0.00")
        except ValueError:
            entered = Decimal("0.00")
        difference = entered - total
        self.record.disabled = bool(difference) or not count or self._of_slip is not None
        tiles = (
            ("Marked", f"{count:,} · {money.shown(total)}", ""),
            ("Difference", f"{'' if difference else '✓ '}{money.shown(difference)}", "off" if difference else "good"),
        )
        put(
            self.proof,
            element(
                "div",
                joined(
                    element("div", element("small", words), element("b", value), _class=f"rw-tile {look}")
                    for words, value, look in tiles
                ),
                _class="rw-head",
                role="status",
            ),
        )

    def _mark_all(self) -> None:
        self.grid.select(self.grid.shown_ids)

    def _slip(self) -> dict[str, object] | None:
        place = self.slips.focused_id or 0  # the cursor stands on the first before anybody moved it
        if self._slips is None or place >= len(self._slips):
            self.session.say("bad", "Highlight a slip of the list first, with the arrow keys or a click.")
            return None
        found: dict[str, object] = self._slips.slice(place, 1).to_pylist()[0]
        return found

    def _show_slip(self) -> None:
        """Show the receipts of the highlighted slip above; once more, and what is undeposited is back."""
        slip = self._slip()
        if slip is not None:
            self._of_slip = None if self._of_slip == slip["deposit_id"] else str(slip["deposit_id"])
            self.read(mark_new=False)

    def _print(self) -> None:
        slip = self._slip()
        if slip is None:
            return
        deposit_id = str(slip["deposit_id"])

        def told(path: Path) -> None:
            self.session.say("ok", f"Slip {deposit_id} is printed: {path.relative_to(self.session.workspace.root)}.")
            self.desk.hand(path, show=True)

        self.session.do(
            "Printing the slip …",
            lambda: daily.print_slip(self.session.workspace, deposit_id, who=self.session.who),
            told,
        )

    def _void(self) -> None:
        slip = self._slip()
        if slip is None:
            return
        deposit_id, why = str(slip["deposit_id"]), str(self.why.value).strip()

        def void() -> tuple[str, ...]:
            return deposits.void(self.session.workspace, deposit_id, who=self.session.who, why=why)

        def told(new: tuple[str, ...]) -> None:
            self.session.say("ok", f"Slip {deposit_id} is void; its receipts are on {', '.join(new) or 'no slip'}.")
            self.read(mark_new=False)

        self.session.ask(
            f"Void slip {deposit_id} of {money.counted(int(str(slip['items'])), 'receipt')}, "
            f"{money.shown(Decimal(str(slip['total'])))} ({slip['state']})? Its receipts come back as undeposited.",
            "Void the slip",
            lambda: self.session.do("Voiding the slip …", void, told),
        )

    def _replace(self) -> None:
        number = self.grid.focused_id or next(iter(self.grid.shown_ids), None)
        if number is None:
            self.session.say("bad", "Highlight an undeposited receipt first, with the arrow keys or a click.")
            return
        self.ask_to_replace(f"R{number:07d}")

    def ask_to_replace(self, receipt_id: str) -> None:
        """Void and replace a receipt, on a recorded slip as well: its payment waits again."""
        with store.reading(self.session.workspace) as current:
            rows = current.rows(
                "select batch_id, line_number, posting_date, amount, deposit_id from receipts where receipt_id = $id",
                {"id": receipt_id},
            )
        if not rows:
            self.session.say("bad", f"There is no receipt {receipt_id}.")
            return
        batch_id, line_number, posted_on, amount, deposit_id = rows[0]
        why = str(self.why.value).strip() or "void and replace"

        def reverse() -> None:
            decisions.reverse(
                self.session.workspace, receipt_id, "correction", posted_on, who=self.session.who, why=why
            )
            self.session.batch_id = batch_id

        def told(_: None) -> None:
            self.session.say("ok", f"Receipt {receipt_id} is void; line {line_number} of {batch_id} waits again.")
            self.close()

        self.session.ask(
            f"Void receipt {receipt_id} of {money.shown(amount)}? Its payment, line {line_number} of {batch_id}, waits "
            f"again, and what replaces it takes its place on slip {deposit_id}.",
            "Void and replace",
            lambda: self.session.do("Voiding the receipt …", reverse, told),
        )
