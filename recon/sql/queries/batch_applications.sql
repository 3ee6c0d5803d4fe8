-- One row per receipt of a batch and charge that it pays: the columns of SPEC 8.
select
    applications.receipt_id,
    charges.charge_id,
    ledger_names.ledger_id,
    applications.amount,
    applications.applied_on
from facts.applications as applications
inner join facts.receipts as receipts on receipts.receipt_id = applications.receipt_id
inner join facts.ledger_charges as charges
    on charges.load_id = applications.load_id and charges.charge_key = applications.charge_key
left join ledger_names on ledger_names.ledger_key = applications.ledger_key
where receipts.batch_id = $batch_id
order by applications.receipt_id, charges.charge_key
