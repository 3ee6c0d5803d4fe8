"""An invented portfolio and a year of its payments, with the truth about each: who paid what, and every habit of error.

The system of record is here, in Python: it charges, takes payments as they were meant, uses credit for new charges, and
exports its ledger before each lockbox file. What a person cannot know from the file is not generated: a single ID that
is wrong never happens to be another tenant's, because then nobody could tell. One case is generated and labelled as
what it is: a payment meant for two room-mates that names one who owes the whole sum herself (`AS_NAMED`).
"""

# ruff: noqa: SIM905 - lists of names read best as text
from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from recon.lockbox.writing import Record, write

# fmt: off
STREETS = tuple("Cedar Fair Mail Oak Elm Maple Birch Walnut Pine Lake Hill Park Mill Grove Pearl Union".split())
FIRST = tuple("Ruth Aisha Wei Liam Fatima Priya Kwame Ingrid Mateo Hannah Yusuf Keiko Amara Patrick Nadia".split())
LAST = tuple((
    "Roseman Bruno Okafor Nguyen Garcia Haddad Novak Silva Patel Olsen Mueller Adeyemi Tanaka Rossi Ivanova Dubois "
    "Kowalski Fernandez Ahmed Johansson Murphy Santos Yilmaz Cohen Mensah Popescu Larsen Moreau Watanabe Williams"
).split())
# fmt: on
FEE_TAKEN = Decimal("1.95")  # what one processor takes off
PUT_BY = Decimal(100)  # what some pay beyond all that is open, to pay so much less the next time
SAVES, WITH_CREDIT = "puts credit by", "less the credit"
AS_NAMED = "for both, one named who owes it"


@dataclass
class Charge:
    """What a tenant owes."""

    charge_id: str
    code: str
    due: date
    amount: Decimal
    open: Decimal


@dataclass(eq=False)
class Person:
    """A tenant; the one who answers for a unit has its charges."""

    tenant_id: str
    name: str
    unit_id: str
    rent: Decimal
    owes: bool = True  # False: a room-mate of somebody who answers for the unit
    mate: Person | None = None
    employer: str = ""
    saves: bool = False  # pays more now and less later; the credit is kept here and not by the system of record
    saved: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    charges: list[Charge] = field(default_factory=list)

    def due(self, on: date) -> list[Charge]:
        """What is open and due."""
        return [charge for charge in self.charges if charge.open and charge.due <= on]


@dataclass
class Truth:
    """What a payment was meant for: amounts by charge, the rest credit; nothing at all for a duplicate."""

    habit: str
    error: str
    payers: dict[tuple[str, str], Decimal]
    applied: dict[str, Decimal]
    credit_used: dict[str, Decimal] = field(default_factory=dict)  # beside the payment, from what was put by


@dataclass
class Paid:
    """One line of a lockbox file with the truth about it."""

    record: Record
    truth: Truth


@dataclass
class LockboxDay:
    """A ledger folder as exported, the file that came next, and after it the payments that will come back."""

    ledger: Path
    file: Path
    lines: list[Paid]
    on: date


class Portfolio:
    """The system of record. `days` gives one lockbox file after the other; each is used before the next is made."""

    def __init__(self, folder: Path, units: int, seed: int) -> None:
        self.folder = folder
        self.dice = Random(seed)
        self.people: list[Person] = []
        self.by_id: dict[str, Person] = {}
        self.units: dict[str, str] = {}  # with the tenant who answers for it
        self.count = 0
        self.ids: set[str] = set()
        self.living: Counter[str] = Counter()  # how many on a unit
        for number in range(units):
            self._unit(number)

    def _unit(self, number: int) -> None:
        unit_id = f"{STREETS[number % len(STREETS)]}{100 + number // len(STREETS)}"
        self.units[unit_id] = ""
        rent = Decimal(self.dice.randrange(30, 90) * 25)
        person = self._person(unit_id, rent)
        if self.dice.random() < 0.06:
            self._person(unit_id, rent)
        elif self.dice.random() < 0.04:
            self.units[unit_id] = person.tenant_id
            mate = self._person(unit_id, rent)
            mate.owes, mate.mate = False, person

    def _person(self, unit_id: str, rent: Decimal) -> Person:
        name = f"{self.dice.choice(FIRST)} {self.dice.choice(LAST)}"
        stem = name.split()[1]
        tenant_id, number = stem, 1
        while tenant_id.lower() in self.ids:
            number += 1
            tenant_id = f"{stem}{number}"
        self.ids.add(tenant_id.lower())
        self.living[unit_id] += 1
        person = Person(tenant_id, name, unit_id, rent)
        if self.dice.random() < 0.01:
            person.employer = f"{self.dice.choice(LAST)}-Payroll-{len(self.people)}"
        elif self.dice.random() < 0.03:
            person.saves = True
        self.people.append(person)
        self.by_id[tenant_id] = person
        return person

    def days(self, months: int) -> Iterator[LockboxDay]:
        """Two files a month: most pay in the first days, the rest later."""
        for month in range(months):
            first = date(2025 + (month + 6) // 12, (month + 6) % 12 + 1, 1)
            self._charge(first)
            early = [person for person in self.people if self.dice.random() < 0.93]
            came = self._day(first, 5, f"{first:%Y%m}a", early)
            yield came
            for person in self.people:  # late fees
                if person.owes and person.due(first):
                    self._add(person, "LATE_FEE", first + timedelta(days=5), Decimal(50))
            paid = set(early)
            late = [person for person in self.people if person not in paid]
            late += [person for person in early if person.due(first) and self.dice.random() < 0.5]
            twice = [line for line in came.lines if line.truth.applied and self.dice.random() < 0.002]
            yield self._day(first + timedelta(days=9), 8, f"{first:%Y%m}b", late, twice)

    def came_back(self, line: Paid) -> None:
        """A payment was returned: its charges are open again."""
        for person in self.people:
            for charge in person.charges:
                charge.open += line.truth.applied.get(charge.charge_id, Decimal(0))

    def _add(self, person: Person, code: str, due: date, amount: Decimal) -> None:
        self.count += 1
        used = min(person.credit, amount)
        person.credit -= used
        person.charges.append(Charge(f"C{self.count:06}", code, due, amount, amount - used))

    def _charge(self, first: date) -> None:
        following = (first + timedelta(days=32)).replace(day=1)
        for person in (person for person in self.people if person.owes):
            person.charges = [charge for charge in person.charges if charge.open or charge.due >= first]
            if not any(charge.code == "RENT" and charge.due == first for charge in person.charges):
                self._add(person, "RENT", first, person.rent)
            if self.dice.random() < 0.1:
                self._add(person, "WATER", first, Decimal(self.dice.randrange(2000, 9000)) / 100)
            if self.dice.random() < 0.05:
                self._add(person, "RENT", following, person.rent)

    def _day(self, first: date, span: int, name: str, payers: list[Person], again: list[Paid] = []) -> LockboxDay:  # noqa: B006
        ledger = self._export(self.folder / f"ledger{name}")
        chosen = set(payers)
        payers = [person for person in payers if person.mate not in chosen]
        both = self._for_both(payers, first + timedelta(days=span))
        covered = {mate for pair in both for mate in pair}
        payers = [person for person in payers if person not in covered]
        lines = [self._together(pair, first + timedelta(days=span - 1)) for pair in both]
        lines += [line for person in payers if (line := self._pays(person, first, span)) is not None]
        lines += [Paid(line.record, Truth("duplicate", "", {}, {})) for line in again]
        self.dice.shuffle(lines)
        file = self.folder / f"{name}.txt"
        file.write_bytes(write([line.record for line in lines]))
        for line in lines:
            self._book(line.truth)
        return LockboxDay(ledger, file, lines, first + timedelta(days=span))

    def _for_both(self, payers: list[Person], on: date) -> list[tuple[Person, Person]]:
        """Now and then one of two room-mates who owe for themselves pays for both."""
        owing: dict[str, list[Person]] = {}
        for person in payers:
            if person.owes and self.living[person.unit_id] > 1 and not person.employer and person.due(on):
                owing.setdefault(person.unit_id, []).append(person)
        return [(pair[0], pair[1]) for pair in owing.values() if len(pair) == 2 and self.dice.random() < 0.1]

    def _together(self, pair: tuple[Person, Person], on: date) -> Paid:
        """The payment for both names the first, nobody, or both in the memo."""
        owed = {person: person.due(on) for person in pair}
        sums = {person: sum((charge.open for charge in charges), Decimal(0)) for person, charges in owed.items()}
        truth = Truth(
            "for both room-mates",
            "",
            {(person.tenant_id, person.unit_id): amount for person, amount in sums.items() if amount},
            {charge.charge_id: charge.open for charges in owed.values() for charge in charges},
        )
        kind = self.dice.randrange(3)
        memo = f"{pair[0].tenant_id} {pair[1].tenant_id}" if kind == 2 else "rent"
        tenant, total = pair[0].tenant_id if kind == 0 else "", sum(sums.values(), Decimal(0))
        window = [charge for charge in pair[0].charges if charge.open and charge.due <= on + timedelta(days=30)]
        if tenant and sum(charge.open for charge in window) == total:
            # Named alone, she pays what she owes within 30 days, by SPEC 5: nobody could tell that it is for both.
            payers = {(tenant, pair[0].unit_id): total}
            truth = Truth(AS_NAMED, "", payers, {charge.charge_id: charge.open for charge in window})
        return Paid(Record(on, pair[0].unit_id, total, memo, tenant), truth)

    def _book(self, truth: Truth) -> None:
        for (tenant_id, _), amount in truth.payers.items():
            person = self.by_id[tenant_id]
            mine = [charge for charge in person.charges if charge.charge_id in truth.applied]
            for charge in mine:
                used = truth.credit_used.get(charge.charge_id, Decimal(0))
                charge.open -= truth.applied[charge.charge_id] + used
                person.saved -= used
            rest = amount - sum(truth.applied[charge.charge_id] for charge in mine)
            if truth.habit == SAVES:
                person.saved += rest
            else:
                person.credit += rest

    def _pays(self, person: Person, first: date, span: int) -> Paid | None:
        on = first + timedelta(days=self.dice.randrange(span))
        payer = person if person.owes else person.mate
        assert payer is not None
        owed = payer.due(on)
        habit, amount, meant = self._habit(person, payer, owed)
        if amount <= 0:
            return None
        applied: dict[str, Decimal] = {}
        left = amount
        for charge in sorted(meant, key=lambda charge: (charge.due, charge.charge_id)):
            share = min(left, charge.open)
            if share > 0:
                applied[charge.charge_id] = share
                left -= share
        used = {charge.charge_id: payer.saved for charge in meant} if habit == WITH_CREDIT else {}
        truth = Truth(habit, "", {(payer.tenant_id, payer.unit_id): amount}, applied, used)
        record, truth.error = self._written(person, on, amount, alone=bool(owed))
        return Paid(record, truth)

    def _habit(self, person: Person, payer: Person, owed: list[Charge]) -> tuple[str, Decimal, list[Charge]]:
        total = sum((charge.open for charge in owed), Decimal(0))
        chance = self.dice.random()
        if not person.owes:  # a room-mate pays now and then, a half of all
            halves = total and total % 2 == 0 and chance < 0.1
            return ("half of a room-mate", total / 2, owed) if halves else ("", Decimal(0), [])
        if not owed:
            return "", Decimal(0), []
        everything = [charge for charge in payer.charges if charge.open]
        if payer.saves and not payer.saved:
            return SAVES, sum((charge.open for charge in everything), Decimal(0)) + PUT_BY, everything
        if payer.saves and len(everything) == 1 and everything == owed and total > payer.saved:
            return WITH_CREDIT, total - payer.saved, owed
        if chance < 0.03:
            amount = Decimal(self.dice.randrange(10, 60) * 10)
            return ("partial", amount, owed) if amount < total else ("full", total, owed)
        if chance < 0.045:
            beyond = sum((charge.open for charge in everything), Decimal(0)) + payer.rent
            return "a month ahead", beyond, everything
        if chance < 0.055:
            return "rounded up", (sum((charge.open for charge in everything), Decimal(0)) // 50 + 1) * 50, everything
        if chance < 0.065:
            rents = [charge for charge in owed if charge.code == "RENT"]
            return "rent only", sum((charge.open for charge in rents), Decimal(0)), rents
        if chance < 0.07:
            return "fee taken off", total - FEE_TAKEN, owed
        if chance < 0.08:
            return "", Decimal(0), []
        return "full", total, owed

    def _written(self, person: Person, on: date, amount: Decimal, *, alone: bool) -> tuple[Record, str]:
        """Write the line as processors do, with an error in some of them."""
        tenant, unit, error = person.tenant_id, person.unit_id, ""
        memo = f"check #{self.dice.randrange(1000, 9999)}"
        chance = self.dice.random()
        shared = self.living[unit] > 1
        if person.employer:
            return Record(on, "", amount, "payroll", person.employer), "employer"
        if chance < 0.02:
            tenant, error = self._typo(tenant, self.ids), "tenant misspelt"
            if shared:
                unit = ""  # with the unit alone it would be another's
        elif chance < 0.04:
            unit, error = self._typo(unit, {known.lower() for known in self.units}), "unit misspelt"
        elif chance < 0.045:
            tenant, unit = self._typo(tenant, self.ids), self._typo(unit, {known.lower() for known in self.units})
            error = "both misspelt"
        elif chance < 0.08:
            tenant, error = ("", "no tenant") if not shared else (tenant, "")
        elif chance < 0.1:
            unit, error = "", "no unit"
        elif chance < 0.102:
            unit, error = self.dice.choice(self.people).unit_id, "another's unit"
        elif chance < 0.104:
            tenant, error = self.dice.choice(self.people).tenant_id, "another's ID"
        elif chance < 0.107:
            tenant, unit, memo, error = "", "", f"{person.name} rent"[:40], "name in memo"
        elif chance < 0.109:
            tenant, unit, memo, error = "", "", f"rent {person.unit_id}", "unit in memo"
        return Record(on, unit, amount, memo, tenant), error if (tenant, unit) != (
            person.tenant_id,
            person.unit_id,
        ) else ""

    def _typo(self, text: str, known: set[str]) -> str:
        """Misspell an ID so that it is nobody's."""
        while True:
            place = self.dice.randrange(1, len(text) - 1)
            kind = self.dice.randrange(3)
            wrong = (
                text[:place] + text[place + 1] + text[place] + text[place + 2 :],
                text[:place] + text[place + 1 :],
                text[:place]
                + self.dice.choice("abcdefghij" if text[place].isalpha() else "0123456789")
                + text[place + 1 :],
            )[kind]
            if wrong != text and wrong.lower() not in known:
                return wrong

    def _export(self, folder: Path) -> Path:
        folder.mkdir(parents=True)
        tables = {
            "bank_accounts": [("bank_account_id", "name"), ("TRUST", "Trust")],
            "owners": [("owner_id", "name"), ("O1", "Olga Owner")],
            "ledgers": [("ledger_id", "kind", "owner_id", "bank_account_id"), ("L1", "owner", "O1", "TRUST")],
            "units": [
                ("unit_id", "description", "owner_id", "responsible_tenant_id"),
                *((unit, unit, "O1", responsible) for unit, responsible in self.units.items()),
            ],
            "tenants": [
                ("tenant_id", "name", "unit_id", "status"),
                *((person.tenant_id, person.name, person.unit_id, "current") for person in self.people),
            ],
            "charges": [
                ("charge_id", "tenant_id", "unit_id", "ledger_id", "charge_code", "description", "due_date", "amount",
                 "open_amount"),
                *(
                    (charge.charge_id, person.tenant_id, person.unit_id, "L1", charge.code, charge.code, charge.due,
                     f"{charge.amount:.2f}", f"{charge.open:.2f}")
                    for person in self.people for charge in person.charges
                ),
            ],
        }  # fmt: skip
        for name, rows in tables.items():
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows(rows)
        return folder
