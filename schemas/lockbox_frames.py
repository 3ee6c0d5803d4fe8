"""The check of a pandas frame of lockbox lines (SPEC 3): the columns of `schemas.lockbox.LINES`, Arrow-backed.

Such a frame comes from `lines.to_pandas(types_mapper=pd.ArrowDtype)`. Nothing is coerced: parse first, then check.
It is apart from `schemas.lockbox` because importing Pandera takes longer than reading a million lines.
"""

import datetime
from decimal import Decimal
from typing import Annotated

import pandas as pd
import pandera.pandas as pa
import pyarrow
from pandera.typing import Series

from schemas.lockbox import AMOUNT, MEMO_CHARACTERS_MAX

Whole = Annotated[pd.ArrowDtype, pyarrow.int64()]
Day = Annotated[pd.ArrowDtype, pyarrow.date32()]
Text = Annotated[pd.ArrowDtype, pyarrow.string()]
Bytes = Annotated[pd.ArrowDtype, pyarrow.binary()]
YesNo = Annotated[pd.ArrowDtype, pyarrow.bool_()]
Amount = Annotated[pd.ArrowDtype, AMOUNT]

_FIRST_DAY, _LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)


class LockboxLines(pa.DataFrameModel):
    """One row per non-blank physical line of one lockbox file, in file order; validate with `lazy=True`."""

    line_number: Series[Whole] = pa.Field(ge=1)
    file_date: Series[Day] = pa.Field(nullable=True, ge=_FIRST_DAY, le=_LAST_DAY)
    unit_id: Series[Text]
    tenant_id: Series[Text]
    amount: Series[Amount] = pa.Field(nullable=True, ge=Decimal("0.00"), le=Decimal("999999999999.99"))
    memo: Series[Text]
    unit_key: Series[Text] = pa.Field(nullable=True)
    tenant_key: Series[Text] = pa.Field(nullable=True)
    memo_too_long: Series[YesNo]
    message: Series[Text] = pa.Field(nullable=True)
    raw: Series[Bytes] = pa.Field(nullable=True)

    class Config:
        """Exactly these columns, in this order, of these types."""

        strict = True
        ordered = True
        coerce = False

    @pa.dataframe_check
    @classmethod
    def lines_are_in_file_order(cls, frame: pd.DataFrame) -> bool:
        """Tell whether line numbers ascend and none occurs twice."""
        return bool(frame["line_number"].is_monotonic_increasing and frame["line_number"].is_unique)

    @pa.dataframe_check
    @classmethod
    def a_line_is_good_or_rejected(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        """Ask of a good line a date and an amount above zero, of a rejected one message, raw bytes and no date."""
        rejected = frame["message"].notna()
        agree = (frame["raw"].notna() == rejected) & (frame["file_date"].isna() == rejected)
        return agree & (rejected | (frame["amount"] > Decimal(0)).fillna(value=False))

    @pa.dataframe_check
    @classmethod
    def a_rejected_line_has_no_texts(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        """Show nothing of what could not be read as if it had been."""
        empty = (frame["unit_id"] == "") & (frame["tenant_id"] == "") & (frame["memo"] == "")
        return frame["message"].isna() | empty

    @pa.dataframe_check
    @classmethod
    def keys_go_with_ids(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        """Ask for a key where there is an ID, and only there."""
        unit = frame["unit_key"].isna() == (frame["unit_id"] == "")
        return unit & (frame["tenant_key"].isna() == (frame["tenant_id"] == ""))

    @pa.dataframe_check
    @classmethod
    def long_memos_are_flagged(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        """Ask for the flag on a memo of more than 40 characters, and on no other (BTR-49)."""
        return frame["memo_too_long"] == (frame["memo"].str.len() > MEMO_CHARACTERS_MAX)
