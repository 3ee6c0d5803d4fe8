"""Names of files in a publication, made by us out of names made by others (RELIABILITY, threats).

Who writes a publication and who reads it find a statement or a document by the same rule, so it stands here once.
"""

import hashlib
import re
import unicodedata
from datetime import date

_KEPT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_MARKED = re.compile(r"-[0-9a-f]{8}$")  # as if it had been made safe already
_LONGEST = 48
# What Windows keeps for itself, whatever follows the first dot.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(10))}


def safe(text: str) -> str:
    """Give a name for a file or folder: ASCII letters, digits, `-` and `_`, at most 60 characters, never reserved.

    A text that is not such a name already gets eight digits of its SHA-256, so that two texts never share a name.
    """
    plain = unicodedata.normalize("NFC", text)
    is_safe = _KEPT.fullmatch(plain) and len(plain) <= _LONGEST and plain.lower() not in _RESERVED
    if is_safe and not _MARKED.search(plain):
        return plain
    shown = re.sub(r"[^A-Za-z0-9_-]+", "_", unicodedata.normalize("NFKD", plain)).strip("_-")[:_LONGEST]
    return f"{shown or 'x'}-{hashlib.sha256(plain.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def statement_place(kind: str, holder_id: str, last: date, number: int) -> str:
    """Say where a statement lies in a publication, without its ending.

    Args:
        kind: `owner` or `tenant`.
        holder_id: the owner or tenant, as the ledger spells it.
        last: the last day of the statement's period.
        number: 1, or more for a supplemental statement (PUB-48).
    """
    supplement = f".supplement-{number - 1}" if number > 1 else ""
    return f"statements/{kind}s/{safe(holder_id)}.{last}{supplement}"
