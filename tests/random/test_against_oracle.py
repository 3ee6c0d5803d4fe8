"""Random worlds: what the rules say of every line, and what they pay, is what the slow oracle says (SPEC 4 and 5).

Days are independent of each other, so that many of them fit into one classification: each is moved into a world of its
own by a prefix on its IDs, and in time so that days with equal switches share their posting date and closed period.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from recon import audits, batches, decisions, receipts, relations, store
from recon.aliases import confirm_alias
from recon.batches import Terms
from recon.classification import classified, put_file, put_ledger
from recon.errors import WrongUse
from recon.ledger import read_ledger
from recon.ledger_loading import load_ledger
from recon.lockbox.reading import parse
from recon.relations import PostingRules
from recon.schema import resource
from recon.store import Store
from recon.workspace import Workspace
from schemas.lockbox import LINES
from tests import oracle
from tests.oracle_lockbox import Record, identifier, physical_lines, read_lockbox
from tests.random_days import CHARGE_COLUMNS, Day, Line, Tables, encoded, line_text, portfolio_day, random_day
from tests.random_days import write_ledger as write_tables

DAYS = 20_000 if os.environ.get("RECON_LONG") else 2_000
DAYS_IN_ONE_TEST = 1_000
LINES_OF_A_DAY = 1_000_000  # line numbers of the day at place p begin behind p of these
COLUMNS = tuple(name for name in oracle.COLUMNS if name != "message")
ANCHOR = date(2026, 6, 15)

Row = dict[str, str]
Paid = tuple[int, str, Decimal]


# ---- Many days in one world ----


def _moved_id(prefix: str, shown: str) -> str:
    """An ID in the day's own world; white space stays outside."""
    bare = shown.lstrip()
    return shown[: len(shown) - len(bare)] + prefix + bare if bare else shown


def _moved_ledger(days: list[tuple[str, int, Day]]) -> Tables:
    tables: Tables = defaultdict(list)
    for prefix, shift, day in days:
        for name, rows in day.ledger.items():
            for row in rows:
                moved = {key: _moved_id(prefix, value) if key.endswith("_id") else value for key, value in row.items()}
                if "due_date" in moved:
                    moved["due_date"] = (date.fromisoformat(moved["due_date"]) + timedelta(days=shift)).isoformat()
                tables[name].append(moved)
    return tables


def _moved_lines(place: int, prefix: str, shift: int, data: bytes) -> pa.Table:
    """A file's lines as the reader gives them, in the day's own world."""
    lines = parse(data)
    columns = dict(zip(lines.column_names, lines.columns, strict=True))
    columns["line_number"] = pc.add(lines["line_number"], place * LINES_OF_A_DAY)
    columns["file_date"] = pc.add(lines["file_date"].cast(pa.int32()), pa.scalar(shift, pa.int32())).cast(pa.date32())
    for key in ("unit_key", "tenant_key"):
        columns[key] = pc.binary_join_element_wise(pa.scalar(prefix, pa.string()), lines[key], "")
    return pa.table(columns).cast(LINES)


def _switches(day: Day) -> tuple[int, tuple[Any, ...]]:
    """How far a day is moved in time, and its switches then."""
    posting, closed = day.options.get("posting_date"), day.options.get("closed_through")
    shift = (ANCHOR - (posting or closed or ANCHOR)).days
    moved = tuple(None if found is None else found + timedelta(days=shift) for found in (posting, closed))
    return shift, (day.options["partial_pay"], day.options["due_now"], *moved)


def _together(days: Iterable[Day]) -> Iterator[tuple[tuple[Any, ...], list[tuple[str, int, Day]]]]:
    groups: dict[tuple[Any, ...], list[tuple[str, int, Day]]] = defaultdict(list)
    for day in days:
        shift, switches = _switches(day)
        groups[switches].append((f"{len(groups[switches])}/", shift, day))
    yield from groups.items()


def _put_before(current: Store, ledger: Any, closed: date | None, days: list[tuple[str, int, Day]]) -> None:
    """Give the rules the closed period, the payments of other batches, credits and aliases."""
    if closed is not None:
        current.run("insert into closed_periods values ($day)", {"day": closed})
    numbers = {
        name: dict(zip(table[f"{name}_key"].to_pylist(), table[f"{name}_no"].to_pylist(), strict=True))
        for name, table in (("tenant", ledger.tables["tenants"]), ("unit", ledger.tables["units"]))
    }
    others = [
        {
            "duplicate_date": day + timedelta(days=shift),
            "tenant_no": numbers["tenant"].get(prefix + identifier(tenant_id)),
            "unit_no": numbers["unit"].get(prefix + identifier(unit_id)),
            "amount": Decimal(amount),
            "memo": memo,
        }
        for prefix, shift, world in days
        for day, tenant_id, unit_id, amount, memo in world.options.get("other_payments", ())
    ]
    if others:
        current.take("others", pa.Table.from_pylist(others))
        current.run("insert into payments_elsewhere by name select * from others")
    prepaid = [
        {"tenant_no": numbers["tenant"][prefix + tenant], "unit_no": numbers["unit"][prefix + unit], "amount": amount}
        for prefix, _, world in days
        for (tenant, unit), amount in world.options.get("credit", {}).items()
    ]
    if prepaid:
        current.take("prepaid", pa.Table.from_pylist(prepaid))
        current.run("insert into credits_in_force by name select * from prepaid")
    aliases = [
        {
            "alias_key": prefix + alias,
            "tenant_no": numbers["tenant"][prefix + identifier(tenant)],
            "expires_on": world.options.get("alias_expiry", {}).get(alias, date(9000, 1, 1)) + timedelta(days=shift),
        }
        for prefix, shift, world in days
        for alias, tenant in world.options.get("aliases", {}).items()
    ]
    if aliases:
        current.take("aliases", pa.Table.from_pylist(aliases))
        current.run("insert into aliases_in_force by name select * from aliases")


def _answers(folder: Path, switches: tuple[Any, ...], days: list[tuple[str, int, Day]]) -> tuple[list[Row], set[Paid]]:
    """What the rules say of the days, each line and charge back in its own words."""
    partial_pay, due_now, posting_date, closed = switches
    rules = PostingRules(partial_pay, due_now)
    write_tables(_moved_ledger(days), folder)
    ledger = read_ledger(folder)
    lines = pa.concat_tables(
        [_moved_lines(place, prefix, shift, day.data) for place, (prefix, shift, day) in enumerate(days)]
    ).combine_chunks()
    with store.memory() as current:
        spelled = put_ledger(current, ledger)
        _put_before(current, ledger, closed, days)
        put_file(current, lines, posting_date)
        rows = classified(current, lines, posting_date, rules, spelled).to_pylist()
        relations.classify(current, rules)  # once more, for the uses that the answer alone does without
        uses = current.rows("select line_number, charge_no, amount from settled_uses")
    charge_ids = ledger.tables["charges"]["charge_id"].to_pylist()
    return [_told(row, days) for row in rows], {(number, charge_ids[place], amount) for number, place, amount in uses}


def _told(row: dict[str, Any], days: list[tuple[str, int, Day]]) -> Row:
    prefix, shift, _ = days[row["line_number"] // LINES_OF_A_DAY]
    told = {name: "" if row[name] is None else str(row[name]) for name in COLUMNS}
    if row["posting_date"] is not None:
        told["posting_date"] = (row["posting_date"] - timedelta(days=shift)).isoformat()
    for name in ("unit_id", "tenant_id"):
        told[name] = told[name].removeprefix(prefix)
    return told


def _expected(days: list[tuple[str, int, Day]]) -> tuple[list[Row], set[Paid]]:
    """What the oracle says of the same days."""
    rows, paid = [], set()
    for place, (prefix, _, day) in enumerate(days):
        lines, applications = oracle.classify_and_apply(day.ledger, day.data, **day.options)
        offset = place * LINES_OF_A_DAY
        rows += [
            {name: line[name] for name in COLUMNS} | {"line_number": str(int(line["line_number"]) + offset)}
            for line in lines
        ]
        paid |= {(number + offset, prefix + charge, amount) for number, charge, amount, _ in applications}
    return rows, paid


def compare(folder: Path, days: Iterable[Day]) -> int:
    """Hold the rules against the oracle; gives the number of lines compared."""
    compared = 0
    for number, (switches, group) in enumerate(_together(days)):
        found, paid = _answers(folder / str(number), switches, group)
        expected, expected_paid = _expected(group)
        for row, wanted in zip(found, expected, strict=True):
            seed = group[int(wanted["line_number"]) // LINES_OF_A_DAY][2].seed
            assert row == wanted, f"seed {seed}, {switches}"
        assert paid == expected_paid, sorted(paid ^ expected_paid)[:10]
        compared += len(found)
    return compared


@pytest.mark.parametrize("first", range(0, DAYS, DAYS_IN_ONE_TEST))
def test_random_days(tmp_path: Path, first: int) -> None:
    """BTR-10, BTR-13, BTR-14, BTR-15, BTR-30, BTR-32, BTR-33, BTR-34, BTR-37, BTR-56: every column but the message."""
    assert compare(tmp_path, map(random_day, range(first, first + DAYS_IN_ONE_TEST))) > 10_000


def test_a_portfolio_of_some_thousand_lines(tmp_path: Path) -> None:
    """BTR-03, BTR-10: an ordinary large day."""
    assert compare(tmp_path, [portfolio_day(11, 2_500, 6_000)]) > 5_500


# ---- One charge paid in many parts ----


def parts_day(seed: int) -> Day:
    """One tenant who pays one or two charges in hundreds of parts, some of them twice, some too much, some exactly.

    Some have credit, some pay under another name; whether it is a confirmed alias differs.
    """
    rng = random.Random(seed)
    cents = Decimal("0.01")
    charges = [
        {
            "charge_id": f"C{number}", "tenant_id": "Roseman", "unit_id": "Cedar327",
            "ledger_id": rng.choice(("L1", "L1", "L2")), "charge_code": "RENT", "description": "Rent",
            "due_date": (ANCHOR + timedelta(days=days)).isoformat(), "amount": amount, "open_amount": amount,
        }
        for number, (days, amount) in enumerate(
            [(0, f"{rng.randrange(100, 40_000)}.{rng.randrange(100):02}")]
            + [(rng.choice((-5, 29, 31, 32, 33)), f"{rng.randrange(1, 300)}.00") for _ in range(rng.choice((0, 1, 2)))]
        )
    ]  # fmt: skip
    assert set(charges[0]) == set(CHARGE_COLUMNS)
    owners, accounts = [{"owner_id": "O1", "name": "O1"}], [{"bank_account_id": "B1", "name": "B1"}]
    ledger: Tables = {
        "bank_accounts": accounts,
        "owners": owners,
        "ledgers": [
            {"ledger_id": name, "kind": "owner", "owner_id": "O1", "bank_account_id": "B1"} for name in ("L1", "L2")
        ],
        "units": [{"unit_id": "Cedar327", "description": "Cedar", "owner_id": "O1"}],
        "tenants": [{"tenant_id": "Roseman", "name": "Roseman", "unit_id": "Cedar327", "status": "current"}],
        "charges": charges,
    }
    left = Decimal(charges[0]["open_amount"])
    amounts = [(left * share / 300).quantize(cents) for share in (1, 2, 3, 5)]
    lines: list[Line] = []
    while len(lines) < 300:
        dice = rng.random()
        if dice < 0.3 and lines:
            line = Line(**vars(rng.choice(lines[-20:])))  # a repetition
        else:
            amount = rng.choice(amounts) if dice < 0.8 else Decimal(rng.randrange(1, 5_000)) / 100
            amount = rng.choice((left, left + cents, left - cents)) if dice > 0.97 else amount
            day = ANCHOR + timedelta(days=rng.choice((0, 0, 0, 0, 1, 2)))
            payer = "Roseman" if rng.random() < 0.95 else "Rosman"
            line = Line(day, "Cedar327", max(amount, cents), rng.choice(("a", "b", "")), payer)
        if line.amount < left and line not in lines:
            left -= line.amount  # roughly; whatever posts decides
        lines.append(line)
    data = b"\r\n".join(encoded(rng, line_text(rng, line)) for line in lines)
    options: dict[str, Any] = {"partial_pay": True, "due_now": rng.random() < 0.3}
    if rng.random() < 0.5:
        options["aliases"] = {"rosman": "Roseman"}
    parts = [row for row in oracle.classify(ledger, data, **options) if row["reason"] == "OK_PARTIAL_SINGLE"]
    if parts and rng.random() < 0.5:
        part = rng.choice(parts)  # with what it leaves open as credit, it posts otherwise
        options["credit"] = {("roseman", "cedar327"): Decimal(part["matchable_total"]) - Decimal(part["amount"])}
    return Day(seed, ledger, data, options)


def test_one_charge_paid_in_hundreds_of_parts(tmp_path: Path) -> None:
    """BTR-13, BTR-56, BTR-74: parts, repetitions, exact rests, overpayments, several dates, more charges."""
    days = [parts_day(seed) for seed in range(40)]
    assert compare(tmp_path, days) == 40 * 300
    reasons = [row["reason"] for day in days for row in oracle.classify(day.ledger, day.data, **day.options)]
    for reason in (
        "OK_PARTIAL_SINGLE",
        "OK_CREDIT",
        "DUPLICATE_LINE",
        "OK_FULL",
        "OVERPAID",
        "CONSUMED_IN_BATCH",
        "UNDERPAID",
    ):
        assert reasons.count(reason) > 3, reason


# ---- Through the store ----


def _halves(data: bytes) -> list[bytes]:
    lines = physical_lines(data)
    middle = len(lines) // 2
    return [b"\r\n".join(lines[:middle]), b"\r\n".join(lines[middle:])]


def _left(ledger: Tables, applications: list[oracle.Application]) -> Tables:
    """The ledger as it stands when these were posted."""
    charges = [dict(charge) for charge in ledger["charges"]]
    for _, charge_id, amount, _ in applications:
        (charge,) = [charge for charge in charges if charge["charge_id"] == charge_id]
        charge["open_amount"] = f"{Decimal(charge['open_amount']) - amount:.2f}"
    return {**ledger, "charges": charges}


def _payments(ledger: Tables, data: bytes, posted: list[Row], aliases: dict[str, str]) -> list[oracle.OtherPayment]:
    """The receipts and the waiting lines of a batch, as another one sees them: who they are from is asked anew."""
    book = oracle.read_ledger(ledger)
    known_as = {identifier(alias): identifier(tenant_id) for alias, tenant_id in aliases.items()}
    auto = {int(row["line_number"]): row for row in posted if row["disposition"] == "auto"}
    found = []
    for line in read_lockbox(data):
        if isinstance(line, Record):
            payer = oracle.identify(book, line, known_as)
            row = auto.get(line.line_number)
            if row is not None:
                found.append((line.file_date, row["tenant_id"], row["unit_id"], line.amount, line.memo))
            elif not payer.reason and payer.tenant and payer.unit:
                found.append((line.file_date, payer.tenant.shown, payer.unit.shown, line.amount, line.memo))
    return found


@pytest.mark.parametrize("seed", range(30_000, 30_024))
def test_days_posted_in_two_files(tmp_path: Path, seed: int) -> None:
    """BTR-56, BTR-57, BTR-74: classifications, receipts and applications in the store; every law holds afterwards."""
    day = random_day(seed)
    workspace = Workspace.at(tmp_path / "workspace")
    write_tables(day.ledger, tmp_path / "ledger")
    load_ledger(workspace, tmp_path / "ledger", who="ann")
    options = {name: value for name, value in day.options.items() if name != "other_payments"}
    credit, aliases = options.pop("credit", {}), options.pop("aliases", {})
    options.pop("alias_expiry", None)  # here they are confirmed now
    _receive_credit(workspace, tmp_path / "prepaid.txt", credit)
    _confirm(workspace, day.ledger, aliases)
    if "closed_through" in options:
        decisions.close_period(workspace, options["closed_through"], who="ann")
    rules = PostingRules(options["partial_pay"], options["due_now"], credit=seed % 4 > 0, alias=seed % 3 > 0)
    options |= {"credit": credit if rules.credit else {}, "aliases": aliases if rules.alias else {}}
    terms = Terms(posting_date=options.get("posting_date"), rules=rules, again="the two halves may be equal")
    ledger, others = day.ledger, []
    for number, data in enumerate(_halves(day.data)):
        path = tmp_path / f"half {number}.txt"
        path.write_bytes(data)
        batch_id = batches.import_file(workspace, path, terms, who="ann")
        receipts.post(workspace, batch_id, who="ann")
        rows, applications = oracle.classify_and_apply(ledger, data, **options, other_payments=others)
        with store.reading(workspace) as current:
            _compare_batch(current, batch_id, rows, applications)
            assert audits.audit_store(current, workspace) == []
        ledger = _left(ledger, applications)
        others = _payments(ledger, data, rows, options["aliases"])
        for row in rows:
            if row["reason"] == "OK_CREDIT":
                del options["credit"][identifier(row["tenant_id"]), identifier(row["unit_id"])]


def _receive_credit(workspace: Workspace, path: Path, credit: dict[tuple[str, str], Decimal]) -> None:
    """Have tenants pay beforehand, in two payments each, so that they have credit."""
    halves = [
        (tenant, unit, part)
        for (tenant, unit), amount in credit.items()
        for part in {amount - amount.quantize(Decimal(1)) // 3, amount.quantize(Decimal(1)) // 3}
        if part > 0
    ]
    if not halves:
        return
    path.write_text("".join(f'2025-06-01,"{unit}",{part:.2f},prepaid,"{tenant}"\n' for tenant, unit, part in halves))
    batch_id = batches.import_file(workspace, path, Terms(), who="ann")
    for number, (tenant, unit, part) in enumerate(halves, start=1):
        whole = [decisions.Part(part, tenant, unit)]
        decisions.process_payment(workspace, batch_id, number, whole, who="ann", bank_account="TRUST")


def _confirm(workspace: Workspace, ledger: Tables, aliases: dict[str, str]) -> None:
    """Confirm aliases; an ID that a tenant has cannot be one."""
    known = {identifier(tenant["tenant_id"]) for tenant in ledger["tenants"]}
    for alias, tenant_id in aliases.items():
        if alias in known:
            with pytest.raises(WrongUse, match="is the ID of a tenant"):
                confirm_alias(workspace, alias, tenant_id, who="ann", why="a letter")
        else:
            confirm_alias(workspace, alias, tenant_id, who="ann", why="a letter")


def _compare_batch(current: Store, batch_id: str, rows: list[Row], applications: list[oracle.Application]) -> None:
    batch = {"batch_id": batch_id}
    found = current.arrow(resource("queries", "batch_classification.sql"), batch).to_pylist()
    assert [{name: "" if row[name] is None else str(row[name]) for name in COLUMNS} for row in found] == [
        {name: row[name] for name in COLUMNS} for row in rows
    ]
    received = current.rows(
        "select line_number, amount, applied, credit from receipts where batch_id = $batch_id order by line_number",
        batch,
    )
    assert received == [
        (int(row["line_number"]), Decimal(row["amount"]), Decimal(row["amount"]), 0)
        for row in rows
        if row["disposition"] == "auto"
    ]
    # What a line paid came from its receipt, and with OK_CREDIT from earlier receipts of the same tenant and unit.
    applied = current.rows(
        """
        select payments.line_number, applications.charge_id, sum(applications.amount), ledger_names.ledger_id
        from applications
        inner join receipts on receipts.receipt_id = applications.receipt_id
        inner join ledger_names on ledger_names.ledger_key = applications.ledger_key
        inner join receipts as payments
            on payments.entry_seq = applications.entry_seq
            and payments.tenant_key = receipts.tenant_key
            and payments.unit_key = receipts.unit_key
            and (payments.receipt_id = receipts.receipt_id or payments.reason = 'OK_CREDIT')
            and (payments.receipt_id = receipts.receipt_id or receipts.entry_seq < applications.entry_seq)
        where payments.batch_id = $batch_id
        group by payments.line_number, applications.charge_id, ledger_names.ledger_id
        """,
        batch,
    )
    assert sorted(applied) == sorted(applications)
