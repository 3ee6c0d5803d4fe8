-- One row per thing that the bank and the books of one account did not have in common at the end of a day: what to add to
-- the bank's balance for it. An entry from before the bank's first line, or before the opening balance, is presumed paid.
with

lines as (
    select bank_line_id, match_id, booking_date, amount, is_return, description
    from bank_lines
    where bank_account_key = $account and booking_date <= $on
),

beginnings as (
    select
        (select min(coalesce(from_date, to_date)) from bank_statements where bank_account_key = $account) as of_bank,
        (
            select max(booked_on) from book_items
            where bank_account_key = $account and kind = 'brought_forward' and booked_on <= $on
        ) as of_books
),

booked as (
    select kind, item_id, min(booked_on) as booked_on, sum(amount) as amount, min(description) as description
    from book_items
    where bank_account_key = $account and booked_on <= $on and kind <> 'brought_forward'
    group by kind, item_id
),

exported as (
    select distinct item_id
    from book_items
    where kind = 'entry'
),

matches as (
    select match_id
    from bank_matches
    where bank_account_key = $account
),

shown as (
    select match_id, sum(amount) as amount, max(booking_date) as booking_date
    from lines
    where match_id is not null
    group by match_id
),

meant as (
    select
        items.match_id,
        min(items.kind) as kind,
        string_agg(items.item_id, ' ' order by items.item_id) as item_ids,
        min(booked.booked_on) as booked_on,
        -- An entry that is no longer exported is in the opening balance, with the amount that it had.
        sum(case
            when items.kind = 'entry' and exported.item_id is null then items.amount
            else coalesce(booked.amount, 0)
        end) as amount
    from bank_matched_items as items
    left join exported on exported.item_id = items.item_id
    left join booked on booked.kind = items.kind and booked.item_id = items.item_id
    group by items.match_id
)

select
    case when is_return then 'returned_item' when amount > 0 then 'unrecorded_credit' else 'unrecorded_debit' end as kind,
    bank_line_id as id,
    booking_date as day,
    description,
    cast(-amount as decimal(18, 4)) as amount
from lines
where match_id is null
union all
select
    case booked.kind
        when 'deposit' then 'deposit_in_transit'
        when 'reversal' then 'return_not_at_bank'
        when 'refund' then 'refund_not_at_bank'
        else 'entry_not_at_bank'
    end,
    booked.item_id,
    booked.booked_on,
    booked.description,
    cast(booked.amount as decimal(18, 4))
from booked
cross join beginnings
left join bank_matched_items as items on items.kind = booked.kind and items.item_id = booked.item_id
where
    items.match_id is null
    and booked.amount <> 0
    and case
        when booked.kind = 'entry'
            then booked.booked_on >= coalesce(greatest(beginnings.of_bank, beginnings.of_books), beginnings.of_bank, $on)
        else booked.booked_on >= coalesce(beginnings.of_bank - cast($days_after as integer), $on)
    end
union all
select
    case
        when shown.amount is not null then 'counted_on_another_day'
        when meant.kind = 'deposit' then 'deposit_in_transit'
        when meant.kind = 'reversal' then 'return_not_at_bank'
        when meant.kind = 'refund' then 'refund_not_at_bank'
        else 'entry_not_at_bank'
    end,
    meant.item_ids,
    coalesce(meant.booked_on, shown.booking_date),
    'match ' || matches.match_id,
    cast(meant.amount - coalesce(shown.amount, 0) as decimal(18, 4))
from matches
inner join meant on meant.match_id = matches.match_id
left join shown on shown.match_id = matches.match_id
where meant.amount <> coalesce(shown.amount, 0)
order by 1, 3, 2
