"""Bank: the bank's lines beside what they may stand for, the evidence for each proposal, one key to accept (SPEC 7)."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import ipywidgets
import pyarrow as pa

from recon import money, store
from recon.errors import WrongUse
from recon.reconciliation import left_over, matching
from recon.reconciliation.left_over import LeftOver, difference_words
from recon.reconciliation.matching import Matched
from recon.rendering.html import Html, element, given, joined
from recon.workbench.controls import button, put, row, shown, text
from recon.workbench.desk import Desk
from recon.workbench.grid import Column, FrameGrid
from recon.workbench.parties import Parties
from recon.workbench.place import Place
from recon.workbench.session import Session
from schemas.identifiers import comparison_key

_WIDE = {"description_width": "initial"}
_LINES = (
    Column("date", "Date", "date", 96),
    Column("description", "The bank says", width=150, flex=2),
    Column("amount", "Amount", "money", 104),
    Column("state", "State", "status", 176, flex=1),
)
_ITEMS = (
    Column("date", "Date", "date", 96),
    Column("item", "In the books", width=140, flex=2),
    Column("amount", "Amount", "money", 104),
    Column("fits", "Fits", "status", 130),
)
_KINDS = {
    "returned_item": "Returned item",
    "unrecorded_credit": "Not in the books",
    "unrecorded_debit": "Not in the books",
}
_KINDS_OF_ITEMS = {"deposit": "Slip", "reversal": "Receipt", "entry": "Entry", "refund": "Refund"}
_RULES = {
    "reference": "by reference and total",
    "total": "by total, the only reading",
    "together": "together, the only reading",
    "person": "by a person",
    "posted": "posted to a ledger",
}


class BankScreen(Place):
    """The screen `Bank`."""

    def __init__(self, session: Session, desk: Desk, parties: Parties, on_close: Callable[[], None]) -> None:
        super().__init__(session, desk, parties, on_close)
        self._left: LeftOver | None = None
        self._lines: list[dict[str, Any]] = []  # as shown at the left, by place
        self._items: list[dict[str, Any]] = []  # as shown at the right, by place
        self._matched: list[dict[str, Any]] = []
        self.path = ipywidgets.Text(description="Statement", placeholder="inbox/statement.bai", style=_WIDE)
        self.path.add_class("rw-statement")
        self.account = ipywidgets.Dropdown(
            description="Bank account", options=[("By its number", ""), *parties.accounts], style=_WIDE
        )
        self.show_matched = ipywidgets.Checkbox(description="Show matched lines", indent=False)
        self.show_matched.observe(lambda _change: self._draw_lines(), "value")
        self.lines = FrameGrid(
            _LINES,
            label="Bank lines",
            height=330,
            selectable=False,
            empty_text="✓ Every line of the bank is matched.",
            on_focus=lambda _row: self._choose(),
            on_open=lambda _row: self.accept(),
            hotkeys=("u",),
            on_key=lambda _key, _row: self.unmatch(),
        )
        self.lines.add_class("rw-bank-lines")
        self.items = FrameGrid(
            _ITEMS,
            label="What it may stand for",
            height=330,
            empty_text="Nothing open in the books fits; post it to a ledger, or leave it.",
            on_select=self._proof,
            on_open=lambda _row: self.accept(),
        )
        self.evidence, self.proof = text(), text()
        self.take = button(
            "Accept Match",
            lambda: session.after_typing(self.accept),
            look="primary",
            icon="check",
            tip="Match the two (Enter)",
        )
        self.ledger = ipywidgets.Dropdown(
            description="Ledger", options=[("Choose …", ""), *parties.ledgers], style=_WIDE
        )
        self.why = ipywidgets.Text(description="Why", placeholder="such as: bank's fee of May", style=_WIDE)
        self._compose()

    def _compose(self) -> None:
        left = ipywidgets.VBox([self.lines])
        right = ipywidgets.VBox([self.items])
        left.add_class("rw-left")
        right.add_class("rw-left")
        keys = "Enter accepts what is marked; u takes a match back."
        self.compose(
            row(
                text(element("h3", "Bank")),
                self.path,
                self.account,
                button(
                    "Read and Match",
                    self.read_statement,
                    icon="file",
                    tip="Take the statement in, match what is certain",
                ),
                button("Back to the batch", self.close, icon="arrow-left", tip="Back to the batch (Esc)"),
            ),
            row(self.show_matched, text(element("span", keys, _class="rw-keys"))),
            row(left, right, look="rw-main"),
            self.evidence,
            row(self.proof, self.take, button("Unmatch", self.unmatch, tip="Take the match of this line back (u)")),
            row(
                self.ledger,
                button(
                    "Post Bank Item",
                    lambda: self.session.after_typing(self.post_item),
                    tip="A fee, interest: only the bank has it",
                ),
                self.why,
            ),
        )

    def open(self) -> None:
        """Show what the bank and the books do not have in common yet."""
        self.refresh()
        shown(self.view, is_shown=True)
        self.desk.focus("rw-bank-lines")

    def refresh(self) -> None:
        """Read what is open anew."""
        self._left = left_over.left_over(self.session.workspace)
        with store.reading(self.session.workspace) as current:
            self._matched = left_over.matched(current)
        self._draw_lines()

    # --- what the buttons do -----------------------------------------------------------------------------------------

    def read_statement(self) -> None:
        """Take a bank file into the books and match what is certain."""
        typed = Path(str(self.path.value).strip() or ".").expanduser()
        path = typed if typed.is_absolute() else self.session.workspace.root / typed
        account = self.account.value or None

        def told(done: Matched) -> None:
            self.session.say(
                "ok",
                f"{path.name}: {money.counted(done.new_lines, 'new line')}, {done.known_lines:,} known; "
                f"{len(done.matches):,} matched, {money.counted(len(done.recorded_slips), 'slip')} recorded, "
                f"{money.counted(len(done.reversed_receipts), 'receipt')} returned.",
            )
            for warning in done.warnings:
                self.session.say("warn", warning)
            self.refresh()

        self.session.do(
            f"Reading {path.name} …",
            lambda: matching.match_statement(self.session.workspace, path, who=self.session.who, bank_account=account),
            told,
        )

    def accept(self) -> None:
        """Match the line with what is marked at the right."""
        line, marked = self._line(), [self._items[place] for place in self.items.selected_ids]
        if line is None or not marked:
            self.session.say("bad", "Mark what the line stands for at the right, with the space bar or a click.")
            return
        ids = {kind: [item["id"] for item in marked if item["kind"] == kind] for kind in _KINDS_OF_ITEMS}
        why = str(self.why.value).strip()

        def told(done: Matched) -> None:
            matched = ", ".join(item["id"] for item in marked)
            self.session.say("ok", f"{line['bank_line_id']} is matched with {matched} ({done.matches[0]}).")
            self.refresh()

        self.session.do(
            "Matching …",
            lambda: matching.accept(
                self.session.workspace,
                [line["bank_line_id"]],
                deposit_ids=ids["deposit"],
                receipt_ids=ids["reversal"],
                entry_ids=ids["entry"],
                refund_ids=ids["refund"],
                who=self.session.who,
                why=why,
            ),
            told,
        )

    def unmatch(self) -> None:
        """Take the match of the line with the cursor back, or the last one that was made."""
        line = self._line()
        match_id = line.get("match_id") if line else None
        if match_id is None and self._matched:
            match_id = max(self._matched, key=lambda found: str(found["matched_at"]))["match_id"]
        if match_id is None:
            self.session.say("bad", "There is no match to take back.")
            return
        why = str(self.why.value).strip() or "taken back at the workbench"

        def told(_: None) -> None:
            self.session.say("ok", f"Match {match_id} is taken back.")
            self.refresh()

        self.session.do(
            "Taking the match back …",
            lambda: matching.unmatch(self.session.workspace, str(match_id), who=self.session.who, why=why),
            told,
        )

    def post_item(self) -> None:
        """Post a line that only the bank has to a ledger."""
        line, ledger_id, why = self._line(), str(self.ledger.value), str(self.why.value).strip()

        def post() -> str:
            if line is None or not ledger_id or not why:
                raise WrongUse("Choose the bank's line and a ledger, and say why it is posted there.")
            return matching.post_item(
                self.session.workspace, line["bank_line_id"], ledger_id, who=self.session.who, why=why
            )

        def told(match_id: str) -> None:
            self.session.say("ok", f"{line['bank_line_id'] if line else ''} is posted to {ledger_id} ({match_id}).")
            self.refresh()

        self.session.do("Posting the bank's item …", post, told)

    # --- drawing -----------------------------------------------------------------------------------------------------

    def _line(self) -> dict[str, Any] | None:
        place = self.lines.focused_id
        place = 0 if place is None and self._lines else place
        return self._lines[place] if place is not None and place < len(self._lines) else None

    def _draw_lines(self) -> None:
        if self._left is None:
            return
        self._lines = list(self._left.bank_lines)
        if self.show_matched.value:
            self._lines += self._matched
        states = [
            f"Matched {_RULES.get(line['rule'], line['rule'])}" if "rule" in line else self._state(line)
            for line in self._lines
        ]
        tones = ["done" if "rule" in line else "ok" if line["fitting_slips"] == 1 else "warn" for line in self._lines]
        self.lines.set_rows(
            pa.table(
                {
                    "id": pa.array(range(len(self._lines)), pa.int64()),
                    "date": pa.array([line["booking_date"] for line in self._lines], pa.date32()),
                    "description": pa.array([line["description"] for line in self._lines], pa.string()),
                    "amount": pa.array([line["amount"] for line in self._lines], pa.decimal128(18, 4)),
                    "state": pa.array(states, pa.string()),
                    "tone": pa.array(tones, pa.string()),
                }
            )
        )
        self._choose()

    def _state(self, line: dict[str, Any]) -> str:
        if line["kind"] == "unrecorded_credit" and line["fitting_slips"]:
            return "One slip fits" if line["fitting_slips"] == 1 else f"{line['fitting_slips']} slips fit"
        return _KINDS[line["kind"]]

    def _choose(self) -> None:
        """Show what the line with the cursor may stand for; the only one that fits is marked, so that Enter accepts."""
        line = self._line()
        self._items = [] if line is None or "rule" in line else self._candidates(line)
        fitting = [place for place, item in enumerate(self._items) if item["fits"]]
        self.items.set_rows(
            pa.table(
                {
                    "id": pa.array(range(len(self._items)), pa.int64()),
                    "date": pa.array([item["date"] for item in self._items], pa.date32()),
                    "item": pa.array([item["words"] for item in self._items], pa.string()),
                    "amount": pa.array([item["amount"] for item in self._items], pa.decimal128(18, 2)),
                    "fits": pa.array([item["fits"] or "another total" for item in self._items], pa.string()),
                    "tone": pa.array(["ok" if item["fits"] else "info" for item in self._items], pa.string()),
                }
            )
        )
        self.items.select(fitting if len(fitting) == 1 else [])
        put(self.evidence, self._words(line))
        self._proof()

    def _candidates(self, line: dict[str, Any]) -> list[dict[str, Any]]:
        assert self._left is not None
        if line["kind"] == "returned_item":
            return [
                {
                    "kind": "reversal",
                    "id": found["receipt_id"],
                    "date": found["posting_date"],
                    "words": f"{found['receipt_id']} {found['tenant_name'] or ''} {found['memo'] or ''}".strip(),
                    "amount": found["amount"] if found["amount"] < 0 else -found["amount"],
                    "fits": "names the payer" if found["names_payer"] else "",
                }
                for found in self._left.returns
                if found["bank_line_id"] == line["bank_line_id"] and found["receipt_id"]
            ]
        account = comparison_key(line["bank_account_id"])
        if line["kind"] == "unrecorded_debit":
            return self._payments_out(line, account)
        fitting = (line["fitting_ids"] or "").split()
        names = (line["names"] or "").split()
        slips = [
            {
                "kind": "deposit",
                "id": slip["deposit_id"],
                "date": slip["deposit_date"],
                "words": f"Slip {slip['deposit_id']}",
                "amount": slip["total"],
                "fits": "named" if slip["deposit_id"] in names and slip["total"] == line["amount"]
                else "same total" if slip["deposit_id"] in fitting else "",
            }
            for slip in self._left.in_transit
            if slip["bank_account_key"] == account
        ]  # fmt: skip
        return sorted(slips, key=lambda slip: (not slip["fits"], slip["date"], slip["id"]))

    def _payments_out(self, line: dict[str, Any], account: str | None) -> list[dict[str, Any]]:
        """Give the ledger entries and refunds that no line of the bank shows, those of the same amount first."""
        assert self._left is not None
        found = [
            {
                "kind": paid["kind"],
                "id": paid["item_id"],
                "date": paid["paid_on"],
                "words": f"{_KINDS_OF_ITEMS[paid['kind']]} {paid['item_id']} {paid['description'] or ''}".strip(),
                "amount": paid["amount"],
                "fits": "same amount" if paid["amount"] == line["amount"] else "",
            }
            for paid in self._left.payments_out
            if paid["bank_account_key"] == account
        ]
        return sorted(found, key=lambda paid: (not paid["fits"], paid["date"], paid["id"]))

    def _words(self, line: dict[str, Any] | None) -> Html:
        """The evidence for what is proposed, in words."""
        if line is None:
            return element("span")
        if "rule" in line:
            rule = _RULES.get(line["rule"], line["rule"])
            done = f"Matched with {line['items']} {rule}, {line['matched_by']}. {line['why']}"
            return element("span", given(done), _class="rw-why t-done")
        said = [f"{line['bank_line_id']} · {line['event']} · {line['reference'] or 'no reference'}."]
        if line["names"]:
            said.append(f"It names {line['names']}.")
        if line["fitting_slips"]:
            said.append(f"{line['fitting_slips']} open slips have its total: {line['fitting_ids']}.")
        assert self._left is not None
        differing = [found for found in self._left.differences if found["bank_line_id"] == line["bank_line_id"]]
        for found in differing:
            words = difference_words(found)
            said.append(f"Slip {found['deposit_id']} is {money.shown(found['total'])}: {words}.")
        return element("span", joined([given(" ".join(said))]), _class="rw-why t-info")

    def _proof(self) -> None:
        line = self._line()
        marked = [self._items[place] for place in self.items.selected_ids if place < len(self._items)]
        total = sum((item["amount"] for item in marked), Decimal(0))
        at_bank = Decimal(0) if line is None else line["amount"]
        difference = at_bank - total
        self.take.disabled = line is None or "rule" in line or not marked or bool(difference)
        tiles = (
            ("The bank", f"{at_bank:,.2f}", ""),
            ("Marked", f"{total:,.2f}", ""),
            ("Difference", f"{'' if difference else '✓ '}{difference:,.2f}", "off" if difference else "good"),
        )
        drawn = joined(
            element("div", element("small", words), element("b", value), _class=f"rw-tile {look}".strip())
            for words, value, look in tiles
        )
        put(self.proof, element("div", drawn, _class="rw-head", role="status"))
