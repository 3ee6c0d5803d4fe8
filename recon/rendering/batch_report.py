"""The sections of a run's report as static HTML: no script, no outside address, readable in black and white."""

from importlib.resources import files

from recon.rendering import charts as drawn
from recon.rendering import lists, words
from recon.rendering.html import Html, element, given, joined, styles, table
from recon.report import BatchReport, Check, Proof, Standing, Tally

_SIGNS = {Standing.AGREES: "✓ agrees", Standing.EXPLAINED: "! explained", Standing.DIFFERS: "✕ differs"}
_SOURCES = {"third_party": "Third-party lockbox", "local": "Local template"}


def section(title: str, *parts: str, new_page: bool = False) -> Html:
    """Make one section of the report."""
    heading = element("h2", title) if title else Html()
    return element("section", heading, *parts, _class="report new-page" if new_page else "report")


def header(report: BatchReport) -> Html:
    """Show which run this is, of which file, as a letterhead; bring the style sheet along."""
    identity = report.identity
    facts = [
        ("File", identity.file),
        ("Run", identity.run_id),
        ("Batch", identity.batch_id),
        ("Run at", identity.run_at),
        ("By", identity.user),
        ("Source", _SOURCES.get(identity.source, identity.source)),
    ]
    listed = joined(joined((element("dt", name), element("dd", given(value)))) for name, value in facts if value)
    title = joined(
        (
            element("p", given(identity.workspace), _class="firm") if identity.workspace else Html(),
            element("h1", "Tenant receipts report"),
        )
    )
    css = files("recon.rendering").joinpath("batch_report.css").read_text(encoding="utf-8")
    return joined(
        (
            styles(css),
            section("", element("div", element("div", title), element("dl", listed), _class="letterhead")),
        )
    )


def proof(report: BatchReport) -> Html:
    """Show that the file, what was loaded, and what was posted agree, to the cent."""
    found = report.proof
    notices = [*report.warnings]
    if report.identity.dry_run:
        notices.insert(0, "Dry run: nothing was posted and nothing was registered.")
    return section(
        "Proof",
        _verdict(found),
        joined(element("p", given(notice), _class="notice") for notice in notices),
        element("div", _totals(found), _dispositions(found), _class="pair"),
        element("h3", "Checks"),
        _checks(found.checks),
    )


def _verdict(found: Proof) -> Html:
    differing = sum(check.standing is Standing.DIFFERS for check in found.checks)
    standing = Standing.AGREES if found.holds else Standing.DIFFERS
    difference = f"Difference {words.amount(found.difference)}"
    # A difference of 0.00 must not stand in large letters over a run that is not proved.
    headline = (
        f"✓ {difference}" if found.holds else "✕ Not proved" if found.difference.is_nothing else f"✕ {difference}"
    )
    said = (
        f"{words.count(found.loaded)} of {words.count(found.file)} entries, {words.amount(found.loaded)}: "
        "every line and every cent is accounted for."
        if found.holds
        else f"{differing} of {len(found.checks)} checks differ. Do not sign before they are explained."
    )
    return element(
        "div",
        element("strong", headline),
        element("span", said),
        _class=f"verdict {standing}",
    )


def _totals(found: Proof) -> Html:
    control = found.control or Tally(None, None)
    rows = [
        ("Control total from the bank", words.count(control, "not given"), words.amount(control, "not given")),
        ("File", words.count(found.file), words.amount(found.file)),
        ("Loaded", words.count(found.loaded), words.amount(found.loaded)),
    ]
    difference = ("Difference", words.count(found.difference), words.amount(found.difference))
    columns = (("", "text"), ("Entries", "number"), ("Amount", "amount"))
    return table("File against loaded", columns, rows, foot=difference)


def _dispositions(found: Proof) -> Html:
    parts = [("Automatic", found.auto), ("Individual", found.individual), ("Rejected", found.rejected)]
    rows = [(name, words.count(tally), words.amount(tally)) for name, tally in parts]
    total = found.auto + found.individual + found.rejected
    foot = ("Total", words.count(total), words.amount(total))
    columns = (("Disposition", "text"), ("Entries", "number"), ("Amount", "amount"))
    return table("What became of the file", columns, rows, foot=foot)


def _checks(checks: tuple[Check, ...]) -> Html:
    amounts = [(name, "amount") for name in ("Stated", "Found", "Difference")]
    return table("Checks", (("Check", "text"), *amounts, ("Result", "word")), [_check(check) for check in checks])


def _check(check: Check) -> tuple[str, ...]:
    claim = joined((check.claim, element("small", check.explanation) if check.explanation else Html()))
    explained = check.standing is Standing.EXPLAINED
    return (
        claim if explained else check.claim,
        words.both(check.stated),
        words.both(check.found),
        words.both(check.difference),
        element("strong", _SIGNS[check.standing], _class=check.standing),
    )


def charts(report: BatchReport) -> Html:
    """Show three plain charts; each says the same in words to a screen reader."""
    pair = [
        element("div", element("h3", "Reasons, by amount"), drawn.reasons(report.reasons)),
        element("div", element("h3", "Open charges, by days past due"), drawn.ageing(report.ageing)),
    ]
    if not report.ageing:
        pair.pop()
    return section("At a glance", drawn.share_posted(report.proof), element("div", *pair, _class="pair"), new_page=True)


def sign_off(report: BatchReport) -> Html:
    """Give room to sign, beside what is signed."""
    found = report.proof
    taken_out = f"taken out {words.both(found.removed)}; " if found.removed.count else ""
    statement = (
        f"File {report.identity.file}, run {report.identity.run_id}: "
        f"posted {words.both(found.posted)}; requiring individual processing {words.both(found.waiting)}; "
        f"rejected {words.both(found.rejected)}; "
        f"{taken_out}difference {words.amount(found.difference)}."
    )
    people = (element("div", element("span", who), element("span", "Date")) for who in ("Prepared by", "Reviewed by"))
    return section(
        "Sign-off",
        element("p", given(statement.replace(" · ", "\u00a0·\u00a0"))),
        element("div", *people, _class="signatures"),
    )


def payments(report: BatchReport) -> Html:
    """Show the three lists (BTR-20)."""
    csv_hash = report.csv_hash("classification.csv")
    named = (report.all_payments, report.individual, report.automatic)
    return joined(section(found.heading, lists.payment_table(found, csv_hash)) for found in named)


def reasons(report: BatchReport) -> Html:
    """Show how many lines have each reason and each flag, and their sums."""
    numbers = (("Code", "word"), ("Entries", "number"), ("Amount", "amount"))
    rows = [
        (
            words.disposition(item.disposition),
            words.reason(item.reason),
            element("span", item.reason, _class="code"),
            words.count(item.tally),
            words.amount(item.tally),
        )
        for item in report.reasons
    ]
    flags = [
        (words.flag(name), element("span", name, _class="code"), words.count(tally), words.amount(tally))
        for name, tally in report.flags
    ]
    found = report.proof.loaded
    foot = ("Total", "", "", words.count(found), words.amount(found))
    parts = [table("Reasons", (("Disposition", "word"), ("Reason", "text"), *numbers), rows, foot=foot)]
    if flags:
        parts += [
            element("h3", "Flags"),
            table("Flags", (("Flag", "text"), *numbers), flags),
            element("p", "A flag does not decide what becomes of a line; a line with two flags counts under both."),
        ]
    return section("Reasons", *parts)


def deposits(report: BatchReport) -> Html:
    """Show every deposit slip with its items, what is on none, and the transfers due."""
    return section("Deposit slips", *lists.deposit_parts(report))


def problems(report: BatchReport) -> Html:
    """Show the lines that could not be read, word for word, and the rest of the error log."""
    return section("Rejected lines and error log", *lists.error_parts(report))


def evidence(report: BatchReport) -> Html:
    """Show what the run can be checked against later: rules, hashes, head of the journal."""
    identity = report.identity
    code = [(name, element("span", hash_, _class="code")) for name, hash_ in identity.hashes]
    parts = [
        table("Hashes", (("SHA-256 of", "word"), ("", "text")), code),
        element("h3", "Head of the journal when this run was done"),
        element("p", given(identity.journal_head or "not known"), _class="code"),
    ]
    if identity.posting_rules:
        rules = [(name.replace("_", " "), given(rule)) for name, rule in identity.posting_rules]
        columns = (("Rule", "text"), ("Setting", "text"))
        parts += [element("h3", "Posting rules"), table("Posting rules", columns, rules)]
    return section("Evidence", *parts)
