"""A tenant's credit: what of a payment was put to no charge, a liability until it is applied or paid back (SPEC 6)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from recon import money, periods, store
from recon.errors import WrongUse
from recon.receipts import look_again, require_batch
from recon.store import Change
from recon.workspace import Workspace
from schemas.identifiers import comparison_key


def apply_credit(
    workspace: Workspace, receipt_id: str, applications: Mapping[str, Decimal], on: date, *, who: str, why: str = ""
) -> Decimal:
    """Put a receipt's credit to open charges of the same tenant and unit; gives what is left of the credit.

    Args:
        workspace: where.
        receipt_id: the receipt whose credit is used.
        applications: amounts by charge id.
        on: the day on which it counts, as statements show it.
        who: for the journal.
        why: for the journal.

    Raises:
        WrongUse: the receipt does not stand or has less credit, a charge is another's or has less open, or the day is
            before the receipt or in a closed period. Nothing was applied.
    """
    with store.writing(workspace, "apply-credit", who=who, why=why) as change:
        for amount in applications.values():
            _check_cents(amount)
        if len({comparison_key(charge_id) for charge_id in applications}) < len(applications):
            raise WrongUse("A charge is named twice; give it one amount.")
        left = _credit_left(change, receipt_id)
        _check_day(change, receipt_id, on)
        total = sum(applications.values(), Decimal(0))
        if not applications or not 0 < total <= left:
            raise WrongUse(
                f"Receipt {receipt_id} has {money.shown(left)} credit left; {money.shown(total)} cannot be applied."
            )
        for charge_id, amount in applications.items():
            _apply(change, receipt_id, charge_id, amount, on)
        change.detail |= {"receipt_id": receipt_id, "amount": money.plain(total), "charges": sorted(applications)}
        _look_again(change, receipt_id)
        return left - total


def refund_credit(workspace: Workspace, receipt_id: str, amount: Decimal, on: date, *, who: str, why: str) -> None:
    """Pay a tenant's credit back, as at move-out (SPEC 6).

    Raises:
        WrongUse: the receipt does not stand or has less credit left, or the day is before the receipt or in a closed
            period.
    """
    with store.writing(workspace, "refund-credit", who=who, why=why) as change:
        _check_cents(amount)
        left = _credit_left(change, receipt_id)
        _check_day(change, receipt_id, on)
        if not 0 < amount <= left:
            raise WrongUse(
                f"Receipt {receipt_id} has {money.shown(left)} credit left; {money.shown(amount)} cannot be refunded."
            )
        change.detail |= {"receipt_id": receipt_id, "amount": money.plain(amount)}
        change.store.run(
            "insert into facts.credit_refunds values ($id, $amount, $on, $seq)",
            {"id": receipt_id, "amount": amount, "on": on, "seq": change.seq},
        )


def _check_cents(amount: Decimal) -> None:
    if not money.is_whole_cents(amount):
        raise WrongUse(f"{amount} is not an amount in whole cents, such as 1234.50.")


def _credit_left(change: Change, receipt_id: str) -> Decimal:
    found = change.store.rows(
        "select batch_id, credit - refunded from receipts where receipt_id = $id and reversal_kind is null",
        {"id": receipt_id},
    )
    if not found:
        raise WrongUse(f"Receipt {receipt_id} has no credit left: there is no such receipt, or it was reversed.")
    change.batch_id = found[0][0]
    left: Decimal = found[0][1]
    return left


def _check_day(change: Change, receipt_id: str, on: date) -> None:
    (posted_on,) = change.store.one("select posting_date from receipts where receipt_id = $id", {"id": receipt_id})
    periods.check_after(change.store, on, receipt_id, posted_on)


def _apply(change: Change, receipt_id: str, charge_id: str, amount: Decimal, on: date) -> None:
    found = change.store.rows(
        """
        select charges.load_id, charges.charge_key, charges.ledger_key, charges.open_amount
        from charges
        inner join receipts
            on receipts.tenant_key = charges.tenant_key and receipts.unit_key = charges.unit_key
        where charges.charge_key = $charge and receipts.receipt_id = $receipt
        """,
        {"charge": comparison_key(charge_id), "receipt": receipt_id},
    )
    if not found:
        raise WrongUse(f"The tenant of receipt {receipt_id} has no charge {charge_id} on that unit.")
    load_id, charge_key, ledger_key, is_open = found[0]
    if not 0 < amount <= is_open:
        raise WrongUse(
            f"Charge {charge_id} has {money.shown(is_open)} open; {money.shown(amount)} cannot be put to it."
        )
    change.store.run(
        "insert into facts.applications values ($receipt, $load, $charge, $ledger, $amount, $on, $seq)",
        {
            "receipt": receipt_id,
            "load": load_id,
            "charge": charge_key,
            "ledger": ledger_key,
            "amount": amount,
            "on": on,
            "seq": change.seq,
        },
    )


def _look_again(change: Change, receipt_id: str) -> None:
    """What the credit paid is gone for the lines that wait."""
    batch_id, line_number = change.store.one(
        "select batch_id, line_number from facts.receipts where receipt_id = $id", {"id": receipt_id}
    )
    look_again(change, batch_id, require_batch(change, batch_id), [line_number])
