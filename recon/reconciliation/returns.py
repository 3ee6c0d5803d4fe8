"""Returned items: what the bank takes back reverses the receipt that it names, or waits for a person (SPEC 6, 7)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from recon import decisions, money, periods
from recon.errors import WrongUse
from recon.reconciliation.readings import Found
from recon.schema import resource
from recon.store import Change, Store
from recon.workspace import Workspace
from schemas.return_codes import RETURN_CODES, return_words


@dataclass(frozen=True)
class CameBack:
    """What the returned items at hand did."""

    matches: tuple[Found, ...]
    reversed_receipts: tuple[str, ...]
    warnings: tuple[str, ...]


def nsf_charge(workspace: Workspace) -> Decimal | None:
    """Read the charge for a payment returned for lack of funds; None: none is set.

    Raises:
        WrongUse: the setting is not an amount.
    """
    said = workspace.setting("nsf_charge")
    try:
        amount = money.entered(said) if isinstance(said, str) and said else Decimal(0)
    except ValueError:
        amount = Decimal(-1)
    if amount < 0 or not isinstance(said, str):
        raise WrongUse(f'{workspace.settings}: write nsf_charge = "35.00", or "" for none.')
    return amount or None


def settle(change: Change, charge: Decimal | None) -> CameBack:
    """Reverse the receipts that returned items name beyond doubt, inside the caller's transaction.

    A file of returns tells of an item, and the statement shows its money: both name the receipt, which is reversed
    once. What would fall into a closed period waits for a person.
    """
    current = change.store
    current.build("return_evidence", resource("sources", "return_evidence.sql"))
    rows = current.rows("select * from return_evidence order by told_by, bank_line_id, receipt_id")
    of_item = Counter(row[0] for row in rows)
    of_receipt = Counter((row[1], row[2]) for row in rows)
    standing = {row[2] for row in rows if row[4] is None}
    matches, reversed_now, warnings = [], [], []
    for line_id, told_by, receipt_id, day, _ in rows:
        if of_item[line_id] > 1 or of_receipt[told_by, receipt_id] > 1:
            continue
        line = _item(current, line_id)
        if receipt_id in standing:
            if closed := periods.closing_over(current, day):
                warnings.append(
                    f"Returned item {line_id} of {day} belongs to receipt {receipt_id}, but the books are closed "
                    f"through {closed}: recon match --accept {line_id} --receipt {receipt_id} --on DATE."
                )
                continue
            reverse_for(change, line, [receipt_id], None, charge)
            standing.discard(receipt_id)
            reversed_now.append(receipt_id)
        else:
            _tell(change, line_id, receipt_id)
        if told_by == "statement":
            matches.append(Found("reference", (line_id,), (("reversal", receipt_id),)))
    return CameBack(tuple(matches), tuple(reversed_now), tuple(warnings))


def _item(current: Store, line_id: str) -> dict[str, Any]:
    row: dict[str, Any]
    (row,) = current.arrow("select * from returned_items where bank_line_id = $id", {"id": line_id}).to_pylist()
    return row


def reverse_for(
    change: Change, line: dict[str, Any], receipt_ids: Sequence[str], on: date | None, charge: Decimal | None
) -> None:
    """Reverse receipts as returned because of a line of the bank, and note the charge that the tenants now owe.

    Raises:
        WrongUse: see `recon.decisions.reverse`; in a closed period, say the later day with `on`.
    """
    day = on or line["booking_date"]
    if receipt_ids and (closed := periods.closing_over(change.store, day)):
        raise WrongUse(
            f"{day} lies in a closed period (through {closed}); name the later day on which it is to count with --on."
        )
    for receipt_id in receipt_ids:
        decisions.reverse_within(change, receipt_id, "returned", day)
        if charge is not None and _is_for_lack_of_funds(line):
            change.store.run(
                "insert into facts.charges_to_add values ($id, $amount, $on, $words, $seq)",
                {"id": receipt_id, "amount": charge, "on": day, "seq": change.seq,
                 "words": f"Returned payment, {return_words(line['return_code']) if line['return_code'] else 'NSF'}"},
            )  # fmt: skip
    if len(receipt_ids) == 1:
        _tell(change, line["bank_line_id"], receipt_ids[0])


def _is_for_lack_of_funds(line: dict[str, Any]) -> bool:
    """Say whether the tenant had not the money: by the code, or where there is none by the bank's own word for it."""
    if line["return_code"] is not None:
        known = RETURN_CODES.get(line["return_code"].upper())
        return known is not None and known.is_for_lack_of_funds
    return "NSF" in line["description"].upper().split()


def _tell(change: Change, line_id: str, receipt_id: str) -> None:
    change.store.run(
        "insert into facts.returned_items values ($line, $receipt, $seq)",
        {"line": line_id, "receipt": receipt_id, "seq": change.seq},
    )


def returned_amount(current: Store, account: str, receipt_id: str) -> tuple[Decimal, bool]:
    """Give a receipt's amount and whether it is reversed as returned already.

    Raises:
        WrongUse: there is no such receipt of the bank account that a line of the bank can stand for.
    """
    found = current.rows(
        """
        select receipts.amount, receipts.reversal_kind, receipts.bank_account_key, matched.match_id
        from receipts
        left join bank_matched_items as matched
            on matched.kind = 'reversal' and matched.item_id = receipts.receipt_id
        where receipts.receipt_id = $id
        """,
        {"id": receipt_id},
    )
    if not found:
        raise WrongUse(f"There is no receipt {receipt_id}; recon receipts lists them.")
    amount, kind, its_account, match_id = found[0]
    if kind == "correction" or match_id is not None or its_account != account:
        why = (
            "was corrected"
            if kind == "correction"
            else f"is matched ({match_id})"
            if match_id
            else f"is of {its_account}"
        )
        raise WrongUse(f"Receipt {receipt_id} {why}; the line of the bank cannot stand for it.")
    return amount, kind == "returned"


def candidates(current: Store) -> pa.Table:
    """List, for each returned item without its receipt, the receipts it may be; see the query's columns."""
    return current.arrow(resource("queries", "return_candidates.sql"))
