"""Amounts and counts: text to Decimal and back, refusing whatever is not exact. No amount is ever a float."""

import re
from decimal import Decimal

# Lockbox amounts (SPEC 3): ASCII digits only, which is why this is not written with \d.
LOCKBOX_AMOUNT = r"[0-9]{1,12}\.[0-9]{2}"

_ENTERED = re.compile(r"(-?)\$?((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]{1,2})?)")
_LONGEST = 20  # characters; a longer one is a slip of the hand


def entered(text: str) -> Decimal:
    """Read an amount as a person types it: `1,234.5`, `$950`, `-12.00`.

    Raises:
        ValueError: the text is not an amount with at most two decimals; the message says so.
    """
    match = _ENTERED.fullmatch(text.strip())
    if match is None or len(match[2]) > _LONGEST:
        raise ValueError(f"{text.strip()!r} is not an amount such as 1234.50")
    sign, digits = match.groups()
    return Decimal(sign + digits.replace(",", "")).quantize(Decimal("0.01"))


def is_whole_cents(amount: Decimal) -> bool:
    """Say whether an amount is a Decimal without a fraction of a cent, which a column would round away unseen."""
    return isinstance(amount, Decimal) and amount.is_finite() and amount == round(amount, 2)


def plain(amount: Decimal) -> str:
    """Write an amount for programs: two decimals, no separators."""
    return f"{amount:.2f}"


def shown(amount: Decimal) -> str:
    """Write an amount for people: two decimals, thousands separated by commas."""
    return f"{amount:,.2f}"


def counted(count: int, noun: str) -> str:
    """Write how many for people: `1 item`, `2 items`, `1 entry`, `2,000 entries`."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun[:-1]}ies" if noun.endswith("y") else f"{count:,} {noun}s"
