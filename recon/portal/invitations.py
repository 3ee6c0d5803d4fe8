"""Links that work once (PUB-28): their token is in the link alone, here is its SHA-256."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from recon.portal.models import Account, Invitation, Link, Profile, Role, User

DAYS = 7
_SETUP_HOURS = 24


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
    """Find the invitation of a link, if the link still works."""
    return (
        Invitation.objects.filter(digest=_digest(token), used_at=None, expires_at__gt=timezone.now())
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
    profile = _profile(invitation)
    with transaction.atomic():
        _use(invitation)
        user = User.objects.add(
            username, password, account=profile.account, role=Role.CLIENT, name=profile.name, email=profile.email
        )
        Link.objects.create(user=user, profile=profile)
    return user


def link(invitation: Invitation, user: User) -> None:
    """Link a further profile of the same property manager to a client's log-on."""
    profile = _profile(invitation)
    if user.account_id != profile.account_id or user.role != Role.CLIENT:
        raise Used
    with transaction.atomic():
        _use(invitation)
        Link.objects.get_or_create(user=user, profile=profile)


def _profile(invitation: Invitation) -> Profile:
    if invitation.profile is None:
        raise Used
    return invitation.profile


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
        OSError: it could not be sent. ValueError: the address is none.
    """
    send_mail(
        f"{' '.join(firm.split())}: your online account",
        f"{firm} gives you access to your statements and documents.\n\nSet up your account here:\n\n{link}\n\n"
        f"It works once, for {DAYS} days. If you did not expect it, you may ignore it.\n",
        None,
        [address],
        connection=connection,
    )
