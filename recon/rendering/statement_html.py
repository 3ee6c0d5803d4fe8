"""The statement as one page of HTML: readable on a phone, fit to print, no script and no outside address."""

from recon.rendering import statement_layout as layout
from recon.rendering.html import Html, element, given, joined, table
from recon.rendering.page import page
from recon.rendering.statement_layout import Block
from recon.statements import Statement


def statement_html(statement: Statement) -> bytes:
    """Make the page; what it says is what the printed statement says."""
    parts = [_head(statement)]
    for section in statement.sections:
        if len(statement.sections) > 1:
            parts.append(element("h2", "Ledger ", given(section.party_id)))
        parts += [_block(block) for block in layout.blocks(statement, section)]
    if statement.note:
        parts.append(element("p", given(statement.note), _class="note"))
    as_of = max(section.as_of for section in statement.sections)
    parts.append(element("p", f"Books as of entry {as_of}.", _class="small"))
    title = f"{layout.title(statement)}, {layout.days(statement)}"
    return page(title, element("main", joined(parts)), style="statement.css").encode()


def _head(statement: Statement) -> Html:
    return element(
        "header",
        element("p", given(statement.firm), _class="firm"),
        element("h1", layout.title(statement)),
        element("p", layout.days(statement), _class="days"),
        element("p", element("strong", given(statement.name))),
        element("p", given(" · ".join(filter(None, (statement.holder_id, statement.home)))), _class="small"),
        element("p", f"{layout.balance_word(statement)} on {statement.period.last}", _class="small"),
        element("p", layout.balance(statement), _class="balance"),
    )


def _block(block: Block) -> Html:
    kinds = [kind for _, kind in block.columns]
    rows = [
        [given(text) if kind == "text" and text else text for text, kind in zip(row, kinds, strict=True)]
        for row in block.rows
    ]
    kind = "wide" if len(kinds) > 3 else ""
    return joined(
        (
            element("h3", given(block.title)),
            table(block.title, block.columns, rows, foot=block.total, kind=kind),
        )
    )
