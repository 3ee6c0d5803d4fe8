-- One row per receipt on a slip of a batch: the columns of SPEC 8.
select
    deposits.deposit_id,
    accounts.bank_account_id,
    deposits.deposit_date,
    items.receipt_id,
    items.amount
from live_deposit_items as items
inner join facts.deposits as deposits on deposits.deposit_id = items.deposit_id
left join bank_account_names as accounts on accounts.bank_account_key = deposits.bank_account_key
where deposits.batch_id = $batch_id
order by deposits.deposit_id, items.receipt_id
