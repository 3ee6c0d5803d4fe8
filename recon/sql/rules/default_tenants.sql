-- One row per unit that stands for its tenant on some line and has a default tenant (SPEC 4, BTR-33).
with

asked as (
    select distinct unit_no, responsible_tenant_no
    from matched_lines
    where tenant_no is null and unit_no is not null
),

living_there as (
    select tenants.unit_no, min(tenants.tenant_no) as tenant_no
    from tenants_in_force as tenants
    inner join asked on asked.unit_no = tenants.unit_no
    where tenants.status = 'current'
    group by tenants.unit_no
    having count(*) = 1
),

chosen as (
    select
        asked.unit_no,
        case when responsible.status = 'current' then responsible.tenant_no else living_there.tenant_no end as tenant_no
    from asked
    left join tenants_in_force as responsible on responsible.tenant_no = asked.responsible_tenant_no
    left join living_there on living_there.unit_no = asked.unit_no
)

select unit_no, tenant_no
from chosen
where tenant_no is not null
