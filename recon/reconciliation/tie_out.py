"""The three-way tie-out: the bank's balance, adjusted, is the book's, and that is what owners and tenants are owed.

Every difference is an item of its own (SPEC 7). What no item explains stays visible as the difference.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from recon import decisions, money, store
from recon.errors import WrongUse
from recon.reconciliation.matching import window_of
from recon.reconciliation.readings import DateWindow
from recon.schema import resource
from recon.store import Store
from recon.workspace import Workspace
from schemas.identifiers import comparison_keys

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class TieOut:
    """One bank account at the end of a day; amounts in its currency, the bank's with four decimals."""

    bank_account_id: str
    statement_date: date
    bank_balance: Decimal  # as the statement closes, or as a person gave it
    items: Rows  # kind, id, day, description, amount: what is added to the bank's balance
    adjusted_balance: Decimal
    book_balance: Decimal
    difference: Decimal  # adjusted less book: what no item explains, such as the opening balance
    parties: Rows  # party (ledger, deposit, credit), party_id, balance
    party_balance: Decimal
    transfers: Rows  # party_id (the other account) and balance: deposited here, owed there; negative: the other way
    party_difference: Decimal  # book less parties less transfers; law 9 keeps it at 0.00
    below_zero: Rows  # the parties whose balance is negative
    bank_lines_lead_to: Decimal | None  # where the lines lead; other than the bank balance if a statement is missing

    @property
    def ties(self) -> bool:
        """Say whether the three balances agree, all differences itemised."""
        return not self.difference and not self.party_difference


def tie_out(workspace: Workspace, bank_account: str, on: date, balance: Decimal | None = None) -> TieOut:
    """Tie one bank account out at the end of a day.

    Args:
        workspace: where.
        bank_account: the ledger's bank account.
        on: the statement date.
        balance: the bank's closing balance, where no statement taken in gives it.

    Raises:
        WrongUse: there is no such bank account, or no closing balance for that day.
    """
    with store.reading(workspace, "recon reconcile") as current:
        return tied(current, bank_account, on, window_of(workspace), balance)


def tied(current: Store, bank_account: str, on: date, window: DateWindow, balance: Decimal | None = None) -> TieOut:
    """Do the same in a store that is open."""
    key = comparison_keys(pa.array([bank_account]))[0].as_py()
    found = current.rows("select bank_account_id from bank_account_names where bank_account_key = $key", {"key": key})
    if not found:
        names = current.rows("select bank_account_id from bank_accounts order by bank_account_key")
        raise WrongUse(f"There is no bank account {bank_account!r}; there are {', '.join(name for (name,) in names)}.")
    at = {"account": key, "on": on}
    said = current.rows(
        "select closing, expected from bank_balances where bank_account_key = $account and statement_date = $on", at
    )
    bank = balance if balance is not None else said[0][0] if said else None
    if bank is None:
        raise WrongUse(_no_balance(current, key, bank_account, on))
    items = current.arrow(resource("queries", "tie_out_items.sql"), {**at, "days_after": window.days_after}).to_pylist()
    (book,) = current.one(
        """
        select coalesce(sum(amount), 0) from book_items where bank_account_key = $account and booked_on <= $on
        """,
        at,
    )
    owed = current.arrow(resource("queries", "party_balances.sql"), at).to_pylist()
    parties = [row for row in owed if row["party"] != "transfer"]
    transfers = [row for row in owed if row["party"] == "transfer"]
    adjusted = bank + _sum(items, "amount")
    party_balance = _sum(parties, "balance")
    return TieOut(
        bank_account_id=found[0][0],
        statement_date=on,
        bank_balance=bank,
        items=items,
        adjusted_balance=adjusted,
        book_balance=book,
        difference=adjusted - book,
        parties=parties,
        party_balance=party_balance,
        transfers=transfers,
        party_difference=book - party_balance - _sum(transfers, "balance"),
        below_zero=[row for row in parties if row["balance"] < 0],
        bank_lines_lead_to=said[0][1] if said else None,
    )


def _sum(rows: Rows, column: str) -> Decimal:
    return sum((row[column] for row in rows), Decimal("0.00"))


def _no_balance(current: Store, key: str, bank_account: str, on: date) -> str:
    days = current.rows(
        """
        select statement_date from bank_balances where bank_account_key = $key order by statement_date desc limit 5
        """,
        {"key": key},
    )
    known = f"; there is one for {', '.join(str(day) for (day,) in days)}" if days else ""
    return (
        f"No statement of {bank_account} gives a closing balance for {on}{known}. Take the statement in with recon "
        "match, or give the bank's balance with --balance."
    )


def accounts_moved(workspace: Workspace, on: date) -> list[str]:
    """List the bank accounts in which anything moved up to a day."""
    with store.reading(workspace, "recon reconcile") as current:
        return [name for _, name in _moved(current, on)]


def _moved(current: Store, on: date) -> list[tuple[str, str]]:
    rows = current.rows(
        """
        select distinct names.bank_account_key, names.bank_account_id
        from book_items as items
        inner join bank_account_names as names on names.bank_account_key = items.bank_account_key
        where items.booked_on <= $on
        order by names.bank_account_key
        """,
        {"on": on},
    )
    return [(key, name) for key, name in rows]


def close(
    workspace: Workspace, on: date, *, who: str, why: str = "", balances: Mapping[str, Decimal] | None = None
) -> list[TieOut]:
    """Close the books through a day by tying out every bank account that has moved; what was signed off is kept.

    Args:
        workspace: where.
        on: the statement date of all accounts.
        who: for the journal.
        why: needed where a difference is left.
        balances: by bank account, where no statement gives the closing balance.

    Raises:
        WrongUse: an account has no closing balance, or does not tie and no reason is given; or the books are closed
            that far already.
    """
    given = {str(comparison_keys(pa.array([name]))[0].as_py()): amount for name, amount in (balances or {}).items()}
    window = window_of(workspace)
    with store.writing(workspace, "close-tied", who=who, why=why) as change:
        current = change.store
        done = []
        for key, _ in _moved(current, on):
            one = tied(current, key, on, window, given.get(key))
            if not one.ties and not why.strip():
                raise WrongUse(
                    f"{one.bank_account_id} does not tie on {on}: {money.shown(one.difference)} is explained by no "
                    "item. Find it, or say why the books are closed with it: --why REASON."
                )
            current.run(
                """
                insert into facts.tie_outs
                values ($account, $on, $bank, $adjusted, $book, $party, $items, $seq)
                """,
                {"account": key, "on": on, "bank": one.bank_balance, "adjusted": one.adjusted_balance,
                 "book": one.book_balance, "party": one.party_balance, "seq": change.seq,
                 "items": json.dumps(one.items, default=str, ensure_ascii=False)},
            )  # fmt: skip
            done.append(one)
        decisions.close_within(change, on)
        return done
