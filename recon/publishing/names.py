"""Names of documents, `Type.ID.ActualID.Filename.ext` (PUB-47): whose they are, and where they go in a bundle."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from schemas.bundle_names import safe
from schemas.identifiers import comparison_key

_TYPES = ("owner", "tenant", "unit", "property", "vendor")
_EXTENSION = re.compile(r"[A-Za-z0-9]{1,8}")


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
