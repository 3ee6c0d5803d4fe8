-- One row per receipt of the batch that is on no slip.
insert into facts.deposit_items by name
select
    deposits.deposit_id,
    receipts.receipt_id,
    receipts.amount,
    $seq as entry_seq
from receipts
inner join deposits
    on deposits.batch_id = receipts.batch_id
    and deposits.bank_account_key = receipts.bank_account_key
    and deposits.deposit_date = receipts.deposit_date
    and deposits.state = 'open'
where receipts.batch_id = $batch_id and receipts.deposit_id is null and receipts.reversal_kind is null
order by receipts.receipt_id
