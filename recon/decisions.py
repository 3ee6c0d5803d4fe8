"""What a person decides about a payment: nothing is edited, a decision is a new fact (SPEC 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from recon import deposits, money, periods, store
from recon.errors import WrongUse
from recon.receipts import answer, look_again, require_batch, reverse_one
from recon.store import Change, Store
from recon.workspace import Workspace
from schemas.identifiers import comparison_keys

_FAR_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Part:
    """A part of a payment, as a person splits it; most payments have one.

    For a tenant: `applications` by charge id, and what they leave of `amount` becomes the tenant's credit. For a ledger
    receipt: `ledger_id` alone, an owner's or the management's (BTR-61). Charges without tenant and unit are those of
    the payer that the line is identified with.
    """

    amount: Decimal
    tenant_id: str | None = None
    unit_id: str | None = None
    applications: Mapping[str, Decimal] = field(default_factory=dict)
    ledger_id: str | None = None


def process_payment(
    workspace: Workspace,
    batch_id: str,
    line_number: int,
    parts: Sequence[Part],
    *,
    who: str,
    why: str = "",
    bank_account: str | None = None,
) -> tuple[str, ...]:
    """Post a line the way a person says: `Process Payment` and `Process as a Ledger Receipt` (BTR-60, BTR-61, BTR-64).

    Args:
        workspace: where.
        batch_id: the batch.
        line_number: a line of it that is not posted; one that would post by itself will do as well.
        parts: what the payment is split into; together exactly what is not posted of it yet.
        who: for the journal.
        why: for the journal.
        bank_account: where it is deposited, if the batch names none and the ledgers paid do not settle it.

    Returns:
        The receipts' ids, in the order of `parts`.

    Raises:
        WrongUse: nothing was posted; the message says which figure or name does not fit.
    """
    answer(workspace, batch_id, who=who)
    with store.writing(workspace, "process-payment", who=who, why=why) as change:
        rules = require_batch(change, batch_id)
        ids = process_within(change, batch_id, line_number, parts, bank_account)
        slips = deposits.propose(change, batch_id)
        look_again(change, batch_id, rules, [line_number])
        change.detail |= {"line_number": line_number, "receipts": list(ids), "deposits": list(slips)}
        return ids


def process_within(
    change: Change, batch_id: str, line_number: int, parts: Sequence[Part], bank_account: str | None = None
) -> tuple[str, ...]:
    """Do the same inside the caller's transaction, who proposes the slips and has the lines looked at again.

    All that can be refused of a line is refused before anything of it is posted, so that a caller may go on with
    others.
    """
    line = _waiting_line(change.store, batch_id, line_number)
    _check_cents(*(amount for part in parts for amount in (part.amount, *part.applications.values())))
    left = line["amount"] - line["posted_amount"] - sum((part.amount for part in parts), Decimal(0))
    if left:
        raise WrongUse(
            f"Line {line_number} of {batch_id} is {money.shown(line['amount'] - line['posted_amount'])}; the parts "
            f"leave {money.shown(left)} of it. Allocate it until 0.00 is left."
        )
    checked = [_checked_part(change.store, line, part) for part in parts]
    _check_open(checked)
    account = _account(change.store, line, bank_account) or _only_account(checked)
    return tuple(_post_part(change, line, part, account) for part in checked)


def _check_cents(*amounts: Decimal) -> None:
    wrong = [amount for amount in amounts if not money.is_whole_cents(amount)]
    if wrong:
        raise WrongUse(f"{wrong[0]} is not an amount in whole cents, such as 1234.50.")


def _waiting_line(current: Store, batch_id: str, line_number: int) -> dict[str, Any]:
    found = current.arrow(
        """
        select lines.*, imports.bank_account_key, line_slips.bank_account_key as slip_account_key, imports.deposit_date
        from lines
        inner join batches as imports on imports.batch_id = lines.batch_id
        left join line_slips on line_slips.batch_id = lines.batch_id and line_slips.line_number = lines.line_number
        where lines.batch_id = $batch_id and lines.line_number = $line_number
        """,
        {"batch_id": batch_id, "line_number": line_number},
    ).to_pylist()
    if not found:
        raise WrongUse(f"Batch {batch_id} has no line {line_number}.")
    line: dict[str, Any] = found[0]
    if line["state"] != "waiting":
        raise WrongUse(f"Line {line_number} of {batch_id} is {line['state']}; only a waiting line can be processed.")
    if closed := periods.closing_over(current, line["posting_date"]):
        raise WrongUse(
            f"Line {line_number} of {batch_id} has the posting date {line['posting_date']}, but the books are closed "
            f"through {closed}; give it a later date in the workbench (Update All Dates), or take it out with recon "
            f"remove {batch_id}:{line_number} and correct the ledger by hand."
        )
    return line


def _account(current: Store, line: dict[str, Any], named: str | None) -> str | None:
    """Give the bank account of a payment: of the slip that has it already, of its batch, else as a person names it."""
    settled: str | None = line["slip_account_key"] or line["bank_account_key"]
    if named is None:
        return settled
    key = _key(named)
    if not current.rows("select 1 from bank_accounts where bank_account_key = $key", {"key": key}):
        raise WrongUse(f"There is no bank account {named!r} in the ledger.")
    if settled is not None and key != settled:
        (name,) = current.one(
            "select bank_account_id from bank_account_names where bank_account_key = $key", {"key": settled}
        )
        raise WrongUse(
            f"The payments of {line['batch_id']} lie in {name}, and line {line['line_number']} cannot lie in {named}; "
            "leave --bank-account out."
        )
    return key


def _only_account(parts: Sequence["_CheckedPart"]) -> str:
    """Give the bank account of all ledgers that a payment pays: one check lies in one account."""
    accounts = {account for checked in parts for account in checked.accounts}
    if len(accounts) != 1:
        raise WrongUse(
            "The payment belongs to several bank accounts; say in which one it lies (--bank-account)."
            if accounts
            else "The payment pays no charge, so no ledger settles its bank account; say which it is (--bank-account)."
        )
    return str(accounts.pop())


@dataclass(frozen=True)
class _CheckedPart:
    """A part that may be posted, with the rows that it is posted to."""

    part: Part
    charges: Sequence[dict[str, Any]]
    accounts: Sequence[str]  # the bank accounts of the ledgers paid
    ledger_key: str | None
    tenant_key: str | None
    unit_key: str | None


def _checked_part(current: Store, line: dict[str, Any], part: Part) -> _CheckedPart:
    if part.amount <= 0:
        raise WrongUse(f"A part of a payment is more than 0.00, not {money.shown(part.amount)}.")
    if part.ledger_id is not None:
        ledger_key, account = _ledger(current, part)
        return _CheckedPart(part, (), (account,), ledger_key, None, None)
    part = _with_payer(current, line, part)
    tenant_key, unit_key = _payer(current, part)
    charges = [_charge(current, part, charge_id, amount) for charge_id, amount in part.applications.items()]
    if len({charge["charge_key"] for charge in charges}) < len(charges):
        raise WrongUse("A charge is named twice in one part; give it one amount.")
    applied = sum((charge["paying"] for charge in charges), Decimal(0))
    if applied > part.amount:
        raise WrongUse(f"{money.shown(applied)} is put to charges, but the part is only {money.shown(part.amount)}.")
    return _CheckedPart(part, charges, [charge["bank_account_key"] for charge in charges], None, tenant_key, unit_key)


def _with_payer(current: Store, line: dict[str, Any], part: Part) -> Part:
    """Let the line's own payer stand where charges are named without one; a credit must say whose it is."""
    if part.tenant_id or part.unit_id or not part.applications:
        return part
    known = identified_payer(current, line["batch_id"], line["line_number"])
    if known is None:
        raise WrongUse(
            f"The payer of line {line['line_number']} of {line['batch_id']} is not known; name tenant and unit."
        )
    return replace(part, tenant_id=known[0], unit_id=known[1])


def identified_payer(current: Store, batch_id: str, line_number: int) -> tuple[str, str] | None:
    """Give the tenant that a line is identified with and the line's unit, else the tenant's own; None if not known."""
    known = current.rows(
        """
        select tenants.tenant_id, coalesce(units.unit_id, homes.unit_id) as unit_id
        from classifications as classified
        inner join tenants on tenants.tenant_key = classified.tenant_key
        left join units on units.unit_key = classified.unit_key
        left join units as homes on homes.unit_key = tenants.unit_key
        where classified.batch_id = $batch_id and classified.line_number = $line_number
            and classified.reason <> 'ID_CONFLICT' and coalesce(units.unit_id, homes.unit_id) is not null
        """,
        {"batch_id": batch_id, "line_number": line_number},
    )
    return (known[0][0], known[0][1]) if known else None


def _check_open(parts: Sequence[_CheckedPart]) -> None:
    """Hold what the parts put to each charge, one after the other, against what is open of it."""
    left: dict[str, Decimal] = {}
    for charge in (charge for checked in parts for charge in checked.charges):
        is_open = left.get(charge["charge_key"], charge["open_amount"])
        if not 0 < charge["paying"] <= is_open:
            raise WrongUse(
                f"Charge {charge['charge_id']} has {money.shown(is_open)} open; {money.shown(charge['paying'])} cannot "
                "be put to it."
            )
        left[charge["charge_key"]] = is_open - charge["paying"]


def _post_part(change: Change, line: dict[str, Any], checked: _CheckedPart, account: str) -> str:
    current, part = change.store, checked.part
    receipt_id = f"R{current.next_number('receipts'):07d}"
    current.run(
        """
        insert into facts.receipts by name
        select $receipt_id as receipt_id, $batch_id as batch_id, $line_number as line_number,
            (select count(*) + 1 from facts.receipts where batch_id = $batch_id and line_number = $line_number) as part,
            $tenant_key as tenant_key, $unit_key as unit_key, $ledger_key as ledger_key, $account as bank_account_key,
            $posting_date as posting_date, $deposit_date as deposit_date, $amount as amount, $memo as memo,
            'PERSON' as reason, $seq as entry_seq
        """,
        {
            "receipt_id": receipt_id,
            "batch_id": line["batch_id"],
            "line_number": line["line_number"],
            "tenant_key": checked.tenant_key,
            "unit_key": checked.unit_key,
            "ledger_key": checked.ledger_key,
            "account": account,
            "posting_date": line["posting_date"],
            "deposit_date": line["deposit_date"],
            "amount": part.amount,
            "memo": line["memo"],
            "seq": change.seq,
        },
    )
    for charge in checked.charges:
        current.run(
            "insert into facts.applications values ($receipt, $load, $charge, $ledger, $amount, $on, $seq)",
            {
                "receipt": receipt_id,
                "load": charge["load_id"],
                "charge": charge["charge_key"],
                "ledger": charge["ledger_key"],
                "amount": charge["paying"],
                "on": line["posting_date"],
                "seq": change.seq,
            },
        )
    return receipt_id


def _charge(current: Store, part: Part, charge_id: str, amount: Decimal) -> dict[str, Any]:
    found = current.arrow(
        """
        select charges.*, ledgers.bank_account_key
        from charges
        inner join ledgers on ledgers.ledger_key = charges.ledger_key
        where charges.charge_key = $key and charges.tenant_key = $tenant and charges.unit_key = $unit
        """,
        {"key": _key(charge_id), "tenant": _key(part.tenant_id), "unit": _key(part.unit_id)},
    ).to_pylist()
    if not found:
        raise WrongUse(f"Tenant {part.tenant_id} has no charge {charge_id} on unit {part.unit_id}.")
    charge: dict[str, Any] = found[0]
    return charge | {"paying": amount}


def _ledger(current: Store, part: Part) -> tuple[str, str]:
    if part.tenant_id or part.unit_id or part.applications:
        raise WrongUse("A ledger receipt has a ledger and no tenant, unit or charges.")
    found = current.rows(
        "select ledger_key, bank_account_key, kind from ledgers where ledger_key = $key", {"key": _key(part.ledger_id)}
    )
    if not found or found[0][2] == "tenant_deposits":
        raise WrongUse(f"{part.ledger_id} is not an owner's or the management's ledger.")
    return found[0][0], found[0][1]


def _payer(current: Store, part: Part) -> tuple[str, str]:
    tenant, unit = _key(part.tenant_id), _key(part.unit_id)
    if tenant and not current.rows("select 1 from tenants where tenant_key = $tenant", {"tenant": tenant}):
        raise WrongUse(f"There is no tenant {part.tenant_id!r} in the ledger.")
    if unit and not current.rows("select 1 from units where unit_key = $unit", {"unit": unit}):
        raise WrongUse(f"There is no unit {part.unit_id!r} in the ledger.")
    if tenant is None or unit is None:
        raise WrongUse(f"There is no {'unit' if tenant else 'tenant'} named; name tenant and unit together.")
    return tenant, unit


def _key(identifier: str | None) -> str | None:
    return None if identifier is None else comparison_keys(pa.array([identifier]))[0].as_py()


def left_to_allocate(workspace: Workspace, batch_id: str, line_number: int) -> Decimal:
    """Say how much of a waiting line is not posted yet.

    Raises:
        WrongUse: there is no such waiting line.
    """
    with store.reading(workspace) as current:
        line = _waiting_line(current, batch_id, line_number)
    left: Decimal = line["amount"] - line["posted_amount"]
    return left


def reverse(workspace: Workspace, receipt_id: str, kind: str, on: date, *, who: str, why: str) -> None:
    """Undo a receipt: `returned` when the money left the bank, `correction` when it stayed (SPEC 6).

    Either way its charges reopen. After a correction its line waits again, and what replaces it takes its place on the
    slip.

    Raises:
        WrongUse: no such receipt, it was reversed before, its credit was refunded, the day lies in a closed period or
            more than a year ahead, or a charge would be open beyond its amount.
    """
    _not_far_ahead(workspace, on)
    with store.writing(workspace, "reverse", who=who, why=why) as change:
        reverse_within(change, receipt_id, kind, on)


def reverse_within(change: Change, receipt_id: str, kind: str, on: date) -> None:
    """Do the same inside the caller's transaction, and look at the batch's lines again."""
    batch_id, line_number = reverse_one(change, receipt_id, kind, on)
    (amount,) = change.store.one("select amount from facts.receipts where receipt_id = $id", {"id": receipt_id})
    change.detail |= {"receipt_id": receipt_id, "kind": kind, "amount": money.plain(amount)}
    look_again(change, batch_id, require_batch(change, batch_id), [line_number])


def _not_far_ahead(workspace: Workspace, day: date) -> None:
    """Take a day that is far off for a slip of the hand: what it would do cannot be taken back."""
    if day > workspace.today() + _FAR_AHEAD:
        raise WrongUse(f"{day} is more than a year ahead, and this cannot be taken back; give the day that is meant.")


def close_period(workspace: Workspace, through: date, *, who: str, why: str = "") -> None:
    """Close the books through a day: lines posted on or before it then wait with PERIOD_CLOSED.

    Raises:
        WrongUse: the books are closed that far already, or the day is more than a year ahead.
    """
    _not_far_ahead(workspace, through)
    with store.writing(workspace, "close-period", who=who, why=why) as change:
        close_within(change, through)


def close_within(change: Change, through: date) -> None:
    """Do the same inside the caller's transaction."""
    if closed := periods.closing_over(change.store, through):
        raise WrongUse(f"The books are closed through {closed} already.")
    change.detail |= {"closed_through": through.isoformat()}
    change.store.run(
        "insert into facts.period_closings values ($through, $seq)", {"through": through, "seq": change.seq}
    )
