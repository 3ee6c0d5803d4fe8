"""What a grid holds, without a browser: rows, their order, the filter, the selection and the cursor, all by row id.

The rows are an Arrow table, so amounts stay exact decimals. Only the rows that are shown at the moment become text.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from recon import money

KINDS = ("text", "code", "int", "money", "date", "status")
TONES = ("ok", "warn", "bad", "dup", "done", "info")
LARGEST_ID = 2**53 - 1  # the largest whole number that a browser holds exactly
FEW_REPLACED = 50

Positions = np.ndarray[Any, np.dtype[np.int64]]
Marks = np.ndarray[Any, np.dtype[np.bool_]]

_PARTED_DIGITS = re.compile(r"\$?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?|\$[0-9.]+")


@dataclass(frozen=True)
class Column:
    """One column of a grid.

    Attributes:
        key: the column of the table that is shown.
        label: its heading.
        kind: one of `KINDS`; amounts and numbers stand at the right, a status gets the sign of its row's tone.
        width: in CSS pixels; with `flex`, the least width.
        flex: the share of the room that is left over; 0 keeps the width.
        editable: a person may change the value in place.
        sort_by: another column of the table that gives the order of this one.
    """

    key: str
    label: str
    kind: str = "text"
    width: int = 100
    flex: int = 0
    editable: bool = False
    sort_by: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"column {self.key}: {self.kind!r} is none of {', '.join(KINDS)}")


class GridRows:
    """The rows of one grid. Not locked: the grid that owns it sees to that.

    Attributes:
        order: the positions in the table of the rows shown, in the order shown.
        focused_id: the row with the cursor, None before there is one.
        focused_row: where that row is shown, counted from 0; -1 for nowhere.
        sort: the key of the sorted column (empty: the table's own order), and whether it is descending.
        refused: for each row id the edits that were refused, as words by column key.
    """

    def __init__(self, columns: Sequence[Column], search_in: Sequence[str]) -> None:
        self.columns = {column.key: column for column in columns}
        self.search_in = tuple(search_in)
        self.sort = ("", False)
        self.focused_id: int | None = None
        self.focused_row = -1
        self.refused: dict[int, dict[str, str]] = {}
        self.order: Positions = np.empty(0, np.int64)
        self._words: tuple[str, ...] = ()
        self._table: pa.Table
        self._ids: Positions  # of the rows, in the table's order
        self._sorted_ids: Positions  # the same in ascending order, and the position of each
        self._sorter: Positions
        self._selected: Marks
        self._ranked: Positions | None  # all positions in the order of the sorted column, once asked for
        self._haystack: pa.Array | None  # the text that the filter looks in, once asked for
        self._range: tuple[int, Marks] | None  # the anchor of the last range, and the selection before it
        self._take_over(pa.table({"id": pa.array([], pa.int64())}))

    # ---- Rows ----

    def replace(self, table: pa.Table) -> None:
        """Take other rows; selection, cursor, order and filter stay as they are, by id.

        A cursor whose row is gone stays at its place, on the row that moved up.

        Raises:
            ValueError: an id is missing, repeated or too large for a browser, or a column is missing or of a type that
                its kind does not show exactly.
        """
        table = self._checked(table)
        selected = self._ids[self._selected]
        self._take_over(table)
        self._selected[self._known(selected)] = True
        self.refused = {row_id: words for row_id, words in self.refused.items() if self.position(row_id) is not None}
        self._reorder()

    def patch(self, table: pa.Table) -> Positions:
        """Replace the rows of these ids where they stand, without sorting or filtering anew.

        Returns:
            The positions of the rows replaced; ids that the grid does not have are left out.
        """
        table = self._checked(table)
        at = self._positions(_ids(table))
        table, at = table.filter(pa.array(at >= 0)), at[at >= 0]
        if not len(at):
            return at
        fresh = table.select(self._table.column_names).cast(self._table.schema)
        if self._haystack is not None:
            texts = pa.table({"text": self._haystack}), pa.table({"text": self._searched(fresh)})
            self._haystack = _replaced(*texts, at).column("text").combine_chunks()
        self._table = _replaced(self._table, fresh, at)
        self._ranked = None
        return at

    def _checked(self, table: pa.Table) -> pa.Table:
        """The table with the types that the kinds need, or an error that names the column."""
        missing = {"id", *self.columns, *self.search_in} - set(table.column_names)
        if missing:
            raise ValueError(f"the grid's table has no column {', '.join(sorted(missing))}")
        ids = table.column("id")
        if not pa.types.is_integer(ids.type) or ids.null_count:
            raise ValueError("the column id of a grid's table must be whole numbers, none missing")
        for place, name in enumerate(table.column_names):
            values = table.column(name)
            if pa.types.is_dictionary(values.type):
                values = values.cast(values.type.value_type)
            if name == "id":
                values = values.cast(pa.int64())
            kind = self.columns[name].kind if name in self.columns else ""
            if kind == "money" and not pa.types.is_decimal(values.type):
                raise ValueError(f"column {name} shows money and is not decimal but {values.type}")
            if kind == "date" and not pa.types.is_date32(values.type):
                raise ValueError(f"column {name} shows dates and is not date32 but {values.type}")
            table = table.set_column(place, name, values)
        return table

    def _take_over(self, table: pa.Table) -> None:
        ids = _ids(table)
        sorter = np.argsort(ids, kind="stable")
        in_order = ids[sorter]
        if (in_order[1:] == in_order[:-1]).any():
            raise ValueError("an id occurs twice in a grid's table")
        if len(ids) and (in_order[0] < -LARGEST_ID or in_order[-1] > LARGEST_ID):
            raise ValueError("an id of a grid's table is too large for a browser")
        self._table = table.combine_chunks()
        self._ids, self._sorter, self._sorted_ids = ids, sorter, in_order
        self._selected = np.zeros(len(ids), np.bool_)
        self._range = None
        self._ranked = None
        self._haystack = None

    # ---- Order and filter ----

    def set_sort(self, key: str, *, descending: bool) -> None:
        """Sort by a column, or by the table's own order for an empty key; the cursor goes to the first row."""
        self.sort = (key, descending)
        self._ranked = None
        self._reorder(cursor=0)

    def search(self, text: str) -> None:
        """Show only the rows in which every word of the text is found, in any of the searched columns."""
        self._words = tuple(text.lower().split())
        self._reorder(otherwise=0)

    def _reorder(self, *, cursor: int | None = None, otherwise: int | None = None) -> None:
        """Bring the rows shown into order, and the cursor to a row or, by default, to where its row is shown now.

        Args:
            cursor: the row for the cursor.
            otherwise: the row for a cursor whose own is not shown any more; by default the one at the same place.
        """
        ranked = self._ranking()
        if self._words:
            ranked = ranked[self._matching()[ranked]]
        self.order = ranked
        self._range = None
        if self.focused_row < 0:
            return
        here = self.row_of(self.focused_id) if cursor is None else cursor
        if here is None:
            here = self.focused_row if otherwise is None else otherwise
        self._put_cursor(here)

    def _ranking(self) -> Positions:
        """All positions in the order of the sorted column; equal values keep the table's order, missing ones go last.

        Text is ordered without regard to case.
        """
        if self._ranked is None:
            self._ranked = self._ranked_by(*self.sort)
        return self._ranked

    def _ranked_by(self, key: str, descending: bool) -> Positions:  # noqa: FBT001 - the two parts of `sort`
        column = self.columns.get(key)
        if column is None:
            return np.arange(len(self._ids), dtype=np.int64)
        values = self._table.column(column.sort_by or key)
        if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
            values = pc.utf8_lower(values)
        by = [("by", "descending" if descending else "ascending")]
        found = pc.sort_indices(pa.table({"by": values}), sort_keys=by)
        ranked: Positions = found.to_numpy().astype(np.int64)
        return ranked

    def _matching(self) -> Marks:
        """Which rows have all words of the filter. An amount is found with and without `$` and commas."""
        if self._haystack is None:
            self._haystack = self._searched(self._table)
        found = np.ones(len(self._ids), np.bool_)
        for word in self._words:
            spellings = {word}
            if _PARTED_DIGITS.fullmatch(word):
                spellings.add(word.replace("$", "").replace(",", ""))
            hits = np.zeros(len(self._ids), np.bool_)
            for spelling in spellings:
                hits = hits | pc.match_substring(self._haystack, spelling).to_numpy(zero_copy_only=False)
            found = found & hits
        return found

    def _searched(self, table: pa.Table) -> pa.Array:
        """One lower-cased text for each row, of the searched columns."""
        texts = [pc.fill_null(table.column(key).cast(pa.large_string()), "") for key in self.search_in]
        if not texts:
            return pa.nulls(table.num_rows, pa.large_string()).fill_null("")
        joined = pc.utf8_lower(pc.binary_join_element_wise(*texts, pa.scalar("\n", pa.large_string())))
        return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined

    # ---- Rows by id ----

    def position(self, row_id: int | None) -> int | None:
        """Where the table has the row of this id, None for nowhere."""
        if row_id is None or abs(row_id) > LARGEST_ID:
            return None
        at = int(self._positions(np.array([row_id], np.int64))[0])
        return None if at < 0 else at

    def row_of(self, row_id: int | None) -> int | None:
        """Where the row of this id is shown, counted from 0; None when it is not."""
        at = self.position(row_id)
        if at is None:
            return None
        found = np.flatnonzero(self.order == at)
        return int(found[0]) if len(found) else None

    def _positions(self, ids: Positions) -> Positions:
        """The positions of these ids in the table, -1 where there is none."""
        if not len(self._ids):
            return np.full(len(ids), -1, np.int64)
        at = np.minimum(np.searchsorted(self._sorted_ids, ids), len(self._ids) - 1)
        return np.where(self._sorted_ids[at] == ids, self._sorter[at], -1)

    def _known(self, ids: Positions) -> Positions:
        at = self._positions(ids)
        return at[at >= 0]

    @property
    def shown_ids(self) -> list[int]:
        """The ids of the rows shown, in the order shown."""
        found: list[int] = self._ids[self.order].tolist()
        return found

    # ---- The cursor ----

    def focus(self, row_id: int) -> bool:
        """Put the cursor on a row; False when the row is not shown."""
        row = self.row_of(row_id)
        if row is None:
            return False
        self._put_cursor(row)
        return True

    def _put_cursor(self, row: int) -> None:
        self.focused_row = max(0, min(row, len(self.order) - 1))
        self.focused_id = int(self._ids[self.order[self.focused_row]]) if len(self.order) else None

    # ---- The selection ----

    def toggle(self, row_id: int) -> Positions:
        """Select a row, or select it no longer; gives the positions that changed, as all of these do."""
        at = self._known(np.array([row_id], np.int64))
        marks = self._selected.copy()
        marks[at] = ~marks[at]
        return self._select(marks)

    def select_range(self, anchor: int, row_id: int) -> Positions:
        """Select the rows shown from the anchor to this row, both included.

        As long as the anchor stays the same, each call replaces the range of the call before, so that a range can be
        made smaller again.
        """
        ends = self.row_of(anchor), self.row_of(row_id)
        if ends[0] is None or ends[1] is None:
            return np.empty(0, np.int64)
        base = self._range[1] if self._range is not None and self._range[0] == anchor else self._selected
        marks = base.copy()
        marks[self.order[min(ends[0], ends[1]) : max(ends[0], ends[1]) + 1]] = True
        changed = self._select(marks)
        self._range = (anchor, base)
        return changed

    def select_all(self) -> Positions:
        """Select every row shown, besides those selected that the filter hides."""
        marks = self._selected.copy()
        marks[self.order] = True
        return self._select(marks)

    def select(self, ids: Iterable[int]) -> Positions:
        """Select exactly these rows; ids that the grid does not have are left out."""
        marks = np.zeros(len(self._ids), np.bool_)
        marks[self._known(np.array(list(ids), np.int64))] = True
        return self._select(marks)

    def _select(self, marks: Marks) -> Positions:
        changed: Positions = np.flatnonzero(marks != self._selected).astype(np.int64)
        self._selected = marks
        self._range = None
        return changed

    @property
    def selected_ids(self) -> list[int]:
        """The ids of the selected rows, in the table's order, hidden ones included."""
        found: list[int] = self._ids[self._selected].tolist()
        return found

    @property
    def selected_counts(self) -> tuple[int, int]:
        """How many rows are selected, and how many of them are shown."""
        return int(self._selected.sum()), int(self._selected[self.order].sum())

    def count_and_sum(self, which: Literal["selected", "shown"], money_key: str) -> tuple[int, Decimal]:
        """How many rows are selected or shown, and the exact sum of one of their amounts."""
        rows = np.flatnonzero(self._selected) if which == "selected" else self.order
        if not len(rows):  # perhaps no table was ever set
            return 0, Decimal("0.00")
        amounts = self._table.column(money_key).take(pa.array(rows))
        total = pc.sum(amounts.cast(pa.decimal128(38, amounts.type.scale))).as_py()
        return len(rows), Decimal("0.00") if total is None else total

    # ---- Rows as text ----

    def page(self, page: int, size: int) -> list[list[Any]]:
        """The rows of one page, as the browser gets them."""
        return self.wire(self.order[page * size : (page + 1) * size])

    def row(self, row_id: int) -> list[Any] | None:
        """One row, as the browser gets it; None when there is none of this id."""
        at = self.position(row_id)
        return None if at is None else self.wire(np.array([at], np.int64))[0]

    def wire(self, positions: Positions) -> list[list[Any]]:
        """Rows as the browser gets them: id, selected (0 or 1), tone, refused edits, then the text of each cell."""
        rows = self._table.take(pa.array(positions))
        ids = rows.column("id").to_pylist()
        tones = rows.column("tone").to_pylist() if "tone" in rows.column_names else [""] * len(ids)
        cells = [_texts(rows.column(key), column.kind) for key, column in self.columns.items()]
        marks = self._selected[positions].astype(int).tolist()
        return [
            [row_id, mark, tone if tone in TONES else "", self.refused.get(row_id, 0), *texts]
            for row_id, mark, tone, *texts in zip(ids, marks, tones, *cells, strict=True)
        ]


def _replaced(table: pa.Table, fresh: pa.Table, at: Positions) -> pa.Table:
    """A table with fresh rows at these positions: few are put between slices of the others, which is quicker."""
    if len(at) > FEW_REPLACED:
        picks = np.arange(table.num_rows, dtype=np.int64)
        picks[at] = table.num_rows + np.arange(len(at))
        return pa.concat_tables([table, fresh]).combine_chunks().take(pa.array(picks)).combine_chunks()
    parts, start = [], 0
    for row in np.argsort(at).tolist():
        position = int(at[row])
        parts += [table.slice(start, position - start), fresh.slice(row, 1)]
        start = position + 1
    return pa.concat_tables([*parts, table.slice(start)]).combine_chunks()


def _ids(table: pa.Table) -> Positions:
    found: Positions = table.column("id").to_numpy()
    return found


def _texts(values: pa.ChunkedArray, kind: str) -> list[str]:
    """Values as the grid shows them; what is missing is empty."""
    if kind == "money":
        return ["" if value is None else money.shown(value) for value in values.to_pylist()]
    return ["" if value is None else str(value) for value in values.to_pylist()]
