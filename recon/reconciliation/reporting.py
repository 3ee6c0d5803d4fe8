"""What the bank reconciliation report says: gathered once, kept as JSON, read again without the store."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from recon import store
from recon.errors import InputRefused
from recon.files import write_bytes
from recon.reconciliation import left_over
from recon.reconciliation.matching import window_of
from recon.reconciliation.tie_out import TieOut, tied
from recon.store import Store
from recon.workspace import Workspace

FILE = "reconciliation.json"
LIMIT, SHOWN = 2_000, 500  # above the limit a list shows its first rows and says how many there are (SPEC 8)
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class CashSide:
    """One side of the proof of cash: opening + money in - money out = closing."""

    opening: Decimal
    money_in: Decimal
    money_out: Decimal
    closing: Decimal


@dataclass(frozen=True)
class BankReport:
    """One bank account at a statement date: everything the report says, as plain values."""

    firm: str
    made_at: str  # UTC
    who: str
    journal_head: str
    from_date: date  # the first day of the period: after the last one signed off, else the bank's first line
    tie_out: TieOut
    bank: CashSide
    books: CashSide
    lines: Rows  # the period's bank lines: day, amount, description, rule, items, matched_by, why
    slips: Rows  # slips in transit or matched in the period: deposit_id, deposit_date, total, state, bank_line_ids
    differences: Rows  # amount differences, in words
    returned: Rows  # returned items of the period with code and receipt
    charges_to_add: Rows


def gather(
    workspace: Workspace, bank_account: str, on: date, *, who: str, balance: Decimal | None = None
) -> BankReport:
    """Put the report of one bank account at a statement date together.

    Raises:
        WrongUse: see `recon.reconciliation.tie_out.tie_out`.
    """
    window = window_of(workspace)
    with store.reading(workspace, "recon reconcile") as current:
        tie_out = tied(current, bank_account, on, window, balance)
        (key,) = current.one(
            "select bank_account_key from bank_account_names where bank_account_id = $id",
            {"id": tie_out.bank_account_id},
        )
        begins = _first_day(current, key, on)
        at = {"account": key, "on": on, "begins": begins}
        left = left_over.left_in(current, window)
        head = current.head()
        (made_at,) = current.one("select max(recorded_at) from facts.journal")
        return BankReport(
            firm=workspace.firm(),
            made_at=f"{made_at:%Y-%m-%d %H:%M} UTC",
            who=who,
            journal_head=f"entry {head.seq}, {head.hash}",
            from_date=begins,
            tie_out=tie_out,
            bank=_at_bank(current, at, tie_out.bank_balance),
            books=_in_books(current, at, tie_out.book_balance),
            lines=_lines(current, at),
            slips=_slips(current, at),
            differences=[
                row | {"words": left_over.difference_words(row)}
                for row in left.differences
                if row["bank_account_id"] == tie_out.bank_account_id and row["booking_date"] <= on
            ],
            returned=_returned(current, at),
            charges_to_add=left.charges_to_add,
        )


def _first_day(current: Store, key: str, on: date) -> date:
    (begins,) = current.one(
        """
        select coalesce(
            (
                select max(statement_date) + 1 from facts.tie_outs
                where bank_account_key = $account and statement_date < $on
            ),
            (
                select min(booking_date) from bank_lines
                where bank_account_key = $account and booking_date <= $on
            ),
            $on
        )
        """,
        {"account": key, "on": on},
    )
    day: date = begins
    return day


def _at_bank(current: Store, at: dict[str, Any], closing: Decimal) -> CashSide:
    money_in, money_out = current.one(
        """
        select
            coalesce(sum(case when amount > 0 then amount end), 0),
            coalesce(sum(case when amount < 0 then -amount end), 0)
        from bank_lines where bank_account_key = $account and booking_date between $begins and $on
        """,
        at,
    )
    return CashSide(closing - money_in + money_out, money_in, money_out, closing)


def _in_books(current: Store, at: dict[str, Any], closing: Decimal) -> CashSide:
    money_in, money_out = current.one(
        """
        select
            coalesce(sum(case when amount > 0 then amount end), 0),
            coalesce(sum(case when amount < 0 then -amount end), 0)
        from book_items
        where bank_account_key = $account and booked_on between $begins and $on and kind <> 'brought_forward'
        """,
        at,
    )
    return CashSide(closing - money_in + money_out, money_in, money_out, closing)


def _lines(current: Store, at: dict[str, Any]) -> Rows:
    rows: Rows = current.arrow(
        """
        select lines.bank_line_id, lines.booking_date, lines.amount, lines.event, lines.description,
            lines.match_id, lines.match_rule as rule, matches.matched_by, matches.why,
            string_agg(items.item_id, ' ' order by items.item_id) as items
        from bank_lines as lines
        left join bank_matches as matches on matches.match_id = lines.match_id
        left join bank_matched_items as items on items.match_id = lines.match_id
        where lines.bank_account_key = $account and lines.booking_date between $begins and $on
        group by all order by lines.booking_date, lines.bank_line_id
        """,
        at,
    ).to_pylist()
    return rows


def _slips(current: Store, at: dict[str, Any]) -> Rows:
    rows: Rows = current.arrow(
        """
        select deposits.deposit_id, deposits.deposit_date, deposits.items, deposits.total, deposits.state,
            string_agg(lines.bank_line_id, ' ' order by lines.bank_line_id) as bank_line_ids
        from deposits
        left join bank_matched_items as items on items.kind = 'deposit' and items.item_id = deposits.deposit_id
        left join bank_lines as lines on lines.match_id = items.match_id
        where deposits.bank_account_key = $account and deposits.state <> 'void' and deposits.items > 0
            and deposits.deposit_date <= $on
        group by all
        having count(lines.bank_line_id) = 0 or max(lines.booking_date) >= $begins
        order by deposits.deposit_date, deposits.deposit_id
        """,
        at,
    ).to_pylist()
    return rows


def _returned(current: Store, at: dict[str, Any]) -> Rows:
    rows: Rows = current.arrow(
        """
        select returned.bank_line_id, returned.booking_date, returned.amount, returned.return_code,
            returned.description, returned.receipt_id, tenant_names.name as tenant_name
        from returned_items as returned
        left join receipts on receipts.receipt_id = returned.receipt_id
        left join tenant_names on tenant_names.tenant_key = receipts.tenant_key
        where coalesce(returned.bank_account_key, receipts.bank_account_key) = $account
            and returned.booking_date between $begins and $on
        order by returned.booking_date, returned.bank_line_id
        """,
        at,
    ).to_pylist()
    return rows


# --- kept as JSON --------------------------------------------------------------------------------------------------


def write(report: BankReport, folder: Path) -> None:
    """Keep the report's values in a folder, for the notebook and for later."""
    text = json.dumps(_plain(report), ensure_ascii=False, indent=1, sort_keys=True)
    write_bytes(folder / FILE, f"{text}\n".encode())


def _plain(value: Any) -> Any:
    if isinstance(value, CashSide | BankReport | TieOut):
        return {name: _plain(one) for name, one in value.__dict__.items()}
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, Decimal):
        return {"amount": str(value)}
    return {"date": value.isoformat()} if isinstance(value, date) else value


def _back(value: dict[str, Any]) -> Any:
    if value.keys() == {"amount"}:
        return Decimal(value["amount"])
    return date.fromisoformat(value["date"]) if value.keys() == {"date"} else value


def read(folder: Path) -> BankReport:
    """Read the values of a report again, without the store.

    Raises:
        InputRefused: the folder holds no report of a bank reconciliation.
    """
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"), object_hook=_back)
        sides = {name: CashSide(**said.pop(name)) for name in ("bank", "books")}
        return BankReport(**{**said, **sides, "tie_out": TieOut(**said["tie_out"])})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputRefused(f"{folder} holds no bank reconciliation: {FILE} cannot be read.") from error
