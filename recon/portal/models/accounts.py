"""Property managers' accounts, who may log on to them, and the one-time links that let somebody in."""

import uuid
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models, transaction


class Approval(models.TextChoices):
    """When clients see a statement: the two product generations differ (PUB-35)."""

    REQUIRED = "required", "after a person approved it"
    IMMEDIATE = "immediate", "at once"


class Account(models.Model):
    """A property manager, known by the Property Manager ID (PMID, PUB-04)."""

    pmid = models.CharField(max_length=40, unique=True)
    firm = models.CharField(max_length=200)
    statement_approval = models.CharField(max_length=10, choices=Approval.choices, default=Approval.REQUIRED)
    auto_update = models.BooleanField(default=True)  # PUB-40
    auto_purge = models.BooleanField(default=False)
    archives_statements = models.BooleanField(default=True)
    needs_two_uploads = models.BooleanField(default=False)  # PUB-34, literally
    # The upload whose profiles wait to be taken over, and how new the books are that we have.
    waiting_sync = models.ForeignKey("portal.Upload", models.SET_NULL, null=True, related_name="+")
    profiles_entry = models.PositiveBigIntegerField(default=0)
    activity_entry = models.PositiveBigIntegerField(default=0)

    class Meta:
        """Auto Purge needs Auto Update (PUB-40)."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(auto_purge=False) | models.Q(auto_update=True), name="purge_needs_update"
            ),
        )

    def __str__(self) -> str:
        return f"{self.firm} ({self.pmid})"


class Role(models.TextChoices):
    """What somebody is to an account."""

    MASTER = "master", "master"
    STAFF = "staff", "staff"
    CLIENT = "client", "client"


class Users(BaseUserManager):
    """Finds people by their name, however it is capitalised."""

    def get_by_natural_key(self, username: str | None) -> Any:
        """Find somebody for a log-on."""
        return self.get(username=self.model.normalize_username(username or ""))

    def add(self, username: str, password: str, **given: Any) -> "User":
        """Add somebody; the password is hashed with argon2id."""
        user: User = self.model(username=self.model.normalize_username(username), **given)
        user.set_password(password)
        user.save(force_insert=True)
        return user


class User(AbstractBaseUser):
    """Somebody who may log on: to exactly one account, in exactly one role."""

    username = models.CharField(max_length=150, unique=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="users")
    role = models.CharField(max_length=10, choices=Role.choices)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    may_upload = models.BooleanField(default=False)  # PUB-05
    may_approve = models.BooleanField(default=False)
    may_manage_clients = models.BooleanField(default=False)
    sort = models.CharField(max_length=4, default="unit")  # of an owner's statement, as last chosen (PUB-44)

    objects = Users()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Compare names without regard to case and to look-alike forms."""
        return str(super().normalize_username(username.strip())).lower()

    def save(self, *args: Any, **given: Any) -> None:
        """Keep it; a new password, however it came, ends what would outlive the old one: tokens and unused links."""
        has_new_password = self._password is not None and self.pk is not None
        with transaction.atomic():
            super().save(*args, **given)
            if has_new_password:
                self.api_tokens.all().delete()
                self.invitation_set.filter(used_at=None).delete()

    @property
    def is_manager(self) -> bool:
        """Whether somebody works for the property manager."""
        return self.role in {Role.MASTER, Role.STAFF}

    @property
    def is_master(self) -> bool:
        """Whether this is the master log-on of the account."""
        return self.role == Role.MASTER

    def may(self, right: str) -> bool:
        """Say whether somebody has a right: the master has all, staff those given, clients none.

        Args:
            right: `upload`, `approve`, `manage_clients`, or `look` for what everybody of the firm may.
        """
        if not self.is_active or not self.is_manager:
            return False
        return self.is_master or right == "look" or bool(getattr(self, f"may_{right}"))


class ApiToken(models.Model):
    """A session of the publishing program; of the token itself only the SHA-256 is kept."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    expires_at = models.DateTimeField()


class Invitation(models.Model):
    """A link that works once: to set an account up, to get access as a client, or to choose a password."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    account = models.ForeignKey(Account, models.CASCADE, null=True)  # none: it sets a new account up
    profile = models.ForeignKey("portal.Profile", models.CASCADE, null=True, related_name="invitations")
    user = models.ForeignKey(User, models.CASCADE, null=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)  # user names asked for


class Try(models.Model):
    """A try to log on, noted before the password is looked at; forgotten if it was right, else with its window."""

    name = models.CharField(max_length=150)
    origin = models.CharField(max_length=45)
    at = models.DateTimeField(auto_now_add=True)
    is_wrong = models.BooleanField(default=False)  # not yet, while the password is looked at
    is_refusal = models.BooleanField(default=False)  # no try: the audit log was told of a refusal

    class Meta:
        """Found quickly by the lock-out."""

        indexes = (models.Index(fields=("at",)), models.Index(fields=("name",)), models.Index(fields=("origin",)))
