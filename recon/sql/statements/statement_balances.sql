-- One row per party: its balances, what stands between them under each heading, and which statement this is.
with

carried as (
    select movements.party_key, sum(movements.amount) as amount
    from movements_then as movements
    left join statements_before as earlier on earlier.party_key = movements.party_key
    where movements.moved_on < $period_from and (earlier.period_to is null or movements.moved_on > earlier.period_to)
    group by movements.party_key
),

closings as (
    select party_key, sum(amount) as amount
    from movements_then
    group by party_key
),

-- Whether the books show the period otherwise than the last statement of it did.
changed as (
    select distinct coalesce(now.party_key, shown.party_key) as party_key
    from (
        select movements.party_key, movements.movement_id, movements.amount
        from movements_then as movements
        inner join statements_of_period as earlier on earlier.party_key = movements.party_key
    ) as now
    full outer join movements_shown as shown
        on shown.party_key = now.party_key and shown.movement_id = now.movement_id
    where coalesce(now.amount, 0) <> coalesce(shown.amount, 0)
)

select
    parties.*,
    cast(coalesce(earlier.closing, 0) + coalesce(carried.amount, 0) as decimal(18, 2)) as opening,
    cast(coalesce(closings.amount, 0) as decimal(18, 2)) as closing,
    coalesce(of_period.number, 0) as last_number,
    of_period.as_of as last_as_of,
    of_period.period_to as last_period_to,
    changed.party_key is not null or coalesce(of_period.period_to <> $period_to, false) as is_changed
from parties
left join statements_before as earlier on earlier.party_key = parties.party_key
left join carried on carried.party_key = parties.party_key
left join closings on closings.party_key = parties.party_key
left join statements_of_period as of_period on of_period.party_key = parties.party_key
left join changed on changed.party_key = parties.party_key
order by parties.holder_key, parties.party_key
