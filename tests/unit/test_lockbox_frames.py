"""The Pandera model of lockbox lines: what `parse` gives passes, and each check can fail."""

from typing import Any

import pandas as pd
import pytest
from pandera.errors import SchemaErrors

from recon.lockbox.reading import parse
from schemas.lockbox_frames import LockboxLines

DATA = b'rubbish\r\n"2026-06-10","U","5.00","m",\r\n\r\n"06/10/2026","","5.00","' + b"m" * 41 + b'","T"'


@pytest.fixture
def frame() -> pd.DataFrame:
    """Give a rejected line, a short one without tenant and a long memo without unit."""
    return parse(DATA).to_pandas(types_mapper=pd.ArrowDtype)


def test_parsed_lines_pass(frame: pd.DataFrame) -> None:
    """SPEC 3: what was read fits the contract, also when there is nothing."""
    LockboxLines.validate(frame, lazy=True)
    LockboxLines.validate(frame.iloc[:0], lazy=True)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("line_number", [0, 1, 2]),
        ("line_number", [1, 1, 2]),
        ("line_number", [3, 2, 1]),
        ("file_date", [None, None, None]),
        ("unit_id", ["x", "U", ""]),
        ("unit_key", [None, None, None]),
        ("tenant_key", [None, "t", "t"]),
        ("amount", [None, None, None]),
        ("memo", ["", "m", "short"]),
        ("memo", [None, "m", "m" * 41]),
        ("memo_too_long", [False, False, False]),
        ("message", [None, None, None]),
        ("raw", [b"x", b"x", None]),
    ],
)
def test_each_check_can_fail(frame: pd.DataFrame, column: str, values: list[Any]) -> None:
    """SPEC 3: a frame that breaks the contract is refused."""
    broken = frame.assign(**{column: pd.array(values, dtype=frame[column].dtype)})
    with pytest.raises(SchemaErrors):
        LockboxLines.validate(broken, lazy=True)


def test_nothing_is_coerced(frame: pd.DataFrame) -> None:
    """No amount is ever a float; no column may be missing, added or moved."""
    for broken in (
        frame.assign(amount=[None, 5.0, 5.0]),
        frame.drop(columns="raw"),
        frame.assign(extra=1),
        frame[frame.columns[::-1]],
    ):
        with pytest.raises(SchemaErrors):
            LockboxLines.validate(broken, lazy=True)
