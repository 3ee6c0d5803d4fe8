-- One row per line in scope: the tenant and the unit that its ids name, each null where it names none (SPEC 4).
select
    lines.line_number,
    lines.posting_date,
    lines.amount,
    lines.tenant_key is not null as has_tenant_id,
    tenants.tenant_no,
    tenants.unit_no as home_unit_no,
    tenants.hold as is_held,
    tenants.status = 'past' as is_past,
    units.unit_no,
    units.responsible_tenant_no
from lines_in_scope as lines
left join tenants_in_force as tenants on tenants.tenant_key = lines.tenant_key
left join units_in_force as units on units.unit_key = lines.unit_key
