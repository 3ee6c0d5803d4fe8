"""Links that work once (PUB-28): their token is in the link alone, here is its SHA-256."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from recon.portal.models import Account, Invitation, Link, Profile, Role, User

DAYS = 7
_SETUP_HOURS = 24
_TRIES = 20  # user names that may be asked for with one link: it is no way to learn whose are taken


class Used(Exception):
    """The link was used, or replaced, or is too old."""


def for_setup() -> str:
    """Give the token of a link that sets a new property manager's account up; an earlier one ends."""
    Invitation.objects.filter(account=None, used_at=None).delete()
    return _token(Invitation(expires_at=timezone.now() + timedelta(hours=_SETUP_HOURS)))


def for_client(profile: Profile) -> str:
    """Give the token of a link by which a client gets to a profile; an earlier one ends."""
    Invitation.objects.filter(profile=profile, used_at=None).delete()
    return _token(Invitation(account=profile.account, profile=profile, expires_at=_end()))


def for_password(user: User) -> str:
    """Give the token of a link by which somebody chooses a password; an earlier one ends."""
    Invitation.objects.filter(user=user, used_at=None).delete()
    return _token(Invitation(account=user.account, user=user, expires_at=_end()))


def withdraw(*, token: str = "", profile: Profile | None = None) -> None:
    """End a link that nobody used, by its token, or all of a profile."""
    unused = Invitation.objects.filter(used_at=None)
    (unused.filter(digest=_digest(token)) if token else unused.filter(profile=profile)).delete()


def _end() -> object:
    return timezone.now() + timedelta(days=DAYS)


def _token(invitation: Invitation) -> str:
    token = secrets.token_urlsafe(32)
    invitation.digest = _digest(token)
    invitation.save(force_insert=True)
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find(token: str) -> Invitation | None:
    """Find the invitation of a link, if the link still works and what it leads to may be seen."""
    leads_somewhere = Q(profile=None) | Q(profile__is_active=True, profile__online_access=True)
    return (
        Invitation.objects.filter(leads_somewhere, digest=_digest(token), used_at=None, expires_at__gt=timezone.now())
        .select_related("account", "profile", "user")
        .first()
    )


def _use(invitation: Invitation) -> None:
    """Use a link up; of two tries at once, one gets it.

    Raises:
        Used: it was used before.
    """
    now = timezone.now()
    if not Invitation.objects.filter(pk=invitation.pk, used_at=None, expires_at__gt=now).update(used_at=now):
        raise Used


def note_try(invitation: Invitation) -> None:
    """Count a user name that was asked for.

    Raises:
        Used: it was one too many.
    """
    if not Invitation.objects.filter(pk=invitation.pk, tries__lt=_TRIES).update(tries=F("tries") + 1):
        raise Used


def set_up(invitation: Invitation, pmid: str, firm: str, password: str) -> User:
    """Make the account of a property manager and its master log-on, whose name is the PMID (PUB-04)."""
    with transaction.atomic():
        _use(invitation)
        return new_account(pmid, firm, password)


def new_account(pmid: str, firm: str, password: str) -> User:
    """Make an account and its master log-on."""
    with transaction.atomic():
        account = Account.objects.create(pmid=pmid, firm=firm)
        return User.objects.add(pmid, password, account=account, role=Role.MASTER, name=firm)


def join(invitation: Invitation, username: str, password: str) -> User:
    """Make a client's log-on and link it to the profile that the invitation names."""
    with transaction.atomic():
        profile = _profile(invitation)
        _use(invitation)
        user = User.objects.add(
            username, password, account=profile.account, role=Role.CLIENT, name=profile.name, email=profile.email
        )
        Link.objects.create(user=user, profile=profile)
    return user


def link(invitation: Invitation, user: User) -> None:
    """Link a further profile of the same property manager to a client's log-on."""
    with transaction.atomic():
        profile = _profile(invitation)
        if user.account_id != profile.account_id or user.role != Role.CLIENT:
            raise Used
        _use(invitation)
        Link.objects.get_or_create(user=user, profile=profile)


def _profile(invitation: Invitation) -> Profile:
    """Give the profile as it is now: access may have been taken away since the link was made, or opened."""
    profile = Profile.objects.select_for_update().filter(pk=invitation.profile_id).first()
    if profile is None or not (profile.is_active and profile.online_access):
        raise Used
    return profile


def choose_password(invitation: Invitation, password: str) -> User:
    """Give somebody a new password; sessions with the old one end."""
    if invitation.user is None:
        raise Used
    with transaction.atomic():
        _use(invitation)
        invitation.user.set_password(password)
        invitation.user.save(update_fields=["password"])
    return invitation.user


def post(address: str, firm: str, link: str, connection: Any = None) -> None:
    """Send a link by e-mail; several go over one connection.

    Raises:
        OSError: it could not be sent. ValueError: it is not exactly one address.
    """
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValueError("not exactly one address") from error
    send_mail(
        f"{' '.join(firm.split())}: your online account",
        f"{firm} gives you access to your statements and documents.\n\nSet up your account here:\n\n{link}\n\n"
        f"It works once, for {DAYS} days. If you did not expect it, you may ignore it.\n",
        None,
        [address],
        connection=connection,
    )
