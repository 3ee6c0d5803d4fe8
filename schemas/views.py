"""What each relation of the store looks like to an analyst: grain, columns, types and what always holds.

A relation is written as a list of columns, `name kind`, a trailing `?` meaning that the value may be empty. The kinds
are those of `_KINDS`; `money+` is an amount that is never negative. The Pandera model of a relation is made from this.
"""

from dataclasses import dataclass, field

import pandas as pd
import pandera.pandas as pa
import pyarrow as arrow

from schemas.bank import BankEvent
from schemas.vocabulary import Disposition, EntryKind, LedgerKind, PartyStatus, Reason, Source, TenantStatus

_KINDS: dict[str, arrow.DataType] = {
    "text": arrow.string(),
    "count": arrow.int64(),
    "small": arrow.int32(),
    "date": arrow.date32(),
    "moment": arrow.timestamp("us"),  # UTC
    "money": arrow.decimal128(18, 2),
    "money+": arrow.decimal128(18, 2),
    "bank": arrow.decimal128(18, 4),  # SPEC 7: what a bank says keeps four decimals
    "flag": arrow.bool_(),
    "bytes": arrow.binary(),
}


@dataclass(frozen=True)
class View:
    """One relation: its unique key, its columns and the closed lists among them."""

    key: tuple[str, ...]
    columns: str
    words: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def arrow(self) -> arrow.Schema:
        """The columns with their Arrow types, for tables that are written rather than read."""
        pairs = (line.split() for line in self.columns.split(","))
        return arrow.schema([(column, _KINDS[kind.removesuffix("?").strip()]) for column, kind in pairs])

    def model(self, name: str) -> pa.DataFrameSchema:
        """Give the Pandera model: strict, in order, nothing coerced, every problem at once."""
        columns = {}
        for line in self.columns.split(","):
            column, kind = line.split()
            optional = kind.endswith("?")
            checks = [pa.Check.ge(0)] if kind.startswith("money+") else []
            if column in self.words:
                checks.append(pa.Check.isin(sorted(self.words[column])))
            columns[column] = pa.Column(
                pd.ArrowDtype(_KINDS[kind.removesuffix("?")]), checks, nullable=optional, coerce=False
            )
        return pa.DataFrameSchema(columns, strict=True, ordered=True, unique=list(self.key) or None, name=name)


def _values(*kinds: type) -> frozenset[str]:
    return frozenset(str(word) for kind in kinds for word in kind)  # type: ignore[attr-defined]


_STATES = frozenset({"posted", "waiting", "removed", "rejected"})
_REVERSALS = frozenset({"returned", "correction"})
_PROFILES = frozenset({"owner", "tenant", "vendor", "unit"})
_MATCH_RULES = frozenset({"reference", "total", "together", "person", "posted"})

VIEWS = {
    "current_load": View(
        ("load_id",), "load_id small, sha256 text, includes text, reflects_through count, entry_seq count"
    ),
    "bank_accounts": View(
        ("bank_account_key",),
        "bank_account_key text, bank_account_id text, name text, routing_number text?, account_number text?",
    ),
    "owners": View(
        ("owner_key",),
        "owner_key text, owner_id text, name text, email text?, status text, online_access flag",
        {"status": _values(PartyStatus)},
    ),
    "ledgers": View(
        ("ledger_key",),
        "ledger_key text, ledger_id text, kind text, owner_key text?, bank_account_key text",
        {"kind": _values(LedgerKind)},
    ),
    "units": View(
        ("unit_key",), "unit_key text, unit_id text, description text, owner_key text, responsible_tenant_key text?"
    ),
    "tenants": View(
        ("tenant_key",),
        "tenant_key text, tenant_id text, name text, unit_key text?, status text, hold flag, email text?, "
        "online_access flag",
        {"status": _values(TenantStatus)},
    ),
    "vendors": View(
        ("vendor_key",),
        "vendor_key text, vendor_id text, name text, email text?, status text, online_access flag",
        {"status": _values(PartyStatus)},
    ),
    "bills": View(
        ("bill_key",),
        "bill_key text, bill_id text, ledger_key text, unit_key text?, vendor_key text?, bill_date date, "
        "due_date date?, description text, amount money, open_amount money+",
    ),
    "ledger_entries": View(
        ("entry_key",),
        "entry_key text, entry_id text, ledger_key text, unit_key text?, tenant_key text?, vendor_key text?, "
        "entry_date date, kind text, description text, amount money",
        {"kind": _values(EntryKind)},
    ),
    "charges": View(
        ("charge_key",),
        "charge_key text, charge_id text, tenant_key text, unit_key text, ledger_key text, charge_code text, "
        "description text, due_date date, amount money+, load_id small, is_exported flag, "
        "exported_open_amount money+, open_amount money+",
    ),
    "tenant_names": View(("tenant_key",), "tenant_key text, tenant_id text, name text"),
    "unit_names": View(("unit_key",), "unit_key text, unit_id text, description text"),
    "ledger_names": View(("ledger_key",), "ledger_key text, ledger_id text, bank_account_key text"),
    "bank_account_names": View(
        ("bank_account_key",), "bank_account_key text, bank_account_id text, name text, account_number text?"
    ),
    "payer_aliases": View(
        ("alias_key",),
        "alias_key text, alias text, tenant_key text, confirmed_by text, confirmed_at moment, why text, "
        "support count, last_used date?, expires_on date, entry_seq count",
    ),
    "posting_rules": View(("batch_id",), "batch_id text, partial_pay flag, due_now flag, credit flag, alias flag"),
    "lines": View(
        ("batch_id", "line_number"),
        "batch_id text, line_number count, file_date date?, posting_date date?, duplicate_date date?, unit_id text, "
        "tenant_id text, unit_key text?, tenant_key text?, amount money+?, memo text, flags text, message text?, "
        "raw bytes?, file_amount money+?, is_added flag, posted_amount money+, state text, is_taken_back flag",
        {"state": _STATES},
    ),
    "standing_revisions": View(
        ("batch_id", "line_number"),
        "batch_id text, line_number count, posting_date date, unit_id text, tenant_id text, unit_key text?, "
        "tenant_key text?, amount money+, memo text, entry_seq count",
    ),
    "live_deposit_items": View(("receipt_id",), "deposit_id text, receipt_id text, amount money+"),
    "awaiting_replacement": View(("receipt_id",), "receipt_id text, batch_id text, line_number count"),
    "receipts_without_slip": View(
        ("receipt_id",),
        "receipt_id text, batch_id text, line_number count, bank_account_key text, deposit_date date, amount money+",
    ),
    "line_slips": View(
        ("batch_id", "line_number"), "batch_id text, line_number count, deposit_id text, bank_account_key text"
    ),
    "receipts": View(
        ("receipt_id",),
        "receipt_id text, batch_id text, line_number count, part small, posting_date date, tenant_key text?, "
        "unit_key text?, ledger_key text?, bank_account_key text, deposit_date date, amount money+, applied money+, "
        "credit money+, refunded money+, memo text, reason text, deposit_id text?, reversal_kind text?, "
        "reversed_on date?, entry_seq count, reversal_entry_seq count?",
        {"reason": _values(Reason) | {"PERSON"}, "reversal_kind": _REVERSALS},
    ),
    "open_credits": View(
        ("receipt_id",),
        "receipt_id text, tenant_key text, unit_key text, posting_date date, amount money+, entry_seq count",
    ),
    "applications": View(
        ("receipt_id", "charge_key", "entry_seq"),
        "receipt_id text, batch_id text, charge_key text, charge_id text, ledger_key text, amount money+, "
        "applied_on date, reversal_kind text?, entry_seq count",
        {"reversal_kind": _REVERSALS},
    ),
    "classifications": View(
        ("batch_id", "line_number"),
        "batch_id text, line_number count, tenant_key text?, unit_key text?, matchable_total money+, "
        "status_total money+, disposition text, reason text, flags text, entry_seq count",
        {"disposition": _values(Disposition) - {"rejected"}, "reason": _values(Reason)},
    ),
    "deposits": View(
        ("deposit_id",),
        "deposit_id text, batch_id text, bank_account_key text, deposit_date date, items count, total money+, "
        "state text",
        {"state": frozenset({"open", "recorded", "void"})},
    ),
    "undeposited_receipts": View(
        ("receipt_id",), "receipt_id text, batch_id text, bank_account_key text, deposit_date date, amount money+"
    ),
    "transfers_due": View(
        ("batch_id", "from_bank_account_key", "ledger_key"),
        "batch_id text, from_bank_account_key text, to_bank_account_key text, ledger_key text, amount money+",
    ),
    "bank_statements": View(
        ("statement_id",),
        "statement_id text, sha256 text, file_name text, format text, section small, kind text, "
        "bank_account_key text?, currency text?, from_date date?, to_date date?, opening bank?, closing bank?, "
        "entry_seq count",
        {"kind": frozenset({"statement", "returns"})},
    ),
    "refunds": View(
        ("refund_id",),
        "refund_id text, receipt_id text, bank_account_key text, tenant_key text?, unit_key text?, refunded_on date, "
        "amount money+, memo text, entry_seq count",
    ),
    "bank_matches": View(
        ("match_id",),
        "match_id text, bank_account_key text, rule text, matched_by text, matched_at moment, why text, "
        "entry_seq count",
        {"rule": _MATCH_RULES},
    ),
    "bank_matched_items": View(
        ("kind", "item_id"),
        "match_id text, kind text, item_id text, amount bank",
        {"kind": frozenset({"deposit", "reversal", "entry", "refund", "posting"})},
    ),
    "payments_out": View(
        ("kind", "item_id"),
        "kind text, item_id text, bank_account_key text, paid_on date, amount money, description text, match_id text?",
        {"kind": frozenset({"entry", "refund"})},
    ),
    "bank_lines": View(
        ("bank_line_id",),
        "bank_line_id text, statement_id text, line_number count, bank_account_key text, booking_date date, "
        "value_date date?, amount bank, event text, bank_code text?, is_reversal flag, return_code text?, "
        "bank_reference text?, customer_reference text?, end_to_end_id text?, trace_number text?, "
        "original_trace_number text?, check_number text?, counterparty_name text?, description text, is_return flag, "
        "match_id text?, match_rule text?, is_taken_back flag, entry_seq count",
        {"event": _values(BankEvent), "match_rule": _MATCH_RULES},
    ),
    "bank_balances": View(
        ("bank_account_key", "statement_date"),
        "bank_account_key text, statement_date date, closing bank, opening bank, expected bank",
    ),
    "returned_items": View(
        ("bank_line_id",),
        "bank_line_id text, told_by text, bank_account_key text?, booking_date date, amount bank, return_code text?, "
        "original_trace_number text?, trace_number text?, check_number text?, customer_reference text?, "
        "bank_reference text?, end_to_end_id text?, counterparty_name text?, description text, receipt_id text?, "
        "entry_seq count",
    ),
    "bank_postings": View(
        ("posting_id",),
        "posting_id text, bank_line_id text, ledger_key text, bank_account_key text, posted_on date, amount money, "
        "description text, entry_seq count",
    ),
    "deposits_in_transit": View(
        ("deposit_id",),
        "deposit_id text, batch_id text, bank_account_key text, deposit_date date, total money+, state text",
        {"state": frozenset({"open", "recorded"})},
    ),
    "stated_totals": View(("batch_id",), "batch_id text, entries count, total_amount money+"),
    "batches": View(
        ("batch_id",),
        "batch_id text, file_name text, sha256 text, content_sha256 text, source text, posting_date date?, "
        "bank_account_key text?, deposit_date date?, partial_pay flag, due_now flag, entries count, "
        "total_amount money+, control_entries count?, control_total money+?, loaded_count count, loaded_amount money+, "
        "posted_count count, posted_amount money+, waiting_count count, waiting_amount money+, "
        "removed_count count, removed_amount money+, rejected_count count, rejected_amount money+, entry_seq count",
        {"source": _values(Source)},
    ),
    "book_items": View(
        (),
        "bank_account_key text, kind text, item_id text, booked_on date, amount money, description text",
        {"kind": frozenset({"deposit", "reversal", "refund", "posting", "entry", "brought_forward"})},
    ),
    "party_items": View(
        (),
        "bank_account_key text, party text, party_key text, moved_on date, amount money",
        {"party": frozenset({"ledger", "deposit", "credit", "transfer"})},
    ),
    "runs": View(("run_id",), "run_id text, batch_id text, output text, is_finished flag, entry_seq count"),
    "ledger_movements": View(
        (),
        "ledger_key text, movement_id text, kind text, moved_on date, tenant_key text?, unit_key text?, "
        "vendor_key text?, description text, reference text, amount money, since_seq count, until_seq count?",
        {"kind": _values(EntryKind) | _REVERSALS | {"bank"}},
    ),
    "tenant_movements": View(
        (),
        "tenant_key text, movement_id text, kind text, moved_on date, unit_key text?, charge_key text?, "
        "description text, reference text, amount money, since_seq count, until_seq count?",
        {"kind": frozenset({"charge", "paid_elsewhere", "payment", "refund"}) | _REVERSALS},
    ),
    "profile_settings": View(
        ("kind", "party_key"),
        "kind text, party_key text, no_internet flag, no_statements flag, publish_until date?, note text, "
        "entry_seq count",
        {"kind": _PROFILES},
    ),
    "publications": View(
        ("publication_id",),
        "publication_id text, content_sha256 text, manifest_sha256 text, period_from date, period_to date, what text, "
        "published_on date, as_of count, as_of_hash text, supersedes text?, entry_seq count",
    ),
    "published_statements": View(
        ("kind", "party_key", "period_from", "number"),
        "kind text, party_key text, holder_key text, period_from date, period_to date, number small, as_of count, "
        "opening money, closing money, order_by text, firm text, publication_id text, entry_seq count",
        {"kind": frozenset({"owner", "tenant"}), "order_by": frozenset({"unit", "date"})},
    ),
    "transmissions": View(
        ("publication_id", "target", "pass_number", "entry_seq", "state"),
        "publication_id text, target text, pass_number small, state text, upload_id text, message text, "
        "told_at moment, told_by text, entry_seq count",
        {"state": frozenset({"uploaded", "pending", "processed", "failed", "cleared"})},
    ),
    "journal": View(
        ("seq",),
        "seq count, recorded_at moment, who text, action text, why text, batch_id text?, file_name text?, detail text, "
        "facts text, previous_hash text, hash text",
    ),
}
