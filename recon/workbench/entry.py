"""The upper portion of the screen: one payment typed in, or a removed one on its way back (BTR-70, BTR-80)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import ipywidgets
import pyarrow.compute as pc

from recon import money
from recon.batch_work import Payment
from recon.errors import WrongUse
from recon.lockbox.record import read_date
from recon.workbench.batch import create_batch
from recon.workbench.controls import button, row, shown, text
from recon.workbench.desk import Desk
from recon.workbench.parties import Parties, PartyFields
from recon.workbench.session import Session


@dataclass(frozen=True)
class Restoring:
    """The line that Add Payment to Batch puts back or corrects, and what its form was filled with."""

    line_number: int
    amount: Decimal | None
    is_sent: bool  # its amount came from a processor


class EntryForm:
    """Posting Date, Unit, Tenant, Bank Account, Amount, Quick Posting Mode, Memo, and Add Payment to Batch."""

    def __init__(self, session: Session, desk: Desk, parties: Parties) -> None:
        self.session, self.desk = session, desk
        self.restoring: Restoring | None = None
        self.parties = PartyFields(parties)
        wide = ipywidgets.Layout
        self.posting_date = ipywidgets.DatePicker(
            description="Posting Date", value=session.workspace.today(), layout=wide(width="126px")
        )
        self.account = ipywidgets.Dropdown(
            description="Bank Account", options=[("By ledger", ""), *parties.accounts], layout=wide(width="112px")
        )
        self.amount = ipywidgets.Text(description="Amount", placeholder="1,140.00", layout=wide(width="86px"))
        self.amount.add_class("rw-amount")
        self.quick = ipywidgets.Checkbox(
            description="Quick Posting Mode", indent=False, tooltip="The amount stays after each addition"
        )
        self.memo = ipywidgets.Text(
            description="Memo", placeholder="check # by double click", layout=wide(width="130px"), tooltip="Memo"
        )
        self.memo.add_class("rw-memo")
        self.add = button(
            "Add Payment to Batch",
            lambda: session.after_typing(self.submit),
            icon="plus",
            name="rw-add",
            tip="Add (Enter in a field)",
        )
        self.cancel = button("Cancel", self.clear, tip="Empty the form; nothing is changed")
        self.words = text()
        self.view = row(
            self.posting_date,
            self.parties.unit,
            self.parties.tenant,
            self.account,
            self.amount,
            self.quick,
            self.memo,
            self.add,
            self.cancel,
            self.words,
            look="rw-form",
        )
        shown(self.cancel, is_shown=False)
        self._take_up(session.drafts.get("entry"))
        for field in (self.posting_date, self.parties.unit, self.parties.tenant, self.amount, self.memo):
            field.observe(lambda _change: self._keep(), "value")

    def _keep(self) -> None:
        """Remember what is typed, until it is added."""
        restoring = self.restoring
        draft = {
            "posting_date": str(self.posting_date.value or ""),
            "unit": str(self.parties.unit.value),
            "tenant": str(self.parties.tenant.value),
            "amount": str(self.amount.value),
            "memo": str(self.memo.value),
            "batch": self.session.batch_id,
            "line": restoring.line_number if restoring else None,
        }
        begun = any(draft[name] for name in ("unit", "tenant", "amount", "memo"))
        self.session.drafts.put("entry", draft if begun else None)

    def _take_up(self, draft: dict[str, Any]) -> None:
        """Put back what was typed before a restart; a line on its way back is still that line."""
        if not draft or draft.get("batch") != self.session.batch_id:
            return
        rows = self.session.rows
        if draft.get("line") is not None and rows is not None:
            found = rows.filter(pc.equal(rows["id"], draft["line"])).to_pylist()
            if not found or found[0]["state"] not in ("removed", "rejected"):
                return
            self.fill(found[0])
        self.parties.fill(str(draft.get("unit", "")), str(draft.get("tenant", "")))
        self.amount.value, self.memo.value = str(draft.get("amount", "")), str(draft.get("memo", ""))
        day = read_date(str(draft.get("posting_date", "")))
        if day is not None:
            self.posting_date.value = day

    def fill(self, line: dict[str, Any]) -> None:
        """Take a removed or rejected line into the form, where it can be edited (BTR-71, BTR-120)."""
        self.restoring = Restoring(
            line["id"],
            line["line_amount"],
            line["message"] is None and not line["is_added"] and self._is_sent_by_a_processor(),
        )
        if line["posting_date"] is not None:
            self.posting_date.value = line["posting_date"]
        self.parties.fill(line["given_unit_id"], line["given_tenant_id"])
        self.amount.value = "" if line["line_amount"] is None else money.shown(line["line_amount"])
        self.memo.value = line["memo"]
        self.words.value = f"Line {line['id']}: edit it, then Add Payment to Batch puts it back."
        shown(self.cancel, is_shown=True)
        self.desk.focus("rw-amount")

    def clear(self) -> None:
        """Empty the form; in Quick Posting Mode the amount stays (BTR-85)."""
        self.restoring = None
        self.parties.fill("", "")
        if not self.quick.value:
            self.amount.value = ""
        self.memo.value = ""
        self.words.value = ""
        shown(self.cancel, is_shown=False)

    def payment(self) -> Payment:
        """Read the form.

        Raises:
            WrongUse: a field does not do; the words name it.
        """
        day = self.posting_date.value
        if not isinstance(day, date):
            raise WrongUse("The posting date is missing; type it as month, day and year, or choose it.")
        try:
            amount = money.entered(str(self.amount.value))
        except ValueError as error:
            raise WrongUse(f"Amount: {error}.") from error
        if not self.parties.unit_id and not self.parties.tenant_id:
            raise WrongUse("Choose the unit or the tenant that the payment is for; one of the two is enough.")
        return Payment(day, amount, self.parties.unit_id, self.parties.tenant_id, str(self.memo.value))

    def submit(self, why: str = "") -> None:
        """`Add Payment to Batch`: a new payment, or the removed or corrected one back in its place."""
        try:
            payment = self.payment()
        except WrongUse as error:
            self.session.say("bad", str(error))
            self.words.value = f"✕ {error}"
            return
        restoring = self.restoring
        if restoring is None:
            self._add(payment)
        elif restoring.is_sent and payment.amount != restoring.amount and not why:
            self.session.ask_why(
                f"The processor sent line {restoring.line_number} with {money.shown(restoring.amount or Decimal(0))}. "
                f"Why is it {money.shown(payment.amount)}?",
                "Change the amount",
                self.submit,
            )
        else:
            self._put_back(restoring, payment, why)

    def _add(self, payment: Payment) -> None:
        account = self.account.value or None

        def added() -> int:
            if not self.session.batch_id:
                new = create_batch(self.session.workspace, who=self.session.who, bank_account=account)
                self.session.batch_id = new.batch_id
            return self.session.batch.add_payment_to_batch(payment)

        def told(line_number: int) -> None:
            self.session.say("ok", f"Added line {line_number}: {money.shown(payment.amount)}.")
            self.clear()
            self.desk.focus("rw-unit")

        self.session.do("Adding the payment …", added, told)

    def _put_back(self, restoring: Restoring, payment: Payment, why: str) -> None:
        def put() -> None:
            self.session.batch.change_payment(
                restoring.line_number,
                why=why,
                posting_date=payment.posting_date,
                amount=payment.amount,
                unit_id=payment.unit_id,
                tenant_id=payment.tenant_id,
                memo=payment.memo,
            )

        def told(_: None) -> None:
            self.session.say("ok", f"Line {restoring.line_number} is in the batch: {money.shown(payment.amount)}.")
            self.clear()
            self.desk.focus("rw-list")

        self.session.do("Putting the payment back …", put, told)

    def _is_sent_by_a_processor(self) -> bool:
        return self.session.about is not None and self.session.about.source == "third_party"
