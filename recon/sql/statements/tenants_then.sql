-- One row per tenant exported by then, as last spelled then.
select
    tenant_key,
    arg_max(tenant_id, load_id) as tenant_id,
    arg_max(name, load_id) as name,
    arg_max(unit_key, load_id) as unit_key,
    max(load_id) = $load_id and arg_max(status, load_id) = 'current' as is_active
from facts.ledger_tenants
where load_id <= $load_id
group by tenant_key
