-- One row per tenant ever exported, as last spelled.
select tenant_key, arg_max(tenant_id, load_id) as tenant_id, arg_max(name, load_id) as name
from facts.ledger_tenants
group by tenant_key
