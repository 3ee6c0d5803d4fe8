"""Why a line was classified as it was, or a receipt posted: the rule, the rows and the file line, as of that moment."""

import json
import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from recon import money, store
from recon.errors import WrongUse
from recon.schema import resource
from recon.store import Store
from recon.workspace import Workspace
from schemas.vocabulary import NOT_IDENTIFIED, WINDOW_DAYS, Reason

_LINE = re.compile(r"(?:(B[0-9]+)[:-])?([0-9]{1,18})", re.IGNORECASE)
_RECEIPT = re.compile(r"R[0-9]+", re.IGNORECASE)


@dataclass(frozen=True)
class EvidenceCharge:
    """A charge that was open when the line had its turn."""

    charge_id: str
    charge_code: str
    description: str
    ledger_id: str
    due_date: date
    open_amount: Decimal
    is_in_window: bool  # due on or before the posting date plus WINDOW_DAYS
    is_due: bool  # due on or before the posting date
    paid: Decimal = Decimal("0.00")  # what this line's receipts that stand applied to it


@dataclass(frozen=True)
class EarlierLine:
    """A line that came before and stands in the way: a payment like this one, or one that paid what it would pay."""

    batch_id: str
    line_number: int
    file_name: str
    posting_date: date
    amount: Decimal
    state: str  # now
    receipt_ids: str | None  # that it had when the answer was given

    def __str__(self) -> str:
        """Write it as people read it."""
        receipts = f" ({self.receipt_ids})" if self.receipt_ids else ""
        return (
            f"line {self.line_number} of {self.file_name} (batch {self.batch_id}), {money.shown(self.amount)} on "
            f"{self.posting_date}, {self.state}{receipts}"
        )


@dataclass(frozen=True)
class Explanation:
    """Everything that led to the answer for one line."""

    batch_id: str
    line_number: int
    file_name: str
    sha256: str
    state: str  # posted, waiting, removed or rejected
    said: dict[str, Any]  # date, unit ID, amount, memo, tenant ID as the file has them
    posting_date: date | None
    tenant_id: str | None
    unit_id: str | None
    identification: str  # the row of SPEC 4 that fitted, in words
    disposition: str
    reason: str  # empty before the line is classified
    rule: str  # the row of SPEC 5 that fitted, in words
    flags: str
    answered_at: int | None  # the journal entry as of which this is the answer, with the totals and charges below
    matchable_total: Decimal
    status_total: Decimal
    charges: tuple[EvidenceCharge, ...]
    # The charges above, summed anew, give the totals that were kept. None: they do not, because the answer was foreseen
    # before posting, with what earlier lines of the batch would use up.
    is_replayed: bool | None
    earlier: tuple[EarlierLine, ...]  # why CONSUMED_IN_BATCH or DUPLICATE_LINE
    receipts: tuple[dict[str, Any], ...]
    credit_used: tuple[tuple[str, Decimal], ...]  # of earlier receipts, by OK_CREDIT
    journal: tuple[dict[str, Any], ...]  # who did it, when, why


def explain(workspace: Workspace, what: str) -> Explanation:
    """Explain one line, named by batch and line number such as `B000001:17`, or one receipt, such as `R0000001`.

    Raises:
        WrongUse: there is no such line or receipt, or `what` names neither.
    """
    with store.reading(workspace, "recon explain") as current:
        batch_id, line_number = _find(current, what)
        return _explain(current, batch_id, line_number)


def _find(current: Store, what: str) -> tuple[str, int]:
    if _RECEIPT.fullmatch(what):
        found = current.rows(
            "select batch_id, line_number from facts.receipts where receipt_id = upper($id)", {"id": what}
        )
        if found:
            return found[0][0], found[0][1]
        raise WrongUse(f"There is no receipt {what}; recon receipts lists them.")
    return find_line(current, what)


def find_line(current: Store, what: str) -> tuple[str, int]:
    """Read `B000001:17`, or `17` where there is but one batch, as a batch and a line of it.

    Raises:
        WrongUse: there is no such line, or it is not said of which batch.
    """
    named = _LINE.fullmatch(what)
    if named is None:
        raise WrongUse(f"{what!r} names neither a line (B000001:17) nor a receipt (R0000001).")
    batch_id, line_number = (named[1] or "").upper(), int(named[2])
    if not batch_id:
        known = current.rows("select batch_id from facts.imports order by 1")
        if len(known) != 1:
            raise WrongUse(f"Line {line_number} of which batch? Write B000001:{line_number}; recon status lists them.")
        batch_id = known[0][0]
    line = {"batch_id": batch_id, "line_number": line_number}
    if not current.rows("select 1 from facts.lines where batch_id = $batch_id and line_number = $line_number", line):
        raise WrongUse(f"Batch {batch_id} has no line {line_number}; recon status lists the batches.")
    return batch_id, line_number


def _explain(current: Store, batch_id: str, line_number: int) -> Explanation:
    line = {"batch_id": batch_id, "line_number": line_number}
    kept = current.arrow(resource("queries", "explained_line.sql"), line).to_pylist()[0]
    receipts = current.arrow(resource("queries", "explained_receipts.sql"), line).to_pylist()
    standing = [receipt["receipt_id"] for receipt in receipts if receipt["reversal_kind"] is None]
    charges = _evidence(current, kept, line_number, standing)
    window = sum((charge.open_amount for charge in charges if charge.is_in_window), Decimal("0.00"))
    everything = sum((charge.open_amount for charge in charges), Decimal("0.00"))
    entries = [seq for (seq,) in current.rows(resource("queries", "line_entries.sql"), line)]
    identification, rule = identification_words(kept), rule_words(kept, charges)
    return Explanation(
        batch_id=batch_id,
        line_number=line_number,
        file_name=kept["file_name"],
        sha256=kept["sha256"],
        state=kept["state"],
        said={name: kept[name] for name in ("file_date", "file_unit_id", "amount", "memo", "file_tenant_id", "raw")},
        posting_date=kept["posting_date"],
        tenant_id=kept["tenant_id"],
        unit_id=kept["unit_id"],
        identification=identification,
        disposition=kept["disposition"],
        reason=kept["reason"],
        rule=rule,
        flags=kept["flags"] or "",
        answered_at=kept["entry_seq"],
        matchable_total=kept["matchable_total"],
        status_total=kept["status_total"],
        charges=charges,
        is_replayed=(window, everything) == (kept["matchable_total"], kept["status_total"])
        or (None if kept["is_foreseen"] else False),
        earlier=_earlier(current, kept, line),
        receipts=tuple(receipts),
        credit_used=_credit_used(current, kept),
        journal=_journal(current, [*entries, *([kept["alias_seq"]] if kept["alias_seq"] else [])], line_number),
    )


def _journal(current: Store, entries: list[int], line_number: int) -> tuple[dict[str, Any], ...]:
    """Give journal entries; of a set of suggestions, why this line was among them."""
    rows = current.arrow(
        """
        select seq, recorded_at, who, action, why, detail from facts.journal
        where seq in (select unnest($entries)) order by seq
        """,
        {"entries": entries},
    ).to_pylist()
    for row in rows:
        detail = json.loads(row.pop("detail"))
        if row["action"] == "accept-suggestions":
            evidence = [one["evidence"] for one in detail["accepted"] if one["line_number"] == line_number]
            row["why"] = f"{row['why']}: {'; '.join(words for found in evidence for words in found)}"
    return tuple(rows)


def _evidence(
    current: Store, kept: dict[str, Any], line_number: int, receipt_ids: list[str]
) -> tuple[EvidenceCharge, ...]:
    if kept["tenant_key"] is None or kept["unit_key"] is None or kept["reason"] == Reason.ID_CONFLICT:
        return ()
    then = {
        "seq": kept["entry_seq"],
        "tenant_key": kept["tenant_key"],
        "unit_key": kept["unit_key"],
        "line_number": line_number,
        "posting_date": kept["posting_date"],
        "window_days": WINDOW_DAYS,
    }
    paid = dict(
        current.rows(
            """
            select charges.charge_id, sum(applications.amount)
            from facts.applications as applications
            inner join facts.ledger_charges as charges
                on charges.load_id = applications.load_id and charges.charge_key = applications.charge_key
            where applications.receipt_id in (select unnest($receipts))
            group by charges.charge_id
            """,
            {"receipts": receipt_ids},
        )
    )
    rows = current.rows(resource("queries", "evidence_charges.sql"), then)
    return tuple(replace(EvidenceCharge(*row), paid=paid.get(row[0], Decimal("0.00"))) for row in rows)


def _earlier(current: Store, kept: dict[str, Any], line: dict[str, Any]) -> tuple[EarlierLine, ...]:
    if kept["reason"] not in (Reason.CONSUMED_IN_BATCH, Reason.DUPLICATE_LINE):
        return ()
    then = {**line, "seq": kept["entry_seq"], "reason": kept["reason"]}
    rows = current.arrow(resource("queries", "explained_earlier.sql"), then).to_pylist()
    return tuple(EarlierLine(**row) for row in rows)


def _credit_used(current: Store, kept: dict[str, Any]) -> tuple[tuple[str, Decimal], ...]:
    if kept["reason"] != Reason.OK_CREDIT:
        return ()
    then = {"seq": kept["entry_seq"], "tenant_key": kept["tenant_key"], "unit_key": kept["unit_key"]}
    return tuple(
        (receipt_id, amount) for receipt_id, amount in current.rows(resource("queries", "credit_used.sql"), then)
    )


def identification_words(kept: dict[str, Any]) -> str:
    """Say which row of the identification table a line fell under (SPEC 4)."""
    if not kept["reason"]:
        return "Not looked up yet."
    tenant, unit = kept["is_tenant_known"], kept["is_unit_known"]
    given_tenant, given_unit = kept["file_tenant_id"], kept["file_unit_id"]
    tenant_words = f"tenant ID {given_tenant!r}" if given_tenant else "no tenant ID"
    if kept["expired_alias_of"] is not None and not tenant:
        meant, day = kept["expired_alias_of"], kept["alias_expired_on"]
        tenant_words += f" (an alias of tenant {meant} that expired on {day}: confirm it again)"
    elif kept["alias_seq"] is not None and not tenant:
        tenant, tenant_words = True, f"alias {given_tenant!r} of tenant {kept['tenant_id']}"
    unit_words = f"unit ID {given_unit!r}" if given_unit else "no unit ID"
    if kept["disposition"] == "rejected":
        return "The line could not be read."
    if tenant and unit:
        if kept["reason"] == Reason.ID_CONFLICT:
            return f"Known {tenant_words} and known {unit_words}, but they do not belong together."
        return f"Known {tenant_words} and known {unit_words}, which belong together."
    unknown = "unknown " if given_tenant else ""
    if unit:
        if kept["reason"] == Reason.NO_DEFAULT_TENANT:
            return f"Known {unit_words}, {unknown}{tenant_words}, and the unit has no default tenant."
        return f"Known {unit_words}, {unknown}{tenant_words}: the unit's default tenant {kept['tenant_id']}."
    unknown = "unknown " if given_unit else ""
    if tenant:
        if kept["reason"] == Reason.NO_UNIT:
            return f"Known {tenant_words}, {unknown}{unit_words}, and the tenant has no unit."
        if kept["reason"] == Reason.AMBIGUOUS_UNIT:
            return (
                f"Known {tenant_words}, {unknown}{unit_words}, and the tenant has open charges on another unit as well."
            )
        return f"Known {tenant_words}, {unknown}{unit_words}: the tenant's unit {kept['unit_id']}."
    if not (given_tenant or given_unit):
        return "The line has no tenant ID and no unit ID."
    if given_tenant and given_unit:
        return f"Neither {tenant_words} nor {unit_words} names anyone known."
    return (
        f"Unknown {tenant_words}, and {unit_words}." if given_tenant else f"Unknown {unit_words}, and {tenant_words}."
    )


def rule_words(kept: dict[str, Any], charges: tuple[EvidenceCharge, ...]) -> str:
    """Say which row of the classification table a line fell under, with its figures (SPEC 5)."""
    if kept["disposition"] == "rejected":  # often without an amount
        return str(kept["message"])
    if not kept["reason"]:
        return "The batch was not posted yet; recon post does it."
    amount, total = kept["amount"], kept["matchable_total"]
    window = [charge for charge in charges if charge.is_in_window]
    ledgers = sorted({charge.ledger_id for charge in window})
    ahead = f"due within {WINDOW_DAYS} days"
    words = dict.fromkeys(NOT_IDENTIFIED, "Not identified, so no charges were looked at.") | {
        Reason.OK_FULL: f"{amount} = {total}, all charges {ahead} of the posting date, all of one ledger.",
        Reason.OK_DUE_NOW: f"{amount} = all due by the posting date, of one ledger; {total} is {ahead}.",
        Reason.OK_PARTIAL_SINGLE: f"{amount} < {total}, and there is exactly one charge in the window (partial pay).",
        Reason.OK_CREDIT: f"{amount} and {total - amount} of credit = {total}, all in the window, all of one ledger.",
        Reason.OK_ALIAS: f"{amount} = {total}, all in the window, of one ledger; the payer is known by an alias.",
        Reason.UNDERPAID: f"{amount} < {total}, the sum of the charges in the window ({len(window)}).",
        Reason.OVERPAID: f"{amount} > {total}, the sum of the charges in the window.",
        Reason.NOTHING_OWED: "No charge is open.",
        Reason.ONLY_FUTURE_CHARGES: f"No charge is {ahead} of the posting date; later ones are open.",
        Reason.CONSUMED_IN_BATCH: "An earlier line of this file paid this tenant's charges on this unit; none is left.",
        Reason.MULTI_LEDGER: f"{amount} fits, but the charges are of several ledgers: {', '.join(ledgers)}.",
        Reason.HOLD_TENANT: "The tenant is on hold.",
        Reason.PERIOD_CLOSED: f"The posting date {kept['posting_date']} lies in a closed period.",
        Reason.DUPLICATE_LINE: "A payment with the same date, tenant, unit, amount and memo was already here.",
    }
    return words[Reason(kept["reason"])]
