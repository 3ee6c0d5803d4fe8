"""The printed deposit slip."""

import dataclasses
import io
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import matplotlib as mpl
import pytest
from pypdf import PdfReader

from recon.errors import WrongUse
from recon.rendering import print_text
from recon.rendering.print_text import printable
from recon.rendering.slip import slip_pdf
from recon.report import DepositSlip, SlipItem, Tally, slips
from tests.faces.run_folders import CHINESE, EMOJI, QUOTES, SCRIPT, write_large, write_small

_SLIP = DepositSlip(
    deposit_id="D-7",
    bank_account_id="OPER",
    bank_account_name="Operating trust, First Bank",
    account_last4="4471",
    deposit_date="2026-06-10",
    tally=Tally(3, Decimal("2780.00")),
    items=(
        SlipItem("R-1", SCRIPT, "Cedar House 327", "check & <i>1001</i>", Decimal("950.00")),
        SlipItem("R-2", QUOTES, EMOJI, "", Decimal("880.00")),
        SlipItem("R-3", CHINESE, "Elm Court " * 12, "x" * 300, Decimal("950.00")),
    ),
    csv_sha256="ab" * 32,
)


def _print(slip: DepositSlip) -> bytes:
    return slip_pdf(slip, firm="Oakridge & <Sons>", run_id="run-0001", file="June10.csv")


def _pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_what_is_on_a_slip() -> None:
    """BTR-57, BTR-62: account, date, every item, count and the total that the bank will show as one credit."""
    (shown,) = _pages(_print(_SLIP))
    for said in ("Operating trust, First Bank", "account ending 4471", "2026-06-10", "Total, 3 items", "2,780.00"):
        assert said in shown
    assert "Oakridge & <Sons>" in shown
    assert "Page 1 of 1" in shown
    assert "Prepared by" in shown


@pytest.mark.parametrize("words", [40, 220, 3000])
def test_a_memo_of_any_length_is_printed_whole(words: int) -> None:
    """SPEC 3: memos are kept whole; one that is longer than a page goes on on the next."""
    long = replace(_SLIP.items[0], memo="word " * words)
    pages = _pages(_print(replace(_SLIP, items=(_SLIP.items[1], long, _SLIP.items[2]))))
    assert sum(page.count("word") for page in pages) == words
    assert "Total, 3 items" in pages[-1]


def test_names_are_printed_as_they_are() -> None:
    """RELIABILITY, threats: markup in a name is text; a character that cannot be drawn is seen, not lost."""
    (shown,) = _pages(_print(_SLIP))
    assert SCRIPT in shown
    assert QUOTES in shown
    assert "check & <i>1001</i>" in shown.replace("\n", " ")
    assert CHINESE in shown
    assert "Zoë \\U0001f3e0" in shown
    assert "stand for letters that this print cannot draw" in shown


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Zoë Müller-Ångström", "Zoë Müller-Ångström"),
        ("Ελένη Жанна", "Ελένη Жанна"),
        ("Zoe\u0308", "Zoë"),
        ("\u05d0\u05d1 \u05d2\u05d3", "\u05d3\u05d2 \u05d1\u05d0"),
        ("Unit 5 \u05d0\u05d1", "Unit 5 \u05d1\u05d0"),
        ("\u05d012", "12\u05d0"),
        ("a\u202eb\x00", "a\\u202eb\\x00"),
        (CHINESE, CHINESE),
        ("東京あ 한글", "東京あ 한글"),
        ("\u0645\u062d\u0645\u062f", "\ufeaa\ufee4\ufea4\ufee3"),
        ("\u0e01\u0e32", "\\u0e01\\u0e32"),
    ],
)
def test_printable(text: str, printed: str) -> None:
    """Scripts that the typeface has are printed, right-to-left words in reading order, the rest by code."""
    assert printable(text) == printed


@pytest.fixture
def fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Typefaces of the user's own, forgotten afterwards."""
    yield monkeypatch
    monkeypatch.undo()
    print_text._others.cache_clear()


def test_other_scripts_are_printed_with_the_users_typefaces(fonts: pytest.MonkeyPatch) -> None:
    """Issue 5: names in any script; a file that is no typeface is one sentence."""
    letter = "\u1d81"  # that none of ours has
    assert printable(f"Zoë {letter}") == "Zoë \\u1d81"
    path = Path(mpl.get_data_path()) / "fonts" / "ttf" / "STIXGeneral.ttf"
    fonts.setenv("RECON_PRINT_FONTS", str(path))
    print_text._others.cache_clear()
    slip = replace(_SLIP, bank_account_name=letter, items=(replace(_SLIP.items[0], tenant=f"Zoë {letter}"),))
    assert _pages(_print(slip))[0].count(letter) == 2
    fonts.setenv("RECON_PRINT_FONTS", __file__)
    print_text._others.cache_clear()
    with pytest.raises(WrongUse, match="which is no TrueType font"):
        printable(letter)


def test_same_slip_same_bytes() -> None:
    """Same data, same bytes."""
    assert _print(_SLIP) == _print(_SLIP)
    assert _print(dataclasses.replace(_SLIP, deposit_date="2026-06-11")) != _print(_SLIP)


def test_long_slips_repeat_their_head_and_count_their_pages(tmp_path: Path) -> None:
    """A slip over several pages says on each which it is and which page of how many."""
    (slip,) = slips(write_large(tmp_path / "run", 150))
    shown = _pages(_print(slip))
    assert len(shown) > 1
    for number, text in enumerate(shown, start=1):
        assert f"Page {number} of {len(shown)}" in text
        assert "Receipt" in text
        assert "D-1" in text
    assert "Total, 100 items" in shown[-1]


def test_above_two_thousand_items(tmp_path: Path) -> None:
    """SPEC 8: totals of all, the first 500, the hash of the CSV that has the rest."""
    (slip,) = slips(write_large(tmp_path / "run", 3_300))
    shown = _pages(_print(slip))
    assert "The first 500 of 2,200 items" in shown[0]
    assert slip.csv_sha256 in "".join(shown[0].split())
    assert "Total, 2,200 items" in shown[-1]
    assert "R749" in shown[-1] or "R749" in shown[-2], "the 500th posted line is line 749"
    assert not any("R751" in text for text in shown)


def test_the_slips_of_a_run(tmp_path: Path) -> None:
    """BTR-62: one slip per account and date; its total is the sum of its items."""
    found = list(slips(write_small(tmp_path / "run")))
    assert [(slip.deposit_id, slip.account_last4, slip.tally) for slip in found] == [
        ("D-1", "4471", Tally(2, Decimal("2080.00"))),
        ("D-2", "0090", Tally(1, Decimal("810.00"))),
    ]
    for slip in found:
        assert sum(item.amount for item in slip.items) == slip.tally.amount
        assert _print(slip).startswith(b"%PDF")
