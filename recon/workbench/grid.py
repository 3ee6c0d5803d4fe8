"""Our own grid: rows that Python holds, drawn by the browser as far as they are in sight.

    grid = FrameGrid([Column("unit", "Unit"), Column("amount", "Amount", kind="money")], label="Payments")
    grid.set_rows(table)

Python owns the rows, their order, the selection and every check; the browser asks for the pages that it shows, and says
what a person does. Rows are named by id in both directions, so that a message that arrives late still means the row
that the person saw.

Messages may come on any thread, several at once (ipykernel runs them on subshells). One lock guards the state;
callbacks are called without it, so that they may take locks of their own. Nothing about the rows is read back from the
synchronised traits: they are a picture for the browser, and what a browser does to them changes nothing here.
"""

import dataclasses
import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Literal

import anywidget
import pyarrow as pa
import traitlets

from recon.errors import ReconError
from recon.workbench.grid_rows import LARGEST_ID, Column, GridRows, Positions

__all__ = ["KEYS", "Column", "FrameGrid"]

KEYS = (
    ("↑ ↓ ← →  PgUp PgDn", "move"),
    ("Home End", "first and last column; with Ctrl first and last row"),
    ("Space", "select"),
    ("Shift+↑ ↓", "select a range"),
    ("Ctrl+A", "select all"),
    ("Enter", "open"),
    ("F2 or typing", "edit; Enter goes down, Tab to the next field, Esc keeps the old value"),
    ("Alt+S", "sort by this column: up, down, as it was"),
)
"""The keys of the grid and what they do, for the screen that shows it."""

PAGE_ROWS = 100
FEW_ROWS = 200  # changed rows up to this number are sent one by one; beyond it the browser asks for its pages again
LONGEST_TEXT = 10_000  # characters that an edit may have: more than any field, less than what could do harm

_log = logging.getLogger(__name__)


class _Garbled(Exception):
    """A message from the browser makes no sense."""


class FrameGrid(anywidget.AnyWidget):
    """A grid of up to about 500,000 rows (a browser cannot scroll further), with selection and checked editing."""

    _esm = Path(__file__).with_name("grid.js")
    _css = Path(__file__).with_name("grid.css")

    columns = traitlets.List(traitlets.Dict()).tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    row_height = traitlets.Int().tag(sync=True)
    page_rows = traitlets.Int(PAGE_ROWS).tag(sync=True)
    selectable = traitlets.Bool().tag(sync=True)
    empty_text = traitlets.Unicode().tag(sync=True)
    hotkeys = traitlets.List(traitlets.Unicode()).tag(sync=True)
    view = traitlets.Dict().tag(sync=True)  # in one piece, so that a browser never sees half a change

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        label: str,
        height: int = 380,
        row_height: int = 30,
        selectable: bool = True,
        empty_text: str = "No payments.",
        search_in: Sequence[str] = (),
        hotkeys: Sequence[str] = (),
        on_edit: Callable[[int, str, str], None] | None = None,
        on_open: Callable[[int], None] | None = None,
        on_select: Callable[[], None] | None = None,
        on_focus: Callable[[int], None] | None = None,
        on_key: Callable[[str, int], None] | None = None,
        on_error: Callable[[Exception], None] | None = None,
    ) -> None:
        """Make an empty grid.

        Args:
            columns: what is shown, from left to right.
            label: the grid's name for those who hear the screen.
            height: of the whole grid, in CSS pixels.
            row_height: of one row, in CSS pixels.
            selectable: whether rows can be selected.
            empty_text: what stands there when no row is shown.
            search_in: keys of the columns that `search` looks in; they need not be shown.
            hotkeys: keys besides the grid's own that `on_key` hears of, such as `Delete`, `a`, `Ctrl+Enter`, `Alt+p`. A
                plain letter is one only where the cursor is on a cell that is not editable.
            on_edit: takes row id, column key and the text typed, and puts the new value in force (`update_rows`). When
                it raises, the old value stays, the cell turns red and the error's words are shown.
            on_open: a person presses Enter on a row, or double-clicks one of its cells that is not editable.
            on_select: the person, `select` or `select_none` changed the selection.
            on_focus: the person moved the cursor to another row.
            on_key: takes one of the hotkeys and the id of the row with the cursor.
            on_error: hears of an error in another callback. By default its words are shown below the rows.
        """
        self._lock = threading.RLock()
        self._rows = GridRows(columns, search_in)
        self._revision = 0  # grows when the browser has to ask for its pages again
        self._ordering = 0  # grows when other rows may be at other places
        self._on_edit, self._on_open, self._on_select = on_edit, on_open, on_select
        self._on_focus, self._on_key, self._on_error = on_focus, on_key, on_error
        self._handlers: dict[str, Callable[[Mapping[str, object]], None]] = {
            "rows": self._send_page,
            "sort": self._sort,
            "toggle": self._toggle,
            "range": self._select_range,
            "all": self._select_all,
            "none": self._select_nothing,
            "edit": self._edit,
            "amend": self._amend,
            "open": self._open,
            "focus": self._focus,
            "key": self._press,
        }
        super().__init__(
            columns=[dataclasses.asdict(column) for column in columns],
            label=label,
            height=height,
            row_height=row_height,
            selectable=selectable,
            empty_text=empty_text,
            hotkeys=list(hotkeys),
            view=self._view(),
        )
        self.on_msg(lambda _widget, content, _buffers: self.receive(content))

    # ---- Rows ----

    def set_rows(self, table: pa.Table) -> None:
        """Show other rows; selection, cursor, sorting and filter stay, by id.

        Args:
            table: an int64 column `id`, every column of the grid under its key (money as decimal, dates as date32), and
                if wanted `tone`, one of `ok`, `warn`, `bad`, `dup`, `done`, `info` for each row.

        Raises:
            ValueError: the table has not what the grid needs; nothing is changed then.
        """
        with self._lock:
            self._rows.replace(table)
            self._reordered()

    def update_rows(self, table: pa.Table) -> None:
        """Replace the rows of these ids where they stand: no row jumps away under the cursor.

        Raises:
            ValueError: as `set_rows`.
        """
        with self._lock:
            self._redraw(self._rows.patch(table))

    def search(self, text: str) -> None:
        """Show only the rows in which every word of the text is found; an empty text shows all."""
        with self._lock:
            self._rows.search(text)
            self._reordered()

    def sort_by(self, key: str, descending: bool = False) -> None:  # noqa: FBT001 - reads well in a call
        """Sort by a column and put the cursor on the first row; an empty key gives the table's own order.

        Raises:
            ValueError: there is no such column.
        """
        with self._lock:
            if key and key not in self._rows.columns:
                raise ValueError(f"the grid has no column {key}")
            self._rows.set_sort(key, descending=descending)
            self._reordered()

    @property
    def shown_ids(self) -> list[int]:
        """The ids of the rows shown, in the order shown."""
        with self._lock:
            return self._rows.shown_ids

    def count_and_sum(self, which: Literal["selected", "shown"], money_key: str) -> tuple[int, Decimal]:
        """How many rows are selected (hidden ones included) or shown, and the exact sum of one of their amounts."""
        with self._lock:
            return self._rows.count_and_sum(which, money_key)

    # ---- Selection and cursor ----

    def select(self, ids: Iterable[int]) -> None:
        """Select exactly these rows; ids that the grid does not have are left out."""
        with self._lock:
            changed = self._rows.select(ids)
            self._redraw(changed)
        if len(changed):
            self._call(self._on_select)

    def select_none(self) -> None:
        """Select no row."""
        self.select([])

    @property
    def selected_ids(self) -> list[int]:
        """The ids of the selected rows, in the table's order. Rows that the filter hides stay selected."""
        with self._lock:
            return self._rows.selected_ids

    @property
    def focused_id(self) -> int | None:
        """The row with the cursor; None before there is one, or when no row is shown."""
        with self._lock:
            return self._rows.focused_id

    def focus_row(self, row_id: int) -> None:
        """Put the cursor on a row and bring it into sight; a row that is not shown is left alone."""
        with self._lock:
            if self._rows.focus(row_id):
                self._publish()
                self.send({"t": "cursor", "row": self._rows.focused_row, "id": row_id})

    def alert(self, text: str) -> None:
        """Show words below the rows, which a screen reader says at once; an empty text takes them away."""
        self.send({"t": "alert", "text": text})

    # ---- What the browser sees ----

    def _view(self) -> dict[str, object]:
        """Everything about the rows that a new view needs, but for the rows themselves."""
        selected, selected_shown = self._rows.selected_counts
        return {
            "revision": self._revision,
            "ordering": self._ordering,
            "rows": len(self._rows.order),
            "sort": list(self._rows.sort),
            "selected": selected,
            "selected_shown": selected_shown,
            "focused_id": self._rows.focused_id,
            "focused_row": self._rows.focused_row,
        }

    def _publish(self) -> None:
        self.view = self._view()

    def _reordered(self) -> None:
        self._revision += 1
        self._ordering += 1
        self._publish()

    def _redraw(self, changed: Positions) -> None:
        """Bring changed rows before the browser, one by one or by letting it ask anew for what it shows."""
        if len(changed) > FEW_ROWS:
            self._revision += 1
        self._publish()
        if 0 < len(changed) <= FEW_ROWS:
            self.send({"t": "changed", "rows": self._rows.wire(changed)})

    def _redraw_row(self, row_id: int) -> None:
        row = self._rows.row(row_id)
        if row is not None:
            self.send({"t": "changed", "rows": [row]})

    # ---- What the browser says ----

    def receive(self, message: object) -> None:
        """Do what a message from the browser asks for; one that makes no sense is noted in the log and changes nothing.

        The messages: `rows` asks for a page; `sort`, `toggle`, `range`, `all`, `none` and `focus` say what a person
        did; `edit` brings a typed text, `amend` says that a refused cell is being edited again; `open` and `key` go to
        the callbacks.
        """
        try:
            if not isinstance(message, Mapping):
                raise _Garbled("no message")
            handler = self._handlers.get(_text(message, "t"))
            if handler is None:
                raise _Garbled("of no known kind")
            handler(message)
        except _Garbled as error:
            _log.warning("A message from the browser makes no sense: %s", error)
        except Exception as error:  # noqa: BLE001 - raised here it would be lost: nothing above shows errors
            self._tell(error)

    def _send_page(self, message: Mapping[str, object]) -> None:
        page = _number(message, "page")
        with self._lock:
            if not 0 <= page * PAGE_ROWS <= len(self._rows.order):
                raise _Garbled("no such page")
            rows = self._rows.page(page, PAGE_ROWS)
            self.send({"t": "page", "page": page, "revision": self._revision, "rows": rows})

    def _sort(self, message: Mapping[str, object]) -> None:
        key = _text(message, "key")
        with self._lock:
            if key and key not in self._rows.columns:
                raise _Garbled("no such column")
            self.sort_by(key, message.get("descending") is True)
            row_id = self._rows.focused_id
        if row_id is not None:
            self._call(self._on_focus, row_id)

    def _toggle(self, message: Mapping[str, object]) -> None:
        row_id = _number(message, "id")
        self._change_selection(lambda: self._rows.toggle(row_id))

    def _select_range(self, message: Mapping[str, object]) -> None:
        anchor, row_id = _number(message, "anchor"), _number(message, "id")
        self._change_selection(lambda: self._rows.select_range(anchor, row_id))

    def _select_all(self, _message: Mapping[str, object]) -> None:
        self._change_selection(self._rows.select_all)

    def _select_nothing(self, _message: Mapping[str, object]) -> None:
        self._change_selection(lambda: self._rows.select([]))

    def _change_selection(self, change: Callable[[], Positions]) -> None:
        with self._lock:
            if not self.selectable:
                raise _Garbled("rows of this grid cannot be selected")
            changed = change()
            self._redraw(changed)
        if len(changed):
            self._call(self._on_select)

    def _edit(self, message: Mapping[str, object]) -> None:
        row_id, key = self._cell(message)
        text = _text(message, "text")
        with self._lock:
            is_gone = self._rows.position(row_id) is None
        if is_gone:
            self.alert("This row is no longer in the list; what was typed was not kept.")
            return
        refused = ""
        try:
            if self._on_edit is not None:
                self._on_edit(row_id, key, text)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person who typed must hear of it
            if not isinstance(error, ReconError | ValueError):
                _log.exception("An edit failed")
            refused = _words(error)
        with self._lock:
            self._note_refusal(row_id, key, refused)
            self._redraw_row(row_id)
        label = self._rows.columns[key].label
        self.alert(f"{label}: {refused.rstrip('.')}. The old value stays." if refused else "")

    def _amend(self, message: Mapping[str, object]) -> None:
        row_id, key = self._cell(message)
        with self._lock:
            self._note_refusal(row_id, key, "")
            self._redraw_row(row_id)

    def _cell(self, message: Mapping[str, object]) -> tuple[int, str]:
        """The id and the key of an editable cell."""
        row_id, key = _number(message, "id"), _text(message, "key")
        if key not in self._rows.columns or not self._rows.columns[key].editable:
            raise _Garbled("no column that can be edited")
        return row_id, key

    def _note_refusal(self, row_id: int, key: str, words: str) -> None:
        noted = self._rows.refused.setdefault(row_id, {})
        noted.pop(key, None)
        if words:
            noted[key] = words
        if not noted:
            del self._rows.refused[row_id]

    def _open(self, message: Mapping[str, object]) -> None:
        self._call(self._on_open, self._row(message))

    def _focus(self, message: Mapping[str, object]) -> None:
        with self._lock:
            row_id = self._row(message)
            is_new = row_id != self._rows.focused_id and self._rows.focus(row_id)
            self._publish()
        if is_new:
            self._call(self._on_focus, row_id)

    def _press(self, message: Mapping[str, object]) -> None:
        key = _text(message, "key")
        if key not in self.hotkeys:
            raise _Garbled("no hotkey")
        self._call(self._on_key, key, self._row(message))

    def _row(self, message: Mapping[str, object]) -> int:
        """The id of a row that the grid has."""
        row_id = _number(message, "id")
        with self._lock:
            if self._rows.position(row_id) is None:
                raise _Garbled("no such row")
        return row_id

    # ---- Callbacks ----

    def _call(self, callback: Callable[..., None] | None, *values: object) -> None:
        """Call a callback, without the lock; its errors are told."""
        if callback is None:
            return
        try:
            callback(*values)
        except Exception as error:  # noqa: BLE001 - raised here it would be lost: nothing above shows errors
            self._tell(error)

    def _tell(self, error: Exception) -> None:
        if self._on_error is not None:
            try:
                self._on_error(error)
            except Exception:  # noqa: BLE001 - the error that it was to tell of is told below instead
                _log.exception("The grid's own error callback failed")
            else:
                return
        _log.error("A callback of the grid failed", exc_info=error)
        self.alert(_words(error))


def _text(message: Mapping[str, object], name: str) -> str:
    value = message.get(name)
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise _Garbled(f"{name} is no text")
    return value


def _number(message: Mapping[str, object], name: str) -> int:
    value = message.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST_ID:
        raise _Garbled(f"{name} is no whole number")
    return value


def _words(error: Exception) -> str:
    """What an error says to a person."""
    said = str(error).strip()
    if isinstance(error, ReconError | ValueError) and said:
        return said
    return (
        f"Unexpected error ({type(error).__name__}: {said})" if said else f"Unexpected error ({type(error).__name__})"
    )
