"""The words and figures around the lists, as HTML: proof, what is left, totals, what was done."""

from collections.abc import Sequence
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from recon import money
from recon.rendering.html import Html, element, given, joined
from recon.workbench.batch import About, Proof, Tally
from recon.workbench.session import Progress, Said
from recon.workbench.words import SHARES


def proof(about: About | None, found: Proof | None, firm: str) -> Html:
    """Say whose batch it is, and whether it adds up: the first thing on the screen (BTR-87, BTR-88)."""
    if about is None or found is None:
        hint = "No batch is open. Load a lockbox file, or add a payment to begin one."
        return element(
            "div", element("div", element("h2", firm), element("p", hint), _class="rw-title"), _class="rw-head"
        )
    account = about.bank_account_id or "by ledger"
    words = f"{about.file_name} · {account} · deposit date {about.deposit_date or 'not known yet'}"
    title = element(
        "div", element("h2", f"{firm} · batch {about.batch_id}"), element("p", given(words)), _class="rw-title"
    )
    control = found.control
    look = "" if control is None else "good" if found.is_proved else "off"
    sign = "" if control is None else "✓ " if found.is_proved else "✕ "
    tiles = (
        ("Total Entries", f"{found.imported.count:,}", f"imported; now {found.loaded.count:,}", ""),
        ("Total Amount", money.shown(found.imported.amount), "imported", ""),
        (
            "Control total",
            "none" if control is None else money.shown(control.amount),
            "not stated" if control is None else money.counted(control.count, "entry"),
            look,
        ),
        ("Loaded", money.shown(found.loaded.amount), money.counted(found.loaded.count, "entry"), ""),
        ("Difference", f"{sign}{money.shown(found.difference)}", _difference(found), look),
    )
    drawn = joined(
        element(
            "div", element("small", name), element("b", value), element("em", more), _class=f"rw-tile {kind}".strip()
        )
        for name, value, more, kind in tiles
    )
    return element("div", title, drawn, _class="rw-head", role="group", aria_label="Proof")


def _difference(found: Proof) -> str:
    if found.control is None:
        return "nothing to compare with"
    off = found.loaded.count - found.control.count
    if found.is_proved:
        return "adds up"
    more = "more" if off > 0 else "fewer"
    return f"{money.counted(abs(off), 'entry')} {more}; posting waits" if off else "posting waits"


def what_is_left(of_shares: pa.Array, rows: pa.Table) -> Html:
    """Draw the bar by amount and its legend."""
    amounts = pc.coalesce(rows["line_amount"], pa.scalar(Decimal("0.00"), pa.decimal128(18, 2)))
    found = []
    for place, share in enumerate(SHARES):
        of_share = pc.equal(of_shares, place)
        counted = pc.sum(of_share).as_py() or 0
        if counted:
            total = pc.sum(amounts.filter(of_share).cast(pa.decimal128(38, 2))).as_py()
            found.append((share, counted, total))
    said = "; ".join(f"{share.words} {count:,}, {money.shown(total)}" for share, count, total in found)
    bar = joined(element("i", _class=f"s-{share.tone}", style=f"flex:{int(total) + 1}") for share, _, total in found)
    legend = joined(
        element(
            "span",
            element("u", _class=f"s-{share.tone}"),
            f"{share.words} ",
            element("b", f"{count:,}"),
            element("em", money.shown(total)),
        )
        for share, count, total in found
    )
    return joined(
        [
            element("div", bar, _class="rw-stack", role="img", aria_label=f"What is left, by amount: {said}"),
            element("div", legend, _class="rw-leg"),
        ]
    )


def totals(selected: tuple[int, Decimal], shown: tuple[int, Decimal], batch: Tally | None) -> Html:
    """Draw the totals bar: selected, shown, batch."""

    def part(words: str, count: int, total: Decimal, look: str | None) -> Html:
        return element("span", element("b", f"{count:,}"), f" {words}", element("em", money.shown(total)), _class=look)

    parts = [part("selected", *selected, "on" if selected[0] else None), part("shown", *shown, None)]
    if batch is not None:
        parts += [element("span", _class="grow"), part("in the batch", batch.count, batch.amount, None)]
    return element("div", *parts, _class="rw-foot", role="status")


def activity(said: Sequence[Said]) -> Html:
    """Draw the activity log, newest first."""
    lines = joined(
        element("div", element("time", entry.at), element("span", given(entry.text)), _class=f"t-{entry.tone}")
        for entry in said[:40]
    )
    return element(
        "div",
        element("h3", "Activity"),
        lines,
        _class="rw-log",
        role="log",
        aria_label="Activity",
        aria_live="polite",
        tabindex="0",
    )


def busy(words: str, how_far: Progress | None = None) -> Html:
    """Say what is going on: with a bar and figures where the work tells how far it is, else with a sign that turns."""
    said = element("span", words)
    if how_far is None:
        return element("div", said, _class=f"rw-busy{' on' if words else ''}", role="status", aria_live="polite")
    figures = f"{how_far.percent} % · {how_far.done:,} of {how_far.count:,} {how_far.unit}".strip()
    bar = element(
        "i",
        element("u", style=f"width:{how_far.percent}%"),
        role="progressbar",
        aria_label=words,
        aria_valuenow=str(how_far.percent),
        aria_valuemin="0",
        aria_valuemax="100",
    )
    # The words are a status; the figures are not, or a screen reader would say a hundred of them.
    return joined(
        [element("div", said, _class="rw-busy on bar", role="status"), element("div", bar, figures, _class="rw-far")]
    )


def keys(pairs: Sequence[tuple[str, str]]) -> Html:
    """Print the keys on the screen."""
    drawn = (joined([element("kbd", key), words]) for key, words in pairs)
    return element("span", joined(drawn), _class="rw-keys")


def readable(raw: bytes) -> str:
    """Show a rejected line's bytes as the text they were meant to be."""
    return raw.decode("utf-8", "replace")[:400]
