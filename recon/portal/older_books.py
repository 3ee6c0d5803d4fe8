"""Uploads from older books than those that came before, and the way back when older books are the right ones.

What is newer here is left alone, so that an upload that is played again changes nothing. Books that were restored from
a backup count their journal's entries from an earlier one on, though, and then the property manager says so.
"""

from django.db import transaction

from recon.portal.models import Account, Document, State, Statement, Upload


def left_out(account: Account) -> Upload | None:
    """Give the newest upload that was processed, if some of it was left out because its books are older."""
    newest = Upload.objects.filter(account=account, state=State.PROCESSED).order_by("-finished_at").first()
    return newest if newest is not None and newest.is_older and not newest.is_wanted_again else None


def take_next(account: Account) -> None:
    """Forget how new the books are that we have; what was left out comes when it is published again."""
    with transaction.atomic():
        known = Account.objects.select_for_update().filter(pk=account.pk)
        known.update(profiles_entry=0, activity_entry=0)
        for model in (Statement, Document):
            model.objects.filter(account=account).update(entry=0)
        Upload.objects.filter(account=account, state=State.PROCESSED, is_older=True).update(
            is_wanted_again=True, message="Its books were older and are the right ones all the same; publish it again."
        )
