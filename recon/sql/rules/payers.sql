-- One row per text that names a tenant in a file: the tenant's ID, or with the alias rule one that a person confirmed.
with

-- What the ledger calls a tenant is that tenant, whatever was confirmed before.
named_in_ledger as (
    select aliases.alias_key
    from aliases_in_force as aliases
    inner join tenants_in_force as tenants on tenants.tenant_key = aliases.alias_key
)

select tenant_key as payer_key, tenant_no, unit_no, hold, status = 'past' as is_past, false as is_alias,
    cast('9999-12-31' as date) as expires_on
from tenants_in_force
union all
select aliases.alias_key as payer_key, tenants.tenant_no, tenants.unit_no, tenants.hold, tenants.status = 'past' as is_past,
    true as is_alias, aliases.expires_on
from aliases_in_force as aliases
inner join tenants_in_force as tenants on tenants.tenant_no = aliases.tenant_no
left join named_in_ledger as named on named.alias_key = aliases.alias_key
where named.alias_key is null
