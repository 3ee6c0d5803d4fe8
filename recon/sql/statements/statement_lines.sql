-- One row per line of a statement, in the order of its date; late lines belong to a period that was published before.
with

lines as (
    select movements.*, false as is_late
    from movements_then as movements
    where
        movements.moved_on >= $period_from
        and (movements.party_key, movements.movement_id) not in (
            select (party_key, movement_id)
            from rolled_forward
            where is_in_period
        )
    union all
    select late.*, true
    from late_movements as late
)

select
    lines.party_key,
    lines.movement_id,
    lines.heading,
    lines.kind,
    lines.moved_on,
    tenants.tenant_id,
    coalesce(tenants.name, vendors.name) as party,
    units.unit_id,
    units.description as unit,
    coalesce(lines.description, '') as description,
    lines.reference,
    cast(lines.amount as decimal(18, 2)) as amount,
    lines.is_late,
    earlier.party_key is not null and coalesce(shown.amount, 0) <> lines.amount and not lines.is_late as is_added
from lines
left join tenants_then as tenants on tenants.tenant_key = lines.tenant_key
left join vendors_then as vendors on vendors.vendor_key = lines.vendor_key
left join units_then as units on units.unit_key = lines.unit_key
left join statements_of_period as earlier on earlier.party_key = lines.party_key
left join movements_shown as shown on shown.party_key = lines.party_key and shown.movement_id = lines.movement_id
order by lines.party_key, lines.is_late desc, lines.moved_on, lines.movement_id
