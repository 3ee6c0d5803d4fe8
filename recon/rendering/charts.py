"""Three plain charts as SVG text: the same numbers give the same bytes, and nothing in them points outside.

Matplotlib's Figure is used by itself: `pyplot` keeps figures in a global list and looks for a screen.
"""

import io
import re
from collections.abc import Sequence
from decimal import Decimal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from recon.rendering import html, words
from recon.report import AgeingBucket, Proof, ReasonTally, Tally
from schemas.vocabulary import Disposition

_INK, _GREY = "#1f2933", "#52606d"
_POSTED, _READY, _WAITING, _REJECTED = "#2f6f5e", "#8fb8a8", "#d9a441", "#b4534a"
_COLOURS = {
    Disposition.AUTO: _POSTED,
    Disposition.INDIVIDUAL: _WAITING,
    Disposition.REJECTED: _REJECTED,
}
# A matplotlibrc in somebody's home must not change the report; the backend is left alone, since none is chosen here.
_SETTINGS = {
    **{name: value for name, value in mpl.rcParamsDefault.items() if "backend" not in name},
    "svg.hashsalt": "recon",  # else ids are random and no two runs have the same bytes
    "svg.fonttype": "none",  # text stays text: it can be searched, and takes the page's typeface
    "font.size": 9,
    "hatch.linewidth": 0.6,
    "text.color": _INK,
    "text.parse_math": False,
}
_UNREFERENCED = {"Date": None, "Creator": None, "Format": None, "Type": None}


def share_posted(proof: Proof) -> html.Html:
    """Draw the file's amount as one bar: posted, ready but not posted, waiting for a person, taken out, rejected."""
    parts = [
        ("Posted", proof.posted, _POSTED, None),
        ("Ready, not posted", proof.ready, _READY, "...."),
        ("Requires a person", proof.waiting, _WAITING, "////"),
        ("Taken out", proof.removed, _GREY, None),
        ("Rejected", proof.rejected, _REJECTED, "xxxx"),
    ]
    parts = [part for part in parts if part[1].count or part[1].amount]
    total = sum((max(_amount(tally), Decimal(0)) for _, tally, _, _ in parts), Decimal(0))
    figure, axes = _figure(7.2, 1.0)
    left = 0.0
    said = []
    for place, (name, tally, colour, hatch) in enumerate(parts):
        share = max(_amount(tally), Decimal(0)) / total if total else Decimal(0)
        axes.barh(0, float(share), left=left, height=1, color=colour, hatch=hatch, edgecolor="white", linewidth=1)
        left += float(share)
        said.append(f"{name} {share:.1%}: {words.both(tally)}")
        x = place / max(len(parts), 3)
        axes.barh(-1.0, 0.012, left=x, height=0.42, color=colour, hatch=hatch, edgecolor="white", linewidth=0.5)
        axes.text(x + 0.018, -1.0, name, va="center", fontweight="bold")
        axes.text(x + 0.018, -1.55, f"{share:.1%}", va="center", color=_GREY)
        axes.text(x + 0.018, -2.1, words.both(tally), va="center", color=_GREY)
    axes.set_xlim(0, 1)
    axes.set_ylim(-2.45, 0.55)
    return html.drawing(_svg(figure), f"Share of the file's amount. {'. '.join(said) or 'No payments'}.")


def reasons(tallies: Sequence[ReasonTally]) -> html.Html:
    """Draw one bar per reason, as long as its sum, with its count and sum beside it."""
    rows = [
        (words.reason(item.reason), item.tally, _COLOURS.get(Disposition(item.disposition), _GREY)) for item in tallies
    ]
    return _bars("Reasons, by amount", rows)


def ageing(buckets: Sequence[AgeingBucket]) -> html.Html:
    """Draw what is open, by how long it has been due."""
    shades = ("#9fb3c8", "#7b8794", "#627d98", "#486581", "#243b53")
    rows = [(_bucket(item.bucket), item.tally, shade) for item, shade in zip(buckets, shades, strict=False)]
    return _bars("Open charges, by days past due", rows)


def tallies(label: str, rows: Sequence[tuple[str, Tally]]) -> html.Html:
    """Draw one bar per name, as long as its sum, with its count and sum beside it."""
    return _bars(label, [(name, tally, _WAITING) for name, tally in rows])


def _bucket(name: str) -> str:
    return name if name == "not yet due" else f"{name} days"


def _bars(label: str, rows: Sequence[tuple[str, Tally, str]]) -> html.Html:
    """Draw horizontal bars, one row each: the name above, the bar with count and sum below it."""
    figure, axes = _figure(3.5, 0.36 * max(len(rows), 1) + 0.04)
    longest = max((_amount(tally) for _, tally, _ in rows), default=Decimal(0)) or Decimal(1)
    for place, (name, tally, colour) in enumerate(rows):
        length = float(max(_amount(tally), Decimal(0)) / longest)
        axes.barh(place + 0.22, length, height=0.26, color=colour)
        axes.text(0, place - 0.14, name, va="center", fontsize=8.5)
        axes.text(1, place - 0.14, words.both(tally), va="center", ha="right", fontsize=8.5, color=_GREY)
    axes.set_xlim(0, 1)
    axes.set_ylim(max(len(rows), 1) - 0.5, -0.5)
    said = ". ".join(f"{name}: {words.both(tally)}" for name, tally, _ in rows)
    return html.drawing(_svg(figure), f"{label}. {said or 'None'}.")


def _amount(tally: Tally) -> Decimal:
    return tally.amount or Decimal(0)


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(width, height))
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        return figure, axes


def _svg(figure: Figure) -> str:
    """Give the drawing as an `svg` element to be put into HTML, without what only a file of its own needs."""
    text = io.StringIO()
    with mpl.rc_context(_SETTINGS):
        figure.savefig(text, format="svg", metadata=_UNREFERENCED, transparent=True)
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)  # names vocabularies by outside addresses
    svg = re.sub(r' xmlns(?::\w+)?="[^"]*"', "", svg)  # HTML knows svg and its namespaces
    svg = svg.replace("xlink:href", "href")
    used = set(re.findall(r"#([\w-]+)", svg))
    # Matplotlib calls the first axes of every figure axes_1; on one page an id may occur once.
    return re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in used else "", svg).strip()
