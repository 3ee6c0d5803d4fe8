"""The payments of a run: the three lists, the reasons and the flags, from one pass over classification.csv."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from recon import money
from recon.report.model import LIMIT, NOTHING, PaymentLine, PaymentList, ReasonTally, Tally, shown_of
from recon.report.run_folder import RunFolder
from schemas.vocabulary import NOT_IDENTIFIED, WINDOW_DAYS, Disposition, Flag, Reason

_TEXTS = (
    "line_number",
    "posting_date",
    "unit_id",
    "tenant_id",
    "memo",
    "disposition",
    "reason",
    "flags",
    "message",
)
_AMOUNTS = ("amount", "matchable_total", "status_total")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNKNOWN_UNIT = {Reason.NO_UNIT, Reason.AMBIGUOUS_UNIT}  # what is unpaid counts for a unit, so 0.00 would say too much


@dataclass
class Payments:
    """What one pass over classification.csv found."""

    totals: dict[tuple[str, str, str], Tally] = field(default_factory=dict)  # disposition, reason, flags
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by list; "" is the list of all

    def tally(self, *dispositions: str) -> Tally:
        """Add up the lines of some dispositions."""
        return sum((tally for key, tally in self.totals.items() if key[0] in dispositions), NOTHING)

    def reasons(self, rejected: Tally) -> tuple[ReasonTally, ...]:
        """Give count and sum per reason, in the order of SPEC 9; a rejected line's amount is only in run.json."""
        order = [str(reason) for reason in Reason]
        found: dict[tuple[str, str], Tally] = {}
        for (disposition, reason, _), tally in self.totals.items():
            found[disposition, reason] = found.get((disposition, reason), NOTHING) + tally
        for key, tally in found.items():
            if key[0] == Disposition.REJECTED:
                found[key] = Tally(tally.count, rejected.amount)
        keys = sorted(found, key=lambda key: (order.index(key[1]) if key[1] in order else len(order), key))
        return tuple(ReasonTally(disposition, reason, found[disposition, reason]) for disposition, reason in keys)

    def flags(self) -> tuple[tuple[str, Tally], ...]:
        """Give count and sum per flag, in the order of SPEC 9; a line with two flags counts under both."""
        found: dict[str, Tally] = {}
        for (_, _, flags), tally in self.totals.items():
            for flag in flags.split():
                found[flag] = found.get(flag, NOTHING) + tally
        order = [str(flag) for flag in Flag]
        names = sorted(found, key=lambda name: (order.index(name) if name in order else len(order), name))
        return tuple((name, found[name]) for name in names)

    def shown_lines(self) -> set[str]:
        """Give the line numbers of all rows that were kept."""
        return {row["line_number"] for rows in self.rows.values() for row in rows}


def scan(folder: RunFolder) -> Payments:
    """Go through classification.csv once, adding up everything and keeping the rows that the lists may show."""
    found = Payments()
    lists = {"": None, Disposition.INDIVIDUAL: Disposition.INDIVIDUAL, Disposition.AUTO: Disposition.AUTO}
    for batch in folder.batches("classification.csv", _TEXTS, _AMOUNTS):
        _add_totals(found, batch)
        for name, disposition in lists.items():
            kept = found.rows.setdefault(name, [])
            if len(kept) < LIMIT:
                column = batch.column("disposition")
                wanted = (
                    pc.not_equal(column, Disposition.REJECTED) if disposition is None else pc.equal(column, disposition)
                )
                kept += batch.filter(wanted).slice(0, LIMIT - len(kept)).to_pylist()
    return found


def _add_totals(found: Payments, batch: pa.Table) -> None:
    groups = batch.group_by(["disposition", "reason", "flags"]).aggregate([([], "count_all"), ("amount", "sum")])
    for row in groups.to_pylist():
        key = (row["disposition"], row["reason"], row["flags"])
        tally = Tally(row["count_all"], row["amount_sum"] or Decimal("0.00"))
        found.totals[key] = found.totals.get(key, NOTHING) + tally


def payment_list(
    found: Payments,
    title: str,
    names: Mapping[str, Mapping[str, str]],
    ids: Mapping[str, Sequence[str]],
    receipts: Mapping[str, str],
    *dispositions: Disposition,
) -> PaymentList:
    """Make one of the three lists: names for IDs, the file's own unit and tenant ID of unknown payers, and receipts."""
    tally = found.tally(*dispositions)
    rows = found.rows.get("" if len(dispositions) > 1 else dispositions[0], [])
    lines = [_line(row, names, ids, receipts) for row in shown_of(rows, tally.count or 0)]
    return PaymentList(title, tally, tuple(lines))


def _line(
    row: Mapping[str, Any],
    names: Mapping[str, Mapping[str, str]],
    ids: Mapping[str, Sequence[str]],
    receipts: Mapping[str, str],
) -> PaymentLine:
    number = row["line_number"]
    unit_in_file, tenant_in_file = ids.get(number, ("", ""))
    return PaymentLine(
        line_number=int(number),
        posting_date=row["posting_date"],
        description=describe(row["tenant_id"] or tenant_in_file, row["unit_id"] or unit_in_file, names),
        memo=row["memo"],
        amount=row["amount"] or Decimal("0.00"),
        status=status_text(
            row["reason"],
            row["posting_date"],
            row["status_total"] or Decimal("0.00"),
            row["matchable_total"] or Decimal("0.00"),
        ),
        disposition=row["disposition"],
        reason=row["reason"],
        flags=tuple(row["flags"].split()),
        message=row["message"],
        receipt_id=receipts.get(number, ""),
    )


def describe(tenant_id: str, unit_id: str, names: Mapping[str, Mapping[str, str]]) -> str:
    """Write a payment's description (BTR-91): tenant and unit by name, else by the ID that there is."""
    tenant = names.get("tenants", {}).get(tenant_id) or tenant_id
    unit = names.get("units", {}).get(unit_id) or unit_id
    return " - ".join(part for part in (tenant, unit) if part) or "No tenant or unit ID in the file"


def status_text(reason: str, posting_date: str, status_total: Decimal, matchable_total: Decimal) -> str:
    """Say what the tenant has not paid (BTR-18), and how much of it is due later than a payment may reach."""
    if reason in _UNKNOWN_UNIT:
        return "Unit not settled"
    if reason in NOT_IDENTIFIED:
        return "Unidentified payer"
    later = status_total - matchable_total
    if later <= 0:
        return money.shown(status_total)
    last = date.fromisoformat(posting_date) + timedelta(days=WINDOW_DAYS)
    return f"{money.shown(status_total)}, of which {money.shown(later)} after {last.day:02}-{_MONTHS[last.month - 1]}"
