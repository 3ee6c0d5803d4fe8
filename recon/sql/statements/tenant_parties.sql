-- One row per tenant: whose statement it is.
select
    'tenant' as kind,
    tenants.tenant_key as party_key,
    tenants.tenant_id as party_id,
    tenants.tenant_key as holder_key,
    tenants.tenant_id as holder_id,
    tenants.name,
    tenants.is_active,
    units.description as home
from tenants_then as tenants
left join units_then as units on units.unit_key = tenants.unit_key
