"""Payer aliases: what files give for a tenant ID, and a person has confirmed to mean a tenant (SPEC 5, `OK_ALIAS`)."""

from recon import store
from recon.errors import WrongUse
from recon.store import Change
from recon.workspace import Workspace
from schemas.identifiers import comparison_key


def confirm_alias(workspace: Workspace, alias: str, tenant_id: str, *, who: str, why: str) -> None:
    """Have an ID that no tenant has stand for a tenant from now on, in batches that ask for the alias rule.

    An alias counts for posting dates up to a year after it was confirmed or last used; then it names nobody until it is
    confirmed again (`recon/sql/views/payer_aliases.sql`).

    Raises:
        WrongUse: there is no such tenant, the alias is empty or the ID of a tenant.
    """
    with store.writing(workspace, "confirm-alias", who=who, why=why) as change:
        alias_key, tenant_key = comparison_key(alias), comparison_key(tenant_id)
        tenants = change.store.rows("select tenant_key from tenants where tenant_key = $key", {"key": tenant_key})
        if not tenants:
            raise WrongUse(f"There is no tenant {tenant_id!r} in the ledger.")
        if alias_key is None:
            raise WrongUse("An alias is what files give for a tenant ID; it cannot be empty.")
        if change.store.rows("select 1 from tenants where tenant_key = $key", {"key": alias_key}):
            raise WrongUse(f"{alias!r} is the ID of a tenant; it cannot stand for another.")
        _add(change, alias_key, alias, tenant_key)


def withdraw_alias(workspace: Workspace, alias: str, *, who: str, why: str) -> None:
    """Have an alias stand for nobody from now on; what was posted by it stays posted.

    Raises:
        WrongUse: it stands for nobody.
    """
    with store.writing(workspace, "withdraw-alias", who=who, why=why) as change:
        alias_key = comparison_key(alias)
        if alias_key is None or _meant(change, alias_key) is None:
            raise WrongUse(f"{alias!r} is no alias of any tenant.")
        _add(change, alias_key, alias, None)


def _meant(change: Change, alias_key: str) -> str | None:
    found = change.store.rows("select tenant_key from payer_aliases where alias_key = $key", {"key": alias_key})
    return found[0][0] if found else None


def _add(change: Change, alias_key: str, alias: str, tenant_key: str | None) -> None:
    change.detail |= {"alias": alias, "tenant_key": tenant_key}
    change.store.run(
        "insert into facts.payer_aliases values ($alias_key, $alias, $tenant_key, $seq)",
        {"alias_key": alias_key, "alias": alias, "tenant_key": tenant_key, "seq": change.seq},
    )
