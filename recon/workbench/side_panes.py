"""The smaller panes: a ledger receipt, tenants' credit, control totals, a file to save to (BTR-61, BTR-67, BTR-88)."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import ipywidgets
import pyarrow as pa

from recon import allocation, money, store
from recon.allocation import Order, Plan
from recon.errors import ReconError, WrongUse
from recon.rendering.html import element, given
from recon.workbench import batch as batches
from recon.workbench.controls import button, put, row, shown, text
from recon.workbench.desk import Desk
from recon.workbench.grid import Column, FrameGrid
from recon.workbench.parties import Parties
from recon.workbench.session import Session


class _Pane:
    """A heading, some fields, a button that does it and one that does not."""

    heading, does = "", ""

    def __init__(self, session: Session, desk: Desk, *fields: ipywidgets.Widget) -> None:
        self.session, self.desk = session, desk
        self.words = text()
        self.save = button(
            self.does,
            lambda: session.after_typing(self._submit),
            look="primary",
            name=f"rw-{type(self).__name__.lower()}",
        )
        self.view = ipywidgets.VBox(
            [
                text(element("h3", self.heading)),
                self.words,
                *fields,
                row(self.save, button("Close", self.close, tip="Close without saving")),
            ]
        )
        self.view.add_class("rw-pane")
        shown(self.view, is_shown=False)

    def show(self) -> None:
        """Show the pane, with the focus on its first field."""
        shown(self.view, is_shown=True)
        self.view.add_class("rw-open-pane")
        self.desk.focus("rw-open-pane")

    def close(self) -> None:
        """Leave things as they are."""
        self.view.remove_class("rw-open-pane")
        shown(self.view, is_shown=False)
        self.desk.focus("rw-list")

    def _submit(self) -> None:
        try:
            self.submit()
        except ReconError as error:
            self.session.say("bad", str(error))
            put(self.words, element("span", f"✕ {error}", _class="rw-why t-bad"))

    def submit(self) -> None:
        """Do it."""
        raise NotImplementedError


class LedgerPane(_Pane):
    """`Process as a Ledger Receipt`."""

    heading, does = "Process as a Ledger Receipt", "Post ledger receipt"

    def __init__(self, session: Session, desk: Desk, parties: Parties) -> None:
        self.line: dict[str, object] | None = None
        self.ledger = ipywidgets.Dropdown(description="Ledger", options=[("Choose …", ""), *parties.ledgers])
        self.why = ipywidgets.Text(description="Why", placeholder="such as: laundry coins")
        super().__init__(session, desk, self.ledger, self.why)

    def open(self, line: dict[str, object]) -> None:
        """Take a payment up."""
        self.line = line
        amount = money.shown(Decimal(str(line["amount"])))
        put(self.words, element("p", f"Line {line['id']} · {amount} · ", given(str(line["description"]))))
        self.ledger.value, self.why.value = "", ""
        self.show()

    def submit(self) -> None:
        """Post it."""
        line, ledger_id, why = self.line, self.ledger.value, str(self.why.value)
        if line is None or not ledger_id:
            raise WrongUse("Choose the owner's or the management's ledger that the payment goes to.")
        number = int(str(line["id"]))

        def told(receipts: tuple[str, ...]) -> None:
            self.session.say("ok", f"Line {number} posted to {ledger_id} as {', '.join(receipts)}.")
            self.close()

        self.session.do(
            "Posting the ledger receipt …",
            lambda: self.session.batch.process_as_a_ledger_receipt(number, ledger_id, why=why),
            told,
        )


class ControlPane(_Pane):
    """Control totals stated anew (BTR-88)."""

    heading, does = "Control totals", "State control totals"

    def __init__(self, session: Session, desk: Desk) -> None:
        self.entries = ipywidgets.Text(description="Entries")
        self.total = ipywidgets.Text(description="Total")
        self.why = ipywidgets.Text(description="Where from", placeholder="such as: the bank's advice of 10 June")
        super().__init__(session, desk, self.entries, self.total, self.why)

    def open(self) -> None:
        """Begin with what is loaded."""
        proof = self.session.proof
        if proof is not None:
            self.entries.value, self.total.value = str(proof.loaded.count), money.shown(proof.loaded.amount)
        self.why.value = ""
        put(self.words, element("p", "What the batch must add up to, as the bank or the processor says it."))
        self.show()

    def submit(self) -> None:
        """State them."""
        try:
            entries, total = int(str(self.entries.value).replace(",", "")), money.entered(str(self.total.value))
        except ValueError as error:
            raise WrongUse(f"Entries is a whole number and Total an amount: {error}.") from error
        why = str(self.why.value).strip()

        def told(_: None) -> None:
            self.session.say(
                "ok",
                f"The batch must add up to {money.counted(entries, 'entry')} and {money.shown(total)}: {why}.",
            )
            self.close()

        self.session.do(
            "Stating control totals …", lambda: self.session.batch.state_control_totals(entries, total, why=why), told
        )


class SavePane(_Pane):
    """`Save Unprocessed Batch to Lockbox File` (BTR-67, BTR-68)."""

    heading, does = "Save Unprocessed Batch to Lockbox File", "Save file"

    def __init__(self, session: Session, desk: Desk) -> None:
        self.path = ipywidgets.Text(description="File", placeholder="templates/direct deposit.csv")
        super().__init__(session, desk, self.path)

    def open(self) -> None:
        """Propose a name among the templates, where it can be loaded again at any time."""
        self.path.value = f"templates/{self.session.batch_id or 'batch'}.csv"
        put(self.words, element("p", "The payments that are not posted, as a lockbox file to load again and again."))
        self.show()

    def submit(self) -> None:
        """Save; an existing file is asked about first."""
        given_path = Path(str(self.path.value).strip() or ".").expanduser()
        path = given_path if given_path.is_absolute() else self.session.workspace.root / given_path

        def told(count: int) -> None:
            self.session.say("ok", f"Saved {money.counted(count, 'payment')} to {path}.")
            self.desk.hand(path, show=False)
            self.close()

        self.session.confirmed(
            "Saving …",
            "Overwrite the file",
            lambda yes: self.session.batch.save_unprocessed_batch_to_lockbox_file(path, confirm=yes),
            told,
        )


class CreditPane(_Pane):
    """A tenant's credit, applied to charges later or refunded at move-out (SPEC 6)."""

    heading, does = "Tenant credit", "Apply to open charges, oldest first"

    def __init__(self, session: Session, desk: Desk) -> None:
        self._rows: list[dict[str, object]] = []
        self.grid = FrameGrid(
            [
                Column("date", "Date", "date", 96),
                Column("tenant", "Tenant", width=110, flex=1),
                Column("receipt", "Receipt", "code", 84),
                Column("credit", "Credit", "money", 84),
            ],
            label="Tenants' credit",
            height=190,
            row_height=28,
            selectable=False,
            empty_text="No tenant has credit.",
        )
        self.amount = ipywidgets.Text(description="Refund", placeholder="amount; empty: all of it")
        self.why = ipywidgets.Text(description="Why", placeholder="such as: moved out")
        refund = button("Refund to the tenant", self._refund_chosen, tip="Pay the credit back")
        super().__init__(session, desk, self.grid, self.amount, self.why, row(refund))

    def open(self) -> None:
        """Show every credit that is left."""
        self._read()
        put(self.words, element("p", "Choose one with the arrow keys."))
        self.show()

    def submit(self) -> None:
        """Apply the chosen credit."""
        chosen, why = self._chosen(), str(self.why.value)
        workspace, on = self.session.workspace, self.session.workspace.today()

        def apply() -> Decimal:
            with store.reading(workspace) as current:
                payer = allocation.payer(current, str(chosen["tenant_id"]), str(chosen["unit_id"]))
            plan = Plan(Decimal(str(chosen["credit"])), Order.OLDEST, payers=[payer])
            plan.propose()
            shares = {charge: share for (_, charge), share in plan.applied.items()}
            if not shares:
                raise WrongUse(f"{payer.name} has no open charge on {payer.unit_id}; the credit stays.")
            return batches.apply_credit(
                workspace, str(chosen["receipt_id"]), shares, max(on, _day(chosen)), who=self.session.who, why=why
            )

        def told(left: Decimal) -> None:
            self.session.say("ok", f"Credit of {chosen['receipt_id']} applied; {money.shown(left)} of it is left.")
            self._read()

        self.session.do("Applying the credit …", apply, told)

    def _refund_chosen(self) -> None:
        try:
            chosen = self._chosen()
            typed = str(self.amount.value).strip()
            amount = money.entered(typed) if typed else Decimal(str(chosen["credit"]))
        except (ReconError, ValueError) as error:
            self.session.say("bad", str(error))
            return
        why, on = str(self.why.value).strip(), max(self.session.workspace.today(), _day(chosen))

        def refund() -> None:
            batches.refund_credit(
                self.session.workspace, str(chosen["receipt_id"]), amount, on, who=self.session.who, why=why
            )

        def told(_: None) -> None:
            self.session.say("ok", f"{money.shown(amount)} of {chosen['receipt_id']} is refunded.")
            self._read()

        self.session.ask(
            f"Refund {money.shown(amount)} of {chosen['receipt_id']} to {chosen['name']}? It is no credit any more.",
            "Refund",
            lambda: self.session.do("Refunding …", refund, told),
        )

    def _chosen(self) -> dict[str, object]:
        place = self.grid.focused_id
        if place is None or place >= len(self._rows):
            raise WrongUse("Choose a credit of the list first.")
        return self._rows[place]

    def _read(self) -> None:
        found = batches.open_credits(self.session.workspace)
        self._rows = found.to_pylist()
        self.grid.set_rows(
            pa.table(
                {
                    "id": pa.array(range(len(self._rows)), pa.int64()),
                    "date": found["posting_date"],
                    "tenant": found["name"],
                    "receipt": found["receipt_id"],
                    "credit": found["credit"],
                }
            )
        )


def _day(row_of: dict[str, object]) -> date:
    day = row_of["posting_date"]
    assert isinstance(day, date)
    return day
