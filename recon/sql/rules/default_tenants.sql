-- One row per unit that stands for its tenant on some line and has a default tenant (SPEC 4, BTR-33).
with

asked as (
    select distinct unit_no, responsible_tenant_no
    from matched_lines
    where tenant_no is null and unit_no is not null
),

current_tenants as (
    select tenants.tenant_no, tenants.unit_no, tenants.hold
    from tenants_in_force as tenants
    where tenants.status = 'current'
),

responsible as (
    select asked.unit_no, tenants.tenant_no, tenants.hold
    from asked
    inner join current_tenants as tenants on tenants.tenant_no = asked.responsible_tenant_no
),

living_there as (
    select asked.unit_no, min(tenants.tenant_no) as tenant_no, max(case when tenants.hold then 1 else 0 end) = 1 as hold
    from asked
    inner join current_tenants as tenants on tenants.unit_no = asked.unit_no
    group by asked.unit_no
    having count(*) = 1
)

select unit_no, tenant_no, hold as is_held
from responsible
union all
select living_there.unit_no, living_there.tenant_no, living_there.hold as is_held
from living_there
left join responsible on responsible.unit_no = living_there.unit_no
where responsible.unit_no is null
