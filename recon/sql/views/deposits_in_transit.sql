-- One row per deposit slip that no line of the bank stands for yet.
select deposits.deposit_id, deposits.batch_id, deposits.bank_account_key, deposits.deposit_date, deposits.total, deposits.state
from deposits
left join bank_matched_items as items on items.kind = 'deposit' and items.item_id = deposits.deposit_id
where deposits.state <> 'void' and deposits.items > 0 and items.match_id is null
