"""What the store is made of: the fact tables, by numbered steps, and the views over them that every face reads."""

import hashlib
import re
from functools import cache
from importlib.resources import files

# Each view reads facts and views named before it. The store keeps them under the hash of their texts, so a better view
# needs no migration.
VIEWS = (
    "current_load",
    "bank_accounts",
    "owners",
    "ledgers",
    "units",
    "tenants",
    "vendors",
    "bills",
    "ledger_entries",
    "charges",
    "tenant_names",
    "unit_names",
    "ledger_names",
    "bank_account_names",
    "posting_rules",
    "standing_revisions",
    "lines",
    "awaiting_replacement",
    "live_deposit_items",
    "line_slips",
    "receipts",
    "payer_aliases",
    "open_credits",
    "refunds",
    "receipts_without_slip",
    "applications",
    "classifications",
    "deposits",
    "undeposited_receipts",
    "transfers_due",
    "bank_statements",
    "bank_matches",
    "bank_matched_items",
    "payments_out",
    "bank_lines",
    "bank_balances",
    "returned_items",
    "bank_postings",
    "deposits_in_transit",
    "stated_totals",
    "batches",
    "runs",
    "ledger_movements",
    "book_items",
    "party_items",
    "tenant_movements",
    "profile_settings",
    "publications",
    "published_statements",
    "transmissions",
    "journal",
)


@cache
def resource(folder: str, name: str) -> str:
    """Read one SQL file of the package."""
    return files("recon.sql").joinpath(folder, name).read_text(encoding="utf-8")


def migrations() -> list[tuple[int, str]]:
    """List the steps that make the fact tables: version and SQL, oldest first."""
    names = sorted(entry.name for entry in files("recon.sql").joinpath("migrations").iterdir())
    return [(int(name[:4]), resource("migrations", name)) for name in names if name.endswith(".sql")]


def fact_tables() -> list[str]:
    """List the tables whose rows belong to journal entries: all but the journal itself and the versions.

    Read from the steps, because DuckDB's own catalog binds every view before it lists a column.
    """
    made = {name for _, sql in migrations() for name in re.findall(r"^create table facts\.(\w+)", sql, re.MULTILINE)}
    return sorted(made - {"journal", "schema_versions"})


@cache
def views_hash() -> str:
    """Give the SHA-256 of the views' names and texts."""
    return hashlib.sha256(repr(views()).encode()).hexdigest()


def views() -> list[tuple[str, str]]:
    """List the views: name and SQL, in the order in which they can be defined."""
    return [(name, resource("views", f"{name}.sql")) for name in VIEWS]
