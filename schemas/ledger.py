"""The contracts of the ledger tables as Pandera models, for frames with Arrow-backed columns (SPEC 2).

    from schemas.ledger import Charges
    Charges.validate(frame)

A model has exactly the columns of `schemas.ledger_tables`, in that order, and the rules of `schemas.ledger_rules`. It
never converts a value: a frame is right or it is refused, with all that is wrong with it. What lies between tables is
checked by `validate`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pyarrow.compute as pc

from schemas.ledger_rules import Rule, rules_of
from schemas.ledger_tables import TABLES, Column, Table


@dataclass(frozen=True)
class LedgerModel:
    """The Pandera schema of one ledger table as it is after reading."""

    table: Table
    schema: pandera.DataFrameSchema

    def validate(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Give the frame back unchanged.

        Raises:
            pandera.errors.SchemaErrors: a column is missing, too many, out of order or of another type, or a rule is
                broken; `failure_cases` lists every problem, not only the first.
        """
        return self.schema.validate(frame, lazy=True)


def model_of(table: Table) -> LedgerModel:
    """Derive the model of a table from its description and its rules."""
    # The rule `filled` says which values must be there, hence nullable; a second check would be a second rule.
    columns = {field.name: pandera.Column(pd.ArrowDtype(field.type), nullable=True) for field in table.arrow}
    checks = [
        _check(partial(_kept, rule), f"{rule.column} {rule.name}", f"{rule.column} {rule.expected}")
        for rule in rules_of(table)
    ]
    schema = pandera.DataFrameSchema(columns, checks, strict=True, ordered=True, coerce=False, name=table.name)
    return LedgerModel(table, schema)


def frame_of(rows: pa.Table) -> pd.DataFrame:
    """Turn a ledger table into a frame with Arrow-backed columns; amounts stay exact and nothing is copied."""
    frame: pd.DataFrame = rows.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def validate(frames: Mapping[str, pd.DataFrame]) -> None:
    """Check a whole ledger: every table by its model, and every reference against the table that it names.

    Raises:
        pandera.errors.SchemaErrors: as `LedgerModel.validate`, or a reference's number does not lead to the row that
            has its identifier.
        KeyError: a table is missing.
    """
    for name, model in MODELS.items():
        model.validate(frames[name])
    for name, table in TABLES.items():
        checks = [
            _check(_leading(column, frames), f"{column.name} leading", f"{column.number} must lead to its row")
            for column in table.references
        ]
        pandera.DataFrameSchema(checks=checks, name=name).validate(frames[name], lazy=True)


def _check(keeps: Callable[[pd.DataFrame], pd.Series], name: str, error: str) -> pandera.Check:
    return pandera.Check(keeps, name=name, error=error)


def _kept(rule: Rule, frame: pd.DataFrame) -> pd.Series:
    """Run a rule on a frame; a row for which it cannot be told keeps it."""
    return _series(pc.fill_null(rule.kept(_rows_of(frame)), True), frame)


def _leading(column: Column, frames: Mapping[str, pd.DataFrame]) -> Callable[[pd.DataFrame], pd.Series]:
    """Give the check that a reference's number leads to the row whose identifier the reference spells."""
    target = TABLES[str(column.refers)]
    identifiers = _rows_of(frames[target.name])[target.primary.name]

    def leads(frame: pd.DataFrame) -> pd.Series:
        rows = _rows_of(frame)
        references, numbers = rows[column.name], rows[column.number]
        inside = pc.and_(pc.greater_equal(numbers, 0), pc.less(numbers, len(identifiers)))
        found = identifiers.take(pc.if_else(inside, numbers, pa.scalar(None, pa.int32())))
        same = pc.or_(pc.fill_null(pc.equal(found, references), False), pc.is_null(references))
        return _series(same, frame)

    return leads


def _rows_of(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(frame, preserve_index=False)


def _series(booleans: pa.Array | pa.ChunkedArray, frame: pd.DataFrame) -> pd.Series:
    return pd.Series(booleans, index=frame.index, dtype=pd.ArrowDtype(pa.bool_())).astype(bool)


BankAccounts = model_of(TABLES["bank_accounts"])
Owners = model_of(TABLES["owners"])
Ledgers = model_of(TABLES["ledgers"])
Units = model_of(TABLES["units"])
Tenants = model_of(TABLES["tenants"])
Vendors = model_of(TABLES["vendors"])
Charges = model_of(TABLES["charges"])
LedgerEntries = model_of(TABLES["ledger_entries"])
Bills = model_of(TABLES["bills"])

MODELS = {
    model.table.name: model
    for model in (BankAccounts, Owners, Ledgers, Units, Tenants, Vendors, Charges, LedgerEntries, Bills)
}
