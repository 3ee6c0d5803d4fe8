-- One row per tenant and unit named together that only a charge, open or not, brings together (SPEC 4, BTR-32).
with

asked as (
    select distinct tenant_no, unit_no
    from matched_lines
    where
        tenant_no is not null
        and unit_no is not null
        and (home_unit_no is null or home_unit_no <> unit_no)
        and (responsible_tenant_no is null or responsible_tenant_no <> tenant_no)
)

select distinct asked.tenant_no, asked.unit_no
from asked
inner join charges_in_force as charges on charges.tenant_no = asked.tenant_no and charges.unit_no = asked.unit_no
-- Nearly all charges are for the tenant's own unit, and none of these was asked for.
where charges.home_unit_no is null or charges.home_unit_no <> charges.unit_no
