"""What the report says of a run, and that nothing in it can act on the reader's browser."""

import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

from recon.errors import InputRefused
from recon.rendering import batch_report, html
from recon.rendering.page import page
from recon.report import Standing, Tally, describe, gather, status_text
from tests.faces.run_folders import CHINESE, HEBREW, SCRIPT, write_large, write_small


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Give a run of seven lines."""
    return write_small(tmp_path / "run")


def _page(folder: Path) -> str:
    report = gather(folder)
    sections = (
        batch_report.header,
        batch_report.proof,
        batch_report.sign_off,
        batch_report.charts,
        batch_report.payments,
        batch_report.reasons,
        batch_report.deposits,
        batch_report.problems,
        batch_report.evidence,
    )
    return page("Tenant receipts report", html.joined(section(report) for section in sections))


class _Tags(HTMLParser):
    """Collects what a browser would see as elements and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def test_the_proof_compares_the_bank_the_file_and_the_run(small: Path) -> None:
    """BTR-87, BTR-88: entries and total as imported, beside the control totals; three parts make the total."""
    proof = gather(small).proof
    assert proof.holds
    assert proof.control == proof.file == proof.loaded == Tally(7, Decimal("4405.50"))
    assert proof.difference == Tally(0, Decimal("0.00"))
    assert proof.auto + proof.individual + proof.rejected == proof.file
    assert {check.standing for check in proof.checks} == {Standing.AGREES}


@pytest.mark.parametrize(
    ("changes", "claim"),
    [
        ({"total_amount": "4405.51"}, "Every line of the file is accounted for"),
        ({"auto": {"count": 4, "amount": "2890.00"}}, "Automatic + individual + rejected = total"),
        ({"posted": {"count": 3, "amount": "2890.01"}}, "Receipts = posted"),
        ({"deposit_slips": []}, "Deposit slips: total stated = sum of the items"),
    ],
)
def test_one_cent_or_one_line_is_seen(tmp_path: Path, changes: dict[str, object], claim: str) -> None:
    """BTR-88: a run whose numbers do not agree is not called proved, and the check that differs is named."""
    report = gather(write_small(tmp_path / "run", **changes))
    assert not report.proof.holds
    assert claim in [check.claim for check in report.proof.checks if check.standing is Standing.DIFFERS]
    assert "Do not sign" in batch_report.proof(report)


def test_lines_that_could_no_longer_be_posted_are_explained(tmp_path: Path) -> None:
    """SPEC 6: eligibility is judged when posting, so fewer lines may be posted than were classified as automatic."""
    run = write_small(tmp_path / "run", posted={"count": 2, "amount": "2080.00"})
    check = next(check for check in gather(run).proof.checks if check.claim == "Posted = automatic")
    assert check.standing is Standing.EXPLAINED
    assert check.difference == Tally(1, Decimal("810.00"))


def test_control_totals_that_were_not_given_are_not_invented(small: Path) -> None:
    """BTR-88: control totals are optional."""
    context = json.loads((small / "report_context.json").read_text(encoding="utf-8"))
    context["expected"] = {"entries": None, "total": None}
    (small / "report_context.json").write_text(json.dumps(context), encoding="utf-8")
    report = gather(small)
    assert report.proof.control is None
    assert report.proof.holds
    assert "not given" in batch_report.proof(report)


def test_three_lists_disjoint_and_complete(small: Path) -> None:
    """BTR-20: the first list is the second and the third; each title has count and sum."""
    report = gather(small)
    numbers = [{line.line_number for line in found.lines} for found in (report.individual, report.automatic)]
    assert not numbers[0] & numbers[1]
    assert {line.line_number for line in report.all_payments.lines} == numbers[0] | numbers[1] == {1, 2, 3, 5, 6, 7}
    assert report.all_payments.heading == "All Payments (6 · 4,285.50)"
    assert report.individual.heading == "Payments Requiring Individual Processing (3 · 1,395.50)"
    assert report.automatic.heading == "Payments Not Requiring Individual Processing (3 · 2,890.00)"


def test_unposted_lines_are_listed_with_their_reasons(small: Path) -> None:
    """BTR-54, BTR-55: what waits for a person is on the report, with its reason; posted lines name their receipt."""
    report = gather(small)
    assert [(line.line_number, line.reason) for line in report.individual.lines] == [
        (3, "OVERPAID"),
        (5, "UNIDENTIFIED"),
        (7, "UNDERPAID"),
    ]
    assert [line.receipt_id for line in report.automatic.lines] == ["R-1", "R-2", "R-3"]
    assert [(item.reason, item.tally) for item in report.reasons] == [
        ("OK_FULL", Tally(3, Decimal("2890.00"))),
        ("UNDERPAID", Tally(1, Decimal("640.00"))),
        ("OVERPAID", Tally(1, Decimal("700.00"))),
        ("UNIDENTIFIED", Tally(1, Decimal("55.50"))),
        ("BAD_RECORD", Tally(1, Decimal("120.00"))),
    ]


def test_descriptions_and_file_ids(small: Path) -> None:
    """BTR-91: tenant and unit by name; unidentified, the IDs as the file has them."""
    lines = {line.line_number: line.description for line in gather(small).all_payments.lines}
    assert lines[1] == f"{SCRIPT} - Cedar House 327"
    assert lines[3] == f"{HEBREW} - Pine Street 3"
    assert lines[5] == f"{CHINESE}? - NOWHERE<7>"
    assert lines[7].endswith(" - ELM-5")
    assert describe("", "", {}) == "No tenant or unit ID in the file"


@pytest.mark.parametrize(
    ("reason", "total", "matchable", "said"),
    [
        ("OK_FULL", "690.00", "690.00", "690.00"),
        ("OVERPAID", "1900.00", "950.00", "1,900.00, of which 950.00 after 10-Jul"),
        ("NOTHING_OWED", "0.00", "0.00", "0.00"),
        ("UNIDENTIFIED", "0.00", "0.00", "Unidentified payer"),
        ("AMBIGUOUS_UNIT", "0.00", "0.00", "Unit not settled"),
        ("NO_UNIT", "0.00", "0.00", "Unit not settled"),
    ],
)
def test_status(reason: str, total: str, matchable: str, said: str) -> None:
    """BTR-18, BTR-93: all that is unpaid, and how much of it is due later than 30 days after the payment."""
    assert status_text(reason, "2026-06-10", Decimal(total), Decimal(matchable)) == said


def test_hostile_values_stay_text(small: Path) -> None:
    """RELIABILITY, threats: names, memos, bank accounts and raw lines become text, never markup."""
    shown = _page(small)
    found = _Tags()
    found.feed(shown)
    assert not found.tags & {"script", "img", "b", "iframe", "object", "link", "a"}
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert "&lt;script&gt;alert(&#x27;rent&#x27;)&lt;/script&gt;" in shown
    assert "O&quot;Brien &amp; &#x27;Sons&#x27;" in shown
    assert "\u202e" not in shown, "a hidden character must be shown by its code"
    assert "Ann\\u202eEve" in shown
    assert CHINESE in shown
    assert f'<bdi dir="ltr">{HEBREW} - Pine Street 3</bdi>' in shown


def test_rejected_lines_are_shown_word_for_word(small: Path) -> None:
    """SPEC 3: a rejected line is kept word for word; bytes that cannot be shown appear by their code."""
    report = gather(small)
    assert (report.errors.count, report.errors.rejected_count) == (2, 1)
    shown = batch_report.problems(report)
    assert "&quot;13/45/2026&quot;,\\t&quot;&lt;img src=x&gt;&quot;,&quot;120.00&quot;,\\x00\\xff" in shown


def test_nothing_points_outside(small: Path) -> None:
    """The page needs no other address: none is named, and the browser is told to load nothing."""
    shown = _page(small)
    found = _Tags()
    found.feed(shown)
    loading = {"src", "href", "srcset", "data", "action", "poster", "background"}
    assert not [value for name, value in found.attributes if name in loading and not value.startswith("#")]
    assert not re.search(r"(?i)https?:|@import|url\((?!#)", shown)
    assert "default-src 'none'" in shown


def test_same_run_same_page(small: Path) -> None:
    """DESIGN, habit 13: same inputs, same bytes; that includes the charts."""
    assert _page(small) == _page(small)


def test_every_id_occurs_once(small: Path) -> None:
    """Drawings from one library must not share ids on one page."""
    ids = re.findall(r'<(?!path|pattern|clipPath)[^>]* id="([^"]+)"', _page(small))
    assert len(ids) == len(set(ids))


def test_charts_say_the_same_in_words(small: Path) -> None:
    """A screen reader hears count and sum of every bar."""
    shown = batch_report.charts(gather(small))
    assert "Posted 65.6%: 3 · 2,890.00. Requires a person 31.7%: 3 · 1,395.50. Rejected 2.7%: 1 · 120.00." in shown
    assert "over 90 days: 2 · 1,511.25" in shown


def test_above_two_thousand_the_first_five_hundred(tmp_path: Path) -> None:
    """SPEC 8: above 2,000 items the report shows totals, the first 500 and the hash of the CSV."""
    report = gather(write_large(tmp_path / "run", 3_300))
    assert report.proof.holds
    assert (report.all_payments.tally.count, len(report.all_payments.lines)) == (3_300, 500)
    assert (report.individual.tally.count, len(report.individual.lines)) == (1_100, 1_100)
    assert (report.automatic.tally.count, len(report.automatic.lines)) == (2_200, 500)
    assert [line.line_number for line in report.automatic.lines[:3]] == [1, 2, 4]
    assert (report.slips[0].tally.count, len(report.slips[0].items)) == (2_200, 500)
    shown = batch_report.payments(report)
    assert "The first 500 of 3,300 are shown" in shown
    assert report.csv_hash("classification.csv") in shown


def test_exactly_two_thousand_are_all_shown(tmp_path: Path) -> None:
    """SPEC 8: the limit itself is not above the limit."""
    report = gather(write_large(tmp_path / "run", 2_000))
    assert len(report.all_payments.lines) == 2_000
    assert "are shown; the totals" not in batch_report.payments(report)


def test_a_dry_run_says_so(small: Path) -> None:
    """SPEC 6: a dry run registers nothing; posted is 0."""
    for name in ("receipts.csv", "applications.csv", "deposit_slips.csv"):
        (small / name).unlink()
    for name, changes in (
        ("report_context.json", {"dry_run": True}),
        ("run.json", {"posted": {"count": 0, "amount": "0.00"}, "deposit_slips": []}),
    ):
        said = json.loads((small / name).read_text(encoding="utf-8"))
        (small / name).write_text(json.dumps(said | changes), encoding="utf-8")
    report = gather(small)
    assert report.proof.holds
    assert "Dry run: nothing was posted" in batch_report.proof(report)
    assert "Ready, not posted 65.6%" in batch_report.charts(report)


def test_a_run_without_context_and_without_entries(tmp_path: Path) -> None:
    """SPEC 3: a file without records is 0 entries; what nobody said is not shown."""
    folder = write_large(tmp_path / "run", 0)
    report = gather(folder)
    assert report.proof.holds
    assert "None." in batch_report.payments(report)
    assert "No deposit slip" in _page(folder)


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    """SPEC 8: one clear sentence."""
    with pytest.raises(InputRefused, match=r"has no run\.json"):
        gather(tmp_path)


def test_an_amount_with_three_decimals_is_refused(small: Path) -> None:
    """Money is exact: what is not an amount with two decimals is not rounded into one."""
    found = (small / "classification.csv").read_text(encoding="utf-8")
    (small / "classification.csv").write_text(found.replace("1130.00", "1130.005"), encoding="utf-8")
    with pytest.raises(InputRefused, match=r"classification\.csv cannot be read"):
        gather(small)
