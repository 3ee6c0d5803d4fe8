-- One row per movement of a period that was published before, which came, went or changed since: what it changed by.
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
    coalesce(now.amount, 0) - coalesce(earlier.amount, 0) as amount
from (
    select movements.*
    from movements_then as movements
    inner join statements_before as earlier
        on earlier.party_key = movements.party_key and movements.moved_on <= earlier.period_to
) as now
full outer join movements_before as earlier
    on earlier.party_key = now.party_key and earlier.movement_id = now.movement_id
where coalesce(now.amount, 0) <> coalesce(earlier.amount, 0)
