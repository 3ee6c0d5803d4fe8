-- One row per movement of a period that was published before, which came, went or changed since: what it changed by.
-- What an opening balance brought forward took the place of is one line, and none if it comes to the same.
with

changed as (
    select
        coalesce(now.party_key, earlier.party_key) as party_key,
        coalesce(now.movement_id, earlier.movement_id) as movement_id,
        coalesce(now.heading, earlier.heading) as heading,
        coalesce(now.kind, earlier.kind) as kind,
        coalesce(now.moved_on, earlier.moved_on) as moved_on,
        coalesce(now.tenant_key, earlier.tenant_key) as tenant_key,
        coalesce(now.unit_key, earlier.unit_key) as unit_key,
        coalesce(now.vendor_key, earlier.vendor_key) as vendor_key,
        coalesce(now.charge_key, earlier.charge_key) as charge_key,
        coalesce(now.description, earlier.description) as description,
        coalesce(now.reference, earlier.reference) as reference,
        coalesce(now.amount, 0) - coalesce(earlier.amount, 0) as amount,
        now.movement_id is null as is_gone
    from (
        select movements.*
        from movements_then as movements
        inner join statements_before as earlier
            on earlier.party_key = movements.party_key and movements.moved_on <= earlier.period_to
    ) as now
    full outer join movements_before as earlier
        on earlier.party_key = now.party_key and earlier.movement_id = now.movement_id
    where coalesce(now.amount, 0) <> coalesce(earlier.amount, 0)
),

replaced as (
    select changed.party_key, changed.amount
    from changed
    where
        (changed.is_gone or changed.kind = 'opening_balance')
        and changed.party_key in (select party_key from rolled_forward)
    union all
    select party_key, amount
    from rolled_forward
    where is_in_period
)

select changed.* exclude (is_gone)
from changed
where
    changed.party_key not in (select party_key from rolled_forward)
    or not (changed.is_gone or changed.kind = 'opening_balance')
union all
select
    replaced.party_key,
    'entry:brought forward',
    'other',
    'opening_balance',
    max(rolled.moved_on),
    null,
    null,
    null,
    null,
    'Difference to the balance that the ledger brings forward',
    max(rolled.reference),
    sum(replaced.amount)
from replaced
inner join (
    select party_key, max(moved_on) as moved_on, max(reference) as reference
    from rolled_forward
    group by party_key
) as rolled on rolled.party_key = replaced.party_key
group by replaced.party_key
having sum(replaced.amount) <> 0
