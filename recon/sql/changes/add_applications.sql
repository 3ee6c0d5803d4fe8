-- One row per receipt posted in this entry and charge that it pays, but for those that need the tenant's credit.
insert into facts.applications by name
select
    receipts.receipt_id,
    charges.load_id,
    charges.charge_key,
    charges.ledger_key,
    uses.amount,
    receipts.posting_date as applied_on,
    $seq as entry_seq
from settled_uses as uses
inner join charges_in_force as charges on charges.charge_no = uses.charge_no
inner join facts.receipts as receipts
    on receipts.batch_id = $batch_id and receipts.line_number = uses.line_number and receipts.entry_seq = $seq
where receipts.reason <> 'OK_CREDIT'
order by receipts.receipt_id, charges.charge_key
