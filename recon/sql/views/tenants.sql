-- One row per tenant of the ledger in force.
select
    tenants.tenant_key,
    tenants.tenant_id,
    tenants.name,
    tenants.unit_key,
    tenants.status,
    tenants.hold,
    tenants.email,
    tenants.online_access
from facts.ledger_tenants as tenants
inner join current_load on current_load.load_id = tenants.load_id
