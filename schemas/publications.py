"""The tables of a publication: which columns each file has, and what always holds of them (SPEC 8).

Other programs read these files; a change of columns is a new version of the manifest's schema.
"""

from schemas.views import View
from schemas.vocabulary import EntryKind, TenantStatus

MANIFEST_SCHEMA = "recon.publication/1"

_OWNER_KINDS = frozenset(str(kind) for kind in EntryKind) | {"returned", "correction", "bank"}
_TENANT_KINDS = frozenset({"charge", "paid_elsewhere", "payment", "refund", "returned", "correction"})

STATEMENT_LINES = "statements/lines.csv"
TABLES = {
    "profiles/owners.csv": View(("owner_id",), "owner_id text, name text, email text?, online_access flag"),
    "profiles/tenants.csv": View(
        ("tenant_id",),
        "tenant_id text, name text, unit_id text?, status text, email text?, online_access flag",
        {"status": frozenset(str(status) for status in TenantStatus)},
    ),
    "profiles/vendors.csv": View(("vendor_id",), "vendor_id text, name text, email text?, online_access flag"),
    "profiles/units.csv": View(
        ("unit_id",), "unit_id text, description text, owner_id text, responsible_tenant_id text?"
    ),
    "owner_statements.csv": View(
        ("ledger_id",),
        "owner_id text, ledger_id text, period_from date, period_to date, opening money, receipts money, "
        "disbursements money, fees money, owner_draws money, other money, closing money",
    ),
    "tenant_statements.csv": View(
        ("tenant_id",),
        "tenant_id text, period_from date, period_to date, opening money, charges money, paid_elsewhere money, "
        "payments money, reversals_refunds money, closing money",
    ),
    # Every line of every statement; a holder's lines under a heading add up to what the tables above say.
    STATEMENT_LINES: View(
        (),
        "holder_kind text, holder_id text, ledger_id text?, date date, heading text, kind text, unit_id text?, "
        "unit text?, party text?, description text, reference text, amount money",
        {
            "holder_kind": frozenset({"owner", "tenant"}),
            "heading": frozenset(
                {"receipts", "disbursements", "fees", "owner_draws", "other"}
                | {"charges", "paid_elsewhere", "payments", "reversals_refunds"}
            ),
            "kind": _OWNER_KINDS | _TENANT_KINDS,
        },
    ),
    "activity/owners.csv": View(
        (),
        "owner_id text, ledger_id text, date date, kind text, unit_id text?, tenant_id text?, description text, "
        "reference text, amount money",
        {"kind": _OWNER_KINDS},
    ),
    "activity/tenants.csv": View(
        (),
        "tenant_id text, date date, kind text, unit_id text?, description text, reference text, amount money",
        {"kind": _TENANT_KINDS},
    ),
}
