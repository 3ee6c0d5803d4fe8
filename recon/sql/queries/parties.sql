-- One row per tenant and per unit of the ledger in force: its name, and the unit or tenant that choosing it stands for.
select
    'tenant' as kind,
    tenants.tenant_key as key,
    tenants.tenant_id as id,
    tenants.name,
    units.unit_id as other_id
from tenants
left join units on units.unit_key = tenants.unit_key
union all
select 'unit', units.unit_key, units.unit_id, units.description, tenants_in_force.tenant_id
from units
inner join units_in_force on units_in_force.unit_key = units.unit_key
left join default_tenants on default_tenants.unit_no = units_in_force.unit_no
left join tenants_in_force on tenants_in_force.tenant_no = default_tenants.tenant_no
order by kind, key
