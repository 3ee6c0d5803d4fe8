"""Bank files for tests, written from tables: BAI2 statements that add up, and NACHA files of credits and returns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.ledger_folders import cells

ACCOUNT = "000777001"


def _rows(table: str) -> list[dict[str, str]]:
    head, *body = cells(table)
    return [dict(zip(head, row, strict=True)) for row in body]


def bai2(lines: str, *, opening: str = "1000.00", account: str = ACCOUNT, through: str | None = None) -> str:
    """Write a BAI2 file of one account, one group for each day that has lines, and for the last day.

    Args:
        lines: a table with `date | amount | code` and perhaps `bank_ref | ref | text`; a negative amount is a debit.
        opening: the balance at which the first day begins.
        account: its number.
        through: the last day, if it has no lines.
    """
    table = _rows(lines)
    days = sorted({row["date"] for row in table} | ({through} if through else set()))
    balance, groups, grand, records = Decimal(opening), [], 0, 2
    for day in days:
        booked = [row for row in table if row["date"] == day]
        closing = balance + sum(Decimal(row["amount"]) for row in booked)
        entries = [
            f"16,{row['code']},{abs(_cents(row['amount']))},Z,{row.get('bank_ref', '')},{row.get('ref', '')},"
            f"{row.get('text', '')}/"
            for row in booked
        ]
        total = _cents(balance) + _cents(closing) + sum(abs(_cents(row["amount"])) for row in booked)
        group = [
            f"02,PROPMGMT01,071000505,1,{date.fromisoformat(day):%y%m%d},2400,USD,2/",
            f"03,{account},USD,010,{_cents(balance)},,,015,{_cents(closing)},,/",
            *entries,
            f"49,{total},{len(entries) + 2}/",
            f"98,{total},1,{len(entries) + 4}/",
        ]
        groups += group
        balance, grand, records = closing, grand + total, records + len(group)
    end = f"99,{grand},{len(days)},{records}/"
    return "\n".join(["01,071000505,PROPMGMT01,260612,0300,1,,,2/", *groups, end]) + "\n"


def _cents(amount: object) -> int:
    return int(Decimal(str(amount)) * 100)


def nacha(entries: str, *, day: date = date(2026, 6, 10), sec: str = "PPD") -> str:
    """Write a NACHA file of one batch.

    `entries` is a table with `code | amount | id | name | trace` and, for returns, `reason | original`.
    """
    records, count, debits, credits_, routing = [], 0, 0, 0, 0
    for row in _rows(entries):
        is_return = bool(row.get("reason"))
        records.append(
            f"6{row['code']}271080985{'700011':17}{_cents(row['amount']):010}{row['id']:15}{row['name']:22}"
            f"  {int(is_return)}{row['trace']}"
        )
        if is_return:
            records.append(f"799{row['reason']}{row['original']}      27108098{'':44}{row['trace']}")
        count += 1 + is_return
        routing += 27108098
        credits_ += _cents(row["amount"]) if row["code"] in {"21", "22"} else 0
        debits += _cents(row["amount"]) if row["code"] not in {"21", "22"} else 0
    sums = f"{routing:010}{debits:012}{credits_:012}"
    written = [
        f"101 07100050511210003582606100700A094101{'FIRST LAKE BANK':23}{'MAPLE COURT APTS':23}",
        f"5200{'MAPLE COURT APTS':36}1363636363{sec}{'RENT':10}260610{day:%y%m%d}{day:%j}1121000350000001",
        *records,
        f"8200{count:06}{sums}1363636363{'':25}121000350000001",
        f"9000001000001{count:08}{sums}",
    ]
    return "".join(f"{record:94}\n" for record in written)


BAI2 = bai2(
    """
    date       | amount  | code | bank_ref | ref     | text
    2026-06-12 | 1830.00 | 175  | SLIP     | D000001 | CHECK DEPOSIT
    2026-06-12 | -12.50  | 698  | FEE      |         | MONTHLY FEE
    """
)
CSV = (
    "Payment Date,Unit,Tenant ID,Amount,Memo\n"
    "2026-06-10,Cedar327,Roseman,690.00,Rent\n"
    "2026-06-10,Fair436,Bruno,1140.00,Rent\n"
)
NACHA_CREDITS = nacha(
    """
    code | amount | id      | name         | trace
    22   | 690.00 | Roseman | ROSEMAN DALE | 121000350001001
    """
)
