-- One row per tenant of the ledger in force, numbered as in units_in_force.
select
    row_number() over (order by tenants.tenant_key) - 1 as tenant_no,
    tenants.tenant_key,
    tenants.tenant_id,
    homes.unit_no,
    tenants.status,
    tenants.hold
from tenants
left join units_in_force as homes on homes.unit_key = tenants.unit_key
