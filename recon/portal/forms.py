"""Forms: what people type, checked."""

import re

from django.core.exceptions import ValidationError

from recon.portal.models import Account, User


def check_pmid(text: str) -> str:
    """Give a Property Manager ID that is free.

    Raises:
        ValidationError: it is taken, or not of its form.
    """
    pmid = text.strip()
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{1,39}", pmid):
        raise ValidationError("A Property Manager ID has 2 to 40 letters, digits, - and _, such as HARBOR.")
    name = User.normalize_username(pmid)
    if Account.objects.filter(pmid__iexact=pmid).exists() or User.objects.filter(username=name).exists():
        raise ValidationError(f"{pmid} is taken; choose another Property Manager ID.")
    return pmid
