"""The workbench without a browser: what each control does, in the words of the checklist (sections 5 to 8 and 10)."""

import shutil
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from recon import batch_work, receipts, store
from recon.batch_work import Payment
from recon.workbench.batch import Batch, ConfirmationNeeded, Tab
from recon.workbench.deposit_screen import DepositScreen
from recon.workbench.entry import EntryForm
from recon.workbench.load_pane import LoadPane
from recon.workbench.process_pane import ProcessPane
from recon.workbench.screen import Screen
from recon.workbench.session import Session
from recon.workbench.side_panes import ControlPane, CreditPane, LedgerPane, SavePane
from recon.workbench.words import unsettled
from recon.workspace import Workspace
from tests.faces.desk_work import office, workspace_with_batch
from tests.workspaces import assert_silent

ON = date(2026, 6, 10)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace with the batch of twelve lines, made once."""
    return workspace_with_batch(tmp_path_factory.mktemp("office")).root


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Workspace:
    """A copy of it for one test."""
    return Workspace.at(shutil.copytree(made, tmp_path / "workspace"))


@pytest.fixture
def screen(place: Workspace) -> Screen:
    """The workbench on it; actions run at once."""
    return Screen(Session(place, "ann", threaded=False))


def titles(screen: Screen) -> list[str]:
    return list(screen.lists.tabs.titles)


def said(screen: Screen) -> str:
    """The newest line of the activity log."""
    return screen.session.said[0].text if screen.session.said else ""


def everything_said(screen: Screen) -> str:
    return "\n".join(line.text for line in screen.session.said)


def at(screen: Screen, line_number: int) -> None:
    """Put the cursor on a line of the first tab."""
    screen.lists.open_on(Tab.ALL)
    screen.lists.grid.focus_row(line_number)


def labels(widget: Any) -> list[str]:
    """The words of every button below a widget."""
    own = [widget.description] if type(widget).__name__ == "Button" else []
    return own + [word for child in getattr(widget, "children", ()) for word in labels(child)]


def fields(widget: Any) -> list[str]:
    """The labels of every field below a widget."""
    own = [widget.description] if hasattr(widget, "description") and type(widget).__name__ != "Button" else []
    return own + [word for child in getattr(widget, "children", ()) for word in fields(child)]


# ---- What is there ----


def test_every_control_of_the_seeds_has_its_name_to_the_letter(screen: Screen) -> None:
    """BTR-96, BTR-80, BTR-82 to BTR-88, BTR-20: buttons, fields, tabs."""
    for name in (
        "Load Payments from Lockbox File",
        "Save Unprocessed Batch to Lockbox File",
        "Add Payment to Batch",
        "Remove Payment",
        "Process Payment",
        "Process as a Ledger Receipt",
        "Update All Dates",
        "Start Over (Delete All Payments)",
        "Print",
        "Deposit Receipts",
    ):
        assert name in labels(screen.view)
    assert any(name.startswith("Post") for name in labels(screen.view))
    for name in ("Posting Date", "Unit", "Tenant", "Bank Account", "Amount", "Quick Posting Mode", "Memo"):
        assert name in fields(screen.entry.view)
    assert "Total Entries" in screen.head.value
    assert "Total Amount" in screen.head.value
    assert [title.partition("  ")[0] for title in titles(screen)] == [tab.value for tab in Tab]
    assert screen.lists.sort.options == ("File order", "Tenant", "Unit")  # BTR-94


def test_the_entry_form_is_in_the_upper_part_and_the_line_items_below(screen: Screen) -> None:
    """BTR-70: the form that adds a payment, then the lists."""
    of_batch = screen.of_batch.children
    assert of_batch.index(screen.entry.view) < of_batch.index(screen.main)
    assert screen.lists.view in screen.main.children


def test_long_work_shows_a_bar_where_it_can_say_how_far_it_is_else_a_sign(screen: Screen) -> None:
    """UI: words first; percentage and count where the use case tells them, and nothing is left over at the end."""
    shown: list[str] = []
    screen.busy.observe(lambda change: shown.append(str(change["new"])), "value")

    def work() -> None:
        screen.session.progress(1, 4, "statements")
        screen.session.progress(4_000_000, 4_194_304, "bytes")
        screen.session.step("delivering")

    screen.session.do("Publishing …", work)
    assert 'class="rw-busy on"' in shown[0]
    assert "progressbar" not in shown[0]
    assert "25 % · 1 of 4 statements" in shown[1]
    assert 'role="progressbar"' in shown[1]
    assert 'aria-valuenow="25"' in shown[1]
    assert "95 % · 4,000,000 of 4,194,304 bytes" in shown[2]
    assert "Delivering …" in shown[-2]
    assert "progressbar" not in shown[-2]
    assert 'class="rw-busy"' in screen.busy.value


def test_a_line_shows_the_date_and_the_amount_with_which_it_is_posted(screen: Screen) -> None:
    """BTR-90, BTR-92: what stands in the list is what the receipt has, also after both were changed."""
    batch = screen.session.batch
    batch.change_payment(1, posting_date=date(2026, 6, 12))
    batch.change_payment(5, amount=Decimal("500.00"), posting_date=date(2026, 6, 11))
    screen.session.refresh()
    shown = {
        row["id"]: (row["posting_date"], row["amount"])
        for row in screen.lists.grids[Tab.CERTAIN]._rows._table.to_pylist()
        if row["id"] in (1, 5)
    }
    assert shown == {1: (date(2026, 6, 12), Decimal("690.00")), 5: (date(2026, 6, 11), Decimal("500.00"))}
    batch.post()
    with store.reading(screen.session.workspace) as current:
        posted = current.rows("select line_number, posting_date, amount from receipts order by line_number")
    assert {number: (day, amount) for number, day, amount in posted} == shown


def test_the_screen_opens_on_what_needs_a_person_with_proof_first(screen: Screen) -> None:
    """BTR-20, BTR-87, BTR-88: counts and sums, and the first two tabs are the third apart."""
    assert screen.lists.tab is Tab.INDIVIDUAL
    assert titles(screen) == [
        "All Payments  11 · 6,312.00",
        "Payments Requiring Individual Processing  9 · 5,122.00",
        "Payments Not Requiring Individual Processing  2 · 1,190.00",
    ]
    assert "✓ 0.00" in screen.head.value
    assert "12" in screen.head.value
    assert "6,332.00" in screen.head.value
    assert screen.post.description == "Post 2 ready · 1,190.00"
    assert not screen.post.disabled


def test_a_payment_is_described_and_its_status_says_what_is_owed(screen: Screen) -> None:
    """BTR-91, BTR-93, BTR-18: names; unpaid charges, and how much of them falls due later; raw IDs where unknown."""
    rows = {row["id"]: row for row in screen.session.batch.screen().to_pylist()}
    assert rows[1]["description"] == "Rita Roseman - Cedar327"
    assert rows[2]["status"] == "1,175.00"
    assert rows[4]["status"] == "800.00, of which 800.00 after 10-Jul"
    assert rows[8]["description"] == "Nobody - Nowhere"
    assert rows[8]["status"] == "Unidentified payer"


def test_what_a_payment_repeats_is_shown_where_it_is_decided(screen: Screen) -> None:
    """BTR-17, BTR-74: the reason with its evidence, in the pane in which a person decides."""
    duplicate = next(r["id"] for r in screen.session.batch.screen().to_pylist() if r["reason"] == "CONSUMED_IN_BATCH")
    at(screen, duplicate)
    screen.do_process()
    assert "Before it: " in screen.pane(ProcessPane).head.value


def test_no_unpaid_amount_is_said_of_a_payer_who_is_not_settled() -> None:
    """BTR-18, BTR-93: on the screen as on the report; 0.00 would say that nothing is owed."""
    codes = pa.chunked_array(
        [["ID_CONFLICT", "UNIDENTIFIED", "NO_DEFAULT_TENANT", "NO_UNIT", "AMBIGUOUS_UNIT", "OVERPAID"]]
    )
    said = ["Unidentified payer"] * 3 + ["Unit not settled"] * 2 + [None]
    assert unsettled(codes).to_pylist() == said


def test_names_from_the_ledger_are_text_and_never_markup(screen: Screen) -> None:
    at(screen, 3)
    screen.do_process()
    head = screen.pane(ProcessPane).head.value
    assert "&lt;b&gt;Ito&lt;/b&gt;" in head
    assert "<b>Ito" not in head


def test_tabs_are_disjoint_after_every_step(screen: Screen) -> None:
    """BTR-20: All Payments is the other two together, at all times."""

    def hold() -> None:
        batch = screen.session.batch
        sets = [set(batch.lines(tab)["id"].to_pylist()) for tab in Tab]
        assert sets[0] == sets[1] | sets[2]
        assert not sets[1] & sets[2]
        assert titles(screen)[0].endswith(f"{len(sets[0])} · {sum(batch.lines()['amount'].to_pylist()):,.2f}")

    hold()
    at(screen, 5)
    screen.do_remove()
    hold()
    screen.do_undo()
    screen.do_post()
    hold()
    screen.do_start_over()
    screen.session.answer(yes=True)
    hold()


# ---- Load and save ----


def test_a_file_of_the_inbox_is_previewed_and_loaded(tmp_path: Path) -> None:
    """BTR-52, BTR-53, BTR-05: the inbox lists it, the preview counts it, loading shows what needs a person."""
    place = office(tmp_path).workspace
    screen = Screen(Session(place, "ann", threaded=False))
    assert "No batch is open" in screen.head.value
    screen._pane(LoadPane)
    pane: LoadPane = screen.pane(LoadPane)
    (_, option) = pane.inbox.options
    pane.inbox.value = option[1]
    assert "12 entries, 6,332.00" in pane.preview.value
    pane.submit()
    assert screen.session.batch_id == "B000001"
    assert screen.lists.tab is Tab.INDIVIDUAL
    assert "1 line could not be read" in everything_said(screen)
    pane.path.value = option[1]
    assert "loaded before as batch B000001" in pane.preview.value
    pane.submit()
    assert "were imported before, as batch B000001" in said(screen)


def test_a_file_that_does_not_do_is_refused_in_one_sentence(screen: Screen, tmp_path: Path) -> None:
    """BTR-47, BTR-88: the wrong name, no file, wrong control totals; nothing is loaded."""
    screen._pane(LoadPane)
    pane: LoadPane = screen.pane(LoadPane)
    for path, words in (
        ("x.zip", "ends in .txt, .csv or .asc"),
        ("none.csv", "none.csv"),
        ("", "Choose a lockbox file"),
    ):
        pane.path.value = path
        pane.submit()
        assert words in said(screen)
    other = tmp_path / "other.csv"
    other.write_bytes(b'"2026-06-10","Oak1","5.00","x","Silva",\r\n')
    pane.path.value, pane.entries.value, pane.total.value = str(other), "1", "5.01"
    pane.submit()
    assert "a total of 5.00 where 5.01 was expected" in said(screen)
    assert screen.session.batch_id == "B000001"


def test_save_unprocessed_asks_before_it_overwrites_and_loads_again_as_a_template(screen: Screen) -> None:
    """BTR-67, BTR-68, BTR-74, BTR-97: nothing is overwritten unasked; a template may be used again and again."""
    screen.do_post()
    screen._pane(SavePane)
    pane: SavePane = screen.pane(SavePane)
    pane.submit()
    path = screen.session.workspace.root / "templates" / "B000001.csv"
    saved = path.read_bytes()
    assert saved.count(b"\r\n") == 9
    screen._pane(SavePane)
    pane.submit()
    assert screen.session.question is not None
    assert "Overwrite it?" in screen.session.question.text
    screen.session.answer(yes=False)
    assert said(screen) == "Nothing was changed."
    screen._pane(LoadPane)
    load: LoadPane = screen.pane(LoadPane)
    load.inbox.value = str(path)
    assert load.template.value
    load.submit()
    assert screen.session.batch_id == "B000002"
    assert screen.session.about is not None
    assert screen.session.about.source == "local"


# ---- The upper portion ----


def typed(form: EntryForm, amount: str, unit: str = "", tenant: str = "", memo: str = "") -> None:
    """Fill the form as a person does."""
    form.parties.unit.value, form.parties.tenant.value = unit, tenant
    form.amount.value, form.memo.value = amount, memo
    form.posting_date.value = ON


def test_choosing_the_unit_or_the_tenant_fills_the_other(screen: Screen) -> None:
    """BTR-82: the unit's default tenant, the tenant's unit; a choice of one's own is left alone."""
    form = screen.entry
    form.parties.unit.value = "Cedar327"
    assert form.parties.tenant_id == "Roseman"
    form.parties.unit.value = "Fair436"
    assert form.parties.tenant_id == "Bruno"
    form.clear()
    form.parties.tenant.value = "Kim · Kay Kim"
    assert form.parties.unit_id == "Oak2"
    form.parties.unit.value = "Oak3"
    assert form.parties.tenant_id == "Kim"


def test_add_payment_and_quick_posting_mode(screen: Screen) -> None:
    """BTR-65, BTR-66, BTR-85: added at the end; in Quick Posting Mode the amount stays, else it is cleared."""
    form = screen.entry
    typed(form, "1,250.5", unit="Oak1", memo="check # 99")
    form.submit()
    assert "Added line 13: 1,250.50" in said(screen)
    assert form.amount.value == ""
    typed(form, "5", unit="Oak1")
    form.quick.value = True
    form.submit()
    assert form.amount.value == "5"
    # The processor's file said 12 entries; two more do not agree with it, and posting waits.
    assert "✕ 1,255.50" in screen.head.value
    assert screen.post.disabled


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [("", "Oak1", "Amount"), ("abc", "Oak1", "is not an amount"), ("0.00", "Oak1", "above 0.00"),
     ("5.001", "Oak1", "is not an amount"), ("-5.00", "Oak1", "above 0.00"), ("5.00", "", "one of the two is enough")],
)  # fmt: skip
def test_a_form_that_does_not_do_says_what_is_missing(screen: Screen, amount: str, unit: str, words: str) -> None:
    """BTR-84: and nothing is added."""
    typed(screen.entry, amount, unit=unit)
    screen.entry.submit()
    assert words in said(screen)
    assert titles(screen)[0].startswith("All Payments  11")


def test_a_batch_of_ones_own_begins_with_its_first_payment(tmp_path: Path) -> None:
    """BTR-65, BTR-87: nothing is imported, and there is no control total to differ from."""
    screen = Screen(Session(office(tmp_path).workspace, "ann", threaded=False))
    typed(screen.entry, "690.00", unit="Cedar327")
    screen.entry.submit()
    assert screen.session.batch_id == "B000001"
    assert "not stated" in screen.head.value
    assert screen.post.description == "Post 1 ready · 690.00"
    assert not screen.post.disabled


def test_remove_fills_the_form_and_add_restores_edited_or_not(screen: Screen) -> None:
    """BTR-71, BTR-72, BTR-64: the same line comes back; a processor's amount asks for a reason."""
    at(screen, 2)
    screen.do_remove()
    assert titles(screen)[0].startswith("All Payments  10")
    form = screen.entry
    assert (form.parties.unit_id, form.parties.tenant_id, form.amount.value) == ("Fair436", "Bruno", "1,100.00")
    form.submit()
    assert titles(screen)[0].startswith("All Payments  11")
    at(screen, 2)
    screen.do_remove()
    form.amount.value = "1175.00"
    form.submit()
    question = screen.session.question
    assert question is not None
    assert question.needs_reason
    screen.session.answer(yes=True, reason="the check says so")
    rows = {row["id"]: row for row in screen.session.batch.screen().to_pylist()}
    assert (rows[2]["line_amount"], rows[2]["flags"]) == (Decimal("1175.00"), "AMOUNT_EDITED")
    assert "✕ 75.00" in screen.head.value
    assert screen.post.disabled
    screen.do_undo()
    screen.do_undo()
    assert "✓ 0.00" in screen.head.value


def test_a_rejected_line_is_corrected_from_the_error_log(screen: Screen) -> None:
    """BTR-36: the log has the rejected line and the unknown payer; corrected, the line is classified."""
    assert screen.errors.grid.shown_ids == [8, 10]
    screen.errors.grid.focus_row(10)
    screen.do_correct()
    form = screen.entry
    assert form.amount.value == "20.00"
    typed(form, "20.00", unit="Cedar327", tenant="Roseman")
    form.submit()
    assert screen.errors.grid.shown_ids == [8]
    rows = {row["id"]: row for row in screen.session.batch.screen().to_pylist()}
    assert (rows[10]["state"], rows[10]["reason"]) == ("waiting", "CONSUMED_IN_BATCH")


# ---- Editing in the list ----


def edit(screen: Screen, line: int, key: str, text: str) -> None:
    """Type into a cell, as the browser says it."""
    screen.lists.grid.receive({"t": "edit", "id": line, "key": key, "text": text})


def test_cells_are_edited_and_refused_in_place(screen: Screen) -> None:
    """UI: a refused value says why and the old one stays; date and memo change at once."""
    sent: list[Any] = []
    screen.lists.grid.send = lambda content, _buffers=None: sent.append(content)  # type: ignore[method-assign]
    edit(screen, 2, "memo", "check #2b")
    edit(screen, 2, "posting_date", "06/20/2026")
    rows = {row["id"]: row for row in screen.session.batch.screen().to_pylist()}
    assert (rows[2]["memo"], rows[2]["posting_date"]) == ("check #2b", date(2026, 6, 20))
    edit(screen, 2, "posting_date", "20.06.2026")
    edit(screen, 2, "amount", "12x")
    words = " ".join(str(message) for message in sent)
    assert "is not a date such as 2026-06-10" in words
    assert "is not an amount" in words
    rows = {row["id"]: row for row in screen.session.batch.screen().to_pylist()}
    assert (rows[2]["line_amount"], rows[2]["posting_date"]) == (Decimal("1100.00"), date(2026, 6, 20))


# ---- Confirmations ----


def test_every_confirmation_refused_changes_nothing(screen: Screen) -> None:
    """BTR-97, BTR-81, BTR-95: each says what would change, and no means no."""
    before = screen.session.batch.screen()
    journal = screen.session._head()
    screen.entry.posting_date.value = date(2026, 6, 30)
    for ask, words in (
        (screen.do_dates, "11 payments (now 2026-06-10) will get the date 2026-06-30"),
        (screen.do_start_over, "12 payments of 6,332.00 that are not posted will be cleared"),
    ):
        ask()
        assert screen.session.question is not None
        assert words in screen.session.question.text
        assert labels(screen.question)[0] == "Keep working"
        screen.session.answer(yes=False)
        assert said(screen) == "Nothing was changed."
    assert screen.session.batch.screen() == before
    assert screen.session._head() == journal


def test_update_all_dates_and_start_over_confirmed(screen: Screen) -> None:
    """BTR-81, BTR-95: done, and undone."""
    screen.entry.posting_date.value = date(2026, 7, 5)
    screen.do_dates()
    screen.session.answer(yes=True)
    assert "11 payments: the date is 2026-07-05 now" in said(screen)
    screen.do_start_over()
    screen.session.answer(yes=True)
    assert titles(screen)[0] == "All Payments  0 · 0.00"
    screen.do_undo()
    assert titles(screen)[0].startswith("All Payments  11")
    screen.do_undo()
    assert screen.session.batch.screen()["posting_date"].to_pylist()[0] == ON


def test_the_functions_ask_as_well(screen: Screen) -> None:
    """BTR-97: without a screen, `confirm` says yes."""
    batch = screen.session.batch
    with pytest.raises(ConfirmationNeeded, match="Start over"):
        batch.start_over()
    with pytest.raises(ConfirmationNeeded, match="Update all dates"):
        batch.update_all_dates(date(2026, 7, 1))
    assert batch.update_all_dates(date(2026, 7, 1), confirm=True) == 11


# ---- Process Payment ----


def test_process_payment_to_the_last_cent(screen: Screen) -> None:
    """BTR-60, BTR-58: why, what is open, oldest first; saved only at 0.00 left; the rest to credit in one click."""
    at(screen, 11)
    screen.do_process()
    pane: ProcessPane = screen.pane(ProcessPane)
    assert "1200.00 &gt; 1175.00" in pane.head.value
    plan = pane.plan
    assert plan is not None
    assert {charge: str(share) for (_, charge), share in plan.applied.items()} == {"C3": "35.00", "C2": "1140.00"}
    assert plan.left == Decimal("25.00")
    assert pane.save.disabled
    pane.grid.receive({"t": "edit", "id": 0, "key": "apply", "text": "36.00"})
    assert plan.left == Decimal("25.00")  # C3 has only 35.00 open
    pane._rest_to_credit()
    assert not pane.save.disabled
    pane.submit()
    assert "Line 11: 1,200.00 posted as R0000001" in said(screen)
    assert not pane.is_open
    # What it paid is gone for the other payment of the same tenant.
    rows = {row["id"]: row for row in screen.session.batch.screen().to_pylist()}
    assert rows[2]["reason"] == "NOTHING_OWED" or rows[2]["reason"] == "CONSUMED_IN_BATCH"
    assert_silent(screen.session.workspace)


def test_the_order_of_the_proposal_is_a_setting(screen: Screen) -> None:
    """Issue 3: oldest first by default, charge-code priority, largest first."""
    settings = screen.session.workspace.settings
    settings.write_text('allocation_order = "priority"\ncharge_priority = ["RENT", "LATE"]\n', "utf-8")
    plan = screen.session.batch.plan(2)
    assert {charge: str(share) for (_, charge), share in plan.applied.items()} == {"C2": "1100.00"}
    settings.write_text('allocation_order = "largest"\n', "utf-8")
    assert list(screen.session.batch.plan(2).applied) == [(0, "C2")]
    settings.write_text('allocation_order = "newest"\n', "utf-8")
    at(screen, 2)
    screen.do_process()
    assert "allocation_order is one of oldest, priority, largest" in said(screen)


def test_a_payment_is_split_over_several_tenants(screen: Screen) -> None:
    """Issue 3: an unknown payer's money for two tenants, part of it as credit."""
    at(screen, 8)
    screen.do_process()
    pane: ProcessPane = screen.pane(ProcessPane)
    for unit in ("Cedar327", "Oak1"):
        pane.parties.unit.value = unit
        pane._add_payer()
    assert pane.plan is not None
    pane.plan.clear()
    pane.plan.put(0, "C1", Decimal("70.00"))
    pane.plan.put(1, None, Decimal("7.00"))
    pane._draw()
    assert not pane.save.disabled
    pane.submit()
    assert "posted as R0000001, R0000002" in said(screen)
    assert_silent(screen.session.workspace)


def test_a_ledger_receipt(screen: Screen) -> None:
    """BTR-61: to the owner's or the management's ledger; no tenant; it lands in Deposit Receipts."""
    at(screen, 8)
    screen.do_ledger()
    pane: LedgerPane = screen.pane(LedgerPane)
    pane._submit()
    assert "Choose the owner's or the management's ledger" in said(screen)
    pane.ledger.value = "MGMT"
    pane._submit()
    assert "Line 8 posted to MGMT as R0000001" in said(screen)
    screen.show(DepositScreen)
    assert "1 · 77.00" in screen.place(DepositScreen).proof.value


def test_a_tenants_credit_is_applied_later_or_refunded(screen: Screen) -> None:
    """SPEC 6: what went to credit pays a charge, or goes back at move-out."""
    at(screen, 12)
    screen.do_process()
    pane: ProcessPane = screen.pane(ProcessPane)
    assert pane.plan is not None
    pane.plan.clear()
    pane._rest_to_credit()
    pane.account.value = "TRUST"
    pane.submit()
    screen._pane(CreditPane)
    credit: CreditPane = screen.pane(CreditPane)
    credit.grid.focus_row(0)
    credit.amount.value = "10.00"
    credit._refund_chosen()
    screen.session.answer(yes=True)
    assert "10.00 of R0000001 is refunded" in said(screen)
    credit.grid.focus_row(0)
    credit._submit()
    assert "Credit of R0000001 applied; 0.00 of it is left" in said(screen)
    assert_silent(screen.session.workspace)


# ---- Post and deposit ----


def test_post_then_deposit_then_void(screen: Screen) -> None:
    """BTR-56, BTR-57, BTR-59: posted, marked for deposit, recorded only at a difference of 0.00, voided, come back."""
    screen.do_post()
    assert "Posted 2 payments, 1,190.00" in everything_said(screen)
    assert titles(screen)[2].endswith("0 · 0.00")
    screen.show(DepositScreen)
    deposit = screen.place(DepositScreen)
    assert deposit.account.value == "TRUST"
    assert "2 · 1,190.00" in deposit.proof.value
    deposit.entered.value = "1,180.00"
    assert deposit.record.disabled
    assert "-10.00" in deposit.proof.value
    deposit.entered.value = "1,190.00"
    assert not deposit.record.disabled
    deposit.submit()
    assert "Recorded slip D000001: 2 receipts, 1,190.00" in said(screen)
    deposit.slips.focus_row(0)
    deposit._void()
    screen.session.answer(yes=False)
    deposit._void()
    screen.session.answer(yes=True)
    assert "Slip D000001 is void; its receipts are on D000002" in said(screen)
    assert len(deposit.grid.shown_ids) == 2
    assert_silent(screen.session.workspace)


def test_a_part_of_the_receipts_is_deposited(screen: Screen) -> None:
    """Section 10, Deposit Receipts: what is not marked stays undeposited."""
    screen.do_post()
    screen.show(DepositScreen)
    deposit = screen.place(DepositScreen)
    deposit.grid.select([1])
    deposit.entered.value = "690.00"
    deposit.submit()
    assert "1 receipt, 690.00" in said(screen)
    assert deposit.grid.shown_ids == [2]
    assert_silent(screen.session.workspace)


def test_void_and_replace_a_receipt_on_a_recorded_slip(screen: Screen) -> None:
    """Section 10, Payment recorded in error: the payment waits again; its replacement takes its place and total."""
    screen.do_post()
    screen.show(DepositScreen)
    screen.place(DepositScreen).entered.value = "1190.00"
    screen.place(DepositScreen).submit()
    screen.place(DepositScreen).slips.focus_row(0)
    screen.place(DepositScreen)._show_slip()
    screen.place(DepositScreen).grid.focus_row(1)
    screen.place(DepositScreen)._replace()
    screen.session.answer(yes=True)
    assert "Receipt R0000001 is void; line 1 of B000001 waits again" in said(screen)
    at(screen, 1)
    screen.do_process()
    screen.pane(ProcessPane).submit()
    with store.reading(screen.session.workspace) as current:
        assert current.rows("select deposit_id, total, state from deposits") == [
            ("D000001", Decimal("1190.00"), "recorded")
        ]
    assert_silent(screen.session.workspace)


def test_control_totals_are_stated_anew(screen: Screen) -> None:
    """BTR-88: with where they come from; then the batch posts again."""
    typed(screen.entry, "5.00", unit="Oak1")
    screen.entry.submit()
    assert screen.post.disabled
    screen._pane(ControlPane)
    pane: ControlPane = screen.pane(ControlPane)
    assert (pane.entries.value, pane.total.value) == ("13", "6,337.00")
    pane._submit()
    assert "where the control totals come from" in said(screen)
    pane.why.value = "processor's mail"
    pane._submit()
    assert not screen.post.disabled


def test_print_at_any_time(screen: Screen) -> None:
    """BTR-54, BTR-55: before Post, with the unprocessed payments and their reasons."""
    handed: list[Path] = []
    screen.desk.hand = lambda path, *, show: handed.append(path)  # type: ignore[method-assign]
    typed(screen.entry, "5.00", unit="Oak1")
    screen.entry.submit()
    screen.do_print()
    (page,) = handed
    text = page.read_text("utf-8")
    assert "Payments requiring individual processing" in text.replace("Requiring Individual Processing",
                                                                     "requiring individual processing")  # fmt: skip
    assert "6,337.00" in text


# ---- A batch survives, and two people ----


def test_a_new_kernel_goes_on_where_the_old_one_stopped(screen: Screen) -> None:
    """Issue 3, item 5: everything is in the store."""
    typed(screen.entry, "5.00", unit="Oak1")
    screen.entry.submit()
    at(screen, 2)
    screen.do_remove()
    again = Screen(Session(screen.session.workspace, "ann", threaded=False))
    assert titles(again) == titles(screen)
    again.do_undo()
    assert titles(again)[0].startswith("All Payments  12")


def test_whoever_is_second_sees_what_changed_and_loses_nothing(screen: Screen) -> None:
    """Issue 3, item 5: another person processes a payment that is open here."""
    place = screen.session.workspace
    at(screen, 2)
    screen.do_process()
    other = Screen(Session(place, "bob", threaded=False))
    at(other, 2)
    other.do_process()
    other.pane(ProcessPane).submit()
    assert screen.session.look_around()
    assert "bob processed a payment of B000001" in everything_said(screen)
    screen.pane(ProcessPane).submit()
    assert "is posted; only a waiting line can be processed" in said(screen)
    with store.reading(place) as current:
        assert current.one("select count(*) from facts.receipts")[0] == 1
    assert_silent(place)


def test_an_action_waits_for_a_scheduled_run_and_says_so(place: Workspace) -> None:
    """Issue 3: a post while a scheduled run holds the store."""
    session = Session(place, "ann")
    screen = Screen(session)
    session.settled()
    holding, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with store.writing(place, "import", who="cron", purpose="recon run June11.csv") as change:
            holding.set()
            let_go.wait(10)
            change.discard()

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(5)
    screen.do_post()
    threading.Timer(1.2, let_go.set).start()
    session.settled()
    thread.join()
    session.close()
    assert "Waiting for the store, which is in use by recon run June11.csv" in everything_said(screen)
    assert "Posted 2 payments" in everything_said(screen)


def test_an_error_in_a_callback_is_never_lost(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(receipts, "post", broken)
    screen.do_post()
    assert said(screen) == "Unexpected error (ZeroDivisionError: a defect); nothing more was done."
    assert screen.session.busy == ""


def test_the_functions_have_the_names_of_the_buttons(screen: Screen) -> None:
    """BTR-96: a control and a function with the same name, for headless use."""
    for name in (
        "save_unprocessed_batch_to_lockbox_file",
        "add_payment_to_batch",
        "remove_payment",
        "process_payment",
        "process_as_a_ledger_receipt",
        "update_all_dates",
        "start_over",
        "post",
        "print_report",
        "deposits",
    ):
        assert callable(getattr(Batch, name))
    number = screen.session.batch.add_payment_to_batch(Payment(ON, Decimal("1.00"), "Oak1"))
    assert number == 13
    assert batch_work.reclassify(screen.session.workspace, "B000001", who="ann") == 0


def test_what_is_half_done_comes_back_after_a_restart(screen: Screen) -> None:
    """Issue 3, item 5: a split that is not saved, a form that is not added, a removed line on its way back."""
    at(screen, 11)
    screen.do_process()
    pane: ProcessPane = screen.pane(ProcessPane)
    pane.grid.receive({"t": "edit", "id": 0, "key": "apply", "text": "30.00"})
    at(screen, 2)
    screen.do_remove()
    screen.entry.memo.value = "check #2, half typed"
    again = Screen(Session(screen.session.workspace, "ann", threaded=False))
    form = again.entry
    assert (form.amount.value, form.memo.value) == ("1,100.00", "check #2, half typed")
    form.submit()
    assert titles(again)[0].startswith("All Payments  11")
    plan = again.pane(ProcessPane).plan
    assert plan is not None
    assert plan.applied == {(0, "C3"): Decimal("30.00"), (0, "C2"): Decimal("1140.00")}
    again.pane(ProcessPane).close()
    clean = Screen(Session(screen.session.workspace, "ann", threaded=False))
    assert not clean.panes
    assert clean.entry.memo.value == ""


def test_a_garbled_draft_is_as_good_as_none(screen: Screen) -> None:
    drafts = screen.session.drafts
    drafts.put("process", {"batch": "B000001", "line": 2, "payers": [["x", "y"]], "shares": [[7, "C9", "abc"]]})
    drafts.put("entry", {"batch": "B000001", "line": 99})
    again = Screen(Session(screen.session.workspace, "ann", threaded=False))
    assert again.pane(ProcessPane).is_open
    drafts._path.write_bytes(b"\xff{")
    assert not Screen(Session(screen.session.workspace, "ann", threaded=False)).panes


def test_a_suggestion_fills_the_split_and_posts_nothing(screen: Screen) -> None:
    """Issue 7, item 1: the evidence beside the runner-up; a person looks at the split and saves."""
    at(screen, 9)
    screen.do_process()
    pane: ProcessPane = screen.pane(ProcessPane)
    hints = labels(pane.hints)
    assert hints[:1] == ["Use 1"]
    pane._use(pane._suggested[0])
    assert pane.plan is not None
    assert pane.plan.left == 0
    assert pane.why.value.startswith("suggestion 1: ")
    with store.reading(screen.session.workspace) as current:
        assert current.one("select count(*) from facts.receipts") == (0,)
    pane.account.value = "TRUST"
    pane.submit()
    assert "Line 9: 10.00 posted as R0000001" in said(screen)
    assert_silent(screen.session.workspace)


def test_an_order_that_the_law_does_not_allow_is_said_at_once(place: Workspace) -> None:
    """Issue 7, item 2: Washington puts rent first (RCW 59.18.283)."""
    place.settings.write_text('states = ["WA"]', "utf-8")
    assert "RCW 59.18.283 puts rent" in everything_said(Screen(Session(place, "ann", threaded=False)))
    place.settings.write_text('states = "WA"', "utf-8")
    assert "states is a list" in everything_said(Screen(Session(place, "ann", threaded=False)))
