-- One row per movement of a tenant's balance in the days of recent activity, of tenants that are published (PUB-45).
select tenants.tenant_id, movements.moved_on as date, movements.kind, units.unit_id, movements.description,
    movements.reference, movements.amount
from tenant_movements as movements
inner join tenants on tenants.tenant_key = movements.tenant_key
left join unit_names as units on units.unit_key = movements.unit_key
where
    movements.until_seq is null
    and movements.moved_on between $first and $last
    and list_contains($published, tenants.tenant_key)
order by tenants.tenant_id, movements.moved_on, movements.movement_id
