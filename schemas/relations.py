"""The columns of relations that leave the store as Arrow tables (SPEC 8)."""

import pyarrow as pa

AMOUNT = pa.decimal128(18, 2)

# One row per non-blank line of a lockbox file. A rejected line has only number, disposition, reason and message.
CLASSIFICATION = pa.schema(
    [
        ("line_number", pa.int64()),
        ("posting_date", pa.date32()),
        ("unit_id", pa.string()),
        ("tenant_id", pa.string()),
        ("amount", AMOUNT),
        ("memo", pa.string()),
        ("matchable_total", AMOUNT),
        ("status_total", AMOUNT),
        ("disposition", pa.string()),
        ("reason", pa.string()),
        ("flags", pa.string()),
        ("message", pa.string()),
    ]
)
