"""Parquet bytes to columns, refusing those whose type has already lost something (SPEC 2)."""

import pyarrow as pa
import pyarrow.parquet as pq

from recon.errors import Problem
from recon.ledger.raw import RawTable, match_columns
from schemas.ledger_tables import Column, Kind, Table


def read_columnar(table: Table, file: str, data: bytes) -> RawTable:
    """Read a Parquet file; a row's line is counted as in a CSV file, so the first row is line 2."""
    raw = RawTable(table, file)
    try:
        parquet = pq.ParquetFile(pa.BufferReader(data))
        schema = parquet.schema_arrow
        found = match_columns(raw, schema.names, None)
        wanted = {name: schema.field(position) for name, position in found.items()}
        for name, column in ((column.name, column) for column in table.columns if column.name in wanted):
            expected = expected_type(column, wanted[name].type)
            if expected is not None:
                raw.problems.append(Problem(file, None, name, str(wanted.pop(name).type), expected))
                raw.refused.add(name)
        read = parquet.read(columns=[field.name for field in wanted.values()])
        raw.rows = parquet.metadata.num_rows
        raw.columns = {name: read[field.name] for name, field in wanted.items()}
        for column_read in raw.columns.values():
            column_read.validate(full=True)  # text that is not UTF-8 would otherwise fail somewhere later
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raw.refuse(f"cannot be read as Parquet ({reason}); export it again")
        raw.columns, raw.rows = {}, 0
    return raw


def is_text(kind: pa.DataType) -> bool:
    """Tell whether a type is text, in any of Arrow's shapes, or a column without any value."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return kind in (pa.string(), pa.large_string(), pa.string_view(), pa.null())


def expected_type(column: Column, kind: pa.DataType) -> str | None:
    """Say what a column must be when a Parquet file stores it as `kind`; None when that will do."""
    types = pa.types
    if is_text(kind):
        return None
    if column.kind is Kind.AMOUNT:
        if types.is_decimal(kind) or types.is_integer(kind):
            return None
        return "amounts must be stored as decimals or text, never as floating point"
    if column.kind is Kind.DATE:
        if types.is_date(kind) or (types.is_timestamp(kind) and kind.tz is None):
            return None
        return "dates must be stored as dates, timestamps without a time zone, or text"
    if column.kind is Kind.FLAG:
        return None if types.is_boolean(kind) else "true and false must be stored as booleans or text"
    if column.kind is Kind.ID:
        if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
            return "identifiers must be stored as text; a number has lost its leading zeros"
        return "is the column's type; store identifiers as text"
    return "must be stored as text"
