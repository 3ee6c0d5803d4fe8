-- One row per receipt that makes up the total of a deposit slip that is not void.
-- The money of a corrected receipt stayed at the bank: it counts until its line is posted again, then what replaced it.
select items.deposit_id, items.receipt_id, items.amount
from facts.deposit_items as items
inner join facts.receipts as receipts on receipts.receipt_id = items.receipt_id
left join facts.deposit_voids as voids on voids.deposit_id = items.deposit_id
left join facts.reversals as corrections
    on corrections.receipt_id = items.receipt_id and corrections.kind = 'correction'
left join lines
    on corrections.receipt_id is not null
    and lines.batch_id = receipts.batch_id
    and lines.line_number = receipts.line_number
where voids.deposit_id is null and (lines.state is null or lines.state <> 'posted')
