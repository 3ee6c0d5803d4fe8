"""The oracle of identification and classification: SPEC 4 and 5 read literally, one sentence after the other.

Slow and obvious on purpose, for comparison with the real thing. It takes a ledger as text tables, the bytes of a
lockbox file and the switches, and says what becomes of every line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle_lockbox import (
    LONGEST_MEMO,
    Charge,
    Ledger,
    Record,
    Rejected,
    Tables,
    Tenant,
    Unit,
    identifier,
    read_ledger,
    read_lockbox,
    totals,
    trim,
)

__all__ = ["COLUMNS", "FLAGS", "REASONS", "Application", "OtherPayment", "classify", "classify_and_apply", "totals"]

OtherPayment = tuple[date, str, str, Decimal, str]
"""(date, tenant_id, unit_id, amount, memo) of an unreversed receipt or a waiting line of another batch."""
Application = tuple[int, str, Decimal, str]
"""(line_number, charge_id, amount, ledger_id): what an auto line paid of one charge."""

# SPEC 8, "classify writes one row per non-blank line".
COLUMNS = (
    "line_number", "posting_date", "unit_id", "tenant_id", "amount", "memo",
    "matchable_total", "status_total", "disposition", "reason", "flags", "message",
)  # fmt: skip

# SPEC 9.
REASONS = (
    "OK_FULL", "OK_DUE_NOW", "OK_PARTIAL_SINGLE", "OK_CREDIT", "OK_ALIAS", "UNDERPAID", "OVERPAID", "NOTHING_OWED",
    "ONLY_FUTURE_CHARGES", "CONSUMED_IN_BATCH", "MULTI_LEDGER", "UNIDENTIFIED", "ID_CONFLICT", "NO_DEFAULT_TENANT",
    "NO_UNIT", "AMBIGUOUS_UNIT", "HOLD_TENANT", "PERIOD_CLOSED", "DUPLICATE_LINE", "BAD_RECORD",
)  # fmt: skip

# SPEC 9: the flags, in the order in which they are joined. AMOUNT_EDITED comes from a person, never from a file.
FLAGS = ("DEFAULT_TENANT_USED", "PAST_TENANT", "MEMO_TOO_LONG", "DATE_CHANGED")

ZERO = Decimal("0.00")


# ---- Who paid (SPEC 4) ----


@dataclass
class Payer:
    """The outcome of identification. `reason` is empty when the line is identified; then tenant and unit are there.

    When it is not identified, tenant and unit are what is known all the same ("as far as known", SPEC 8).
    """

    tenant: Tenant | None
    unit: Unit | None
    reason: str = ""
    default_tenant_used: bool = False
    by_alias: bool = False


def belong_together(ledger: Ledger, tenant: Tenant, unit: Unit) -> bool:
    """SPEC 4, first row: the tenant's unit, or responsible for it, or "has a charge (open or not) on it"."""
    return tenant.unit == unit.key or unit.responsible_tenant == tenant.key or len(ledger.charges_on(tenant, unit)) > 0


def default_tenant(ledger: Ledger, unit: Unit) -> Tenant | None:
    """SPEC 4, second row: "its responsible tenant if current, else its only current tenant" (BTR-33)."""
    responsible = ledger.tenants.get(unit.responsible_tenant)
    if responsible is not None and not responsible.is_past:
        return responsible
    current = ledger.current_tenants_of_unit.get(unit.key, [])
    if len(current) == 1:
        return current[0]
    return None


def identify(ledger: Ledger, record: Record, aliases: Mapping[str, str] | None = None) -> Payer:
    """The table of SPEC 4 (BTR-30 to BTR-36), for the tenant ID that the file gives or the one that it stands for."""
    named = identifier(record.tenant_id)
    if named and named not in ledger.tenants and ledger.tenants.get((aliases or {}).get(named, "")):
        payer = identify(ledger, replace(record, tenant_id=(aliases or {})[named]))
        payer.by_alias = True
        return payer
    # "`t` is the tenant ID if it names a known tenant, `u` the unit ID if it names a known unit." Empty names nothing.
    tenant = ledger.tenants.get(identifier(record.tenant_id)) if record.tenant_id else None
    unit = ledger.units.get(identifier(record.unit_id)) if record.unit_id else None

    # Row 1: known, known.
    if tenant is not None and unit is not None:
        if belong_together(ledger, tenant, unit):
            return Payer(tenant, unit)
        return Payer(tenant, unit, "ID_CONFLICT")

    # Row 2: tenant unknown or empty, unit known.
    if tenant is None and unit is not None:
        tenant = default_tenant(ledger, unit)
        if tenant is None:
            return Payer(None, unit, "NO_DEFAULT_TENANT")
        # "When an unknown tenant ID was given, flag DEFAULT_TENANT_USED"
        return Payer(tenant, unit, default_tenant_used=record.tenant_id != "")

    # Row 3: tenant known, unit unknown or empty.
    if tenant is not None and unit is None:
        if not tenant.unit:
            return Payer(tenant, None, "NO_UNIT")
        # "open charges on another unit as well"; open as they stand when the line's turn comes.
        if any(charge.is_open and charge.unit != tenant.unit for charge in ledger.charges(tenant)):
            return Payer(tenant, None, "AMBIGUOUS_UNIT")
        return Payer(tenant, ledger.units[tenant.unit])

    # Row 4: neither.
    return Payer(None, None, "UNIDENTIFIED")


# ---- Classification (SPEC 5) ----


@dataclass
class Rules:
    """The switches of a run, and what other batches and the calendar of closed periods say."""

    posting_date: date | None
    partial_pay: bool
    due_now: bool
    closed_through: date | None
    other_payments: set[OtherPayment]
    aliases: dict[str, str]  # key of what files give for a tenant ID: key of the tenant
    alias_expiry: dict[str, date]  # the last posting date for which an alias counts


@dataclass
class Earlier:
    """What the earlier lines of this file did."""

    paid: set[tuple[str, str]] = field(default_factory=set)  # (tenant, unit) of lines that paid charges
    partial_payments: set[OtherPayment] = field(default_factory=set)  # lines posted as a partial payment
    credits: dict[tuple[str, str], Decimal] = field(default_factory=dict)  # what (tenant, unit) has left of it


def total(charges: Iterable[Charge]) -> Decimal:
    """The sum of what is open."""
    return sum((charge.open_amount for charge in charges), ZERO)


def one_ledger(charges: Iterable[Charge]) -> bool:
    """SPEC 5: "Ledgers are compared by `ledger_id`: two owners' ledgers are two ledgers" (BTR-15)."""
    return len({charge.ledger for charge in charges}) == 1


def payment_key(record: Record, tenant: Tenant, unit: Unit) -> OtherPayment:
    """What makes two lines the same payment: "same file date, tenant, unit, amount and memo".

    The table's later row says only "the same date"; it is read as the same file date too.
    """
    return (record.file_date, tenant.key, unit.key, record.amount, record.memo)


def decide(
    rules: Rules, earlier: Earlier, record: Record, posting_date: date, payer: Payer, tenant: Tenant, unit: Unit,
    window: list[Charge], open_charges: list[Charge],
) -> tuple[str, list[tuple[Charge, Decimal]]]:  # fmt: skip
    """The table of SPEC 5: "The first row that fits decides". Gives the reason, and what an auto row pays."""
    amount = record.amount
    matchable_total = total(window)
    in_full = [(charge, charge.open_amount) for charge in window]
    credit = earlier.credits.get((tenant.key, unit.key), ZERO)
    with_credit = credit > 0 and amount + credit == matchable_total
    key = payment_key(record, tenant, unit)

    if tenant.on_hold:
        return "HOLD_TENANT", []
    if rules.closed_through is not None and posting_date <= rules.closed_through:
        return "PERIOD_CLOSED", []
    if key in rules.other_payments:
        return "DUPLICATE_LINE", []

    if not window and (tenant.key, unit.key) in earlier.paid:
        return "CONSUMED_IN_BATCH", []
    if not window and open_charges:
        return "ONLY_FUTURE_CHARGES", []
    if not window:
        return "NOTHING_OWED", []

    if amount == matchable_total and one_ledger(window):
        return "OK_ALIAS" if payer.by_alias else "OK_FULL", in_full
    if amount == matchable_total:
        return "MULTI_LEDGER", []

    due = [charge for charge in window if charge.due_date <= posting_date]
    due_now = rules.due_now and amount < matchable_total and amount == total(due)
    if due_now and not one_ledger(due):
        return "MULTI_LEDGER", []
    # "None of them may post where two readings exist": a payer known by an alias posts in full only, and what is due
    # now is one reading, all of the window with the credit another.
    if due_now and not with_credit and not payer.by_alias:
        return "OK_DUE_NOW", [(charge, charge.open_amount) for charge in due]

    if rules.partial_pay and amount < matchable_total and key in earlier.partial_payments:
        return "DUPLICATE_LINE", []
    if with_credit and not one_ledger(window):
        return "MULTI_LEDGER", []
    if with_credit and not due_now and not payer.by_alias:
        return "OK_CREDIT", in_full
    if rules.partial_pay and amount < matchable_total and len(window) == 1 and not payer.by_alias:
        return "OK_PARTIAL_SINGLE", [(window[0], amount)]

    if amount < matchable_total:
        return "UNDERPAID", []
    return "OVERPAID", []


def classify_and_apply(
    ledger: Tables,
    data: bytes,
    *,
    posting_date: date | None = None,
    partial_pay: bool = False,
    due_now: bool = False,
    closed_through: date | None = None,
    other_payments: Iterable[OtherPayment] = (),
    credit: Mapping[tuple[str, str], Decimal | str] | None = None,
    aliases: Mapping[str, str] | None = None,
    alias_expiry: Mapping[str, date] | None = None,
) -> tuple[list[dict[str, str]], list[Application]]:
    """The rows of `classify` (SPEC 8), and what the auto lines paid, in file order, then in the order of `charges`.

    `posting_date` replaces every line's date; posting dates up to and including `closed_through` are closed;
    `other_payments` are the unreversed receipts and waiting lines of other batches. `credit`, by tenant and unit, are
    there with the credit rule, `aliases`, tenants by what files give for their ID, with the alias rule; `alias_expiry`
    has the last posting date for which some of them count. What an OK_CREDIT line paid is the payment and the credit
    together. The ledger is left as it is.
    """
    book = read_ledger(ledger)
    others = {
        (day, identifier(tenant_id), identifier(unit_id), Decimal(amount), trim(memo))
        for day, tenant_id, unit_id, amount, memo in other_payments
    }
    known_as = {identifier(alias): identifier(tenant_id) for alias, tenant_id in (aliases or {}).items()}
    expiry = {identifier(alias): day for alias, day in (alias_expiry or {}).items()}
    rules = Rules(posting_date, partial_pay, due_now, closed_through, others, known_as, expiry)
    earlier = Earlier()
    for (tenant_id, unit_id), amount in (credit or {}).items():
        earlier.credits[identifier(tenant_id), identifier(unit_id)] = Decimal(amount)
    rows: list[dict[str, str]] = []
    applications: list[Application] = []

    # SPEC 5: "Lines are taken in file order; a line posted by itself uses up what it paid".
    for line in read_lockbox(data):
        row = dict.fromkeys(COLUMNS, "")
        row["line_number"] = str(line.line_number)
        rows.append(row)
        if isinstance(line, Rejected):
            # SPEC 8: "A rejected line has only line number, disposition, reason and message".
            row.update(disposition="rejected", reason="BAD_RECORD", message=line.message)
        else:
            applications += _classify_line(book, rules, earlier, line, row)
    return rows, applications


def _classify_line(
    book: Ledger, rules: Rules, earlier: Earlier, record: Record, row: dict[str, str]
) -> list[Application]:
    """Fill the row of a line that could be read, and give what it paid."""
    # SPEC 8: `--posting-date` "replaces every line's date (flag DATE_CHANGED where it differs from the file's)".
    line_date = record.file_date if rules.posting_date is None else rules.posting_date
    # An alias counts up to its expiry, for the date under which the line is posted.
    in_force = {
        alias: tenant for alias, tenant in rules.aliases.items() if line_date <= rules.alias_expiry.get(alias, date.max)
    }
    payer = identify(book, record, in_force)
    tenant, unit = payer.tenant, payer.unit
    reason = payer.reason
    window: list[Charge] = []
    open_charges: list[Charge] = []
    matchable_total = status_total = ZERO  # SPEC 8: "Not identified: totals 0.00"
    payments: list[tuple[Charge, Decimal]] = []

    if not reason:
        assert tenant is not None and unit is not None
        open_charges = [charge for charge in book.charges_on(tenant, unit) if charge.is_open]
        # "due on or before the line's posting date plus 30 days (day 30 in, day 31 out)" (BTR-14)
        window = [charge for charge in open_charges if charge.due_date <= line_date + timedelta(days=30)]
        matchable_total, status_total = total(window), total(open_charges)  # "when the line's turn comes"
        reason, payments = decide(rules, earlier, record, line_date, payer, tenant, unit, window, open_charges)
        if payments:
            earlier.paid.add((tenant.key, unit.key))
        if reason == "OK_CREDIT":
            del earlier.credits[tenant.key, unit.key]
        if reason == "OK_PARTIAL_SINGLE":
            earlier.partial_payments.add(payment_key(record, tenant, unit))

    applications: list[Application] = []
    for charge, paid in payments:
        charge.open_amount -= paid
        applications.append((record.line_number, charge.charge_id, paid, charge.ledger_shown))

    flags = {
        "DEFAULT_TENANT_USED": payer.default_tenant_used,
        # SPEC 4: "flags a line whose identified tenant is past"
        "PAST_TENANT": not payer.reason and tenant is not None and tenant.is_past,
        "MEMO_TOO_LONG": len(record.memo) > LONGEST_MEMO,
        "DATE_CHANGED": line_date != record.file_date,
    }
    row.update(
        posting_date=line_date.isoformat(),
        unit_id=unit.shown if unit is not None else "",
        tenant_id=tenant.shown if tenant is not None else "",
        amount=f"{record.amount:.2f}",
        memo=record.memo,
        matchable_total=f"{matchable_total:.2f}",
        status_total=f"{status_total:.2f}",
        disposition="auto" if reason.startswith("OK_") else "individual",
        reason=reason,
        flags=" ".join(flag for flag in FLAGS if flags[flag]),
    )
    return applications


def classify(
    ledger: Tables,
    data: bytes,
    *,
    posting_date: date | None = None,
    partial_pay: bool = False,
    due_now: bool = False,
    closed_through: date | None = None,
    other_payments: Iterable[OtherPayment] = (),
    credit: Mapping[tuple[str, str], Decimal | str] | None = None,
    aliases: Mapping[str, str] | None = None,
    alias_expiry: Mapping[str, date] | None = None,
) -> list[dict[str, str]]:
    """One row per non-blank line in file order, with the columns of SPEC 8's `classify` output as CSV text."""
    rows, _ = classify_and_apply(
        ledger, data, posting_date=posting_date, partial_pay=partial_pay, due_now=due_now,
        closed_through=closed_through, other_payments=other_payments, credit=credit, aliases=aliases,
        alias_expiry=alias_expiry,
    )  # fmt: skip
    return rows
