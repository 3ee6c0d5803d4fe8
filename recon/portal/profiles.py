"""Profiles, kept one way: what the newest publication says replaces what is here (PUB-30, PUB-40)."""

from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import OuterRef, Subquery

from recon.portal import audit, fitting, storage, tables
from recon.portal.archive import Refused
from recon.portal.models import Account, Activity, Document, Profile, ProfileChange, Statement, Upload
from schemas.bundle_names import safe
from schemas.identifiers import comparison_key

PATHS = {
    "owner": "profiles/owners.csv",
    "tenant": "profiles/tenants.csv",
    "vendor": "profiles/vendors.csv",
    "unit": "profiles/units.csv",
}
# A column of the file, and where it goes.
_COLUMNS = {
    "name": "name",
    "description": "name",
    "email": "email",
    "status": "status",
    "unit_id": "unit_id",
    "owner_id": "owner_id",
    "responsible_tenant_id": "tenant_id",
    "online_access": "access_in_books",
}
WORDS = {
    "identifier": "ID",
    "name": "Name",
    "email": "E-mail",
    "status": "Status",
    "unit_id": "Unit",
    "owner_id": "Owner",
    "tenant_id": "Responsible tenant",
    "access_in_books": "Online access in the books",
    "is_active": "Active",
}


def read(kind: str, content: bytes) -> dict[str, dict[str, Any]]:
    """Read the profiles of one kind, by key.

    Raises:
        Refused: the table is not as its columns say, or two identifiers are the same.
    """
    found: dict[str, dict[str, Any]] = {}
    for row in tables.read(PATHS[kind], content):
        identifier = row.pop(f"{kind}_id")
        key = comparison_key(identifier) or ""
        if key in found:
            raise Refused(f"{PATHS[kind]} has an identifier twice.")
        fields = {_COLUMNS[column]: value for column, value in row.items()}
        fitting.check(Profile, {"key": key, **fields})
        found[key] = {"identifier": identifier, "safe_name": safe(identifier), **fields, "is_active": True}
    return found


def update(account: Account, who: str) -> int:
    """Take over the profiles that wait; give how many changed. When none wait, nothing happens.

    New profiles get the access that the books give them; a change of it in the books is taken over, and between changes
    the manager's word stands (PUB-28). Who is no longer published is inactive, or purged if that is set.
    """
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        upload = locked.waiting_sync
        if upload is None:
            return 0
        count = sum(_take_over(locked, upload, kind) for kind in PATHS)
        locked.waiting_sync = None
        locked.save(update_fields=["waiting_sync"])
        if not locked.needs_two_uploads:
            deliver(locked)
        audit.note(None, "profiles updated", f"{count} changes of {upload.publication_id}", account=locked, who=who)
        keys = [storage.key(locked.pk, upload.id, path) for path in PATHS.values()]
        transaction.on_commit(lambda: [default_storage.delete(key) for key in keys])
        return count


def _take_over(account: Account, upload: Upload, kind: str) -> int:
    with default_storage.open(storage.key(account.pk, upload.id, PATHS[kind])) as file:
        said = read(kind, file.read())
    known = {profile.key: profile for profile in Profile.objects.filter(account=account, kind=kind)}
    new, changed, changes = [], [], []

    def told(identifier: str, what: str, differences: list[list[str]]) -> None:
        changes.append(
            ProfileChange(
                account=account, upload=upload, kind=kind, identifier=identifier, what=what, differences=differences
            )
        )

    for key, fields in said.items():
        profile = known.pop(key, None)
        if profile is None:
            access = fields.get("access_in_books", False)
            new.append(Profile(account=account, kind=kind, key=key, came_with=upload, online_access=access, **fields))
            told(fields["identifier"], "new", [])
        elif differences := _differences(profile, fields):
            if profile.access_in_books != fields.get("access_in_books", False):
                profile.online_access = fields["access_in_books"]
            for name, value in fields.items():
                setattr(profile, name, value)
            changed.append(profile)
            told(profile.identifier, "changed", differences)
    gone = [profile for profile in known.values() if profile.is_active or account.auto_purge]
    for profile in gone:
        told(profile.identifier, "purged" if account.auto_purge else "inactive", [])
        profile.is_active = False
    columns = [field.name for field in Profile._meta.concrete_fields if not field.primary_key]
    Profile.objects.bulk_create(
        new + changed + gone, batch_size=500, update_conflicts=True, unique_fields=["id"], update_fields=columns
    )
    if account.auto_purge:
        Profile.objects.filter(account=account, kind=kind, is_active=False).delete()
    ProfileChange.objects.bulk_create(changes, batch_size=500)
    return len(changes)


def _differences(profile: Profile, fields: dict[str, Any]) -> list[list[str]]:
    return [
        [WORDS[name], _shown(getattr(profile, name)), _shown(value)]
        for name, value in fields.items()
        if name in WORDS and getattr(profile, name) != value
    ]


def _shown(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def deliver(account: Account, newest: Upload | None = None) -> None:
    """Give what waits for a profile to it (PUB-20).

    Args:
        account: whose.
        newest: profiles that came with this upload get nothing yet: they need a second one (PUB-34).
    """
    there = Profile.objects.filter(account=account, kind=OuterRef("kind"))
    if newest is not None:
        there = there.exclude(came_with=newest)
    for model, name in ((Statement, "key"), (Document, "safe_name"), (Activity, "key")):
        found = there.filter(**{name: OuterRef(name)}).values("pk")[:1]
        model.objects.filter(account=account, profile=None).update(profile=Subquery(found))
