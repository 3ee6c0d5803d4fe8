"""Write `docs/data-dictionary.md`: every relation that SQL and frames can read, from its SQL file and its schema.

python docs/make_data_dictionary.py
"""

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from recon import schema  # noqa: E402
from schemas.views import VIEWS  # noqa: E402

KINDS = {
    "text": "text",
    "count": "whole number",
    "small": "whole number",
    "date": "date",
    "moment": "moment, UTC",
    "money": "amount, two decimals",
    "money+": "amount, two decimals, never below zero",
    "bank": "amount, four decimals",
    "flag": "true or false",
    "bytes": "bytes",
}
HEAD = (
    "# Data dictionary\n\n"
    "Every relation of a workspace, for `Books.frame`, for `Inquiry.relation` and for SQL of your own "
    "(`Inquiry.query`), which runs on a copy in memory. Relations are derived from facts and never stored. Amounts are "
    "decimals. A name ending in `_key` is an identifier in its comparison form, by which relations are joined; "
    "`entry_seq` is the journal entry that brought the row in. Made from the schemas by "
    "`docs/make_data_dictionary.py`; a test holds it up to date.\n"
)


def dictionary() -> str:
    """Give the page."""
    return "\n".join([HEAD, *(line for name, sql in schema.views() for line in _relation(name, sql))])


def _relation(name: str, sql: str) -> Iterator[str]:
    yield f"## `{name}`\n"
    yield sql.partition("\n")[0].removeprefix("-- ") + "\n"
    view = VIEWS.get(name)
    if view is None:
        return
    if view.key:
        yield f"Key: {', '.join(f'`{column}`' for column in view.key)}.\n"
    yield "| column | holds | may be empty |\n|---|---|---|"
    for column, kind in (line.split() for line in view.columns.split(",")):
        words = view.words.get(column)
        holds = KINDS[kind.removesuffix("?")] + (
            f": {', '.join(f'`{word}`' for word in sorted(words))}" if words else ""
        )
        yield f"| `{column}` | {holds} | {'yes' if kind.endswith('?') else ''} |"
    yield ""


if __name__ == "__main__":
    (ROOT / "docs" / "data-dictionary.md").write_text(dictionary(), encoding="utf-8")
