"""What a person sets for one profile: whether and until when it is published, and a note on its statements (PUB-41)."""

from dataclasses import dataclass
from datetime import date

from recon import store
from recon.errors import WrongUse
from recon.workspace import Workspace
from schemas.identifiers import comparison_key

KINDS = ("owner", "tenant", "vendor", "unit")
_KNOWN = """
    select 1 from owners where $kind = 'owner' and owner_key = $key
    union all select 1 from tenants where $kind = 'tenant' and tenant_key = $key
    union all select 1 from vendors where $kind = 'vendor' and vendor_key = $key
    union all select 1 from units where $kind = 'unit' and unit_key = $key
"""


@dataclass(frozen=True)
class ProfileSettings:
    """What holds for one profile."""

    no_internet: bool = False
    no_statements: bool = False
    publish_until: date | None = None
    note: str = ""


def set_profile(
    workspace: Workspace,
    kind: str,
    party_id: str,
    *,
    who: str,
    no_internet: bool | None = None,
    no_statements: bool | None = None,
    publish_until: date | None = None,
    always: bool = False,
    note: str | None = None,
) -> ProfileSettings:
    """Set something for a profile; what is None stays as it is. Gives what holds now.

    Args:
        workspace: where.
        kind: owner, tenant, vendor or unit.
        party_id: its identifier.
        who: for the journal.
        no_internet: nothing of it is published, not even its profile.
        no_statements: no statements of it are published.
        publish_until: the last day on which anything of it is published.
        always: forget the last day.
        note: printed on its statements from now on; empty: none.

    Raises:
        WrongUse: there is no such profile.
    """
    key = comparison_key(party_id)
    if kind not in KINDS:
        raise WrongUse(f"There are no profiles of kind {kind!r}; there are {', '.join(KINDS)}.")
    with store.writing(workspace, "set-profile", who=who) as change:
        if not change.store.rows(_KNOWN, {"kind": kind, "key": key}):
            raise WrongUse(f"There is no {kind} {party_id!r} in the ledger.")
        rows = change.store.rows(
            "select no_internet, no_statements, publish_until, note from profile_settings "
            "where kind = $kind and party_key = $key",
            {"kind": kind, "key": key},
        )
        before = ProfileSettings(*rows[0]) if rows else ProfileSettings()
        after = ProfileSettings(
            before.no_internet if no_internet is None else no_internet,
            before.no_statements if no_statements is None else no_statements,
            None if always else publish_until or before.publish_until,
            before.note if note is None else note,
        )
        if after == before:
            change.discard()
            return after
        change.detail |= {"kind": kind, "profile": key, **after.__dict__, "publish_until": str(after.publish_until)}
        change.store.run(
            """
            insert into facts.profile_settings
            values ($kind, $key, $no_internet, $no_statements, $until, $note, $seq)
            """,
            {
                "kind": kind,
                "key": key,
                "no_internet": after.no_internet,
                "no_statements": after.no_statements,
                "until": after.publish_until,
                "note": after.note,
                "seq": change.seq,
            },
        )
        return after
