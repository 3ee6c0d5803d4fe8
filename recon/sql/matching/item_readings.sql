-- One row per bank account, kind, day and amount of slips or entries that fit lines: how many readings each of them is in.
select bank_account_key, item_kind, item_date, amount, max(free_items) as free_items, sum(lines) as readings
from readings
where item_side = 'one'
group by bank_account_key, item_kind, item_date, amount
