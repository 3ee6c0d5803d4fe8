-- One row per recorded slip whose total is not that of its items, or item whose amount is not its receipt's.
select deposits.deposit_id as id, deposits.total, recordings.total_entered as expected
from deposits
inner join facts.deposit_recordings as recordings on recordings.deposit_id = deposits.deposit_id
where deposits.state = 'recorded' and recordings.total_entered <> deposits.total
union all
select items.receipt_id, items.amount, receipts.amount
from facts.deposit_items as items
inner join facts.receipts as receipts on receipts.receipt_id = items.receipt_id
where items.amount <> receipts.amount
