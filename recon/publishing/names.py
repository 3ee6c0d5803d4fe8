"""Names of files in a bundle, made by us out of names made by others (RELIABILITY, threats), and PUB-47's in return."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from schemas.identifiers import comparison_key

_KEPT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_MARKED = re.compile(r"-[0-9a-f]{8}$")  # as if it had been made safe already
_LONGEST = 48
# What Windows keeps for itself, whatever follows the first dot.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(10))}
_TYPES = ("owner", "tenant", "unit", "property", "vendor")
_EXTENSION = re.compile(r"[A-Za-z0-9]{1,8}")


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


@dataclass(frozen=True)
class DocumentName:
    """Whose a document is, by its name `Type.ID.ActualID.Filename.ext` (PUB-47)."""

    kind: str  # owner, tenant, unit or vendor; a property is a unit
    party_key: str
    path: str  # in the bundle


def document_name(name: str, known: Mapping[str, Mapping[str, str]]) -> DocumentName | str:
    """Read a document's name; where it does not say exactly one profile, give the sentence that says why.

    An ID may have dots: every place at which it could end is tried.

    Args:
        name: the file's name.
        known: profiles by kind: identifiers by comparison key.
    """
    parts = name.split(".")
    if len(parts) < 5 or parts[0].lower() not in _TYPES or parts[1].lower() != "id":
        return f"{name!r} is not named Type.ID.ActualID.Filename.ext, such as Owner.ID.O1.Insurance.pdf"
    if not _EXTENSION.fullmatch(parts[-1]):
        return f"{name!r} has no ending such as .pdf"
    kind = "unit" if parts[0].lower() == "property" else parts[0].lower()
    readings = [
        (found, ".".join(parts[end:-1]))
        for end in range(3, len(parts) - 1)
        if (found := comparison_key(".".join(parts[2:end])) or "") in known[kind]
    ]
    if len(readings) != 1:
        why = "names no profile that is published" if not readings else "can be read as several profiles"
        return f"{name!r} {why}; it stays where it is"
    party_key, title = readings[0]
    path = f"documents/{kind.capitalize()}.ID.{safe(known[kind][party_key])}.{safe(title)}.{parts[-1].lower()}"
    return DocumentName(kind, party_key, path)
