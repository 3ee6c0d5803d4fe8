-- One row per unit of the ledger in force, numbered.
with

numbered_tenants as (
    select tenant_key, row_number() over (order by tenant_key) - 1 as tenant_no
    from tenants
)

select
    row_number() over (order by units.unit_key) - 1 as unit_no,
    units.unit_key,
    units.unit_id,
    responsible.tenant_no as responsible_tenant_no
from units
left join numbered_tenants as responsible on responsible.tenant_key = units.responsible_tenant_key
