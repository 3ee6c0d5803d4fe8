"""The closed lists of words that lines, ledgers and receipts are described with (SPEC 2, 5 and 9).

The order of `Reason` and `Flag` is the order in which they are listed in outputs.
"""

from enum import StrEnum

# How far ahead of its posting date a payment reaches: the window of SPEC 5 (BTR-14). Day 30 is in, day 31 out.
WINDOW_DAYS = 30


class Disposition(StrEnum):
    """What becomes of one line of a lockbox file."""

    AUTO = "auto"  # exactly one reading: posts by itself
    INDIVIDUAL = "individual"  # waits for a person
    REJECTED = "rejected"  # could not be read


class Reason(StrEnum):
    """Why a line got its disposition. GLOSSARY.md has a sentence for each."""

    OK_FULL = "OK_FULL"
    OK_DUE_NOW = "OK_DUE_NOW"
    OK_PARTIAL_SINGLE = "OK_PARTIAL_SINGLE"
    OK_CREDIT = "OK_CREDIT"
    OK_ALIAS = "OK_ALIAS"
    UNDERPAID = "UNDERPAID"
    OVERPAID = "OVERPAID"
    NOTHING_OWED = "NOTHING_OWED"
    ONLY_FUTURE_CHARGES = "ONLY_FUTURE_CHARGES"
    CONSUMED_IN_BATCH = "CONSUMED_IN_BATCH"
    MULTI_LEDGER = "MULTI_LEDGER"
    UNIDENTIFIED = "UNIDENTIFIED"
    ID_CONFLICT = "ID_CONFLICT"
    NO_DEFAULT_TENANT = "NO_DEFAULT_TENANT"
    NO_UNIT = "NO_UNIT"
    AMBIGUOUS_UNIT = "AMBIGUOUS_UNIT"
    HOLD_TENANT = "HOLD_TENANT"
    PERIOD_CLOSED = "PERIOD_CLOSED"
    DUPLICATE_LINE = "DUPLICATE_LINE"
    BAD_RECORD = "BAD_RECORD"


# Where the table of SPEC 4 gives no tenant, or no unit.
NOT_IDENTIFIED = frozenset(
    {Reason.UNIDENTIFIED, Reason.ID_CONFLICT, Reason.NO_DEFAULT_TENANT, Reason.NO_UNIT, Reason.AMBIGUOUS_UNIT}
)


class Flag(StrEnum):
    """A remark on a line that changes nothing about its disposition."""

    DEFAULT_TENANT_USED = "DEFAULT_TENANT_USED"
    PAST_TENANT = "PAST_TENANT"
    MEMO_TOO_LONG = "MEMO_TOO_LONG"
    DATE_CHANGED = "DATE_CHANGED"
    AMOUNT_EDITED = "AMOUNT_EDITED"


class Source(StrEnum):
    """Where a lockbox file came from (BTR-02); it decides which duplicate rule holds (BTR-74)."""

    THIRD_PARTY = "third_party"
    LOCAL = "local"


class LedgerKind(StrEnum):
    """Whose money a ledger keeps."""

    OWNER = "owner"
    MANAGEMENT = "management"
    TENANT_DEPOSITS = "tenant_deposits"


class PartyStatus(StrEnum):
    """Whether an owner or vendor is in use."""

    ACTIVE = "active"
    INACTIVE = "inactive"


class TenantStatus(StrEnum):
    """Whether a tenant lives in the unit now."""

    CURRENT = "current"
    PAST = "past"


class EntryKind(StrEnum):
    """What a ledger entry of the system of record stands for."""

    OPENING_BALANCE = "opening_balance"
    RECEIPT = "receipt"
    DISBURSEMENT = "disbursement"
    FEE = "fee"
    OWNER_DRAW = "owner_draw"
    TENANT_CREDIT = "tenant_credit"
    SECURITY_DEPOSIT = "security_deposit"
    OTHER = "other"
