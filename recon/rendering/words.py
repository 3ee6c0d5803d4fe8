"""Codes and numbers as people read them. What is said here of a code in short, GLOSSARY.md says at length."""

from collections.abc import Sequence

from recon import money
from recon.decisions import Part
from recon.report import Tally
from recon.suggestions.kinds import Kind
from schemas.vocabulary import WINDOW_DAYS, Disposition, Flag, Reason

REASONS = {
    Reason.OK_FULL: f"Pays all due within {WINDOW_DAYS} days",
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

SUGGESTIONS = {
    Kind.MISSPELT: "Misspelt ID",
    Kind.ALIAS: "Confirmed alias",
    Kind.BEFORE: "Placed so before",
    Kind.NAME: "Name in place of the ID",
    Kind.MEMO: "Named in the memo",
    Kind.ROOM_MATE: "Room-mate",
    Kind.SEVERAL_TENANTS: "All tenants of a unit",
    Kind.ALL_DUE: "All that is due or open",
    Kind.ONE_CHARGE: "One charge",
    Kind.SOME_CHARGES: "Only charges that add up",
    Kind.SHARE: "Equal share",
    Kind.LESS_FEE: "Less a known fee",
    Kind.PART: "Part, in order",
    Kind.AHEAD: "Ahead, as credit",
    Kind.DUPLICATE: "Likely duplicate",
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


def posted_to(parts: Sequence[Part]) -> str:
    """Write what a split puts where: `C1 690.00, C2 25.00`; where there are several tenants, each is named."""
    said = []
    for part in parts:
        rest = part.amount - sum(part.applications.values())
        shares = [f"{charge_id} {money.shown(share)}" for charge_id, share in part.applications.items()]
        shares += [f"credit {money.shown(rest)}"] if rest else []
        said.append(f"{part.tenant_id}: {', '.join(shares)}" if len(parts) > 1 else ", ".join(shares))
    return "; ".join(said)


def payers(parts: Sequence[Part]) -> str:
    """Write whom a split is for: `Roseman Cedar327`."""
    return ", ".join(f"{part.tenant_id} {part.unit_id}" for part in parts)
