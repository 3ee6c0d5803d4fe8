-- One row per unmatched credit and slip in transit that belong together though their totals differ: the line names the
-- slip, or they are alone with each other in the days around the deposit date. `fitting` counts the receipts or waiting
-- payments of exactly the difference; where it is one, it is the likeliest missing or extra one.
with

near as (
    select lines.bank_line_id, slips.deposit_id
    from bank_lines as lines
    inner join deposits_in_transit as slips
        on slips.bank_account_key = lines.bank_account_key
        and lines.booking_date between slips.deposit_date - cast($days_before as integer)
        and slips.deposit_date + cast($days_after as integer)
    where
        lines.match_id is null
        and lines.amount > 0
        and lines.event not in ('fee', 'interest', 'transfer', 'payment_returned', 'correction')
        and lines.bank_line_id not in (select bank_line_id from names_at_hand)
),

alone as (
    select bank_line_id, deposit_id
    from (
        select
            bank_line_id,
            deposit_id,
            count(*) over (partition by bank_line_id) as slips,
            count(*) over (partition by deposit_id) as lines
        from near
    ) as counted
    where slips = 1 and lines = 1
),

pairs as (
    select bank_line_id, deposit_id
    from names_at_hand
    where deposit_id in (select deposit_id from deposits_in_transit)
    union
    select bank_line_id, deposit_id
    from alone
),

differing as (
    select
        pairs.bank_line_id,
        slips.deposit_id,
        slips.bank_account_key,
        lines.booking_date,
        lines.amount,
        slips.total,
        lines.amount - slips.total as difference
    from pairs
    inner join bank_lines as lines on lines.bank_line_id = pairs.bank_line_id
    inner join deposits_in_transit as slips on slips.deposit_id = pairs.deposit_id
    where lines.amount <> slips.total
),

suspects as (
    select differing.bank_line_id, differing.deposit_id, items.receipt_id as suspect
    from differing
    inner join live_deposit_items as items
        on items.deposit_id = differing.deposit_id and items.amount = -differing.difference
    union all
    select differing.bank_line_id, differing.deposit_id, items.receipt_id
    from differing
    inner join deposits_in_transit as others
        on others.bank_account_key = differing.bank_account_key and others.deposit_id <> differing.deposit_id
    inner join live_deposit_items as items
        on items.deposit_id = others.deposit_id and items.amount = differing.difference
    union all
    select differing.bank_line_id, differing.deposit_id, waiting.batch_id || ':' || waiting.line_number
    from differing
    inner join lines as waiting
        on waiting.state = 'waiting' and waiting.amount - waiting.posted_amount = differing.difference
    union all
    select differing.bank_line_id, differing.deposit_id, 'all that waits in ' || batches.batch_id
    from differing
    inner join deposits_in_transit as slips on slips.deposit_id = differing.deposit_id
    inner join batches
        on batches.batch_id = slips.batch_id
        and batches.waiting_count > 1
        and batches.waiting_amount = differing.difference
)

select
    differing.bank_line_id,
    differing.deposit_id,
    accounts.bank_account_id,
    differing.booking_date,
    differing.amount,
    differing.total,
    differing.difference,
    count(suspects.suspect) as fitting,
    case when count(suspects.suspect) = 1 then min(suspects.suspect) end as likeliest
from differing
inner join bank_account_names as accounts on accounts.bank_account_key = differing.bank_account_key
left join suspects
    on suspects.bank_line_id = differing.bank_line_id and suspects.deposit_id = differing.deposit_id
group by all
order by differing.booking_date, differing.bank_line_id, differing.deposit_id
