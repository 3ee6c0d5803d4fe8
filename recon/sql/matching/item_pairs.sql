-- One row per bank account, kind, day and two amounts of free slips or receipts, where the day has more than these two.
-- Two of a day are never matched as such, but where a line has their sum, it is in doubt whose line it is.
with

free_groups as (
    select bank_account_key, item_kind, item_date, amount, fits_from, fits_to, free_items
    from item_groups
    where item_kind <> 'entry' and free_items > 0
),

days as (
    select bank_account_key, item_kind, item_date
    from free_groups
    group by bank_account_key, item_kind, item_date
    having sum(free_items) > 2
)

select
    one.bank_account_key,
    one.item_kind,
    one.item_date,
    one.amount as one_amount,
    other.amount as other_amount,
    one.amount + other.amount as amount,
    one.fits_from,
    one.fits_to
from free_groups as one
inner join days
    on days.bank_account_key = one.bank_account_key
    and days.item_kind = one.item_kind
    and days.item_date = one.item_date
inner join free_groups as other
    on other.bank_account_key = one.bank_account_key
    and other.item_kind = one.item_kind
    and other.item_date = one.item_date
    and (other.amount > one.amount or (other.amount = one.amount and one.free_items > 1))
