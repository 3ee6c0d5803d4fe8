-- One row per receipt that makes up the total of a deposit slip that is not void.
-- The money of a corrected receipt stayed at the bank: it counts until its line is posted again, then what replaced it.
select items.deposit_id, items.receipt_id, items.amount
from facts.deposit_items as items
left join facts.deposit_voids as voids on voids.deposit_id = items.deposit_id
left join facts.reversals as corrections
    on corrections.receipt_id = items.receipt_id and corrections.kind = 'correction'
left join awaiting_replacement as awaiting on awaiting.receipt_id = items.receipt_id
where voids.deposit_id is null and (corrections.receipt_id is null or awaiting.receipt_id is not null)
