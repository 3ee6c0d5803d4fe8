-- One row per two amounts of free lines of a day, at least one of which no only reading of one and one explains.
-- Two of a day are never matched as such; a day with just two is a reading of its own. Of a day with more than 200 amounts
-- none are listed: their sums would fit anything.
with

explained as (
    select distinct bank_account_key, item_kind, booking_date, amount
    from only_readings
    where item_side = 'one' and line_side = 'one'
),

free_groups as (
    select
        groups.bank_account_key,
        groups.item_kind,
        groups.booking_date,
        groups.amount,
        groups.free_lines,
        case when explained.amount is null then 1 else 0 end as is_loose
    from line_groups as groups
    left join explained
        on explained.bank_account_key = groups.bank_account_key
        and explained.item_kind = groups.item_kind
        and explained.booking_date = groups.booking_date
        and explained.amount = groups.amount
    where groups.item_kind <> 'entry' and groups.free_lines > 0
),

days as (
    select bank_account_key, item_kind, booking_date
    from free_groups
    group by bank_account_key, item_kind, booking_date
    having count(*) <= 200 and sum(free_lines) > 2 and max(is_loose) = 1
)

select
    one.bank_account_key,
    one.item_kind,
    one.booking_date,
    one.amount as one_amount,
    other.amount as other_amount,
    one.amount + other.amount as amount,
    one.is_loose as one_loose,
    other.is_loose as other_loose
from days
inner join free_groups as one
    on one.bank_account_key = days.bank_account_key
    and one.item_kind = days.item_kind
    and one.booking_date = days.booking_date
inner join free_groups as other
    on other.bank_account_key = days.bank_account_key
    and other.item_kind = days.item_kind
    and other.booking_date = days.booking_date
where
    (one.is_loose = 1 or other.is_loose = 1)
    and (other.amount > one.amount or (other.amount = one.amount and one.free_lines > 1))
