"""Random worlds for comparisons: a small nasty ledger, a nasty lockbox file for it, and the switches of the run.

`random_day(seed)` is the same day for the same seed. Every ledger is a valid one; every line of the file, good or bad,
is what a bank, a spreadsheet or a person could have written.
"""

from __future__ import annotations

import csv
import random
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from tests.oracle_lockbox import identifier

_FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
CENT = Decimal("0.01")

Tables = dict[str, list[dict[str, str]]]
CHARGE_COLUMNS = (
    "charge_id", "tenant_id", "unit_id", "ledger_id", "charge_code", "description", "due_date", "amount", "open_amount",
)  # fmt: skip

# Ids that readers like to spoil: numbers, leading zeros, missing-value words, two Unicode forms, look-alikes.
UNIT_IDS = (
    "Cedar327", "Fair436", "Mail212", "00327", "327", "0327", "NA", "None", "Müller 5", "1e5", "Straße", "STRASSE",
    "TRUE", "12-05", "O'Hara 1", "A,B", "7.50", "Zoë",
)  # fmt: skip
TENANT_IDS = (
    "Roseman", "Bruno", "00327", "327", "NA", "nan", "null", "Zoë", "Ångström", "Mail212", "Cedar327", "Straße",
    "STRASSE", "#N/A", "-", "1e5", "007", "Dupont, J", "Owner1",
)  # fmt: skip
AMOUNTS = tuple(map(Decimal, ("690.00", "690.00", "600.00", "90.00", "25.00", "715.00", "345.00", "1140.00", "0.01")))
DUE_DAYS = (-400, -60, -31, -30, -5, -1, 0, 0, 1, 5, 29, 30, 30, 31, 31, 32, 60, 200)
LINE_DAYS = (0, 0, 0, 0, 0, -1, 1, -30, 2, 30)
MEMOS = (
    "", "Reference #1721", "Reference #1721", "check # 12", "rent, June", 'the "big" flat', "Zoë paid", "5 € extra",
    "40" * 20, "41" * 20 + "!", "ü" * 40, "ü" * 41, "Zoë " * 20 + "end", "=1+1", "NA", "a\tb", "'", "日本 🏠", '"',
)  # fmt: skip


@dataclass
class Day:
    """A ledger as text tables, a lockbox file's bytes, and keyword arguments for `classify`."""

    seed: int
    ledger: Tables
    data: bytes
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class Line:
    """A line that can be read: its fields, and who is meant (keys into the ledger's spelling)."""

    day: date
    unit_id: str
    amount: Decimal
    memo: str
    tenant_id: str
    meant_tenant: str = ""
    meant_unit: str = ""


def write_ledger(ledger: Tables, folder: Path) -> None:
    """Write the tables as CSV files, one per table; a column that no row has is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in ledger.items():
        columns = list(dict.fromkeys(name for row in rows for name in row)) or list(CHARGE_COLUMNS)
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)


# ---- Ids in other clothes ----


def spelled(rng: random.Random, name: str, *, spaces: bool = True) -> str:
    """The same identifier, often as it stands, else in another case, another Unicode form or among spaces."""
    others = (name.upper(), name.lower(), name.swapcase(), *(unicodedata.normalize(form, name) for form in _FORMS))
    result = rng.choice(others) if rng.random() < 0.4 else name
    if identifier(result) != identifier(name):  # upper case makes another name of some
        result = name
    if spaces and rng.random() < 0.15:
        result = rng.choice((" ", "  ", "\t", "")) + result + rng.choice((" ", "   ", "\t"))
    return result


def unknown_id(rng: random.Random, known: list[str]) -> str:
    """An id that names nothing, often one that nearly names something."""
    keys = {identifier(name) for name in known}
    near = rng.choice(known)
    for candidate in rng.sample(("0" + near, near[:-1], near + "x", near.lstrip("0"), near + ".0", "Nobody", "nan"), 7):
        if candidate.strip() and identifier(candidate) not in keys:
            return candidate
    return "Nobody at all"


# ---- The ledger ----


def small_ledger(rng: random.Random, today: date) -> Tables:
    """3 to 12 units, tenants and a few ledgers, with every trap that identification and the window can meet."""
    unit_ids = rng.sample(UNIT_IDS, rng.randint(3, 12))
    tenant_ids = rng.sample(TENANT_IDS, rng.randint(3, 12))
    banks = [{"bank_account_id": name, "name": f"Trust {name}"} for name in ("TRUST", "0002")]
    owners = [{"owner_id": name, "name": name} for name in ("Owner1", "NA")]
    ledgers = [
        {"ledger_id": "L1", "kind": "owner", "owner_id": "Owner1", "bank_account_id": "TRUST"},
        {"ledger_id": "NA", "kind": "owner", "owner_id": "NA", "bank_account_id": "0002"},
        {"ledger_id": "Mgmt", "kind": "management", "owner_id": "", "bank_account_id": "TRUST"},
        {"ledger_id": "00327", "kind": "tenant_deposits", "owner_id": "", "bank_account_id": "trust"},
    ]
    units = [
        {"unit_id": name, "description": f"Unit {name}", "owner_id": rng.choice(("Owner1", "owner1", "NA"))}
        for name in unit_ids
    ]
    if rng.random() < 0.8:
        for unit in units:
            # Whoever it is: past, or living elsewhere, just as well.
            unit["responsible_tenant_id"] = spelled(rng, rng.choice(tenant_ids)) if rng.random() < 0.3 else ""
    with_hold, with_spaces = rng.random() < 0.8, rng.random() < 0.3
    popular_unit = rng.choice(unit_ids)
    tenants: list[dict[str, str]] = []
    for name in tenant_ids:
        home = rng.choice((rng.choice(unit_ids), rng.choice(unit_ids), rng.choice(unit_ids), popular_unit, ""))
        tenants.append({
            "tenant_id": f" {name} " if with_spaces and rng.random() < 0.2 else name, "name": f"Tenant {name}",
            "unit_id": spelled(rng, home), "status": rng.choice(("current", "current", "Current", "", "past", "PAST")),
        })  # fmt: skip
        if with_hold:
            tenants[-1]["hold"] = rng.choice(("true", "TRUE", "false", "False", "", "", "", "", "", "", "", ""))
    charges: list[dict[str, str]] = []
    for tenant in tenants:
        home = tenant["unit_id"].strip() or rng.choice(unit_ids)
        home_ledger = rng.choice(ledgers)["ledger_id"]
        for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4))):
            amount = rng.choice(AMOUNTS)
            open_amount = rng.choice((amount, amount, amount, amount, Decimal("0.00"), rng.choice((amount, CENT))))
            charges.append({
                "charge_id": f"{rng.choice(('C', '0', 'c-'))}{len(charges) + 1}",
                "tenant_id": spelled(rng, tenant["tenant_id"]),
                "unit_id": spelled(rng, home if rng.random() < 0.85 else rng.choice(unit_ids)),
                "ledger_id": spelled(rng, home_ledger if rng.random() < 0.8 else rng.choice(ledgers)["ledger_id"]),
                "charge_code": rng.choice(("RENT", "FEE", "NA")), "description": rng.choice(("Rent", "Water, sewer")),
                "due_date": (today + timedelta(days=rng.choice(DUE_DAYS))).isoformat(),
                "amount": f"{amount:.2f}", "open_amount": f"{open_amount:.2f}",
            })  # fmt: skip
    rng.shuffle(charges)
    return {
        "bank_accounts": banks, "owners": owners, "ledgers": ledgers, "units": units, "tenants": tenants,
        "charges": charges,
    }  # fmt: skip


# ---- Lines that can be read ----


def _owed(ledger: Tables, tenant: str, unit: str) -> list[tuple[date, Decimal]]:
    """What a tenant owes on a unit: due date and open amount of each charge."""
    return [
        (date.fromisoformat(charge["due_date"]), Decimal(charge["open_amount"]))
        for charge in ledger["charges"]
        if identifier(charge["tenant_id"]) == identifier(tenant)
        and identifier(charge["unit_id"]) == identifier(unit)
        and Decimal(charge["open_amount"]) > 0
    ]


def owed_by(ledger: Tables, tenant: str, unit: str, day: date) -> Decimal:
    """What a tenant owes on a unit by a day."""
    return sum((amount for due, amount in _owed(ledger, tenant, unit) if due <= day), Decimal(0))


def wanted_amount(rng: random.Random, ledger: Tables, tenant: str, unit: str, day: date) -> Decimal:
    """An amount that nearly or exactly fits what the tenant owes on the unit, in one of the ways that matter."""
    owed = _owed(ledger, tenant, unit)
    in_window = owed_by(ledger, tenant, unit, day + timedelta(days=30))
    choices = [in_window] * 8
    choices += [owed_by(ledger, tenant, unit, day)] * 4  # due now
    choices += [sum((amount for _, amount in owed), Decimal(0))]  # everything, day 31 as well
    choices += [amount for _, amount in owed]
    choices += [in_window - CENT, in_window + CENT, in_window * 2, (in_window / 2).quantize(CENT), in_window - 1]
    choices += [(in_window / 10).quantize(CENT)] * 6  # small enough to be paid twice in part
    choices += [rng.choice(AMOUNTS), Decimal("999999999999.99")]
    choice = rng.choice(choices)
    return choice if CENT <= choice < 10**12 else rng.choice(AMOUNTS)


def good_line(rng: random.Random, ledger: Tables, today: date) -> Line:
    """A line that can be read, with ids that are both right, one missing, one wrong, both wrong or in conflict."""
    unit_ids = [unit["unit_id"].strip() for unit in ledger["units"]]
    tenant_ids = [tenant["tenant_id"].strip() for tenant in ledger["tenants"]]
    if ledger["charges"] and rng.random() < 0.8:
        charge = rng.choice(ledger["charges"])
        tenant, unit = charge["tenant_id"].strip(), charge["unit_id"].strip()
    else:
        row = rng.choice(ledger["tenants"])
        tenant, unit = row["tenant_id"].strip(), row["unit_id"].strip() or rng.choice(unit_ids)
    day = today + timedelta(days=rng.choice(LINE_DAYS))
    amount = wanted_amount(rng, ledger, tenant, unit, day)
    how = rng.choices(
        ("both", "unit", "tenant", "wrong tenant", "wrong unit", "neither", "any"), (8, 3, 4, 2, 2, 1, 2)
    )[0]
    told_unit, told_tenant = spelled(rng, unit), spelled(rng, tenant)
    if how == "unit":
        told_tenant = ""
    elif how == "tenant":
        told_unit = ""
    elif how == "wrong tenant":
        told_tenant = unknown_id(rng, tenant_ids)
    elif how == "wrong unit":
        told_unit = unknown_id(rng, unit_ids)
    elif how == "neither":
        told_unit = rng.choice(("", unknown_id(rng, unit_ids)))
        told_tenant = rng.choice(("", unknown_id(rng, tenant_ids)))
    elif how == "any":
        told_unit, told_tenant = spelled(rng, rng.choice(unit_ids)), spelled(rng, rng.choice(tenant_ids))
    return Line(day, told_unit, amount, rng.choice(MEMOS), told_tenant, tenant, unit)


def quoted(text: str) -> str:
    """A field between quotes, quotes inside doubled."""
    return '"' + text.replace('"', '""') + '"'


def line_text(rng: random.Random, line: Line) -> str:
    """A line that can be read, in any of the allowed ways of writing it."""
    day = line.day.isoformat() if rng.random() < 0.6 else line.day.strftime("%m/%d/%Y")
    amount = f"{line.amount:.2f}"
    if rng.random() < 0.05:
        amount = amount.rjust(15, "0")
    fields = [day, line.unit_id, amount, line.memo]
    if line.tenant_id or rng.random() < 0.3:
        fields.append(line.tenant_id)
    style = rng.choice(("quoted", "quoted", "plain", "mixed", "spaces"))
    written: list[str] = []
    for text in fields:
        bare = '"' not in text and "," not in text and (style == "plain" or (style == "mixed" and rng.random() < 0.5))
        piece = text if bare else quoted(text)
        if style == "spaces":
            piece = rng.choice(("", " ", "  ")) + quoted(rng.choice(("", " ")) + text + " ") + rng.choice(("", " "))
        written.append(piece)
    end = rng.choice((",", ",", ",", ""))
    if len(fields) == 5 and rng.random() < 0.1:
        end = rng.choice((', ""', ',""', ", "))
    return ",".join(written) + end


def encoded(rng: random.Random, text: str) -> bytes:
    """UTF-8, or Windows-1252 where that is possible and does not happen to be UTF-8 as well."""
    if rng.random() < 0.5:
        try:
            return text.encode("cp1252")
        except UnicodeEncodeError:
            pass
    return text.encode("utf-8")


# ---- Lines that cannot be read ----


BAD_DATES = (
    "2026-02-30", "02/30/2026", "2026-2-3", "30/06/2026", "6/1/2026", "1899-12-31", "2200-01-01", "26-06-01",
    "2026/06/01", "06-01-2026", "", "June 1", "2026-06-01T00:00", "٢٠٢٦-٠٦-٠١", "20260601",
)  # fmt: skip
BAD_AMOUNTS = (
    "$690.00", "1,140.00", "690", "690.0", "690.000", "-690.00", "+690.00", "0.00", "000.00", "1234567890123.00", "",
    ".50", "1e3", "690,00", "٦٩٠.٠٠", "690.00 USD", "NaN", "6 90.00",
)  # fmt: skip


def bad_line(rng: random.Random, line: Line) -> bytes:
    """One line that must be rejected, spoiled in one of all the ways there are."""
    day, amount = line.day.isoformat(), f"{line.amount:.2f}"
    unit, tenant = quoted(line.unit_id), quoted(line.tenant_id)
    good = f'"{day}",{unit},"{amount}","memo",{tenant},'
    kind = rng.randrange(18)
    texts = {
        0: good.replace(day, rng.choice(BAD_DATES), 1),
        1: f'"{day}",{unit},{quoted(rng.choice(BAD_AMOUNTS))},"memo",{tenant},',
        2: f'"{day}",{unit},{rng.choice(BAD_AMOUNTS[:1] + BAD_AMOUNTS[2:13])},memo,',
        3: rng.choice((f'"{day}",{unit},"{amount}"', f'"{day}",{unit},', f'"{day}"', "x", ",", ",,,")),
        4: rng.choice((good + '"more"', good + "more,", good + ",", f"{good},,")),
        5: f'"{day}",{unit},"{amount}","a "big" memo",{tenant},',
        6: f'"{day}",{unit},"{amount}",a "big" memo,{tenant},',
        7: f'"{day}",{unit},"{amount}","never closed,',
        8: f'"{day},{unit},"{amount}","memo",{tenant},',
        9: f'"{day}",un"it,"{amount}","memo",{tenant},',
        10: f'"{day}",{unit},"{amount}"x,"memo",{tenant},',
        11: f'"{day}",{unit},{amount}","memo",{tenant},',
        12: f'"{day}",{unit},"{amount}","me\x00mo",{tenant},',
        13: f'"{day}",{unit},"{amount}","me{rng.choice(chr(1) + chr(7) + chr(12) + chr(27) + chr(127))}mo",{tenant},',
        14: rng.choice(("date,unit ID,amount,memo,tenant ID", "Total: 690.00", '"', "\x1a x", "PK\x03\x04", "'")),
        17: f'\x07"{day}",{unit},"{amount}","memo",{tenant},',
    }
    if kind == 15:
        return f'"{day}",{unit},"{amount}","me'.encode("cp1252", "replace") + b"\xe9\x81" + b'mo",'
    if kind == 16 and rng.random() < 0.3:
        return f'"{day}",{unit},"{amount}","{"long " * 14000}",{tenant},'.encode()
    return texts.get(kind, texts[0]).encode("utf-8")


# ---- Days ----


def random_day(seed: int) -> Day:
    """A small nasty day. The same seed gives the same day."""
    rng = random.Random(seed)
    today = date(2026, 1, 1) + timedelta(days=rng.randrange(365))
    ledger = small_ledger(rng, today)
    lines: list[Line] = []
    pieces: list[bytes] = []
    for _ in range(rng.randint(1, 40) if rng.random() < 0.98 else 0):
        dice = rng.random()
        if dice < 0.12:
            pieces.append(bad_line(rng, good_line(rng, ledger, today)))
        elif dice < 0.17:
            pieces.append(rng.choice((b"", b"   ", b"\t", b" \t ")))
        elif dice < 0.40 and lines:
            # The same payment once more, often right after the first: as it was, or with another memo or date.
            again = Line(**vars(rng.choice((lines[-1], rng.choice(lines)))))
            again.memo = rng.choice(MEMOS) if rng.random() < 0.2 else again.memo
            again.day += timedelta(days=1 if rng.random() < 0.1 else 0)
            lines.append(again)
            pieces.append(encoded(rng, line_text(rng, again)))
        else:
            lines.append(good_line(rng, ledger, today))
            pieces.append(encoded(rng, line_text(rng, lines[-1])))
    return Day(seed, ledger, _file(rng, pieces), _options(rng, ledger, lines, today))


def _file(rng: random.Random, pieces: list[bytes]) -> bytes:
    """The lines as a file: line ends of one or all kinds, perhaps a byte-order mark, a Ctrl-Z, no last line end."""
    ends = rng.choice(((b"\r\n",), (b"\r\n",), (b"\n",), (b"\r",), (b"\r\n", b"\n", b"\r")))
    data = b"".join(piece + rng.choice(ends) for piece in pieces)
    if rng.random() < 0.3:
        data = data.rstrip(b"\r\n")
    if rng.random() < 0.2:
        data = b"\xef\xbb\xbf" + data
    if rng.random() < 0.2:
        data += b"\x1a"
    return data


def _options(rng: random.Random, ledger: Tables, lines: list[Line], today: date) -> dict[str, Any]:
    """The switches of `classify`, and for some days a closed period and payments of other batches."""
    options: dict[str, Any] = {"partial_pay": rng.random() < 0.5, "due_now": rng.random() < 0.4}
    if rng.random() < 0.4:
        options["credit"] = _credit(rng, ledger, lines)
    if rng.random() < 0.4:
        options["aliases"] = _aliases(rng, ledger, lines)
        # A third have expired, a third expire today, the others later.
        ages = (-1, 0, 400)
        options["alias_expiry"] = {alias: today + timedelta(days=ages[len(alias) % 3]) for alias in options["aliases"]}
    if rng.random() < 0.2:
        options["posting_date"] = today + timedelta(days=rng.choice((0, 1, -1, 30, -30, 31)))
    if rng.random() < 0.15:
        options["closed_through"] = today + timedelta(days=rng.choice((-30, -2, -1, 0)))
    if lines and rng.random() < 0.25:
        options["other_payments"] = [
            (
                line.day + timedelta(days=rng.choice((0, 0, 0, 1))),
                spelled(rng, line.meant_tenant),
                spelled(rng, line.meant_unit),
                line.amount + rng.choice((0, 0, 0, CENT)),
                rng.choice((line.memo.strip(), line.memo.strip(), line.memo.strip(), "another memo")),
            )
            for line in rng.choices(lines, k=rng.randint(1, 5))
        ]
    return options


def _credit(rng: random.Random, ledger: Tables, lines: list[Line]) -> dict[tuple[str, str], Decimal]:
    """Credit of some who pay too little, often what they are short of; and of some who have nothing to do with it."""
    prepaid: dict[tuple[str, str], Decimal] = {}
    for line in rng.sample(lines, min(len(lines), rng.randint(1, 8))):
        short = owed_by(ledger, line.meant_tenant, line.meant_unit, line.day + timedelta(days=30)) - line.amount
        amount = rng.choice((short, short, short, short - CENT, short * 2, *AMOUNTS))
        if CENT <= amount < 10**9:
            prepaid[identifier(line.meant_tenant), identifier(line.meant_unit)] = amount
    return prepaid


def _aliases(rng: random.Random, ledger: Tables, lines: list[Line]) -> dict[str, str]:
    """What lines give for a tenant's ID, confirmed to mean the tenant who pays, or another."""
    tenant_ids = [tenant["tenant_id"] for tenant in ledger["tenants"]]
    aliases: dict[str, str] = {}
    for line in lines:
        if line.tenant_id.strip() and rng.random() < 0.7:
            tenant = line.meant_tenant if rng.random() < 0.7 else rng.choice(tenant_ids)
            aliases[identifier(line.tenant_id)] = spelled(rng, tenant)
    return aliases


def portfolio_day(seed: int, tenants: int, lines: int) -> Day:
    """A large and ordinary day: one unit per tenant, rent and fees, payments in every relation to what is owed."""
    rng = random.Random(seed)
    today = date(2026, 6, 1) + timedelta(days=rng.randrange(28))
    owners = max(1, tenants // 5)
    ledger: Tables = {
        "bank_accounts": [{"bank_account_id": "TRUST", "name": "Trust"}],
        "owners": [{"owner_id": f"O{i:05}", "name": f"Owner {i}"} for i in range(owners)],
        "ledgers": [
            {"ledger_id": f"L{i:05}", "kind": "owner", "owner_id": f"O{i:05}", "bank_account_id": "TRUST"}
            for i in range(owners)
        ],
        "units": [
            {"unit_id": f"{i:05}", "description": f"Unit {i}", "owner_id": f"O{i % owners:05}"} for i in range(tenants)
        ],
        "tenants": [],
        "charges": [],
    }
    ledger["ledgers"].append({"ledger_id": "MGMT", "kind": "management", "owner_id": "", "bank_account_id": "TRUST"})
    charges_of: dict[str, list[dict[str, str]]] = {}
    for i in range(tenants):
        tenant = f"T{i:05}"
        ledger["tenants"].append({
            "tenant_id": tenant, "name": f"Tenant {i}", "unit_id": f"{i:05}" if rng.random() < 0.99 else "",
            "status": "past" if rng.random() < 0.03 else "current", "hold": "true" if rng.random() < 0.02 else "",
        })  # fmt: skip
        charges_of[tenant] = []
        for number in range(rng.choice((0, 1, 1, 1, 2, 3))):
            amount = rng.choice(AMOUNTS) + rng.randrange(100)
            code = "FEE" if number > 0 and rng.random() < 0.4 else "RENT"
            charges_of[tenant].append({
                "charge_id": f"C{i:05}-{number}", "tenant_id": tenant,
                "unit_id": f"{i if rng.random() < 0.98 else rng.randrange(tenants):05}",
                "ledger_id": "MGMT" if code == "FEE" else f"L{i % owners:05}", "charge_code": code, "description": code,
                "due_date": (today + timedelta(days=rng.choice((-31, 0, 0, 0, 0, 1, 30, 31)))).isoformat(),
                "amount": f"{amount:.2f}", "open_amount": f"{amount if rng.random() < 0.95 else Decimal(0):.2f}",
            })  # fmt: skip
        ledger["charges"] += charges_of[tenant]
    few = {name: ledger[name][:50] for name in ledger}
    pieces: list[bytes] = []
    for _ in range(lines):
        number = rng.randrange(tenants)
        tenant, unit = f"T{number:05}", f"{number:05}"
        amount = wanted_amount(rng, {"charges": charges_of[tenant]}, tenant, unit, today)
        line = Line(today, unit, amount, f"Reference #{rng.randrange(10**6)}", rng.choice((tenant, tenant, "")))
        dice = rng.random()
        if dice < 0.02:
            pieces.append(bad_line(rng, line))
        else:
            pieces.append(encoded(rng, line_text(rng, good_line(rng, few, today) if dice < 0.05 else line)))
    return Day(seed, ledger, _file(rng, pieces), {"partial_pay": rng.random() < 0.5, "due_now": rng.random() < 0.5})
