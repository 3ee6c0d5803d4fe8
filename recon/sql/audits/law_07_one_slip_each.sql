-- One row per receipt on two slips that are not void, on a slip of another batch, account or date, or posted and on none.
select items.receipt_id, count(*) as slips
from live_deposit_items as items
group by items.receipt_id
having count(*) > 1
union all
select items.receipt_id, 1
from facts.deposit_items as items
inner join facts.receipts as receipts on receipts.receipt_id = items.receipt_id
inner join facts.deposits as deposits on deposits.deposit_id = items.deposit_id
where
    deposits.batch_id <> receipts.batch_id
    or deposits.bank_account_key <> receipts.bank_account_key
    or deposits.deposit_date <> receipts.deposit_date
union all
select receipt_id, 0
from receipts
where deposit_id is null and reversal_kind is distinct from 'correction'
