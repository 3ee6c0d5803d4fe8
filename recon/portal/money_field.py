"""Amounts in the database: whole cents, because SQLite keeps decimals as floating-point numbers."""

from decimal import Decimal
from typing import Any

from django.db import models

_CENT = Decimal("0.01")


class MoneyField(models.BigIntegerField):
    """A Decimal with two decimals outside, cents inside.

    Raises:
        ValueError: on the way in, an amount that is not whole cents.
    """

    def from_db_value(self, value: int | None, *_: Any) -> Decimal | None:
        """Make cents an amount."""
        return None if value is None else Decimal(value).scaleb(-2)

    def to_python(self, value: Any) -> Decimal | None:
        """Take an amount as it is."""
        return None if value is None else Decimal(value)

    def get_prep_value(self, value: Any) -> int | None:
        """Make an amount cents, refusing what is not exact."""
        if value is None:
            return None
        amount = Decimal(value)
        if amount != amount.quantize(_CENT):
            raise ValueError(f"{amount} is not whole cents")
        return int(amount.scaleb(2))
