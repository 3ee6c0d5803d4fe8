"""What the notebook shows of a publication: the proof first, what changed, what was sent, what was withheld."""

from decimal import Decimal

from recon import money
from recon.publishing.publish import Preview, Publication
from recon.rendering.html import Html, element, given, joined, table


def proof(found: Preview) -> Html:
    """Show the control totals, which were proven against the ledger before anything else was done."""
    gathered = found.gathered
    period, head = gathered.terms.period, gathered.head
    parts = [
        element("h1", "Publication, ", f"{period.first} to {period.last}"),
        element("p", given(gathered.firm), f" · books as of entry {head.seq}, {head.hash[:12]}…"),
        element("h2", "✓ Every statement adds up, and all of them to the ledger"),
    ]
    for name, totals in gathered.totals.items():
        words = name.replace("_", " ").capitalize()
        rows = [
            (heading.replace("_", " ").capitalize(), money.shown(Decimal(str(amount))))
            for heading, amount in totals.items()
            if heading not in {"documents", "rows"}
        ]
        parts += [
            element("h3", f"{words}: {totals['documents']}"),
            table(words, (("", "text"), ("Amount", "amount")), rows[:-1], foot=rows[-1]),
        ]
    return joined(parts)


def changes(found: Preview) -> Html:
    """Show what differs from the last publication: profile by profile, statement by statement, in figures."""
    rows = [("Profiles", word, f"{count:,}") for word, count in found.profiles.items()]
    rows += [("Statements", word, f"{count:,}") for word, count in found.statements.items()]
    rows.append(("Documents", "in this publication", f"{len(found.gathered.documents):,}"))
    columns = (("What", "text"), ("", "text"), ("Count", "number"))
    return joined((element("h2", "Since the last publication"), table("Changes", columns, rows)))


def withheld(found: Preview) -> Html:
    """Show what stays here, each with the reason."""
    rows = [(row["kind"], given(row["party_key"]), row["reason"]) for row in found.gathered.withheld]
    if not rows:
        return element("p", "Nothing was withheld.")
    columns = (("Kind", "text"), ("Which", "text"), ("Why", "text"))
    return joined((element("h2", "Withheld"), table("Withheld", columns, rows)))


def sent(done: Publication | None) -> Html:
    """Show which publication it is and what became of it; None: a dry run."""
    if done is None or done.delivered is None:
        return joined((element("h2", "Dry run"), element("p", "Nothing was written or sent.")))
    again = "" if done.is_new else ", as published before"
    rows = [
        ("Publication", f"{done.publication_id}{again}"),
        ("Manifest, SHA-256", done.manifest_sha256),
        ("Target", given(done.delivered.target)),
        ("State", done.delivered.state),
        ("Said", given(done.delivered.message)),
    ]
    return joined((element("h2", "Sent"), table("Sent", (("", "text"), ("", "text")), rows)))
