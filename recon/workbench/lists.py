"""The lower portion of the screen: three tabs, filter and sorting, the totals bar, the error log (BTR-20, BTR-94)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import ipywidgets
import pyarrow as pa
import pyarrow.compute as pc

from recon.rendering.html import element
from recon.workbench import heads
from recon.workbench.batch import Tab, Tally
from recon.workbench.controls import put, row, text
from recon.workbench.grid import Column, FrameGrid

TABS = (Tab.ALL, Tab.INDIVIDUAL, Tab.CERTAIN)
_EMPTY = {
    Tab.ALL: "No payments. Load Payments from Lockbox File, or add one above.",
    Tab.INDIVIDUAL: "✓ Nothing is left that needs a person.",
    Tab.CERTAIN: "No payment can post by itself.",
}
_COLUMNS = (
    Column("id", "Line", "int", 52),
    Column("posting_date", "Date", "date", 92, editable=True),
    Column("description", "Payment Description", width=162, flex=3),
    Column("amount", "Amount", "money", 92, editable=True),
    Column("status", "Status", width=112, flex=1),
    Column("why", "Reason", "status", 230, flex=1),
    Column("unit_id", "Unit", "code", 86, sort_by="by_unit"),
    Column("tenant_id", "Tenant", "code", 90, sort_by="by_tenant"),
    Column("memo", "Memo", width=104, flex=2, editable=True),
)
_SORTS = {"File order": "", "Tenant": "tenant_id", "Unit": "unit_id"}
_KEYS = (
    ("↑↓", "move"),
    ("Space", "select"),
    ("Enter", "process"),
    ("F2", "edit"),
    ("Del", "remove"),
    ("Alt+N", "new payment"),
    ("Alt+G", "list"),
    ("Alt+1 2 3", "tabs"),
    ("Alt+Z", "undo"),
    ("Alt+P", "post"),
    ("Esc", "close"),
)


def class_of(tab: Tab) -> str:
    """Give the class by which the focus finds a tab's list."""
    return f"rw-list-{TABS.index(tab) + 1}"


class PaymentLists:
    """All payments, those that need a person, those that do not; `view` is what is shown."""

    def __init__(
        self,
        *buttons: ipywidgets.Button,
        on_edit: Callable[[int, str, str], None],
        on_open: Callable[[], None],
        on_remove: Callable[[], None],
    ) -> None:
        self._in_batch: Tally | None = None
        self.foot = text()
        self.grids = {tab: self._grid(tab, on_edit, on_open, on_remove) for tab in TABS}
        self.tabs = ipywidgets.Tab([self.grids[tab] for tab in TABS])
        self.tabs.add_class("rw-tabs")
        self.tabs.observe(lambda _change: self.draw_totals(), "selected_index")
        self.find = ipywidgets.Text(
            placeholder="Filter by name, ID, amount, memo …",
            layout=ipywidgets.Layout(width="230px"),
            tooltip="Filter the payments",
        )
        self.find.add_class("rw-find-box")
        self.find.observe(lambda change: self._search(str(change["new"])), "value")
        self.sort = ipywidgets.RadioButtons(
            options=list(_SORTS),
            value="File order",
            tooltip="Sort by Tenant or Unit",
            layout=ipywidgets.Layout(width="auto"),
        )
        self.sort.observe(lambda change: self._sort(str(change["new"])), "value")
        sorting = text(element("span", "Sort by", _class="rw-keys"))
        tools = row(self.find, sorting, self.sort, *buttons, text(heads.keys(_KEYS)), look="rw-find")
        self.view = ipywidgets.VBox([tools, self.tabs, self.foot])
        self.view.add_class("rw-left")
        self.draw_totals()

    @property
    def tab(self) -> Tab:
        """The tab on the screen."""
        return TABS[self.tabs.selected_index or 0]

    @property
    def grid(self) -> FrameGrid:
        """The grid on the screen."""
        return self.grids[self.tab]

    def open_on(self, tab: Tab) -> None:
        """Put a tab on the screen."""
        self.tabs.selected_index = TABS.index(tab)

    @property
    def focused(self) -> int | None:
        """The line with the cursor, which stands on the first one before anybody moved it."""
        focused = self.grid.focused_id
        return next(iter(self.grid.shown_ids), None) if focused is None else focused

    def chosen(self) -> list[int]:
        """The lines that an action is for: the selected ones, else the one with the cursor."""
        focused = self.focused
        return self.grid.selected_ids or ([] if focused is None else [focused])

    def select_none(self) -> None:
        """Take every selection away."""
        for grid in self.grids.values():
            grid.select_none()

    def draw(self, rows: pa.Table, in_batch: Tally) -> dict[Tab, Tally]:
        """Show the rows of `Batch.screen` that wait, with `why` and `tone`; count and sum stand in the tabs' titles."""
        self._in_batch = in_batch
        tallies = {}
        for tab in TABS:
            of_tab = pc.is_valid(rows["tab"]) if tab is Tab.ALL else pc.equal(rows["tab"], tab.value)
            found = rows.filter(pc.fill_null(of_tab, fill_value=False))
            self.grids[tab].set_rows(found)
            total = pc.sum(found["amount"].cast(pa.decimal128(38, 2))).as_py() or Decimal("0.00")
            tallies[tab] = Tally(len(found), total)
        self.title(tallies)
        self.draw_totals()
        return tallies

    def title(self, tallies: dict[Tab, Tally]) -> None:
        """Write count and sum into the tabs' titles."""
        self.tabs.titles = [f"{tab.value}  {tallies.get(tab, Tally())}" for tab in TABS]

    def draw_totals(self) -> None:
        """Show what is selected, shown and in the batch."""
        if hasattr(self, "tabs"):
            selected, in_sight = (self.grid.count_and_sum(which, "amount") for which in ("selected", "shown"))
            put(self.foot, heads.totals(selected, in_sight, self._in_batch))

    def _grid(
        self,
        tab: Tab,
        on_edit: Callable[[int, str, str], None],
        on_open: Callable[[], None],
        on_remove: Callable[[], None],
    ) -> FrameGrid:
        grid = FrameGrid(
            _COLUMNS,
            label=tab.value,
            height=318,
            empty_text=_EMPTY[tab],
            search_in=("description", "unit_id", "tenant_id", "amount", "memo", "why", "status"),
            hotkeys=("Delete",),
            on_edit=on_edit,
            on_open=lambda _line: on_open(),
            on_select=self.draw_totals,
            on_key=lambda _key, _line: on_remove(),
        )
        grid.add_class("rw-list")
        grid.add_class(class_of(tab))
        return grid

    def _search(self, words: str) -> None:
        for grid in self.grids.values():
            grid.search(words)
        self.draw_totals()

    def _sort(self, chosen: Any) -> None:
        for grid in self.grids.values():
            grid.sort_by(_SORTS[chosen])


class ErrorLog:
    """Lines that could not be read, and payers that nobody knows (BTR-36); `view` is what is shown."""

    def __init__(self, on_open: Callable[[int], None], correct: ipywidgets.Button) -> None:
        self.grid = FrameGrid(
            (
                Column("id", "Line", "int", 52),
                Column("message", "What is wrong", width=200, flex=2),
                Column("raw_text", "The line, word for word", "code", 160, flex=2),
            ),
            label="Error log",
            height=112,
            row_height=26,
            selectable=False,
            empty_text="No line was rejected, and every payer is known.",
            on_open=on_open,
        )
        self.grid.add_class("rw-error-list")
        title = text(element("h3", "Error log"))
        title.add_class("rw-errors")
        self.view = ipywidgets.VBox([row(title, correct), self.grid])

    def draw(self, rows: pa.Table) -> int:
        """Show the rows of `Batch.screen` that belong here; gives how many."""
        rejected = pc.equal(rows["state"], "rejected")
        unknown = pc.and_(pc.equal(rows["reason"], "UNIDENTIFIED"), pc.equal(rows["state"], "waiting"))
        found = rows.filter(pc.or_(rejected, unknown))
        words = pc.coalesce(found["message"], "Neither tenant nor unit is known; find the payer with Process Payment.")
        texts = (found[name].to_pylist() for name in ("raw", "given_unit_id", "given_tenant_id"))
        raw = [
            f"{unit} {tenant}".strip() if raw is None else heads.readable(raw)
            for raw, unit, tenant in zip(*texts, strict=True)
        ]
        shown = found.select(["id", "tone"]).append_column("message", words)
        self.grid.set_rows(shown.append_column("raw_text", pa.array(raw, pa.string())))
        return len(found)
