"""Uploads: their states, and the one that an account may have under way."""

import uuid

from django.db import models


class State(models.TextChoices):
    """The states of an upload, as docs/control-panel-interface.md has them (PUB-08)."""

    RECEIVING = "receiving"
    UPLOADED = "uploaded"
    PENDING = "pending"
    PROCESSED = "processed"
    FAILED = "failed"
    CLEARED = "cleared"


OPEN = (State.RECEIVING, State.UPLOADED, State.PENDING)


class Upload(models.Model):
    """One zip file, from its first byte to what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey("portal.Account", models.PROTECT, related_name="uploads")
    key = models.CharField(max_length=200)  # idempotency key
    publication_id = models.CharField(max_length=100)
    pass_number = models.PositiveSmallIntegerField()
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    offset = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RECEIVING)
    message = models.CharField(max_length=500, blank=True)
    uploaded_by = models.CharField(max_length=150)
    began_at = models.DateTimeField(auto_now_add=True)
    uploaded_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # A worker that is killed leaves its lease behind; when it has run out, another takes over.
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    backup = models.CharField(max_length=200, blank=True)  # key of the workspace's backup, if one came along
    # Known once it is processed: the period of its statements, and whether some of it was left out as older.
    period_from = models.DateField(null=True)
    period_to = models.DateField(null=True)
    is_older = models.BooleanField(default=False)
    # What it brought was deleted, or is to come after all: its key does not stand for what is here any more.
    is_wanted_again = models.BooleanField(default=False)

    class Meta:
        """One upload under way per account (PUB-12), and one per idempotency key."""

        ordering = ("-began_at",)
        constraints = (
            models.UniqueConstraint(fields=("account", "key"), name="one_upload_per_key"),
            models.UniqueConstraint(
                fields=("account",), condition=models.Q(state__in=OPEN), name="one_upload_under_way"
            ),
        )

    @property
    def told_state(self) -> str:
        """The state that the publishing program is told: whose content is gone has to be sent anew (PUB-43)."""
        return State.CLEARED if self.is_wanted_again else self.state
