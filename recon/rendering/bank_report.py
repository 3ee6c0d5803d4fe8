"""The sections of the bank reconciliation report as static HTML, in the look of the batch report."""

from importlib.resources import files

from recon.reconciliation.reporting import BankReport
from recon.rendering import bank_sections as sections
from recon.rendering.bank_sections import Section
from recon.rendering.html import Html, element, given, joined, styles, table


def header(report: BankReport) -> Html:
    """Show whose account it is and at which day, and whether it ties; bring the style sheet along."""
    one = report.tie_out
    facts = (
        ("Bank account", one.bank_account_id),
        ("Statement date", str(one.statement_date)),
        ("Made at", report.made_at),
        ("By", report.who),
    )
    listed = joined(joined((element("dt", name), element("dd", given(value)))) for name, value in facts)
    title = joined((element("p", given(report.firm), _class="firm"), element("h1", "Bank reconciliation")))
    ties, headline, sentence = sections.verdict(report)
    css = files("recon.rendering").joinpath("batch_report.css").read_text(encoding="utf-8")
    return joined(
        (
            styles(css),
            element(
                "section",
                element("div", element("div", title), element("dl", listed), _class="letterhead"),
                _class="report",
            ),
            element(
                "section",
                element(
                    "div",
                    element("strong", f"{'✓' if ties else '✕'} {headline}"),
                    element("span", sentence),
                    _class=f"verdict {'agrees' if ties else 'differs'}",
                ),
                _class="report",
            ),
        )
    )


def section(found: Section, *more: Html) -> Html:
    """Show one section."""
    parts = [element("p", given(sentence)) for sentence in found.sentences]
    for one in found.tables:
        if len(found.tables) > 1:
            parts.append(element("h3", one.title))
        if one.note:
            parts.append(element("p", one.note, _class="quiet"))
        rows = [
            [value if kind == "amount" else given(value) for value, (_, kind) in zip(row, one.columns, strict=True)]
            for row in one.rows
        ]
        parts.append(table(one.title, one.columns, rows, foot=one.foot))
    return element("section", element("h2", found.title), *parts, *more, _class="report")


def three_way(report: BankReport) -> Html:
    """Show bank adjusted = book = owners and tenants."""
    return section(sections.three_way(report))


def proof_of_cash(report: BankReport) -> Html:
    """Show opening + in - out = closing, at the bank and in the books."""
    return section(sections.proof_of_cash(report))


def adjustments(report: BankReport) -> Html:
    """Show every difference between bank and books as an item."""
    return section(sections.adjustments(report))


def side_by_side(report: BankReport) -> Html:
    """Show the bank's lines with what they stand for, and the slips with their lines."""
    return section(sections.side_by_side(report))


def parties(report: BankReport) -> Html:
    """Show what is owed to whom, those below zero first."""
    return section(sections.parties(report))


def returned(report: BankReport) -> Html:
    """Show what came back and why, and the charges to add for it."""
    return section(sections.returned(report))


def sign_off(report: BankReport) -> Html:
    """Give room to sign, beside what is signed."""
    people = (element("div", element("span", who), element("span", "Date")) for who in ("Prepared by", "Reviewed by"))
    return section(sections.sign_off(report), element("div", *people, _class="signatures"))


def evidence(report: BankReport) -> Html:
    """Say what the report can be checked against later."""
    return section(sections.evidence(report))
