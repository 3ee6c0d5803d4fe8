"""Which slips and ledger entries belong to which bank lines: the SQL of `recon/sql/matching`, in its order (SPEC 7).

Three relations go in, two come out. A match is made by name (a line names a slip, with equal totals) or by total, where
each slip and each line has exactly one reading. What has two readings is left to a person. Sums of two slips or lines
of a day only ever keep a match from being made; sums of other choices are never looked at.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from recon.schema import resource
from recon.store import Store

INPUTS = ("names_at_hand", "lines_to_match", "items_to_match")
ORDER = (
    "named_matches",
    "item_groups",
    "item_days",
    "line_groups",
    "line_days",
    "readings",
    "item_readings",
    "line_readings",
    "item_day_readings",
    "line_day_readings",
    "only_readings",
    "item_pairs",
    "line_pairs",
    "pair_readings",
    "doubtful_items",
    "doubtful_lines",
    "certain_readings",
    "total_matches",
)


@dataclass(frozen=True)
class DateWindow:
    """How many days before and after a slip's deposit date the bank may show it; both ends included."""

    days_before: int = 1
    days_after: int = 5


@dataclass(frozen=True)
class Found:
    """A match: the rule that found it, its bank lines and its items as (kind, id)."""

    rule: str
    bank_line_ids: tuple[str, ...]
    items: tuple[tuple[str, str], ...]


def matching(name: str) -> str:
    """Give the SQL of one relation."""
    return resource("matching", f"{name}.sql")


def relate(current: Store) -> None:
    """Build the relations from the inputs, which are there already."""
    for name in ORDER:
        current.build(name, matching(name))


def find(current: Store, window: DateWindow = DateWindow()) -> list[Found]:
    """Find every certain match among what is open in the store; nothing is changed."""
    days = {"days_before": window.days_before, "days_after": window.days_after}
    for name in INPUTS:
        current.build(name, resource("sources", f"{name}.sql"), days)
    relate(current)
    return certain(current)


def certain(current: Store) -> list[Found]:
    """Give what the relations found, in a settled order."""
    named = current.rows("select bank_line_id, 'deposit', deposit_id, 'reference' from named_matches order by 1, 3")
    by_total = current.rows("select bank_line_id, kind, item_id, rule from total_matches order by 1, 2, 3")
    return [*_grouped(named), *_grouped(by_total)]


def _grouped(rows: list[tuple[str, str, str, str]]) -> Iterator[Found]:
    """Put together what belongs to one match: the items of one line, or the lines of one item."""
    lines_of_item = Counter((kind, item_id) for _, kind, item_id, _ in rows)
    groups: dict[tuple[str, ...], list[tuple[str, str, str, str]]] = {}
    for row in rows:
        line_id, kind, item_id, _ = row
        several = lines_of_item[kind, item_id] > 1
        groups.setdefault((kind, item_id) if several else (line_id,), []).append(row)
    for group in groups.values():
        lines = tuple(dict.fromkeys(row[0] for row in group))
        items = tuple(dict.fromkeys((row[1], row[2]) for row in group))
        yield Found(group[0][3], lines, items)
