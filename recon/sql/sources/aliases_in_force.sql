-- One row per confirmed alias of a tenant of the ledger in force; none unless the alias rule is asked for.
select aliases.alias_key, tenants_in_force.tenant_no, aliases.expires_on
from payer_aliases as aliases
inner join tenants_in_force on tenants_in_force.tenant_key = aliases.tenant_key
where $alias
