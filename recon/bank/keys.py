"""A key for each bank line that stays the same when a later file brings the same line again."""

import hashlib
from collections import Counter

import pyarrow as pa

_SAYING = (
    "account", "currency", "amount", "booking_date", "bank_code", "bank_reference", "customer_reference",
    "end_to_end_id", "trace_number", "check_number",
)  # fmt: skip


def line_keys(lines: pa.Table) -> list[str]:
    """Give each bank line a key of 32 hexadecimal digits, by what it says and how often that was said before.

    Two lines of one file that say the same have different keys, and the same two in an overlapping file have the same
    keys again, because banks repeat lines in order. Text for people is left out: banks cut it differently each time.

    Args:
        lines: columns as in `schemas.bank.BANK_LINES`, all lines of a day at once.
    """
    seen: Counter[tuple[object, ...]] = Counter()
    keys = []
    for row in zip(*(lines[name].to_pylist() for name in _SAYING), lines["parent"].to_pylist(), strict=True):
        said = (*row[:-1], row[-1] is not None)
        seen[said] += 1
        text = "\x1f".join("" if value is None else str(value) for value in (*said, seen[said]))
        keys.append(hashlib.sha256(text.encode()).hexdigest()[:32])
    return keys
