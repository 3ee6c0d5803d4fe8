"""The text of `:86:`, which banks fill in forms of their own: `166?00...?20...`, `/EREF/.../REMI/...`, or free text.

Source of the rules: DFÜ agreement, appendix 3 (structured `:86:` of German banks), and the Dutch slash form.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from recon.bank.text import tidy

# A code of three digits and the mark; Polish banks leave out the code.
_GERMAN = re.compile(r"([0-9]{3})([?~<>^+|@#&])(?=[0-9]{2})|()([?>])(?=[02]0)")
_SEPA_TAG = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)\+")
_SLASH_TAG = re.compile(
    r"/(EREF|IREF|MARF|CSID|CNTP|REMI|PURP|ULTB|ULTC|ULTD|RTRN|BENM|ORDP|NAME|ID|ADDR|TRTP|IBAN|BIC|ISDT|PREF|TRCD|"
    r"USTD|STRD|ACCW|DEBT|KREF|PMOD|CODE)/"
)
_WRAPPED_AT = 65  # characters; a shorter line was ended on purpose
_RETURN = re.compile(r"[A-Z]{2}[0-9]{2}")


@dataclass(frozen=True)
class Narrative:
    """What the text of a transaction says; `description` is what is meant for people."""

    description: str
    end_to_end_id: str | None = None
    counterparty_name: str | None = None
    counterparty_account: str | None = None
    return_code: str | None = None


def structured(lines: Sequence[str]) -> Narrative:
    """Read the lines of one transaction's `:86:`."""
    if not lines:
        return Narrative("")
    unbroken = "".join(lines)
    german = _GERMAN.match(unbroken)
    if german is not None:
        return _german(unbroken[german.end() - 1 :], german[1] or "", german[2] or german[4])
    text = _joined(lines)
    if len(_SLASH_TAG.findall(text)) >= 2:
        return _slashed(text)
    return Narrative(tidy(text) or "")


def _joined(lines: Sequence[str]) -> str:
    """Join lines; one that fills the width was broken within a word or number."""
    return "".join(line if len(line) >= _WRAPPED_AT else line + " " for line in lines)


def _german(text: str, business_code: str, mark: str) -> Narrative:
    """Read `?00GUTSCHRIFT?20SVWZ+...?30BIC?31IBAN?32NAME`, which follows the business code."""
    parts: dict[str, list[str]] = {}
    last: list[str] = []
    for part in text.split(mark)[1:]:
        if part[:2].isdigit():
            last = parts.setdefault(part[:2], [])
            last.append(part[2:])
        else:  # the mark stood in the text itself
            last.append(mark + part)
    fields = {number: "".join(texts) for number, texts in parts.items()}
    purpose_fields = [*map(str, range(20, 30)), *map(str, range(60, 64))]
    purpose = "".join(fields.get(number, "") for number in purpose_fields)
    tags = _split(_SEPA_TAG, purpose)
    words = (fields.get("00", ""), tags.get("SVWZ") or (purpose if not tags else ""))
    returned = _RETURN.fullmatch(tags.get("RTRN", "")[:4]) if "RTRN" in tags else None
    return Narrative(
        tidy(" ".join(words)) or tidy(business_code + text) or "",
        end_to_end_id=_given(tags.get("EREF")),
        counterparty_name=tidy(fields.get("32", "") + fields.get("33", "")),
        counterparty_account=tidy(fields.get("31", "")),
        return_code=returned[0] if returned else None,
    )


def _slashed(text: str) -> Narrative:
    """Read `/EREF/123/BENM//NAME/J DOE/REMI/USTD//RENT/`."""
    tags = _split(_SLASH_TAG, text)
    party = tags.get("CNTP", "").split("/")
    reason = tags.get("RTRN", "").strip("/")[:4]
    remittance = tags.get("REMI") or ""
    if not remittance.strip("/ "):
        remittance = tags.get("USTD") or tags.get("STRD") or ""
    return Narrative(
        tidy(remittance.strip("/ ").removeprefix("USTD//")) or tidy(text) or "",
        end_to_end_id=_given(tags.get("EREF", "").strip("/")),
        counterparty_name=tidy((tags.get("NAME") or (party[2] if len(party) > 2 else "")).strip("/")),
        counterparty_account=tidy((tags.get("IBAN") or party[0]).strip("/")),
        return_code=reason if _RETURN.fullmatch(reason) else None,
    )


def _split(tag: re.Pattern[str], text: str) -> dict[str, str]:
    """Give what follows each tag, the first of a name counting."""
    parts = tag.split(text)
    tags: dict[str, str] = {}
    for name, value in zip(parts[1::2], parts[2::2], strict=True):
        tags.setdefault(name, value.strip())
    return tags


def _given(text: str | None) -> str | None:
    return None if text is None or text.strip().upper() in {"", "NOTPROVIDED", "NOT PROVIDED"} else tidy(text)
