"""The answers of the rules find the lines they are about, and none is made up (SPEC 8)."""

from decimal import Decimal

import pyarrow as pa
import pytest

from recon.answer_columns import WORDS, Spelled, joined
from recon.lockbox.reading import parse
from schemas.vocabulary import Disposition, Reason

LINES = parse(
    b'"2026-06-10","Cedar327","690.00","one","Roseman327",\r\nnot a line\r\n"2026-06-10","Fair1","5.00","two","x",\r\n'
)
SPELLED = Spelled(pa.chunked_array([["Roseman327"]]), pa.chunked_array([["Cedar327", "Fair1"]]))
TOTALS = {"matchable_total": Decimal("1.00"), "status_total": Decimal("2.00"), "flags": 0}
POSTED = {"line_number": 1, "tenant_no": 0, "unit_no": 0, "disposition": Disposition.AUTO, "reason": Reason.OK_FULL}
ASKED = {
    "line_number": 3, "tenant_no": None, "unit_no": 1, "disposition": Disposition.INDIVIDUAL,
    "reason": Reason.NO_DEFAULT_TENANT,
}  # fmt: skip


def answers(*given: dict[str, object]) -> pa.Table:
    """Answers as `queries/classified_numbers.sql` gives them."""
    schema = pa.schema(
        {
            "line_number": pa.int64(),
            "tenant_no": pa.int32(),
            "unit_no": pa.int32(),
            "matchable_total": pa.decimal128(18, 2),
            "status_total": pa.decimal128(18, 2),
            "disposition_no": pa.int32(),
            "reason_no": pa.int32(),
            "flags": pa.int32(),
        }
    )
    rows = []
    for answer in given:
        numbers = {
            "disposition_no": WORDS["dispositions"].index(answer["disposition"]) + 1,
            "reason_no": WORDS["reasons"].index(answer["reason"]) + 1 if answer["reason"] in WORDS["reasons"] else None,
        }
        rows.append(
            {"matchable_total": Decimal("1.00"), "status_total": Decimal("2.00"), "flags": 0} | answer | numbers
        )
    return pa.Table.from_pylist(rows, schema=schema)


def test_answers_come_in_any_order() -> None:
    """SPEC 8: one row per line in file order, a rejected one with its reason and nothing of another's."""
    for given in ((POSTED, ASKED), (ASKED, POSTED)):
        rows = joined(LINES, None, answers(*given), SPELLED).to_pylist()
        assert [row["line_number"] for row in rows] == [1, 2, 3]
        assert [row["reason"] for row in rows] == ["OK_FULL", "BAD_RECORD", "NO_DEFAULT_TENANT"]
        assert [row["disposition"] for row in rows] == ["auto", "rejected", "individual"]
        assert [row["tenant_id"] for row in rows] == ["Roseman327", None, None]
        assert [row["unit_id"] for row in rows] == ["Cedar327", None, "Fair1"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((POSTED,), "not those of the lines"),
        ((POSTED, ASKED, ASKED | {"line_number": 2}), "not those of the lines"),
        ((POSTED, ASKED, ASKED), "not those of the lines"),
        ((POSTED, ASKED | {"line_number": 4}), "not those of the lines"),
        ((POSTED, ASKED | {"line_number": -1}), "not those of the lines"),
        ((POSTED, ASKED | {"reason": "SOMETHING"}), "outside the vocabulary"),
    ],
    ids=["too few", "one of a rejected line", "twice", "after the last", "before the first", "unknown reason"],
)
def test_no_answer_is_made_up(given: tuple[dict[str, object], ...], said: str) -> None:
    with pytest.raises(RuntimeError, match=said):
        joined(LINES, None, answers(*given), SPELLED)
