"""Whether values fit the columns they go to: found out while an upload can still be refused, not when it is kept.

SQLite keeps texts of any length, PostgreSQL does not; an identifier's comparison form may be longer than it is itself.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from recon.portal.archive import Refused


def check(model: type[models.Model], values: Mapping[str, Any]) -> None:
    """Hold values against a model's columns.

    Args:
        model: whose columns.
        values: by the name of the column; other names are left alone.

    Raises:
        Refused: a text is too long.
    """
    for name, limit in _limits(model._meta.label):
        if len(values.get(name, "")) > limit:
            raise Refused(
                f"The upload has a {model._meta.verbose_name} whose {name} is longer than {limit} characters."
            )


def check_all(rows: Iterable[models.Model]) -> None:
    """Hold rows that are about to be written against the columns of their model.

    Raises:
        Refused: as for `check`.
    """
    for row in rows:
        check(type(row), vars(row))


@cache
def _limits(label: str) -> list[tuple[str, int]]:
    fields = apps.get_model(label)._meta.concrete_fields
    texts = [(field.name, field.max_length) for field in fields if isinstance(field, models.CharField)]
    return [(name, limit) for name, limit in texts if limit]
