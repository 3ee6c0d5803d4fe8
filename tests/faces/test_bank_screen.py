"""The screen `Bank` without a browser: the statement's lines beside the slips, accepted by a person, taken back."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from recon import store
from recon.decisions import Part
from recon.tenant_credit import refund_credit
from recon.workbench.bank_screen import BankScreen
from recon.workbench.screen import Screen
from recon.workbench.session import Session
from tests.bank_days import ACCOUNT, bai2
from tests.spec.tables import Office, money
from tests.workspaces import assert_silent

CHARGES = "charge_id | tenant_id | unit_id | ledger_id | due_date | amount"


@pytest.fixture
def screen(tmp_path: Path) -> Screen:
    """Two slips of 500.00 on one day, one of 75.00, and a statement with two credits, a return and a fee."""
    office = Office(tmp_path)
    office.load(bank_accounts=f"bank_account_id | account_number\nTRUST | {ACCOUNT}\nRESERVE |", charges=CHARGES)
    for number, amount in enumerate(("500.00", "500.00", "75.00"), start=1):
        batch = office.bring(
            f"batch{number}.txt", f"2026-06-10 | Cedar327 | {amount} | check {number} | Roseman", bank_account="TRUST"
        )
        office.process(batch, 1, Part(money(amount), "Roseman", "Cedar327"))
    statement = bai2(
        """
        date       | amount  | code | text
        2026-06-11 | 500.00  | 165  | DEPOSIT
        2026-06-11 | 75.00   | 165  | DEPOSIT
        2026-06-15 | -75.00  | 557  | RETURNED ITEM
        2026-06-15 | -12.00  | 698  | SERVICE FEE
    """
    )
    office.workspace.inbox().mkdir(exist_ok=True)
    (office.workspace.inbox() / "june.bai").write_text(statement)
    return Screen(Session(office.workspace, "ann", threaded=False))


def read(screen: Screen) -> BankScreen:
    screen.show(BankScreen)
    screen.place(BankScreen).path.value = "inbox/june.bai"
    screen.place(BankScreen).read_statement()
    return screen.place(BankScreen)


def log(screen: Screen) -> str:
    return "\n".join(line.text for line in screen.session.said)


def states(bank: BankScreen) -> list[str]:
    table = bank.lines._rows._table
    return [f"{amount:,.2f} {state}" for amount, state in
            zip(table["amount"].to_pylist(), table["state"].to_pylist(), strict=True)]  # fmt: skip


def test_the_certain_is_matched_and_the_rest_shown_with_its_evidence(screen: Screen) -> None:
    """Issue 4, item 4 and 7: what has two readings is left to a person, who sees both."""
    bank = read(screen)
    assert "4 new lines, 0 known; 1 matched" in log(screen)
    assert states(bank) == ["500.00 2 slips fit", "-75.00 Returned item", "-12.00 Not in the books"]
    bank.lines.focus_row(0)
    bank._choose()
    assert "2 open slips have its total: D000001 D000002" in bank.evidence.value
    assert bank.take.disabled
    assert bank.items.selected_ids == []


def test_a_person_accepts_with_one_key_and_takes_it_back(screen: Screen) -> None:
    """Issue 4, item 7: marked, difference 0.00, Enter; and undone."""
    bank = read(screen)
    bank.accept()
    assert "Mark what the line stands for" in log(screen)
    bank.items.select([1])
    assert not bank.take.disabled
    bank.accept()
    assert "is matched with D000002" in log(screen)
    assert [state for state in states(bank) if state.startswith("500.00")] == []
    bank.show_matched.value = True
    assert any("Matched by a person" in state for state in states(bank))
    bank.show_matched.value = False
    bank.unmatch()
    assert states(bank)[0] == "500.00 2 slips fit"
    assert_silent(screen.session.workspace)


def test_a_returned_item_reverses_the_receipt_that_a_person_names(screen: Screen) -> None:
    """Issue 4, item 5: proposed, never guessed; the charges reopen at the bank's date."""
    bank = read(screen)
    bank.lines.focus_row(1)
    bank._choose()
    (item,) = bank._items
    assert (item["id"], item["amount"]) == ("R0000003", Decimal("-75.00"))
    bank.items.select([0])
    assert not bank.take.disabled
    bank.accept()
    assert "is matched with R0000003" in log(screen)
    with store.reading(screen.session.workspace) as current:
        assert current.one("select reversal_kind from receipts where receipt_id = 'R0000003'")[0] == "returned"
    assert_silent(screen.session.workspace)


def test_an_item_of_the_bank_alone_is_posted_with_a_reason(screen: Screen) -> None:
    """Issue 4, item 4: fees and interest, with who, when and why."""
    bank = read(screen)
    bank.lines.focus_row(2)
    bank._choose()
    bank.post_item()
    assert "say why it is posted there" in log(screen)
    bank.ledger.value, bank.why.value = "MGMT", "bank's fee of May"
    bank.post_item()
    assert "is posted to MGMT" in log(screen)
    assert len(states(bank)) == 2
    assert_silent(screen.session.workspace)


def test_a_refund_of_credit_is_accepted_for_its_line(screen: Screen) -> None:
    """Issue 4, item 4: what went out is beside the payments out of the books, those of the same amount first."""
    place = screen.session.workspace
    for receipt, amount in (("R0000001", "30.00"), ("R0000001", "12.00"), ("R0000002", "12.00")):
        refund_credit(place, receipt, money(amount), date(2026, 6, 15), who="ann", why="moved out")
    bank = read(screen)
    bank.lines.focus_row(2)
    bank._choose()
    assert [(item["fits"], item["amount"]) for item in bank._items] == [
        ("same amount", Decimal("-12.00")),
        ("same amount", Decimal("-12.00")),
        ("", Decimal("-30.00")),
    ]
    assert bank.items.selected_ids == []
    bank.items.select([1])
    bank.accept()
    assert f"is matched with {bank._matched[-1]['items']}" in log(screen)
    assert states(bank) == ["500.00 2 slips fit", "-75.00 Returned item"]
    bank.unmatch()
    assert len(states(bank)) == 3
    assert_silent(place)


def test_a_statement_that_does_not_do_is_one_sentence(screen: Screen) -> None:
    screen.show(BankScreen)
    screen.place(BankScreen).path.value = "inbox/none.bai"
    screen.place(BankScreen).read_statement()
    assert "none.bai" in log(screen)
    screen._escape()
    assert not screen.place(BankScreen).is_open
