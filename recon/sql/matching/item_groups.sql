-- One row per bank account, kind, day and amount: how many slips or entries there are of it, and how many are free.
select
    bank_account_key,
    item_kind,
    item_date,
    amount,
    min(fits_from) as fits_from,
    max(fits_to) as fits_to,
    count(*) as items,
    count(case when is_free then 1 end) as free_items,
    min(item_id) as item_id
from items_to_match
group by bank_account_key, item_kind, item_date, amount
