"""June 2026 of an invented manager with 500 units: ledger tables and the lockbox files of the month.

Every name, number and amount is made up. `build` draws the ordinary month from a seed and then adds, on tenants set
aside for it, one line for each thing that can happen to a payment; these lines carry what is expected of them.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

Row = dict[str, str]

SEED = 20260601
UNITS, OWNERS = 500, 40
FILE_DAYS = (1, 2, 3, 5, 10, 15, 22)
SHARE_OF_PAYMENTS = (34, 20, 14, 14, 10, 5, 3)
JUNE, JULY, NEVER_IN_WINDOW = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 15)
LATE_FEE_DAY = date(2026, 6, 6)
MANAGEMENT, DEPOSITS = "MGMT", "DEPOSITS"
PARTIAL, DUE_NOW, MAY_CLOSED = "--partial-pay", "--due-now", "May 2026 closed"
CREDIT, ALIAS = "--credit, decisions.csv", "--alias, decisions.csv"

STREETS = (
    "Cedar Fair Mail Oak Elm Maple Birch Walnut Pine Lake Hill Park Mill Grove Pearl Union Vine Water River Spring"
).split()
FIRST_NAMES = (
    "Ruth José Aisha Wei Zoë Liam Fatima Dmitri Priya Chloé Kwame Ingrid Mateo Hannah Yusuf Søren Keiko Amara Lucía "
    "Patrick Nadia Tomás Grace Björn Leila Marcus Ana Vikram Éloïse Samuel Mei Olga Rafael Thandiwe Noah Jürgen Sofía"
).split()
SURNAMES = (
    "Roseman Bruno Núñez O'Neil Okafor Nguyen García Haddad Novak Silva Kim Patel Olsen Müller Adeyemi Tanaka Rossi "
    "Ivanova Chen Dubois Kowalski Fernández Ahmed Johansson Murphy Santos Yilmaz Cohen Brown Lefèvre Mensah Popescu "
    "D'Angelo Khan Larsen Moreau Watanabe Williams Zhang Ōta Smith-Jones Petrov Costa Becker Abebe Sørensen Wójcik Ali"
).split()
OWNER_NAMES = (
    "Abbott, Helen|Baptiste, Jean|Lakeview Holdings LLC|Carver, Tom|Delgado, Inés|Eastgate Partners|Ferris, Paul|"
    "Goldberg, Miriam|Hart & Sons|Iyer, Sunita|Jensen, Karl|Kaplan Family Trust|Lindqvist, Eva|Marsh, Denise|"
    "Nakamura, Kenji|Old Mill Properties|Prescott, Ann|Quinn, Brendan|Riverside Homes LLC|Saito, Yuki|Thornton, Guy|"
    "Ueda, Rie|Vargas, Elena|Weiss, Otto|Xu, Lan|Young, Gloria|Zamora, Luis|Ashford Trust|Blum, Irene|Chau, Minh|"
    "Dorsey, Calvin|Engel, Frieda|Fontaine, Luc|Grady, Sheila|Holm, Nils|Ibarra, Paz|Joshi, Anil|Kerr, Fiona|"
    "Lowell Estates|Mancini, Carla"
).split("|")
VENDORS = ("Ace Plumbing", "Bright Electric", "Clean Sweep", "Drywall & Co", "Evergreen Gardens", "First Roofing")
OWN_IDS = {"José Núñez": "Núñez", "Zoë Okafor": "Zoë", "李娜": "李娜"}


@dataclass
class Line:
    """One payment, and for those set aside what is expected of it."""

    day: date
    unit_id: str
    amount: Decimal | str
    memo: str
    tenant_id: str | None
    reason: str = ""
    flag: str = ""
    needs: str = ""
    decided: Row = field(default_factory=dict)


@dataclass
class Tenant:
    """A current tenant who pays for one unit, and what she owes."""

    row: Row
    ledger_id: str
    rent: Decimal
    charges: list[Row] = field(default_factory=list)

    @property
    def tenant_id(self) -> str:
        """As the ledger spells it."""
        return self.row["tenant_id"]

    @property
    def unit_id(self) -> str:
        """As the ledger spells it."""
        return self.row["unit_id"]

    @property
    def owed(self) -> Decimal:
        """All that is open."""
        return sum((Decimal(charge["open_amount"]) for charge in self.charges), Decimal(0))


@dataclass
class Month:
    """The portfolio and its month while it is drawn."""

    dice: Random
    tables: dict[str, list[Row]]
    payers: list[Tenant] = field(default_factory=list)
    groups: dict[int, list[list[Line]]] = field(default_factory=lambda: {day: [] for day in FILE_DAYS})

    def charge(
        self, tenant: Tenant, code: str, due: date, amount: Decimal, *, opened: Decimal | None = None,
        ledger_id: str = "", unit_id: str = "",
    ) -> None:  # fmt: skip
        """Charge a tenant; `opened` is what is still unpaid of it."""
        rows = self.tables["charges"]
        row = {
            "charge_id": f"C{len(rows) + 1:05}",
            "tenant_id": tenant.tenant_id,
            "unit_id": unit_id or tenant.unit_id,
            "ledger_id": ledger_id or tenant.ledger_id,
            "charge_code": code,
            "description": f"{code.replace('_', ' ').capitalize()} {due:%B %Y}",
            "due_date": due.isoformat(),
            "amount": f"{amount:.2f}",
            "open_amount": f"{amount if opened is None else opened:.2f}",
        }
        rows.append(row)
        tenant.charges.append(row)

    def memo(self) -> str:
        """A memo as processors and tenants write them."""
        number = self.dice.randrange(1000, 99999)
        return self.dice.choice((f"Reference #{number}", f"check #{number % 9000 + 1000}", "ACH June rent"))

    def pays(self, file_day: int, *lines: Line) -> None:
        """Put lines into a file, in this order."""
        self.groups[file_day].append(list(lines))


def build() -> tuple[dict[str, list[Row]], dict[str, list[Line]], list[Line]]:
    """The ledger tables, the lines of each lockbox file, and the lines of the local template."""
    month = Month(Random(SEED), {"bank_accounts": _bank_accounts(), "charges": []})
    _owners(month)
    _units_and_tenants(month)
    held = [tenant for tenant in month.payers if tenant.row["hold"]]
    aside = month.dice.sample([tenant for tenant in month.payers if not tenant.row["hold"]], 37)
    template, special = aside[:12], aside[12:]
    kept = {tenant.tenant_id for tenant in (*aside, *held)}
    for tenant in month.payers:
        month.charge(tenant, "RENT", JUNE, tenant.rent)
        if tenant.tenant_id not in kept:
            _ordinary(month, tenant)
    _set_aside(month, iter(special))
    for number, tenant in enumerate(held):
        month.pays(3, _line(tenant, 3, tenant.owed, f"cashier's check #{31 + number}", "HOLD_TENANT"))
    direct_deposits = _template(month, template)
    _ledger_entries(month)
    return month.tables, {f"2026-06-{day:02}.txt": _shuffled(month, day) for day in FILE_DAYS}, direct_deposits


# ---------------------------------------------------------------------------------------------------------- ledger


def _bank_accounts() -> list[Row]:
    return [
        {"bank_account_id": account, "name": name, "routing_number": "000000101", "account_number": number}
        for account, name, number in (
            ("TRUST", "Rent trust account", "0040010"),
            ("ESCROW", "Tenant deposits account", "0040020"),
        )
    ]


def _owners(month: Month) -> None:
    """Forty owners with a ledger each, the management's ledger and that of the deposits."""
    owners, ledgers = [], []
    for number, name in enumerate(OWNER_NAMES):
        owner_id = _ascii(name.split(",")[0].split()[0])
        owners.append(
            {
                "owner_id": owner_id,
                "name": name,
                "email": f"{owner_id.lower()}@owners.example",
                "status": "inactive" if number == OWNERS - 1 else "active",
                "online_access": "true" if number % 3 else "false",
            }
        )
        ledgers.append(
            {"ledger_id": f"L-{owner_id}", "kind": "owner", "owner_id": owner_id, "bank_account_id": "TRUST"}
        )
    ledgers.append({"ledger_id": MANAGEMENT, "kind": "management", "owner_id": "", "bank_account_id": "TRUST"})
    ledgers.append({"ledger_id": DEPOSITS, "kind": "tenant_deposits", "owner_id": "", "bank_account_id": "ESCROW"})
    month.tables |= {"owners": owners, "ledgers": ledgers}
    month.tables["vendors"] = [
        {"vendor_id": name.split()[0], "name": name, "email": f"{name.split()[0].lower()}@vendors.example",
         "status": "active", "online_access": "false"}
        for name in VENDORS
    ]  # fmt: skip


def _units_and_tenants(month: Month) -> None:
    """Units with one tenant, with two, with none; some of those who left still owe."""
    units: list[Row] = []
    tenants: list[Row] = []
    month.tables |= {"units": units, "tenants": tenants}
    used: set[str] = set()
    for number in range(UNITS):
        street, house = STREETS[number * len(STREETS) // UNITS], 101 + (number * 37) % 889
        owner = month.tables["owners"][number * OWNERS // UNITS]["owner_id"]
        unit = {"unit_id": f"{street}{house}", "description": f"{house} {street} Street", "owner_id": owner}
        units.append(unit | {"responsible_tenant_id": ""})
        vacant = number % 50 == 7
        if vacant or number % 60 == 11:
            left = _person(month, used, unit["unit_id"], status="past")
            tenants.append(left)
        if vacant:
            continue
        tenant = _person(month, used, unit["unit_id"])
        tenants.append(tenant)
        if number % 40 == 3:
            tenants.append(_person(month, used, unit["unit_id"]))
        if number % 120 == 3 or number % 25 == 4:
            units[-1]["responsible_tenant_id"] = tenant["tenant_id"]
        if number % 40 != 3:
            rent = Decimal(month.dice.randrange(26, 118) * 25)
            month.payers.append(Tenant(tenant, f"L-{owner}", rent))
    for payer in month.payers[60:300:80]:
        payer.row["hold"] = "true"


def _person(month: Month, used: set[str], unit_id: str, status: str = "current") -> Row:
    """A tenant with a new ID: the surname, with a number when it is taken."""
    name = f"{month.dice.choice(FIRST_NAMES)} {month.dice.choice(SURNAMES)}"
    if not used:
        name = "李娜"
    tenant_id = stem = OWN_IDS.get(name, _ascii(name.split(" ", 1)[-1]))
    number = 1
    while tenant_id.lower() in used:
        number += 1
        tenant_id = f"{stem}{number}"
    used.add(tenant_id.lower())
    return {
        "tenant_id": tenant_id,
        "name": name,
        "unit_id": unit_id,
        "status": status,
        "hold": "",
        "email": f"{_ascii(tenant_id).lower() or 'li.na'}@tenants.example",
        "online_access": "true" if month.dice.random() < 0.6 else "false",
    }


def _ascii(text: str) -> str:
    """The text in plain letters and digits: Núñez as Nunez, O'Neil as ONeil."""
    plain = unicodedata.normalize("NFKD", text.translate(str.maketrans("øØłŁ", "oOlL")))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())


def _ledger_entries(month: Month) -> None:
    """What an owner statement shows beside rents: balances brought forward, fees, repairs, draws, deposits held."""
    rows: list[Row] = []

    def enter(ledger_id: str, day: int, kind: str, text: str, amount: Decimal, **others: str) -> None:
        row = dict.fromkeys(("unit_id", "tenant_id", "vendor_id"), "") | others
        rows.append(
            {"entry_id": f"E{len(rows) + 1:04}", "ledger_id": ledger_id, **row, "entry_date": f"2026-06-{day:02}",
             "kind": kind, "description": text, "amount": f"{amount:.2f}"}
        )  # fmt: skip

    for ledger in month.tables["ledgers"][:-2]:
        brought = Decimal(month.dice.randrange(400, 6000))
        enter(ledger["ledger_id"], 1, "opening_balance", "Balance brought forward", brought)
        enter(ledger["ledger_id"], 30, "fee", "Management fee June 2026", Decimal(-month.dice.randrange(90, 400)))
        enter(ledger["ledger_id"], 12, "owner_draw", "Owner draw", -(brought / 2).quantize(Decimal(1)))
    for vendor in month.tables["vendors"]:
        tenant = month.dice.choice(month.payers)
        cost = -Decimal(month.dice.randrange(4500, 60000)) / 100
        enter(tenant.ledger_id, 17, "disbursement", f"Repair by {vendor['name']}", cost,
              unit_id=tenant.unit_id, vendor_id=vendor["vendor_id"])  # fmt: skip
    for tenant in month.payers[::8]:
        enter(DEPOSITS, 1, "security_deposit", "Security deposit held", tenant.rent,
              unit_id=tenant.unit_id, tenant_id=tenant.tenant_id)  # fmt: skip
    month.tables["ledger_entries"] = rows
    month.tables["bills"] = [
        {"bill_id": f"B{number:03}", "ledger_id": payer.ledger_id, "unit_id": payer.unit_id,
         "vendor_id": vendor["vendor_id"], "bill_date": f"2026-06-{20 + number:02}", "due_date": f"2026-07-{number:02}",
         "description": f"Invoice {4100 + 7 * number}", "amount": f"{85 * number}.00",
         "open_amount": f"{60 * number}.00"}
        for number, (vendor, payer) in enumerate(zip(month.tables["vendors"], month.payers[3::31], strict=False), 1)
    ]  # fmt: skip


# -------------------------------------------------------------------------------------------------- ordinary payments


def _ordinary(month: Month, tenant: Tenant) -> None:
    """What a tenant owes in June and how she pays: most of them exactly, early and once."""
    dice = month.dice
    file_day = dice.choices(FILE_DAYS, SHARE_OF_PAYMENTS)[0]
    if dice.random() < 0.15:
        month.charge(tenant, "PARKING", JUNE, Decimal(dice.choice((45, 60, 75))))
    if dice.random() < 0.20:
        month.charge(tenant, "WATER", JUNE, Decimal(dice.randrange(1800, 9600)) / 100)
    if file_day >= 10:
        month.charge(tenant, "LATE_FEE", LATE_FEE_DAY, Decimal(dice.choice((25, 50))))
    if dice.random() < 0.10:
        month.charge(tenant, "RENT", date(2026, 5, 1), tenant.rent, opened=Decimal(0))
    if dice.random() < 0.03:
        month.charge(tenant, "RENT", date(2026, 5, 1), tenant.rent, opened=tenant.rent / 2)
    if dice.random() < 0.02:
        month.charge(tenant, "LOCK_CHANGE", JUNE, Decimal(35), ledger_id=MANAGEMENT)
    if dice.random() < 0.06:
        return  # has not paid by the end of the month
    amount = tenant.owed
    manner = dice.random()
    if manner < 0.05:
        amount -= Decimal(dice.choice((5, 10, 25, 50)))
    elif manner < 0.08:
        amount = (amount / 50).quantize(Decimal(1)) * 50 + 50
    elif manner < 0.12:
        amount = tenant.rent
    month.pays(file_day, _written(month, tenant, file_day, amount))


def _written(month: Month, tenant: Tenant, file_day: int, amount: Decimal) -> Line:
    """The line as the sender writes it: with both IDs, with one, in another case."""
    day = date(2026, 6, file_day)
    if file_day in (5, 15) and month.dice.random() < 0.4:
        day -= timedelta(days=1)
    unit_id, tenant_id = tenant.unit_id, tenant.tenant_id
    manner = month.dice.random()
    if manner < 0.15:
        return Line(day, unit_id, amount, month.memo(), None)
    if manner < 0.23:
        return Line(day, "", amount, month.memo(), tenant_id)
    if manner < 0.28:
        unit_id, tenant_id = unit_id.upper(), tenant_id.lower()
    return Line(day, unit_id, amount, month.memo(), tenant_id)


def _shuffled(month: Month, file_day: int) -> list[Line]:
    """The file's lines in no particular order, but those of one group in theirs."""
    placed: list[tuple[float, Line]] = []
    for group in month.groups[file_day]:
        places = sorted(month.dice.random() for _ in group)
        placed.extend(zip(places, group, strict=True))
    return [line for _, line in sorted(placed, key=lambda pair: pair[0])]


def _template(month: Month, tenants: Sequence[Tenant]) -> list[Line]:
    """Twelve tenants who pay by direct deposit: ten as agreed, one whose rent was raised, one already paid up."""
    agreed = [tenant.rent for tenant in tenants]
    agreed[4] -= 30
    tenants[9].charges[0]["open_amount"] = "0.00"
    return [
        Line(date(2025, 9, 1), tenant.unit_id, amount, "direct deposit", tenant.tenant_id)
        for tenant, amount in zip(tenants, agreed, strict=True)
    ]


# ----------------------------------------------------------------------------------- one of everything that can happen


def _set_aside(month: Month, tenants: Iterator[Tenant]) -> None:
    """Add a line for each reason and flag, each on a tenant of its own."""
    _unknown_payers(month, tenants)
    _doubtful_payers(month, tenants)
    _nothing_to_pay(month, tenants)
    _amounts(month, tenants)
    _twice(month, tenants)
    _decided_before(month, tenants)
    month.pays(1, Line(JUNE, "Cedar101", "$1,250.00", "check #2210", "Roseman", "BAD_RECORD"))
    month.pays(10, Line(date(2026, 6, 10), "Elm213", "875", "Reference #5120", "", "BAD_RECORD"))


def _line(tenant: Tenant, day: int, amount: Decimal, memo: str, reason: str, flag: str = "", needs: str = "") -> Line:
    """A line that names the tenant and the unit as the ledger does."""
    return Line(date(2026, 6, day), tenant.unit_id, amount, memo, tenant.tenant_id, reason, flag, needs)


def _unknown_payers(month: Month, tenants: Iterator[Tenant]) -> None:
    """Neither ID known; only the unit known and nobody or two people living there."""
    month.pays(1, Line(JUNE, "Ocean12", Decimal(1100), "Reference #40117", "Kettleman", "UNIDENTIFIED"))
    month.pays(5, Line(date(2026, 6, 5), "", Decimal(640), "cash at counter", None, "UNIDENTIFIED"))
    vacant, shared = month.tables["units"][7]["unit_id"], month.tables["units"][43]["unit_id"]
    month.pays(1, Line(JUNE, vacant, Decimal(900), "check #1042", None, "NO_DEFAULT_TENANT"))
    month.pays(2, Line(date(2026, 6, 2), shared, Decimal(700), "half of the rent", "", "NO_DEFAULT_TENANT"))
    tenant = next(tenants)
    by_employer = _line(tenant, 2, tenant.rent, month.memo(), "OK_FULL", "DEFAULT_TENANT_USED")
    by_employer.tenant_id = "Smyth-Payroll"
    month.pays(2, by_employer)


def _doubtful_payers(month: Month, tenants: Iterator[Tenant]) -> None:
    """Known people whose payment has no certain place."""
    one, other = next(tenants), next(tenants)
    conflict = _line(one, 2, one.rent, month.memo(), "ID_CONFLICT")
    conflict.unit_id = other.unit_id
    month.pays(2, conflict)

    applicant = _person(month, {row["tenant_id"].lower() for row in month.tables["tenants"]}, "")
    month.tables["tenants"].append(applicant)
    month.pays(2, Line(date(2026, 6, 2), "", Decimal(50), "application fee", applicant["tenant_id"], "NO_UNIT"))

    of_two_units = next(tenants)
    month.charge(of_two_units, "STORAGE", JUNE, Decimal(80), unit_id=next(tenants).unit_id)
    which = _line(of_two_units, 3, of_two_units.rent, month.memo(), "AMBIGUOUS_UNIT")
    which.unit_id = ""
    month.pays(3, which)

    left = next(row for row in month.tables["tenants"] if row["status"] == "past" and row["unit_id"] != "")
    ledger_id = "L-" + next(row["owner_id"] for row in month.tables["units"] if row["unit_id"] == left["unit_id"])
    gone = Tenant(left, ledger_id, Decimal(410))
    month.charge(gone, "RENT", date(2026, 5, 1), gone.rent)
    month.pays(3, _line(gone, 3, gone.rent, "last month, moved out", "OK_FULL", "PAST_TENANT"))


def _nothing_to_pay(month: Month, tenants: Iterator[Tenant]) -> None:
    """Everything paid already; only charges that come later."""
    paid_up = next(tenants)
    paid_up.charges[0]["open_amount"] = "0.00"
    month.pays(5, _line(paid_up, 5, paid_up.rent, month.memo(), "NOTHING_OWED"))
    ahead = next(tenants)
    ahead.charges[0]["open_amount"] = "0.00"
    month.charge(ahead, "INSURANCE", NEVER_IN_WINDOW, Decimal(240))
    month.pays(5, _line(ahead, 5, Decimal(240), month.memo(), "ONLY_FUTURE_CHARGES"))
    eve = next(tenants)  # due on day 31 after the payment: the last day that is out
    eve.charges[0]["open_amount"] = "0.00"
    month.charge(eve, "INSURANCE", date(2026, 7, 4), Decimal(310))
    month.pays(3, _line(eve, 3, Decimal(310), month.memo(), "ONLY_FUTURE_CHARGES"))
    for tenant, day in ((next(tenants), 1), (next(tenants), 1)):
        early = _line(tenant, day, tenant.rent, month.memo(), "PERIOD_CLOSED", needs=MAY_CLOSED)
        early.day = date(2026, 5, 28)
        month.pays(1, early)


def _amounts(month: Month, tenants: Iterator[Tenant]) -> None:
    """More, less, for two ledgers, for what is due now, for a part, and the window's last day."""
    tenant = next(tenants)
    month.charge(tenant, "LATE_FEE", LATE_FEE_DAY, Decimal(25))
    month.pays(10, _line(tenant, 10, tenant.rent, "ACH June rent", "UNDERPAID"))
    tenant = next(tenants)
    month.pays(10, _line(tenant, 10, tenant.rent + 100, "check #1187", "OVERPAID"))
    tenant = next(tenants)
    month.charge(tenant, "KEY_REPLACEMENT", JUNE, Decimal(45), ledger_id=MANAGEMENT)
    month.pays(2, _line(tenant, 2, tenant.rent + 45, "Reference #77101", "MULTI_LEDGER"))
    for day in (2, 3):
        tenant = next(tenants)
        month.charge(tenant, "RENT", JULY, tenant.rent)
        month.pays(day, _line(tenant, day, tenant.rent, "ACH June rent", "OK_DUE_NOW", needs=DUE_NOW))
    tenant = next(tenants)
    # Thirty days after June 3, the last day that is in.
    month.charge(tenant, "WATER", date(2026, 7, 3), Decimal("61.40"))
    month.pays(3, _line(tenant, 3, tenant.rent + Decimal("61.40"), month.memo(), "OK_FULL"))
    tenant = next(tenants)
    memo = "June rent and thank you for fixing the heating so quickly"
    month.pays(2, _line(tenant, 2, tenant.rent, memo, "OK_FULL", "MEMO_TOO_LONG"))
    tenant = next(tenants)
    month.pays(15, _line(tenant, 15, tenant.rent / 2, "first half", "OK_PARTIAL_SINGLE", needs=PARTIAL))
    month.pays(22, _line(tenant, 22, tenant.rent / 2, "second half", "OK_FULL", needs=PARTIAL))
    tenant = next(tenants)
    month.pays(15, _line(tenant, 15, tenant.rent, "Café Olé paid for José", "OK_FULL"))


def _twice(month: Month, tenants: Iterator[Tenant]) -> None:
    """The same money seen twice, in one file and in two."""
    tenant = next(tenants)
    month.pays(
        3,
        _line(tenant, 3, tenant.rent, "check #3301", "OK_FULL"),
        _line(tenant, 3, tenant.rent, "check #3302", "CONSUMED_IN_BATCH"),
    )
    tenant = next(tenants)  # the first was posted
    posted = _line(tenant, 1, tenant.rent, "Reference #68217", "OK_FULL")
    month.pays(1, posted)
    month.pays(2, _line(tenant, 1, tenant.rent, "Reference #68217", "DUPLICATE_LINE"))
    tenant = next(tenants)  # the first still waits
    month.pays(1, _line(tenant, 1, tenant.rent + 20, "check #9001", "OVERPAID"))
    month.pays(5, _line(tenant, 1, tenant.rent + 20, "check #9001", "DUPLICATE_LINE"))
    tenant = next(tenants)  # a part, twice in one file
    month.pays(
        10,
        _line(tenant, 10, Decimal(200), "part of June", "OK_PARTIAL_SINGLE", needs=PARTIAL),
        _line(tenant, 10, Decimal(200), "part of June", "DUPLICATE_LINE", needs=PARTIAL),
    )


def _decided_before(month: Month, tenants: Iterator[Tenant]) -> None:
    """What posts only because a person decided something about an earlier line (`decisions.csv`)."""
    tenant = next(tenants)  # pays too much at first; the rest, her credit, is what she is short of later
    month.charge(tenant, "STORAGE", date(2026, 7, 20), Decimal(120))
    too_much = _line(tenant, 2, tenant.rent + 40, "June rent and a little more", "OVERPAID")
    too_much.decided = _rent_paid(tenant)
    month.pays(2, too_much)
    month.pays(22, _line(tenant, 22, Decimal(80), "July storage", "OK_CREDIT", needs=CREDIT))
    tenant = next(tenants)  # pays through her employer, whose name nobody knows at first
    month.charge(tenant, "STORAGE", date(2026, 7, 20), Decimal(95))
    by_employer = Line(date(2026, 6, 3), "", tenant.rent, "payroll of June", "Northwind-Payroll", "UNIDENTIFIED")
    by_employer.decided = _rent_paid(tenant, alias="Northwind-Payroll")
    month.pays(3, by_employer)
    again = Line(date(2026, 6, 22), "", Decimal(95), "payroll of July", "Northwind-Payroll", "OK_ALIAS", needs=ALIAS)
    month.pays(22, again)


def _rent_paid(tenant: Tenant, alias: str = "") -> Row:
    """A person's decision: the line pays the rent, what is left of it is credit, and its tenant ID may be an alias."""
    rent = tenant.charges[0]
    return {
        "tenant_id": tenant.tenant_id,
        "unit_id": tenant.unit_id,
        "charge_id": rent["charge_id"],
        "applied": rent["open_amount"],
        "alias": alias,
    }
