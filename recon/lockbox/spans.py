"""Where the lines of a block of bytes lie, and the five fields of those that are well formed.

Positions are found for all lines at once. What is found here is what `recon.lockbox.record` would find; a line that is
in any way unusual is left out and read by that module, so nothing is ever rejected here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recon.lockbox.arrays import Marks
from recon.lockbox.record import LINE_BYTES_MAX

Bytes = NDArray[np.uint8]
Places = NDArray[np.int64]

TAB, LF, CR, SPACE, QUOTE, COMMA, DELETE = b'\t\n\r ",\x7f'
_FIRST_BYTE_BEYOND_ASCII = 0x80
_PADDING_MAX = 64  # spaces on one side of a field; a line with more is left to the slow reader
FIELDS = 5


@dataclass(frozen=True)
class Lines:
    """The physical lines of a block that hold at least one byte: line i is the bytes `starts[i]` up to `ends[i]`."""

    starts: Places
    ends: Places
    indexes: Places  # which physical line of the block, from 0
    physical: int  # all lines of the block, empty ones included
    ended_by_lf: int
    ended_by_cr: int
    marks: int  # bytes of the block that end lines


@dataclass(frozen=True)
class Spans:
    """The fields of some lines, without quotes and the spaces around them; arrays of shape (5, lines).

    An absent fifth field is an empty span at the end of the line.
    """

    rows: Places  # which of the lines of `Lines`, ascending
    starts: Places
    ends: Places
    all_quoted: Marks

    def only(self, wanted: Marks) -> "Spans":
        """Keep the wanted lines."""
        if wanted.all():
            return self
        return Spans(self.rows[wanted], self.starts[:, wanted], self.ends[:, wanted], self.all_quoted[wanted])


def split_lines(block: Bytes) -> Lines:
    """Split at CRLF, LF and CR (BTR-45); what follows the last of them is a line too, unless it is nothing."""
    lfs = np.flatnonzero(block == LF)
    after_cr = block.take(lfs - 1, mode="clip") == CR
    if after_cr.all() and np.count_nonzero(block == CR) == len(lfs):  # nearly always: every line ends in CRLF
        crs, lone_lfs, lone_crs = lfs - 1, lfs[:0], lfs[:0]
    else:
        crs = np.flatnonzero(block == CR)
        lone_lfs, lone_crs = lfs[~after_cr], crs[block.take(crs + 1, mode="clip") != LF]
    ends = _merged(crs, lone_lfs)
    starts = np.concatenate([np.zeros(1, dtype=np.int64), _merged(lfs, lone_crs) + 1])
    if starts[-1] == len(block):
        starts = starts[:-1]
    else:
        ends = np.append(ends, len(block))
    physical = len(starts)
    indexes = np.arange(physical)
    filled = ends > starts
    if not filled.all():
        starts, ends, indexes = starts[filled], ends[filled], indexes[filled]
    return Lines(starts, ends, indexes, physical, len(lone_lfs), len(lone_crs), len(lfs) + len(crs))


def _merged(places: Places, more: Places) -> Places:
    """Merge two ascending lists of places."""
    return np.sort(np.concatenate([places, more]), kind="stable") if len(more) else places


def gathered(block: Bytes, lines: Lines, rows: Places) -> tuple[Bytes, Lines]:
    """Copy some lines into a block of their own, one after the other with a line end between."""
    starts, lengths = lines.starts[rows], lines.ends[rows] - lines.starts[rows]
    ends_apart = np.cumsum(lengths + 1) - 1
    starts_apart = ends_apart - lengths
    apart = np.full(int(ends_apart[-1]) + 1, LF, dtype=np.uint8)
    moved = np.repeat(starts - starts_apart, lengths)
    places = np.arange(len(apart) - len(rows)) + np.repeat(np.arange(len(rows)), lengths)
    apart[places] = block[places + moved]
    return apart, Lines(starts_apart, ends_apart, lines.indexes[rows], lines.physical, 0, 0, len(rows))


def plain_lines(block: Bytes, lines: Lines) -> Marks:
    """Mark the lines without control characters, of valid UTF-8 and within the length limit."""
    plain = lines.ends - lines.starts <= LINE_BYTES_MAX
    if np.count_nonzero(block < SPACE) > lines.marks:
        _unmark(plain, lines, (block < SPACE) & (block != TAB) & (block != LF) & (block != CR))
    highest = block.max(initial=0)
    if highest >= DELETE:
        _unmark(plain, lines, block == DELETE)
    if highest >= _FIRST_BYTE_BEYOND_ASCII and not _is_utf8_text(block):
        _unmark(plain, lines, block >= _FIRST_BYTE_BEYOND_ASCII)
    return plain


def _unmark(marks: Marks, lines: Lines, unwanted: Marks) -> None:
    """Take the mark from every line that holds one of the unwanted bytes; line ends are not among them."""
    marks[np.searchsorted(lines.starts, np.flatnonzero(unwanted), side="right") - 1] = False


def _is_utf8_text(block: Bytes) -> bool:
    """Tell whether the whole block is valid UTF-8 without the control characters U+0080 to U+009F (C2 80 to C2 9F)."""
    try:
        str(block.data, "utf-8")
    except UnicodeDecodeError:
        return False
    leads = np.flatnonzero(block[:-1] == 0xC2)
    return bool((block[leads + 1] >= 0xA0).all())


def quoted_spans(block: Bytes, lines: Lines) -> list[Spans]:
    """Find the lines of the seeds' own form: four or five fields, all quoted, no spaces or quotes between (BTR-40, 41).

    Such a line has eight or ten quotes, and between the end of one field and the start of the next just a comma.
    """
    quotes = np.flatnonzero(block == QUOTE)
    found = []
    for rows, corners in _groups(quotes, lines, sizes=(2 * FIELDS, 2 * FIELDS - 2)):
        starts, ends = lines.starts[rows], lines.ends[rows]
        opening, closing = corners[::2], corners[1::2]
        between, after = closing[:-1] + 1, closing[-1] + 1
        fits = ((opening[1:] == between + 1) & (block.take(between) == COMMA)).all(axis=0) & (opening[0] == starts)
        trailing_comma = (after + 1 == ends) & (block.take(after, mode="clip") == COMMA)
        fits &= (after == ends) | trailing_comma
        spans = _with_five_fields(rows, opening + 1, closing, np.ones(len(rows), dtype=np.bool_))
        found.append(spans.only(fits))
    return found


def _groups(places: Places, lines: Lines, sizes: tuple[int, ...]) -> list[tuple[Places, Places]]:
    """Group the lines that hold a given number of places: (lines, places of shape (size, lines)) for each size."""
    first = np.searchsorted(places, lines.starts)
    held = np.diff(first, append=len(places))  # between two lines there is none
    grouped = []
    for size in sizes:
        rows = np.flatnonzero(held == size)
        if len(rows):
            grouped.append((rows, places[first[rows] + np.arange(size)[:, None]]))
    return grouped


def _with_five_fields(rows: Places, starts: Places, ends: Places, all_quoted: Marks) -> Spans:
    """Add the absent tenant field to lines of four fields; drop the empty one after the trailing comma."""
    if len(starts) < FIELDS:
        starts, ends = np.vstack([starts, ends[-1]]), np.vstack([ends, ends[-1]])
    return Spans(rows, starts[:FIELDS], ends[:FIELDS], all_quoted)


def mixed_spans(block: Bytes, lines: Lines) -> list[Spans]:
    """Find the fields of lines where some or none are quoted, or spaces stand around them (BTR-46).

    A comma separates fields where the number of quotes before it in its line is even. Each field then holds no quote,
    or just the two around it.
    """
    marks = np.flatnonzero((block == QUOTE) | (block == COMMA))
    is_quote = block[marks] == QUOTE
    quotes_before = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(is_quote)])
    at_start = quotes_before[np.searchsorted(marks, lines.starts)]
    at_end = quotes_before[np.searchsorted(marks, lines.ends)]
    line_of_mark = np.searchsorted(lines.starts, marks, side="right") - 1
    separates = ~is_quote & ((quotes_before[:-1] - at_start[line_of_mark]) % 2 == 0)
    commas = marks[separates]
    found = []
    for rows, inner in _groups(commas, lines, sizes=(FIELDS, FIELDS - 1, FIELDS - 2)):
        bounds = np.vstack([lines.starts[rows] - 1, inner, lines.ends[rows]])
        inner_quotes = quotes_before[np.searchsorted(marks, inner)]
        quotes = np.diff(np.vstack([at_start[rows], inner_quotes, at_end[rows]]), axis=0)
        starts, ends, fits = _trimmed(block, bounds[:-1] + 1, bounds[1:])
        opens, closes = block.take(starts, mode="clip") == QUOTE, block.take(ends - 1, mode="clip") == QUOTE
        quoted = (quotes == 2) & opens & closes
        fits &= (quoted | (quotes == 0)).all(axis=0)
        if len(quotes) > FIELDS:
            fits &= starts[FIELDS] == ends[FIELDS]
        all_quoted = (quoted | (starts == ends)).all(axis=0)
        found.append(_with_five_fields(rows, starts + quoted, ends - quoted, all_quoted).only(fits))
    return found


def trimmed(block: Bytes, spans: Spans) -> Spans:
    """Trim spaces and tabs; leave out lines where another character beyond ASCII stands at the edge of a field."""
    starts, ends, fits = _trimmed(block, spans.starts, spans.ends)
    return Spans(spans.rows, starts, ends, spans.all_quoted).only(fits)


def _trimmed(block: Bytes, starts: Places, ends: Places) -> tuple[Places, Places, Marks]:
    """Trim every span; the marks tell the lines where that was simple.

    A byte beyond ASCII at an edge may belong to a space of another kind, which only the slow reader knows.
    """
    starts, step = _moved(block, starts, ends, step=1)
    ends, back = _moved(block, ends, starts, step=-1)
    return starts, ends, step & back


def _moved(block: Bytes, edges: Places, limits: Places, step: int) -> tuple[Places, Marks]:
    """Move each edge by `step` over spaces and tabs, up to its limit; mark the lines where no edge was unusual."""
    beside = 0 if step == 1 else -1
    simple = np.ones(edges.shape[1], dtype=np.bool_)
    found = block.take(edges + beside, mode="clip")
    if found.size == 0 or (found.min() > SPACE and found.max() < _FIRST_BYTE_BEYOND_ASCII):
        return edges, simple
    spaced, unusual = _kinds(found)
    edges = edges.copy()
    where = np.nonzero((spaced | unusual) & (edges != limits))
    for _ in range(_PADDING_MAX):
        if not len(where[0]):
            break
        spaced, unusual = _kinds(block.take(edges[where] + beside, mode="clip"))
        simple[where[1][unusual]] = False
        where = (where[0][spaced], where[1][spaced])
        edges[where] += step
        inside = edges[where] != limits[where]
        where = (where[0][inside], where[1][inside])
    simple[where[1]] = False
    return edges, simple


def _kinds(found: Bytes) -> tuple[Marks, Marks]:
    """Tell which bytes are a space or tab, and which are beyond ASCII."""
    return (found == SPACE) | (found == TAB), found >= _FIRST_BYTE_BEYOND_ASCII
