-- One row per bank account and day with several free slips, or several returned receipts: all of them together, as one
-- line would show them.
select
    bank_account_key,
    item_kind,
    item_date,
    min(fits_from) as fits_from,
    max(fits_to) as fits_to,
    sum(amount) as amount
from items_to_match
where item_kind <> 'entry' and is_free
group by bank_account_key, item_kind, item_date
having count(*) > 1
