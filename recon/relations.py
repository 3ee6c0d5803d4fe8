"""The rules of identification and classification, as relations in the order in which they are built.

Each relation is one `.sql` file under `recon/sql/rules`, and reads only relations built before it. They are plain SQL
over the inputs below, so that the same files can run on another engine (DESIGN). Inputs, which the caller puts there:

    lines_in_scope      line_number, posting_date, duplicate_date, unit_key, tenant_key, amount, memo
    tenants_in_force    tenant_no, tenant_key, unit_no, status, hold
    units_in_force      unit_no, unit_key, responsible_tenant_no
    charges_in_force    charge_no, tenant_no, unit_no, home_unit_no (the tenant's), ledger_no, due_date, open_amount
    closed_periods      closed_through (no row, or one)
    payments_elsewhere  duplicate_date, tenant_no, unit_no, amount, memo
    credits_in_force    tenant_no, unit_no, amount (no row unless the credit rule is asked for)
    aliases_in_force    alias_key, tenant_no, expires_on (no row unless the alias rule is asked for)
    posted_in_batch     line_number, duplicate_date, tenant_no, unit_no, amount, memo, is_partial

Numbers ending in `_no` are positions in the ledger as loaded; they mean nothing outside one classification.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from recon.schema import resource
from recon.store import Store
from schemas.vocabulary import WINDOW_DAYS

INPUTS = (
    "lines_in_scope",
    "tenants_in_force",
    "units_in_force",
    "charges_in_force",
    "closed_periods",
    "payments_elsewhere",
    "posted_in_batch",
    "credits_in_force",
    "aliases_in_force",
)
IDENTIFICATION = (
    "payers",
    "matched_lines",
    "default_tenants",
    "tenants_elsewhere",
    "related_pairs",
    "identified_lines",
)
BEFORE_ROUNDS = (
    "duplicate_lines",
    "repeated_lines",
    "waiting_lines",
    "open_charges",
    "credits_left",
    "earlier_payers",
    "partial_payments",
)
ROUND = (
    "owing_elsewhere",
    "payer_totals",
    "window_totals",
    "due_totals",
    "judged_lines",
    "first_posts",
    "partial_runs",
    "decided_lines",
    "next_waiting_lines",
    "uses",
)
# Read once or twice, so not worth keeping.
VIEWS = ("payers", "decided_lines")
# What a round hands to the next, beside the lines that are left; worth building only if there are any.
HANDED_ON = ("next_open_charges", "next_credits_left", "next_earlier_payers", "next_partial_payments")
# What the rounds settle, each adding to what those before it did.
SETTLED = ("settled_lines", "settled_uses")
AFTER_ROUNDS = ("classified_lines",)
ORDER = IDENTIFICATION + BEFORE_ROUNDS + ROUND + SETTLED + HANDED_ON + AFTER_ROUNDS


@dataclass(frozen=True)
class PostingRules:
    """The switches of classification, off unless asked for (SPEC 5)."""

    partial_pay: bool = False
    due_now: bool = False
    credit: bool = False
    alias: bool = False

    def parameters(self) -> Mapping[str, object]:
        """The values that the relations take by name; credit and alias work by what is put into their inputs."""
        return {"partial_pay": self.partial_pay, "due_now": self.due_now, "window_days": WINDOW_DAYS}


def rule(name: str) -> str:
    """Read the SQL of one relation."""
    return resource("rules", f"{name}.sql")


def _make(store: Store, name: str, parameters: Mapping[str, object] | None = None) -> None:
    if name in VIEWS:
        store.view(name, rule(name))
    else:
        store.build(name, rule(name), parameters)


def identify(store: Store) -> None:
    """Build `identified_lines` from the inputs: who paid for which unit."""
    for name in IDENTIFICATION:
        _make(store, name)


def classify(store: Store, rules: PostingRules, *, all_uses: bool = True) -> None:
    """Build `classified_lines` from the inputs, and `settled_uses`: which line pays how much of which charge.

    Lines are taken in file order and a line that posts uses up what it pays. A round decides, for every tenant and
    unit at once, all lines up to the first that posts; what it pays is gone in the next round. Who only wants the
    answers can do without `all_uses`.
    """
    parameters = {**rules.parameters(), "all_uses": all_uses}
    for name in IDENTIFICATION + BEFORE_ROUNDS:
        _make(store, name, parameters)
    store.run("drop table matched_lines")  # as large as the file, and not read any more
    settle: Callable[[str, str], None] = store.build
    while True:
        for name in ROUND:
            _make(store, name, parameters)
        for name in SETTLED:
            settle(name, rule(name))
        settle = store.extend
        if store.one("select count(*) from next_waiting_lines") == (0,):
            break
        for name in HANDED_ON:
            store.build(name, rule(name), parameters)
        for name in ("next_waiting_lines", *HANDED_ON):
            store.rename(name, name.removeprefix("next_"))
    for name in AFTER_ROUNDS:
        store.view(name, rule(name))
