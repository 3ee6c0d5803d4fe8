"""The check of a pandas frame of bank lines (SPEC 7): the columns of `schemas.bank.BANK_LINES`, Arrow-backed.

Such a frame comes from `BankFile.frame()`. Nothing is coerced: parse first, then check.
"""

import datetime
from typing import Annotated

import pandas as pd
import pandera.pandas as pa
import pyarrow
from pandera.typing import Series

from schemas.bank import BANK_AMOUNT, BankEvent, BankStatus

Whole = Annotated[pd.ArrowDtype, pyarrow.int64()]
Small = Annotated[pd.ArrowDtype, pyarrow.int32()]
Day = Annotated[pd.ArrowDtype, pyarrow.date32()]
Text = Annotated[pd.ArrowDtype, pyarrow.string()]
YesNo = Annotated[pd.ArrowDtype, pyarrow.bool_()]
Amount = Annotated[pd.ArrowDtype, BANK_AMOUNT]

_FIRST_DAY, _LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)


class BankLines(pa.DataFrameModel):
    """One row per entry or detail of one bank file, in file order; validate with `lazy=True`."""

    entry: Series[Whole] = pa.Field(ge=1, unique=True)
    parent: Series[Whole] = pa.Field(nullable=True, ge=1)
    statement: Series[Small] = pa.Field(ge=1)
    line_number: Series[Whole] = pa.Field(ge=1)
    line_end: Series[Whole] = pa.Field(ge=1)
    account: Series[Text] = pa.Field(nullable=True)
    currency: Series[Text] = pa.Field(nullable=True, str_matches="^[A-Z]{3}$")
    amount: Series[Amount] = pa.Field(nullable=True)
    booking_date: Series[Day] = pa.Field(nullable=True, ge=_FIRST_DAY, le=_LAST_DAY)
    value_date: Series[Day] = pa.Field(nullable=True, ge=_FIRST_DAY, le=_LAST_DAY)
    status: Series[Text] = pa.Field(isin=[str(word) for word in BankStatus])
    event: Series[Text] = pa.Field(isin=[str(word) for word in BankEvent])
    bank_code: Series[Text] = pa.Field(nullable=True)
    code_system: Series[Text] = pa.Field(nullable=True)
    is_reversal: Series[YesNo]
    return_code: Series[Text] = pa.Field(nullable=True)
    bank_reference: Series[Text] = pa.Field(nullable=True)
    customer_reference: Series[Text] = pa.Field(nullable=True)
    end_to_end_id: Series[Text] = pa.Field(nullable=True)
    trace_number: Series[Text] = pa.Field(nullable=True)
    original_trace_number: Series[Text] = pa.Field(nullable=True)
    check_number: Series[Text] = pa.Field(nullable=True)
    counterparty_name: Series[Text] = pa.Field(nullable=True)
    counterparty_account: Series[Text] = pa.Field(nullable=True)
    description: Series[Text]
    raw: Series[Text]

    class Config:
        """Exactly these columns, in this order, of these types."""

        strict = True
        ordered = True
        coerce = False

    @pa.dataframe_check
    @classmethod
    def entries_are_in_file_order(cls, frame: pd.DataFrame) -> bool:
        """Tell whether entries are counted from 1 without a gap."""
        return bool((frame["entry"].diff().dropna() == 1).all())

    @pa.dataframe_check
    @classmethod
    def a_detail_stands_below_an_entry_before_it(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        """Ask that a parent comes first and is itself an entry, so that no amount counts twice."""
        entries = frame["entry"][frame["parent"].isna()]
        below = frame["parent"].isin(entries) & (frame["parent"] < frame["entry"]).fillna(value=False)
        return frame["parent"].isna() | below

    @pa.dataframe_check
    @classmethod
    def lines_end_after_they_begin(cls, frame: pd.DataFrame) -> "pd.Series[bool]":
        """Ask that no line ends before it begins."""
        return frame["line_end"] >= frame["line_number"]
