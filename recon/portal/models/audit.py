"""The audit log: what people did and looked at. It only grows."""

from typing import Any, NoReturn

from django.db import models


class _OnlyAdded(models.QuerySet):
    """Rows that can be read and nothing else."""

    def update(self, **_: Any) -> NoReturn:
        """Refuse."""
        raise TypeError("the audit log is never changed")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise TypeError("the audit log is never shortened")

    bulk_update = update


class AuditEntry(models.Model):
    """One thing that somebody did. Names are kept as they were; there is no password or token in it."""

    at = models.DateTimeField(auto_now_add=True)
    account = models.ForeignKey("portal.Account", models.PROTECT, null=True)
    who = models.CharField(max_length=150, blank=True)
    action = models.CharField(max_length=40)
    what = models.CharField(max_length=500, blank=True)
    address = models.CharField(max_length=45, blank=True)  # where the request came from

    objects = _OnlyAdded.as_manager()

    class Meta:
        """Newest first, and found quickly by the lock-out."""

        ordering = ("-pk",)
        indexes = (models.Index(fields=("action", "at")), models.Index(fields=("account", "-id")))

    def save(self, *args: Any, **given: Any) -> None:
        """Add an entry; a known one is not changed."""
        if self.pk is not None:
            raise TypeError("the audit log is never changed")
        super().save(*args, **given)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse."""
        raise TypeError("the audit log is never shortened")
