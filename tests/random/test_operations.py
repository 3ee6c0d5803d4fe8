"""Random operations against a plain ledger in memory, and the known ways to lose a cent, one by one.

The plain ledger knows nothing of SQL: dictionaries of charges, lines, receipts and slips, changed as SPEC 2 and 6 say.
After each operation the store must agree with it, and at the end of each sequence the audit must be silent. 2,000
operations; 100,000 with RECON_LONG=1. To keep them quick, a sequence opens the store once; opening has its own tests.
"""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from recon import batch_work, batches, decisions, deposits, receipt_export, receipts, schema, store, tenant_credit
from recon.batches import Terms
from recon.decisions import Part
from recon.errors import DuplicateFile, InputRefused, WrongUse
from recon.ledger_loading import load_ledger
from recon.relations import PostingRules
from recon.workspace import Workspace
from tests.ledger_folders import folder_of
from tests.workspaces import BOOKS, JUNE, WHO, assert_silent, loaded, lockbox, payments, posted, rows

LONG = os.environ.get("RECON_LONG") == "1"
SEQUENCES, OPERATIONS = (2_000 if LONG else 40), 50

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
ON = date(2026, 6, 20)


def cents(text: str) -> Decimal:
    return Decimal(text)


# --- known ways to lose a cent ---------------------------------------------------------------------------------------


def _correct(workspace: Workspace, receipt_id: str) -> None:
    decisions.reverse(workspace, receipt_id, "correction", ON, who=WHO, why="wrong")


def _process(workspace: Workspace, line: int, *parts: Part, **more: Any) -> tuple[str, ...]:
    return decisions.process_payment(workspace, "B000001", line, parts, who=WHO, **more)


def _slips(workspace: Workspace) -> list[tuple[str, str, Decimal]]:
    return rows(workspace, "select deposit_id, state, total from deposits where items > 0 order by deposit_id")


def _credit(amount: str, tenant: str = "T1", unit: str = "U1") -> Part:
    return Part(cents(amount), tenant, unit)


def test_a_slip_keeps_its_total_when_a_receipt_is_corrected_twice(tmp_path: Path) -> None:
    """SPEC 6: the replacement takes the same place and total; what was replaced before does not come back."""
    workspace = posted(tmp_path)
    deposits.record(workspace, "D000002", cents("150.01"), who=WHO)
    for turn in range(3):
        (latest,) = rows(workspace, "select max(receipt_id) from facts.receipts where line_number = 1")[0]
        _correct(workspace, latest)
        assert ("D000002", "recorded", cents("150.01")) in _slips(workspace), turn
        _process(workspace, 1, _credit("100.00"), _credit("50.01"))
        for receipt_id in ("R0000003", "R0000005", "R0000007")[turn : turn + 1]:
            _correct(workspace, receipt_id)
        assert ("D000002", "recorded", cents("150.01")) in _slips(workspace), turn
        _process(workspace, 1, _credit("100.00"))
        assert ("D000002", "recorded", cents("150.01")) in _slips(workspace), turn
        assert_silent(workspace)
        if turn == 0:
            break


def test_a_voided_slip_gives_back_all_that_was_at_the_bank(tmp_path: Path) -> None:
    """SPEC 6: a receipt corrected and not yet replaced, and one that was returned, come along to the new slip."""
    workspace = posted(tmp_path)
    _process(workspace, 2, _credit("60.00", "T2", "U2"), _credit("140.00", "T2", "U2"), bank_account="TRUST")
    assert _slips(workspace)[1] == ("D000002", "open", cents("350.01"))
    deposits.record(workspace, "D000002", cents("350.01"), who=WHO)
    _correct(workspace, "R0000003")
    decisions.reverse(workspace, "R0000001", "returned", ON, who=WHO, why="NSF")
    assert deposits.void(workspace, "D000002", who=WHO, why="wrong date") == ("D000003",)
    assert _slips(workspace)[-1] == ("D000003", "open", cents("350.01"))
    deposits.record(workspace, "D000003", cents("350.01"), who=WHO)
    _correct(workspace, "R0000004")
    _process(workspace, 2, _credit("200.00", "T2", "U2"))
    assert _slips(workspace)[-1] == ("D000003", "recorded", cents("350.01"))
    assert_silent(workspace)


def test_a_line_that_was_given_up_leaves_a_voided_slip(tmp_path: Path) -> None:
    """Start Over after a wrong file: corrected, removed, the slip voided; nothing of it is deposited any more."""
    workspace = posted(tmp_path)
    _correct(workspace, "R0000001")
    batch_work.remove_lines(workspace, "B000001", [1], who=WHO, why="not ours")
    assert deposits.void(workspace, "D000002", who=WHO, why="not ours") == ()
    assert _slips(workspace) == [("D000001", "open", cents("300.00"))]
    assert_silent(workspace)
    batch_work.restore_lines(workspace, "B000001", [1], who=WHO, why="ours after all")
    assert_silent(workspace)
    _process(workspace, 1, _credit("150.01"), bank_account="TRUST")
    assert _slips(workspace)[-1] == ("D000003", "open", cents("150.01"))
    assert_silent(workspace)


def test_one_payment_lies_in_one_bank_account(tmp_path: Path) -> None:
    """SPEC 6: a payment that needs two accounts needs the batch's; parts of one check never lie on two slips."""
    workspace = posted(tmp_path)
    decisions.reverse(workspace, "R0000002", "returned", ON, who=WHO, why="NSF")
    two = (Part(cents("100.00"), ledger_id="L1"), Part(cents("100.00"), ledger_id="L2"))
    with pytest.raises(WrongUse, match="several bank accounts; say in which one it lies"):
        _process(workspace, 2, *two)
    _process(workspace, 2, *two, bank_account="reserve")
    assert _slips(workspace)[0] == ("D000001", "open", cents("500.00"))
    _correct(workspace, "R0000003")
    _correct(workspace, "R0000004")
    _process(workspace, 2, *two)
    assert _slips(workspace)[0] == ("D000001", "open", cents("500.00"))
    assert rows(workspace, "select ledger_key, amount from transfers_due") == [("l1", cents("100.00"))]
    assert_silent(workspace)


def test_a_bank_account_that_is_not_in_the_ledger_is_refused(tmp_path: Path) -> None:
    """SPEC 6: money cannot be put on a slip of an account that nobody has."""
    workspace = posted(tmp_path)
    with pytest.raises(WrongUse, match="There is no bank account 'TRUTS'"):
        _process(workspace, 2, _credit("200.00", "T2", "U2"), bank_account="TRUTS")
    assert_silent(workspace)


@pytest.mark.parametrize(("first", "second"), [("100.005", "99.995"), ("200.004", "-0.004"), ("NaN", "200.00")])
def test_fractions_of_a_cent_are_refused(tmp_path: Path, first: str, second: str) -> None:
    """No amount is guessed: the parts add up, but the store would round each of them."""
    workspace = posted(tmp_path)
    with pytest.raises(WrongUse, match="not an amount in whole cents"):
        _process(workspace, 2, _credit(first, "T2", "U2"), _credit(second, "T2", "U2"), bank_account="TRUST")
    part = Part(cents("200.00"), "T2", "U2", {"C3": cents("199.999")})
    with pytest.raises(WrongUse, match=r"199\.999 is not an amount"):
        _process(workspace, 2, part)
    _process(workspace, 2, _credit("200.00", "T2", "U2"), bank_account="TRUST")
    with pytest.raises(WrongUse, match="not an amount in whole cents"):
        tenant_credit.refund_credit(workspace, "R0000003", cents("0.001"), ON, who=WHO, why="x")
    assert_silent(workspace)


def test_a_reversal_that_the_ledger_contradicts_is_refused(tmp_path: Path) -> None:
    """Law 3: the export claims to have our receipt and shows the charge open in full; it would be open beyond it."""
    workspace = posted(tmp_path)
    changed = BOOKS | {"units": BOOKS["units"] + "\nU9 | Nine | O1"}
    load_ledger(workspace, folder_of(tmp_path / "later", changed), who=WHO, includes="all")
    assert rows(workspace, "select open_amount from charges where charge_key = 'c1'") == [(cents("100.00"),)]
    with pytest.raises(WrongUse, match=r"Charge C1 would be open 200\.00 of 100\.00"):
        _correct(workspace, "R0000001")
    assert_silent(workspace)
    load_ledger(workspace, folder_of(tmp_path / "right", BOOKS), who=WHO, includes="none")
    _correct(workspace, "R0000001")
    assert rows(workspace, "select open_amount from charges where charge_key = 'c1'") == [(cents("100.00"),)]
    assert_silent(workspace)


def test_a_charge_no_longer_exported_reopens_when_its_receipt_is_reversed(tmp_path: Path) -> None:
    """SPEC 2: kept as closed, never deleted; a returned check makes the tenant owe again."""
    workspace = posted(tmp_path)
    without = "\n".join(row for row in BOOKS["charges"].splitlines() if not row.startswith("C1 "))
    load_ledger(workspace, folder_of(tmp_path / "later", BOOKS | {"charges": without}), who=WHO, includes="none")
    asked = "select open_amount, is_exported from charges where charge_key = 'c1'"
    assert rows(workspace, asked) == [(ZERO, False)]
    decisions.reverse(workspace, "R0000001", "returned", ON, who=WHO, why="NSF")
    assert rows(workspace, asked) == [(cents("100.00"), False)]
    assert_silent(workspace)


def test_a_returned_receipt_cannot_be_corrected_as_well(tmp_path: Path) -> None:
    workspace = posted(tmp_path)
    decisions.reverse(workspace, "R0000001", "returned", ON, who=WHO, why="NSF")
    with pytest.raises(WrongUse, match="was reversed before"):
        _correct(workspace, "R0000001")
    assert rows(workspace, "select state from lines where line_number = 1") == [("posted",)]
    assert_silent(workspace)


def test_a_batch_whose_receipts_were_corrected_away_still_counts(tmp_path: Path) -> None:
    """SPEC 6: only a batch cleared before anything was posted lets its file come in again without a reason."""
    workspace = posted(tmp_path)
    file = lockbox(tmp_path / "June.csv")
    _correct(workspace, "R0000001")
    _correct(workspace, "R0000002")
    batch_work.remove_lines(workspace, "B000001", None, who=WHO, why="start over")
    with pytest.raises(DuplicateFile):
        batches.import_file(workspace, file, Terms(), who=WHO)
    assert_silent(workspace)


@pytest.mark.parametrize("line_end", ["\r\n", "\n"], ids=["same bytes", "same records"])
def test_a_cleared_batch_does_not_come_back_beside_its_successor(tmp_path: Path, line_end: str) -> None:
    """SPEC 6: the file was imported again because its lines were removed; restored, they would count twice."""
    workspace = loaded(tmp_path)
    batches.import_file(workspace, lockbox(tmp_path / "June.csv"), Terms(), who=WHO)
    assert batch_work.remove_lines(workspace, "B000001", None, who=WHO, why="start over") == 4
    again = lockbox(tmp_path / "again.csv", JUNE.replace("\r\n", line_end))
    assert batches.import_file(workspace, again, Terms(), who=WHO) == "B000002"
    with pytest.raises(WrongUse, match="imported anew as B000002"):
        batch_work.restore_lines(workspace, "B000001", [1], who=WHO, why="oops")
    assert_silent(workspace)


def test_a_line_named_twice_is_removed_once(tmp_path: Path) -> None:
    workspace = posted(tmp_path)
    assert batch_work.remove_lines(workspace, "B000001", [2, 2], who=WHO, why="x") == 1
    assert rows(workspace, "select removed_count, removed_amount from batches") == [(1, cents("200.00"))]


# --- the plain ledger ------------------------------------------------------------------------------------------------


@dataclass
class Charge:
    tenant: str
    unit: str
    ledger: str
    due: str
    amount: Decimal
    open: Decimal
    is_exported: bool = True


@dataclass
class Line:
    amount: Decimal
    tenant: str
    is_rejected: bool = False
    is_removed: bool = False
    receipts: list[str] = field(default_factory=list)


@dataclass
class Receipt:
    line: tuple[str, int]
    amount: Decimal
    account: str
    applied: dict[str, Decimal]
    ledger: str | None
    refunded: Decimal = ZERO
    reversal: str | None = None
    is_replaced: bool = False


@dataclass
class Slip:
    batch: str
    account: str
    state: str = "open"
    items: dict[str, Decimal] = field(default_factory=dict)


ACCOUNTS = {"L1": "TRUST", "L2": "RESERVE", "MGMT": "TRUST"}
HOMES = {"T1": "U1", "T2": "U2", "T3": "U3"}


class Refused(Exception):
    """The plain ledger does not do this, and neither may the store."""


class PlainLedger:
    """What the books must say."""

    def __init__(self) -> None:
        self.charges: dict[str, Charge] = {}
        for text in BOOKS["charges"].splitlines()[1:]:
            charge, tenant, unit, ledger, _, _, due, amount, is_open = text.split(" | ")
            self.charges[charge] = Charge(tenant, unit, ledger, due, Decimal(amount), Decimal(is_open))
        self.lines: dict[tuple[str, int], Line] = {}
        self.receipts: dict[str, Receipt] = {}
        self.slips: dict[str, Slip] = {}
        self.moves: list[tuple[str, Decimal]] = []  # of open amounts, since the beginning

    def posted_of(self, line: Line) -> Decimal:
        standing = (self.receipts[name] for name in line.receipts)
        return sum((receipt.amount for receipt in standing if receipt.reversal != "correction"), ZERO)

    def state_of(self, line: Line) -> str:
        if line.is_removed:
            return "removed"
        if line.is_rejected:
            return "rejected"
        return "posted" if self.posted_of(line) == line.amount else "waiting"

    def credit_of(self, receipt: Receipt) -> Decimal:
        return ZERO if receipt.ledger else receipt.amount - sum(receipt.applied.values(), ZERO)

    def credit_left(self, tenant: str) -> Decimal:
        receipts = [receipt for receipt in self.receipts.values() if self.lines[receipt.line].tenant == tenant]
        return sum((self.credit_of(receipt) - receipt.refunded for receipt in receipts if not receipt.reversal), ZERO)

    def use_credit(self, receipt: str, charge: str, amount: Decimal) -> None:
        """Later, of what a receipt left unapplied."""
        found = self.receipts[receipt]
        assert not found.reversal
        assert 0 < amount <= self.credit_of(found) - found.refunded
        found.applied[charge] = found.applied.get(charge, ZERO) + amount
        self._move(charge, -amount)

    def slip_of(self, receipt: str) -> str | None:
        return next((name for name, slip in self.slips.items() if slip.state != "void" and receipt in slip.items), None)

    def _move(self, charge: str, amount: Decimal) -> None:
        self.charges[charge].open += amount
        self.moves.append((charge, amount))

    def account_for(self, line: Line, asked: str | None, ledgers: set[str]) -> str:
        """The bank account of what replaces something on a slip; else as asked; else of the only ledger paid."""
        for name in line.receipts:
            if self.receipts[name].reversal == "correction" and (slip := self.slip_of(name)):
                if asked not in (None, self.slips[slip].account):
                    raise Refused
                return self.slips[slip].account
        if asked:
            return asked
        accounts = {ACCOUNTS[ledger] for ledger in ledgers}
        if len(accounts) != 1:
            raise Refused
        return accounts.pop()

    def process(self, key: tuple[str, int], parts: list[Part], asked: str | None) -> None:
        line = self.lines[key]
        if self.state_of(line) != "waiting":
            raise Refused
        if sum((part.amount for part in parts), ZERO) != line.amount - self.posted_of(line):
            raise Refused
        left = {name: charge.open for name, charge in self.charges.items()}
        ledgers: set[str] = set()
        for part in parts:
            ledgers |= {part.ledger_id} if part.ledger_id else {self.charges[name].ledger for name in part.applications}
            for name, amount in part.applications.items():
                left[name] -= amount
                if left[name] < 0:
                    raise Refused
            if part.amount <= 0 or sum(part.applications.values(), ZERO) > part.amount:
                raise Refused
        account = self.account_for(line, asked, ledgers)
        self.add(key, account, [(part.amount, dict(part.applications), part.ledger_id) for part in parts])

    def add(
        self, key: tuple[str, int], account: str, parts: list[tuple[Decimal, dict[str, Decimal], str | None]]
    ) -> None:
        """Post parts of a line: what they replace leaves its slip, and they take its place."""
        line, place = self.lines[key], None
        for name in line.receipts:
            receipt = self.receipts[name]
            if receipt.reversal == "correction" and not receipt.is_replaced:
                receipt.is_replaced = True
                if slip := self.slip_of(name):
                    place = slip
                    del self.slips[slip].items[name]
        place = place or self.open_slip(key[0], account)
        for amount, applied, ledger in parts:
            name = f"R{len(self.receipts) + 1:07d}"
            self.receipts[name] = Receipt(key, amount, account, applied, ledger)
            line.receipts.append(name)
            self.slips[place].items[name] = amount
            for charge, paid in applied.items():
                self._move(charge, -paid)

    def open_slip(self, batch: str, account: str) -> str:
        for name, slip in self.slips.items():
            if (slip.batch, slip.account, slip.state) == (batch, account, "open"):
                return name
        name = f"D{len(self.slips) + 1:06d}"
        self.slips[name] = Slip(batch, account)
        return name

    def reverse(self, name: str, kind: str) -> None:
        receipt = self.receipts[name]
        beyond = any(
            self.charges[charge].open + paid > self.charges[charge].amount for charge, paid in receipt.applied.items()
        )
        if receipt.reversal or receipt.refunded or beyond:
            raise Refused
        receipt.reversal = kind
        for charge, paid in receipt.applied.items():
            self._move(charge, paid)

    def record(self, name: str, total: Decimal) -> None:
        slip = self.slips[name]
        if slip.state != "open" or not slip.items or total != sum(slip.items.values()):
            raise Refused
        slip.state = "recorded"

    def void(self, name: str) -> None:
        slip = self.slips[name]
        if slip.state == "void":
            raise Refused
        slip.state = "void"
        back = {item: amount for item, amount in slip.items.items() if not self._is_given_up(item)}
        if back:
            self.slips[self.open_slip(slip.batch, slip.account)].items.update(back)

    def _is_given_up(self, name: str) -> bool:
        line = self.lines[self.receipts[name].line]
        return line.is_removed and not self.posted_of(line)

    def refund(self, name: str, amount: Decimal) -> None:
        receipt = self.receipts[name]
        if receipt.reversal or not ZERO < amount <= self.credit_of(receipt) - receipt.refunded:
            raise Refused
        receipt.refunded += amount

    def decide(self, keys: list[tuple[str, int]], *, is_removed: bool) -> None:
        fitting = ("waiting", "rejected") if is_removed else ("removed",)
        if any(self.state_of(self.lines[key]) not in fitting for key in keys):
            raise Refused
        for key in keys:
            self.lines[key].is_removed = is_removed

    def moved(self, name: str, known: int) -> Decimal:
        """What became of a charge after the first `known` moves."""
        return sum((amount for charge, amount in self.moves[known:] if charge == name), ZERO)

    def reload(self, exported: dict[str, Charge], known: int) -> None:
        """Open = exported + what the export does not reflect; what is no longer exported is closed (SPEC 2)."""
        then = {name: self.moved(name, known) for name in exported}
        if any(not ZERO <= charge.open + then[name] <= charge.amount for name, charge in exported.items()):
            raise Refused
        for name, charge in self.charges.items():
            if name not in exported:
                charge.is_exported, charge.open = False, ZERO
        for name, charge in exported.items():
            self.charges[name] = Charge(charge.tenant, charge.unit, charge.ledger, charge.due, charge.amount,
                                        charge.open + then[name])  # fmt: skip


# --- the store, beside it --------------------------------------------------------------------------------------------


@contextmanager
def opened_once(workspace: Workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    """Let every opening of the store be a connection of its own to one opened database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(store._CONFIG, "threads", 1)
        base = store._connect(workspace, read_only=False)
        for name, sql in schema.views():
            base.execute(f"create or replace view main.{name} as {sql}")
        patch.setattr(store, "_connect", lambda *_, **__: base.cursor())
        patch.setattr(store, "_define_views", lambda _: None)
        try:
            yield base.cursor()
        finally:
            base.close()


def _agree(look: duckdb.DuckDBPyConnection, plain: PlainLedger, said: str) -> None:
    found: dict[tuple[str, int], tuple[str, Decimal]] = {
        (batch, number): (state, amount)
        for batch, number, state, amount in look.execute(
            "select batch_id, line_number, state, posted_amount from lines"
        ).fetchall()
    }
    assert found == {key: (plain.state_of(line), plain.posted_of(line)) for key, line in plain.lines.items()}, said
    charges = dict(look.execute("select charge_id, open_amount from charges").fetchall())
    assert charges == {name: charge.open for name, charge in plain.charges.items()}, said
    taken = look.execute(
        "select receipt_id, amount, credit, refunded, reversal_kind, deposit_id, bank_account_key from receipts"
    ).fetchall()
    assert sorted(taken) == [
        (name, receipt.amount, plain.credit_of(receipt), receipt.refunded, receipt.reversal, plain.slip_of(name),
         receipt.account.lower())
        for name, receipt in sorted(plain.receipts.items())
    ], said  # fmt: skip
    slips = {
        name: (state, total)
        for name, state, total in look.execute("select deposit_id, state, total from deposits").fetchall()
    }
    assert slips == {
        name: (slip.state, ZERO if slip.state == "void" else sum(slip.items.values(), ZERO))
        for name, slip in plain.slips.items()
    }, said


class Player:
    """Does one operation after the other, to both."""

    def __init__(self, workspace: Workspace, folder: Path, source: random.Random) -> None:
        self.workspace, self.folder, self.source = workspace, folder, source
        self.plain = PlainLedger()
        self.number = 0
        self.moments: list[tuple[datetime, int]] = []  # between two operations, and how many moves there were by then

    def play(self, look: duckdb.DuckDBPyConnection) -> None:
        told = None
        while told is None:
            operation = self.source.choices(
                [
                    *(self.bring, self.post, self.process, self.decide, self.reverse),
                    *(self.record, self.void, self.refund, self.reload),
                ],
                [10, 10, 30, 8, 20, 9, 5, 8, 6],
            )[0]
            told = operation() if self.plain.lines else self.bring()
        self.number += 1
        said = f"{self.number}: {operation.__name__} {told}"
        _agree(look, self.plain, said)
        self.moments.append((datetime.now(UTC), len(self.plain.moves)))

    def both(self, expected: Any, actual: Any) -> str:
        """Do it to the plain ledger and to the store; both do it or both refuse."""
        try:
            expected()
        except Refused:
            with pytest.raises((WrongUse, InputRefused)) as refused:
                actual()
            return f"refused: {refused.value}"
        actual()
        return "done"

    def some_amount(self, most: Decimal) -> Decimal:
        """Often everything, sometimes a cent, else anything between."""
        if most <= CENT:
            return CENT
        return self.source.choice([most, most, CENT, CENT * self.source.randrange(1, int(most * 100) + 1)])

    def bring(self) -> str:
        batch = f"B{len({key[0] for key in self.plain.lines}) + 1:06d}"
        records, lines = [], {}
        for number in range(1, self.source.randrange(2, 6)):
            tenant = self.source.choice([*HOMES, "T1", "nobody"])
            owed = sum((charge.open for charge in self.plain.charges.values() if charge.tenant == tenant), ZERO)
            exact = [owed, owed, owed - self.plain.credit_left(tenant), owed - CENT, owed + CENT]
            amount = self.source.choice([*exact, self.some_amount(cents("400.00"))])
            if amount <= 0:
                amount = cents("12.34")
            records.append({"date": date(2026, 6, 10), "unit_id": HOMES.get(tenant, "nowhere"), "amount": amount,
                            "memo": f"{batch} {number}", "tenant_id": tenant})  # fmt: skip
            lines[batch, number] = Line(amount, tenant)
        path = payments(self.folder / f"{batch}.csv", records)
        if self.source.random() < 0.3:
            with path.open("ab") as file:
                file.write(b'"2026-06-31","U1","7.77","no such day",\r\n')
            lines[batch, len(lines) + 1] = Line(cents("7.77"), "T1", is_rejected=True)
        rules = PostingRules(self.source.random() < 0.5, self.source.random() < 0.3, self.source.random() < 0.5)
        assert batches.import_file(self.workspace, path, Terms(rules=rules), who=WHO) == batch
        self.plain.lines |= lines
        return f"{batch} {[str(line.amount) for line in lines.values()]}"

    def some_line(self, *states: str) -> tuple[str, int]:
        fitting = [key for key, line in self.plain.lines.items() if self.plain.state_of(line) in states]
        return self.source.choice(fitting if fitting and self.source.random() < 0.95 else list(self.plain.lines))

    def post(self) -> str:
        """What posts by itself is for others to judge; here it must be possible, and add up."""
        batch = self.some_line("waiting")[0]
        before = {name: charge.open for name, charge in self.plain.charges.items()}
        done = receipts.post(self.workspace, batch, who=WHO)
        new = rows(
            self.workspace,
            """
            select receipts.receipt_id, receipts.line_number, receipts.amount, receipts.bank_account_key,
                applications.charge_key, applications.amount
            from facts.receipts as receipts
            inner join facts.applications as applications on applications.receipt_id = receipts.receipt_id
            where receipts.receipt_id > $last
            order by receipts.receipt_id, applications.charge_key
            """,
            {"last": f"R{len(self.plain.receipts):07d}"},
        )
        taken: dict[str, tuple[int, Decimal, str, dict[str, Decimal]]] = {}
        for receipt, number, amount, account, charge, paid in new:
            taken.setdefault(receipt, (number, amount, account, {}))[3][charge.upper()] = paid
        assert done.count == len(taken)
        self._use_credit(before)
        for number, amount, account, applied in taken.values():
            line = self.plain.lines[batch, number]
            assert self.plain.state_of(line) == "waiting"
            assert line.amount == amount == sum(applied.values())
            assert not self.plain.posted_of(line)
            for charge, paid in applied.items():
                before[charge] -= paid
                assert before[charge] >= 0
                assert self.plain.charges[charge].tenant == line.tenant
            ledgers = {self.plain.charges[charge].ledger for charge in applied}
            assert account == self.plain.account_for(line, None, ledgers).lower()
        # In one posting all that replaces something leaves its slip before slips are proposed, by account and date.
        for account_first in sorted(
            taken, key=lambda name: (self._is_replacing(batch, taken[name][0]), taken[name][2])
        ):
            number, _, account, _ = taken[account_first]
            if not self._is_replacing(batch, number):
                self.plain.open_slip(batch, account.upper())
        for number, amount, account, applied in taken.values():
            self.plain.add((batch, number), account.upper(), [(amount, applied, None)])
        return f"{batch} {[row[1] for row in taken.values()]}"

    def _use_credit(self, before: dict[str, Decimal]) -> None:
        """What earlier receipts gave in the last posting."""
        used = rows(
            self.workspace,
            """
            select applications.receipt_id, upper(applications.charge_key), applications.amount
            from facts.applications as applications
            inner join facts.receipts as receipts on receipts.receipt_id = applications.receipt_id
            where applications.entry_seq > receipts.entry_seq and receipts.receipt_id <= $last
                and applications.entry_seq = (select max(entry_seq) from facts.receipts where receipt_id > $last)
            """,
            {"last": f"R{len(self.plain.receipts):07d}"},
        )
        for receipt, charge, amount in used:
            self.plain.use_credit(receipt, charge, amount)
            before[charge] -= amount

    def _is_replacing(self, batch: str, number: int) -> bool:
        names = self.plain.lines[batch, number].receipts
        return any(self.plain.receipts[name].reversal == "correction" and self.plain.slip_of(name) for name in names)

    def process(self) -> str:
        key = self.some_line("waiting")
        line = self.plain.lines[key]
        left = line.amount - self.plain.posted_of(line)
        parts: list[Part] = []
        for _ in range(self.source.randrange(3)):
            if left > CENT:
                parts.append(self._part(self.some_amount(left - CENT)))
                left -= parts[-1].amount
        parts.append(self._part(left if self.source.random() < 0.95 else left + CENT))
        asked = self.source.choice([None, None, "TRUST", "RESERVE"])
        told = self.both(
            lambda: self.plain.process(key, parts, asked),
            lambda: decisions.process_payment(self.workspace, *key, parts, who=WHO, bank_account=asked),
        )
        return f"{key} {parts} {asked}: {told}"

    def _part(self, amount: Decimal) -> Part:
        if self.source.random() < 0.2:
            return Part(amount, ledger_id=self.source.choice(list(ACCOUNTS)))
        tenant = self.source.choice(list(HOMES))
        left, applied = amount, {}
        for name, charge in self.plain.charges.items():
            if charge.tenant == tenant and charge.open > 0 and left > 0 and self.source.random() < 0.7:
                applied[name] = self.some_amount(min(left, charge.open))
                if self.source.random() < 0.03:
                    applied[name] = charge.open + CENT
                left -= applied[name]
        return Part(amount, tenant, HOMES[tenant], applied)

    def decide(self) -> str:
        is_removed = self.source.random() < 0.6
        first = self.some_line("waiting", "rejected") if is_removed else self.some_line("removed")
        numbers = sorted(
            {first[1], *(key[1] for key in self.plain.lines if key[0] == first[0] and self.source.random() < 0.2)}
        )
        act = batch_work.remove_lines if is_removed else batch_work.restore_lines
        told = self.both(
            lambda: self.plain.decide([(first[0], number) for number in numbers], is_removed=is_removed),
            lambda: act(self.workspace, first[0], numbers, who=WHO, why="random"),
        )
        return f"{first[0]} {numbers} {act.__name__}: {told}"

    def some_receipt(self) -> str | None:
        """Mostly one that stands."""
        standing = [name for name, receipt in self.plain.receipts.items() if not receipt.reversal]
        every = list(self.plain.receipts)
        return self.source.choice(standing if standing and self.source.random() < 0.9 else every) if every else None

    def reverse(self) -> str | None:
        name, kind = self.some_receipt(), self.source.choice(["returned", "correction", "correction", "correction"])
        if name is None:
            return None
        told = self.both(
            lambda: self.plain.reverse(name, kind),
            lambda: decisions.reverse(self.workspace, name, kind, ON, who=WHO, why="random"),
        )
        return f"{name} {kind}: {told}"

    def some_slip(self) -> str | None:
        return self.source.choice(list(self.plain.slips)) if self.plain.slips else None

    def record(self) -> str | None:
        name = self.some_slip()
        if name is None:
            return None
        total = sum(self.plain.slips[name].items.values(), ZERO) + self.source.choice([ZERO, ZERO, ZERO, CENT])
        told = self.both(
            lambda: self.plain.record(name, total), lambda: deposits.record(self.workspace, name, total, who=WHO)
        )
        return f"{name} {total}: {told}"

    def void(self) -> str | None:
        name = self.some_slip()
        if name is None:
            return None
        told = self.both(
            lambda: self.plain.void(name), lambda: deposits.void(self.workspace, name, who=WHO, why="random")
        )
        return f"{name}: {told}"

    def refund(self) -> str | None:
        with_credit = [name for name, receipt in self.plain.receipts.items() if self.plain.credit_of(receipt)]
        name = self.source.choice(with_credit) if with_credit and self.source.random() < 0.9 else self.some_receipt()
        if name is None:
            return None
        receipt = self.plain.receipts[name]
        amount = self.some_amount(self.plain.credit_of(receipt) - receipt.refunded) + self.source.choice(
            [ZERO, ZERO, CENT]
        )
        told = self.both(
            lambda: self.plain.refund(name, amount),
            lambda: tenant_credit.refund_credit(self.workspace, name, amount, ON, who=WHO, why="random"),
        )
        return f"{name} {amount}: {told}"

    def reload(self) -> str:
        """Play the system of record: it knows our receipts up to some moment, drops some charges and adds one."""
        includes = self.source.choice(["none", "all", "moment"])
        moment, known = self.source.choice(self.moments)
        if includes != "moment":
            known = 0 if includes == "none" else len(self.plain.moves)
        exported = {}
        for name, charge in self.plain.charges.items():
            then = min(max(charge.open - self.plain.moved(name, known), ZERO), charge.amount)
            if self.source.random() < 0.1:
                then = self.some_amount(charge.amount)
            if self.source.random() < 0.9:
                exported[name] = Charge(charge.tenant, charge.unit, charge.ledger, charge.due, charge.amount, then)
        tenant, amount = self.source.choice(list(HOMES)), CENT * self.source.randrange(1, 30_000)
        ledger = self.source.choice(list(ACCOUNTS))
        exported[f"N{self.number}"] = Charge(tenant, HOMES[tenant], ledger, "2026-06-05", amount, amount)
        table = BOOKS["charges"].splitlines()[0] + "".join(
            f"\n{name} | {charge.tenant} | {charge.unit} | {charge.ledger} | RENT | {name} | {charge.due} "
            f"| {charge.amount} | {charge.open}"
            for name, charge in exported.items()
        )
        folder = folder_of(self.folder / f"ledger{self.number}", BOOKS | {"charges": table})
        given = moment.isoformat() if includes == "moment" else includes
        told = self.both(
            lambda: self.plain.reload(exported, known),
            lambda: load_ledger(self.workspace, folder, who=WHO, includes=given),
        )
        return f"{given}: {told}"


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_the_books_agree_with_a_plain_ledger(seed: int, tmp_path: Path) -> None:
    """Goal: random operations against a plain in-memory ledger; laws 1 to 7 and 10 at the end of each sequence."""
    workspace = loaded(tmp_path)
    player = Player(workspace, tmp_path, random.Random(seed))
    with opened_once(workspace) as look:
        for _ in range(OPERATIONS):
            player.play(look)
    assert_silent(workspace)
    plain = player.plain
    receipt_export.export(workspace, tmp_path / "out.csv", who=WHO)
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        import csv

        given_back = sum((Decimal(row["amount"]) for row in csv.DictReader(file)), ZERO)
    standing = [receipt.amount - receipt.refunded for receipt in plain.receipts.values() if not receipt.reversal]
    assert given_back == sum(standing, ZERO)
    assert_silent(workspace)
