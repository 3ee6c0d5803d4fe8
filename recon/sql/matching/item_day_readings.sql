-- One row per bank account, kind and day with readings of its slips or receipts: as a whole, and of single free ones.
select bank_account_key, item_kind, item_date, sum(whole) as whole, sum(single) as single
from (
    select bank_account_key, item_kind, item_date, lines as whole, 0 as single
    from readings
    where item_side = 'day'
    union all
    select bank_account_key, item_kind, item_date, 0 as whole, readings as single
    from item_readings
    where free_items > 0
) as counted
group by bank_account_key, item_kind, item_date
