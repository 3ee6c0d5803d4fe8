"""The one place where values become HTML.

A string is escaped when it gets into an element, unless it is `Html`, which only the functions here make out of other
strings. So a tenant whose name is a script cannot become one, whichever page the name is put on.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape

# Characters that a browser hides, drops, or uses to turn the text around them: they are shown by their code. The
# joiners U+200C and U+200D stay, because Persian, Indic scripts and emoji are spelled with them.
_HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_SHORT = 12


class Html(str):
    """Markup that is safe to put on a page as it stands."""

    __slots__ = ()


def visible(text: str) -> str:
    r"""Give the text with every hidden character replaced by its code, such as `\u202e`."""
    return _HIDDEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def element(tag: str, *children: str, **attributes: str | None) -> Html:
    """Make an element. Children that are not `Html` are escaped; an attribute of None is left out.

    `_class` and `for_` style names lose their underscores, inner ones become hyphens: `_class="x"`, `aria_label="y"`.
    """
    said = "".join(
        f' {name.strip("_").replace("_", "-")}="{escape(visible(value), quote=True)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return Html(f"<{tag}{said}>{joined(children)}</{tag}>")


def joined(parts: Iterable[str]) -> Html:
    """Put parts one after the other; those that are not `Html` are escaped."""
    return Html("".join(part if isinstance(part, Html) else escape(visible(part), quote=True) for part in parts))


def given(text: str, *, left_to_right: bool = False) -> Html:
    """Show a value that came from outside, isolated so that right-to-left text does not turn its neighbours around.

    Args:
        text: the value.
        left_to_right: its parts stand in this order even when the first one is Hebrew, as in `tenant - unit`.
    """
    return element("bdi", text, dir="ltr" if left_to_right else None)


def drawing(svg: str, label: str) -> Html:
    """Put a drawing of our own on a page, with the sentence that says the same in words."""
    return Html(f'<figure role="img" aria-label="{escape(visible(label), quote=True)}">{svg}</figure>')


def styles(css: str) -> Html:
    """Put our own style sheet on a page."""
    return Html(f"<style>{css}</style>")


def table(
    caption: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[str]],
    *,
    foot: Sequence[str] = (),
    kind: str = "",
) -> Html:
    """Make a table.

    Args:
        caption: said to a screen reader, not shown.
        columns: heading and kind of each column; the kind becomes the cells' class (`number`, `amount`, `text`, …).
        rows: one string per column; not `Html`: escaped.
        foot: the totals, one string per column.
        kind: a class for the whole table.
    """
    kinds = [kind for _, kind in columns]
    head = joined(element("th", heading, scope="col", _class=column) for heading, column in columns)
    rows = list(rows)
    body = joined(_row("td", row, kinds) for row in rows)
    kind = f"{kind} short".strip() if len(rows) <= _SHORT else kind  # a short table is not broken over two pages
    return element(
        "table",
        element("caption", caption),
        element("thead", element("tr", head)),
        element("tbody", body),
        element("tfoot", _row("td", foot, kinds)) if foot else Html(),
        _class=kind or None,
    )


def _row(tag: str, cells: Sequence[str], kinds: Sequence[str]) -> Html:
    pairs = zip(cells, kinds, strict=True)
    return element("tr", joined(element(tag, cell, _class=kind) for cell, kind in pairs))
