-- One row per line with a corrected receipt on a slip that is not void: what replaces it goes on the same slip (SPEC 6).
select
    receipts.batch_id,
    receipts.line_number,
    max(deposits.deposit_id) as deposit_id,
    max(deposits.bank_account_key) as bank_account_key
from facts.reversals as corrections
inner join facts.receipts as receipts on receipts.receipt_id = corrections.receipt_id
inner join facts.deposit_items as items on items.receipt_id = corrections.receipt_id
inner join facts.deposits as deposits on deposits.deposit_id = items.deposit_id
left join facts.deposit_voids as voids on voids.deposit_id = items.deposit_id
where corrections.kind = 'correction' and voids.deposit_id is null
group by receipts.batch_id, receipts.line_number
