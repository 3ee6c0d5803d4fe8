"""Write the sample data: all of it invented, the same bytes at every run.

    python data/sample/make_sample.py               # beside this script
    python data/sample/make_sample.py --out FOLDER

Needs nothing but Python.
"""

import argparse
import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

from portfolio_month import Line, Row, build

JUNE_10 = (
    '"2006-06-10","Cedar327","690.00","Reference #68217","Roseman",\r\n'
    '"2006-06-10","Fair436","1140.00","Reference #1721","Bruno",\r\n'
    '"2006-06-10","Mail212","950.00","Reference #6612"\r\n'
)

# A ledger in which that file makes sense: the third payer forgot the late fee.
JUNE_10_LEDGER = {
    "bank_accounts": """
bank_account_id,name,routing_number,account_number
TRUST,Rent trust account,000000101,2006
""",
    "owners": """
owner_id,name,email,status,online_access
Ames,"Ames, Harriet",ames@owners.example,active,true
Corey,"Corey, Daniel",corey@owners.example,active,false
""",
    "ledgers": """
ledger_id,kind,owner_id,bank_account_id
L-Ames,owner,Ames,TRUST
L-Corey,owner,Corey,TRUST
MGMT,management,,TRUST
""",
    "units": """
unit_id,description,owner_id,responsible_tenant_id
Cedar327,327 Cedar Street,Ames,Roseman
Fair436,436 Fair Avenue,Ames,
Mail212,212 Mail Road,Corey,
""",
    "tenants": """
tenant_id,name,unit_id,status,hold,email,online_access
Roseman,"Roseman, Ruth",Cedar327,current,,roseman@tenants.example,true
Bruno,"Bruno, Peter",Fair436,current,,bruno@tenants.example,false
Hartley,"Hartley, Joan",Mail212,current,,hartley@tenants.example,true
""",
    "charges": """
charge_id,tenant_id,unit_id,ledger_id,charge_code,description,due_date,amount,open_amount
1,Roseman,Cedar327,L-Ames,RENT,Rent June 2006,2006-06-01,690.00,690.00
2,Bruno,Fair436,L-Ames,RENT,Rent June 2006,2006-06-01,1115.00,1115.00
3,Bruno,Fair436,L-Ames,PARKING,Parking June 2006,2006-06-01,25.00,25.00
4,Hartley,Mail212,L-Corey,RENT,Rent June 2006,2006-06-01,950.00,950.00
5,Hartley,Mail212,L-Corey,LATE_FEE,Late fee June 2006,2006-06-06,25.00,25.00
6,Hartley,Mail212,L-Corey,RENT,Rent May 2006,2006-05-01,950.00,0.00
""",
}

# One kind of mistake a line, good lines between; units and tenants are those of the June 10 ledger.
MISTAKES: tuple[bytes, ...] = (
    b'"2006-06-12","Cedar327","690.00","good","Roseman",',
    b"Date,Unit,Amount,Memo,Tenant",
    b'"2006-06-12","Cedar327","$690.00","currency sign","Roseman",',
    b'"2006-06-12","Cedar327","1,690.00","thousands comma","Roseman",',
    b'"2006-06-12","Cedar327","690,00","decimal comma","Roseman",',
    b'"2006-06-12","Cedar327","690","no decimals","Roseman",',
    b'"2006-06-12","Cedar327","690.0","one decimal","Roseman",',
    b'"2006-06-12","Cedar327","690.000","three decimals","Roseman",',
    b'"2006-06-12","Cedar327","-690.00","below zero","Roseman",',
    b'"2006-06-12","Cedar327","0.00","nothing","Roseman",',
    b'"2006-06-12","Cedar327","","no amount","Roseman",',
    b'"2006-06-12","Cedar327","1234567890123.00","too many digits","Roseman",',
    '"2006-06-12","Cedar327","٦٩٠.٠٠","digits of another script","Roseman",'.encode(),
    b'"2006-06-12","Fair436","1140.00","good, the short form",',
    b'"2006-02-30","Cedar327","690.01","no such day","Roseman",',
    b'"31/12/2006","Cedar327","690.02","day first","Roseman",',
    b'"6/1/2006","Cedar327","690.03","no leading zeros","Roseman",',
    b'"20060612","Cedar327","690.04","no separators","Roseman",',
    b'"12 June 2006","Cedar327","690.05","a date in words","Roseman",',
    b'"1899-12-31","Cedar327","690.06","before 1900","Roseman",',
    b'"2200-01-01","Cedar327","690.07","after 2199","Roseman",',
    b'"","Cedar327","690.08","no date","Roseman",',
    b'06/12/2006, Mail212 ,950.00, "good, without most quotes" ',
    b'"2006-06-12","Cedar327","690.09"',
    b'"2006-06-12","Cedar327","690.10","too many fields","Roseman","more",',
    b'"2006-06-12","Cedar327","690.11","two commas at the end","Roseman",,',
    b'"2006-06-12","Cedar327","690.12","the "stray" quote","Roseman",',
    b'"2006-06-12","Cedar327","690.13",bare "quote,"Roseman",',
    b'"2006-06-12","Cedar327","690.14","no closing quote,',
    b'"2006-06-12","Cedar327","690.15","a NUL \x00 byte","Roseman",',
    b'"2006-06-12","Cedar327","690.16","an escape \x1b character","Roseman",',
    b'"2006-06-12","Cedar327","690.17","an undefined \x81 byte","Roseman",',
    b"",
    b'"2006-06-12","Cedar327","690.00","good, quotes ""doubled""","Roseman",""',
    '"2006-06-12","Fair436","1140.00","good, in UTF-8: Zoë Núñez","Bruno",'.encode(),
    '"2006-06-12","Fair436","1140.00","good, in Windows-1252: Zoë Núñez","Bruno",'.encode("cp1252"),
)
CTRL_Z = b"\x1a"  # the end-of-file mark of old
REJECTED_MISTAKES = 29
AMOUNT = re.compile(r"[0-9]{1,12}\.[0-9]{2}")

US_DATES, WINDOWS_1252, LF_ENDS = "2026-06-10.txt", "2026-06-15.txt", "2026-06-22.txt"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write every file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parent)
    out = parser.parse_args(arguments).out
    for name, content in files().items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def files() -> dict[str, bytes]:
    """The content of every file by its path in the sample folder."""
    tables, lockboxes, direct_deposits = build()
    made = {f"june10/ledger/{name}.csv": text.lstrip().encode() for name, text in JUNE_10_LEDGER.items()}
    made |= {f"portfolio/ledger/{name}.csv": table(rows) for name, rows in tables.items()}
    payments = {
        "june10/June10.csv": (JUNE_10.encode(), 0),
        "mistakes/mistakes.csv": (b"\r\n".join(MISTAKES) + b"\r\n" + CTRL_Z, REJECTED_MISTAKES),
        "local/direct_deposit.txt": (lockbox("", direct_deposits), 0),
    }
    for name, lines in lockboxes.items():
        rejected = sum(line.reason == "BAD_RECORD" for line in lines)
        payments[f"portfolio/lockbox/{name}"] = lockbox(name, lines), rejected
    made |= {name: content for name, (content, _) in payments.items()}
    made["expected_totals.csv"] = table([totals(name, *payment) for name, payment in sorted(payments.items())])
    made["portfolio/decisions.csv"] = table(list(decisions(lockboxes)))
    made["portfolio/expected_reasons.csv"] = table(list(expected_reasons(lockboxes)))
    return made


def table(rows: Sequence[Row]) -> bytes:
    """Rows as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def lockbox(name: str, lines: Iterable[Line]) -> bytes:
    """Lines as a lockbox file, in the manner of its sender."""
    end = b"\n" if name == LF_ENDS else b"\r\n"
    return b"".join(record(name, line) + end for line in lines)


def record(name: str, line: Line) -> bytes:
    """One line; without a tenant it is the short form."""
    day = f"{line.day:%m/%d/%Y}" if name == US_DATES else line.day.isoformat()
    amount = line.amount if isinstance(line.amount, str) else f"{line.amount:.2f}"
    fields = [day, line.unit_id, amount, line.memo] + ([] if line.tenant_id is None else [line.tenant_id])
    text = "".join(f'"{value}",' for value in fields)
    return text.encode("cp1252" if name == WINDOWS_1252 and "Café" in text else "utf-8")


def totals(name: str, content: bytes, rejected: int) -> Row:
    """The control totals of a file: every non-blank line counts, and every third field that is an amount."""
    lines = [line for line in content.removesuffix(CTRL_Z).splitlines() if line.strip()]
    fields = [line.decode("latin-1").split(",") for line in lines]
    amounts = [field[2].strip(' "') for field in fields if len(field) > 2]
    total = sum((Decimal(amount) for amount in amounts if AMOUNT.fullmatch(amount)), Decimal("0.00"))
    return {"file": name, "entries": str(len(lines)), "total_amount": f"{total}", "rejected": str(rejected)}


def decisions(lockboxes: dict[str, list[Line]]) -> Iterable[Row]:
    """What a person decides about lines that wait, before the next file is run."""
    for name, lines in lockboxes.items():
        for number, line in enumerate(lines, start=1):
            if line.decided:
                yield {"file": name, "line_number": str(number)} | line.decided


def expected_reasons(lockboxes: dict[str, list[Line]]) -> Iterable[Row]:
    """What becomes of the lines that were put there for it, when the files are run one after the other."""
    for name, lines in lockboxes.items():
        for number, line in enumerate(lines, start=1):
            if line.reason:
                given = {"file": name, "line_number": str(number), "reason": line.reason}
                yield given | {"flag": line.flag, "needs": line.needs}


if __name__ == "__main__":
    main()
