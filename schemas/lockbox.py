"""The columns of lockbox lines, as read and as written (SPEC 3).

Only Arrow is imported here, because importing Pandera takes longer than reading a million lines; the checks on a pandas
frame of the same columns are `schemas.lockbox_frames.LockboxLines`.
"""

import pyarrow as pa

AMOUNT = pa.decimal128(18, 2)
MEMO_CHARACTERS_MAX = 40  # BTR-49; Unicode code points
# No line and no identifier holds one; tabs may stand. Nobody sees them, so nobody could tell two such texts apart.
CONTROL_CHARACTER = r"[\x00-\x08\x0a-\x1f\x7f-\x9f]"

# One row per non-blank physical line of a lockbox file, in file order.
# A good line has neither message nor raw; a rejected line has both, no date, no keys, and "" for each text.
LINES = pa.schema(
    [
        pa.field("line_number", pa.int64(), nullable=False),  # physical line, counted from 1, blank lines included
        pa.field("file_date", pa.date32()),
        pa.field("unit_id", pa.string(), nullable=False),  # as the file spells it, trimmed; "" when empty
        pa.field("tenant_id", pa.string(), nullable=False),
        pa.field("amount", AMOUNT),  # of a rejected line: what its third field reads as, else null
        pa.field("memo", pa.string(), nullable=False),  # whole, however long
        pa.field("unit_key", pa.string()),  # comparison form (schemas.identifiers); null when the ID is empty
        pa.field("tenant_key", pa.string()),
        pa.field("memo_too_long", pa.bool_(), nullable=False),
        pa.field("message", pa.string()),  # a sentence: what is wrong and what was expected
        pa.field("raw", pa.binary()),  # the rejected line, byte for byte, without its line end
    ]
)

# One row per line to write to a lockbox file.
RECORDS = pa.schema(
    [
        pa.field("date", pa.date32(), nullable=False),
        pa.field("unit_id", pa.string()),  # null is written like ""
        pa.field("amount", AMOUNT, nullable=False),
        pa.field("memo", pa.string()),
        pa.field("tenant_id", pa.string()),
    ]
)
