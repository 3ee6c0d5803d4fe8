-- One row per receipt of the batch that is on no slip; what replaces a corrected receipt takes its place on its slip.
insert into facts.deposit_items by name
select
    coalesce(line_slips.deposit_id, deposits.deposit_id) as deposit_id,
    receipts.receipt_id,
    receipts.amount,
    $seq as entry_seq
from receipts_without_slip as receipts
left join line_slips on line_slips.batch_id = receipts.batch_id and line_slips.line_number = receipts.line_number
left join deposits
    on deposits.batch_id = $batch_id
    and deposits.bank_account_key = receipts.bank_account_key
    and deposits.deposit_date = receipts.deposit_date
    and deposits.state = 'open'
where receipts.batch_id = $batch_id
order by receipts.receipt_id
