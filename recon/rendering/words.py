"""Codes and numbers as people read them. What is said here of a code in short, GLOSSARY.md says at length."""

from recon import money
from recon.report import Tally
from schemas.vocabulary import Disposition, Flag, Reason

REASONS = {
    Reason.OK_FULL: "Pays all due within 30 days",
    Reason.OK_DUE_NOW: "Pays all due by its date",
    Reason.OK_PARTIAL_SINGLE: "Pays part of the only open charge",
    Reason.OK_CREDIT: "Posts with tenant credit",
    Reason.OK_ALIAS: "Payer known by a confirmed alias",
    Reason.UNDERPAID: "Less than what is owed",
    Reason.OVERPAID: "More than what is owed",
    Reason.NOTHING_OWED: "Nothing is owed",
    Reason.ONLY_FUTURE_CHARGES: "Only later charges are open",
    Reason.CONSUMED_IN_BATCH: "An earlier line paid it",
    Reason.MULTI_LEDGER: "Charges of several ledgers",
    Reason.UNIDENTIFIED: "Payer not known",
    Reason.ID_CONFLICT: "Tenant and unit do not belong together",
    Reason.NO_DEFAULT_TENANT: "The unit has no single tenant",
    Reason.NO_UNIT: "The tenant has no unit",
    Reason.AMBIGUOUS_UNIT: "Open charges on another unit too",
    Reason.HOLD_TENANT: "Tenant on hold",
    Reason.PERIOD_CLOSED: "The period is closed",
    Reason.DUPLICATE_LINE: "Like a payment already here",
    Reason.BAD_RECORD: "The line could not be read",
}

FLAGS = {
    Flag.DEFAULT_TENANT_USED: "Unit's default tenant used",
    Flag.PAST_TENANT: "Past tenant",
    Flag.MEMO_TOO_LONG: "Memo over 40 characters",
    Flag.DATE_CHANGED: "Date changed",
    Flag.AMOUNT_EDITED: "Amount edited",
}

DISPOSITIONS = {
    Disposition.AUTO: "Automatic",
    Disposition.INDIVIDUAL: "Individual",
    Disposition.REJECTED: "Rejected",
}


def reason(code: str) -> str:
    """Say a reason in words; a code of a newer version is shown as it is."""
    return REASONS[Reason(code)] if code in set(Reason) else code


def flag(code: str) -> str:
    """Say a flag in words; a code of a newer version is shown as it is."""
    return FLAGS[Flag(code)] if code in set(Flag) else code


def disposition(code: str) -> str:
    """Say a disposition in words."""
    return DISPOSITIONS[Disposition(code)] if code in set(Disposition) else code


def count(tally: Tally, unknown: str = "not known") -> str:
    """Write how many."""
    return unknown if tally.count is None else f"{tally.count:,}"


def amount(tally: Tally, unknown: str = "not known") -> str:
    """Write how much."""
    return unknown if tally.amount is None else money.shown(tally.amount)


def both(tally: Tally) -> str:
    """Write how many and how much, as far as known."""
    return " · ".join(part for part in (count(tally, ""), amount(tally, "")) if part)


def plural(count: int, noun: str) -> str:
    """Write `1 item`, `2 items`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
