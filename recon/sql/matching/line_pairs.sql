-- One row per bank account, kind, day and two amounts of free lines, where the day has more than these two. Two of a day
-- are never matched as such, but where a slip has their sum, it is in doubt whose lines they are.
with

free_groups as (
    select bank_account_key, item_kind, booking_date, amount, free_lines
    from line_groups
    where item_kind <> 'entry' and free_lines > 0
),

days as (
    select bank_account_key, item_kind, booking_date
    from free_groups
    group by bank_account_key, item_kind, booking_date
    having sum(free_lines) > 2
)

select
    one.bank_account_key,
    one.item_kind,
    one.booking_date,
    one.amount as one_amount,
    other.amount as other_amount,
    one.amount + other.amount as amount
from free_groups as one
inner join days
    on days.bank_account_key = one.bank_account_key
    and days.item_kind = one.item_kind
    and days.booking_date = one.booking_date
inner join free_groups as other
    on other.bank_account_key = one.bank_account_key
    and other.item_kind = one.item_kind
    and other.booking_date = one.booking_date
    and (other.amount > one.amount or (other.amount = one.amount and one.free_lines > 1))
