"""What was published: profiles, statements, documents, activity, and the one rule that says which client sees what."""

import re
import uuid
from typing import Any, Self

from django.db import models

from recon.portal.models.accounts import Account, User
from recon.portal.models.uploads import Upload
from recon.portal.money_field import MoneyField

_MARK = re.compile(r"-[0-9a-f]{8}$")  # what schemas.bundle_names adds to a name that was not safe


class Kind(models.TextChoices):
    """What a profile stands for (PUB-26)."""

    OWNER = "owner", "Owners"
    TENANT = "tenant", "Tenants"
    VENDOR = "vendor", "Vendors"
    UNIT = "unit", "Units"


class Profiles(models.QuerySet):
    """Profiles, and which of them a client may see."""

    def visible_to(self, user: User) -> Self:
        """Give the profiles that a client may see.

        This is the rule, and every page and file of a client goes through it (PUB-21, PUB-28): the profile is active,
        the manager has given it online access, and it is linked to this log-on of the same account.
        """
        return self.filter(account_id=user.account_id, is_active=True, online_access=True, links__user=user)


class Profile(models.Model):
    """An owner, tenant, vendor or unit, as the books say; only access is decided here (PUB-28, PUB-30)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="profiles")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=200)  # the identifier's comparison form
    identifier = models.CharField(max_length=200)
    safe_name = models.CharField(max_length=60)  # by which documents name it
    name = models.CharField(max_length=500)  # of a unit, its description
    email = models.CharField(max_length=254, blank=True)
    status = models.CharField(max_length=20, blank=True)
    unit_id = models.CharField(max_length=200, blank=True)
    owner_id = models.CharField(max_length=200, blank=True)
    tenant_id = models.CharField(max_length=200, blank=True)
    access_in_books = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    online_access = models.BooleanField(default=False)
    came_with = models.ForeignKey(Upload, models.SET_NULL, null=True, related_name="+")

    objects = Profiles.as_manager()

    class Meta:
        """One profile per identifier."""

        ordering = ("name", "identifier")
        constraints = (models.UniqueConstraint(fields=("account", "kind", "key"), name="one_profile_per_identifier"),)
        indexes = (models.Index(fields=("account", "kind", "safe_name")),)

    def __str__(self) -> str:
        return f"{self.name} ({self.identifier})"


class Link(models.Model):
    """A client's log-on that belongs to a profile: the client's half of the two conditions (PUB-28)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="links")
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="links")
    linked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """A profile is linked once to each log-on."""

        constraints = (models.UniqueConstraint(fields=("user", "profile"), name="linked_once"),)


class ForClients(models.QuerySet):
    """Rows that belong to a profile, or wait for it to exist."""

    def visible_to(self, user: User) -> Self:
        """Give what a client may see: what is of a profile that they may see. A statement is also approved (PUB-09)."""
        mine = self.filter(account_id=user.account_id, profile__in=Profile.objects.visible_to(user))
        return mine.filter(approved_at__isnull=False) if self.model is Statement else mine


class _OfProfile(models.Model):
    """A row that names its profile by kind and identifier, and points at it as soon as it exists (PUB-20)."""

    account = models.ForeignKey(Account, models.PROTECT)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    profile = models.ForeignKey(Profile, models.SET_NULL, null=True, related_name="%(class)ss")
    upload = models.ForeignKey(Upload, models.PROTECT, related_name="%(class)ss")

    objects = ForClients.as_manager()

    class Meta:
        """No table of its own."""

        abstract = True


class Statement(_OfProfile):
    """A statement of an owner or tenant; supplemental ones have a number above 1 and stand beside it (PUB-48)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200)
    identifier = models.CharField(max_length=200)
    period_from = models.DateField()
    period_to = models.DateField()
    number = models.PositiveSmallIntegerField()
    opening = MoneyField()
    closing = MoneyField()
    is_empty = models.BooleanField()
    pdf = models.CharField(max_length=200)  # keys of the files
    page = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)  # of the PDF
    entry = models.PositiveBigIntegerField()  # of the books' journal: how new it is
    uploaded_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=150, blank=True)

    class Meta:
        """A statement is known by whose it is, its days and its number."""

        ordering = ("-period_to", "identifier", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("account", "kind", "key", "period_from", "period_to", "number"), name="one_statement"
            ),
        )
        indexes = (models.Index(fields=("account", "approved_at")),)

    @property
    def file_name(self) -> str:
        """The name under which it is downloaded."""
        return f"{self.kind}-statement-{self.period_to}{f'-{self.number}' if self.number > 1 else ''}"


class StatementSection(models.Model):
    """One ledger of an owner's statement, or a tenant's account: opening + amounts = closing."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="sections")
    identifier = models.CharField(max_length=200)
    opening = MoneyField()
    closing = MoneyField()
    amounts = models.JSONField()  # [[heading, amount as text], …] as published
    has_lines = models.BooleanField()  # the activity of its days makes up its amounts, to the cent

    class Meta:
        """In the order of the file."""

        ordering = ("pk",)


class StatementLine(models.Model):
    """One movement on a statement, signed as it changes the balance."""

    section = models.ForeignKey(StatementSection, models.CASCADE, related_name="lines")
    date = models.DateField()
    kind = models.CharField(max_length=20)
    unit_id = models.CharField(max_length=200, blank=True)
    tenant_id = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    reference = models.CharField(max_length=500, blank=True)
    amount = MoneyField()

    class Meta:
        """In the order of the file."""

        ordering = ("pk",)


class Document(_OfProfile):
    """A file of a profile, stored under our own key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    safe_name = models.CharField(max_length=60)
    title = models.CharField(max_length=60)
    extension = models.CharField(max_length=8)
    path = models.CharField(max_length=200)
    file = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    entry = models.PositiveBigIntegerField()  # of the books' journal: how new it is
    uploaded_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    class Meta:
        """A document is known by its path in the publication."""

        ordering = ("-saved_at", "title")
        constraints = (models.UniqueConstraint(fields=("account", "path"), name="one_document_per_path"),)

    @property
    def file_name(self) -> str:
        """The name under which it is shown and downloaded: as it was before the publication made it safe."""
        return f"{_MARK.sub('', self.title).replace('_', ' ')}.{self.extension}"


class Activity(_OfProfile):
    """One movement of recent activity; each upload with activity replaces all of it (PUB-45)."""

    key = models.CharField(max_length=200)
    date = models.DateField()
    what = models.CharField(max_length=20)
    ledger_id = models.CharField(max_length=200, blank=True)
    unit_id = models.CharField(max_length=200, blank=True)
    tenant_id = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    reference = models.CharField(max_length=500, blank=True)
    amount = MoneyField()

    class Meta:
        """Newest first."""

        ordering = ("-date", "-pk")


class ProfileChange(models.Model):
    """What an update of profiles changed: one row per profile (PUB-40)."""

    account = models.ForeignKey(Account, models.PROTECT)
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    identifier = models.CharField(max_length=200)
    what = models.CharField(max_length=20)  # new, changed, inactive or purged
    differences = models.JSONField(default=list)  # [[field, before, after], …]
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first."""

        ordering = ("-pk",)

    def words(self) -> list[tuple[Any, ...]]:
        """Give the differences as rows of field, before and after."""
        return [tuple(difference) for difference in self.differences]
