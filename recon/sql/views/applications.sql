-- One row per receipt, charge and moment at which a part of the receipt was put to the charge.
select
    applications.receipt_id,
    receipts.batch_id,
    applications.charge_key,
    charges.charge_id,
    applications.ledger_key,
    applications.amount,
    applications.applied_on,
    reversals.kind as reversal_kind,
    applications.entry_seq
from facts.applications as applications
inner join facts.receipts as receipts on receipts.receipt_id = applications.receipt_id
inner join facts.ledger_charges as charges
    on charges.load_id = applications.load_id and charges.charge_key = applications.charge_key
left join facts.reversals as reversals on reversals.receipt_id = applications.receipt_id
