-- One row per tenant named without a unit who has open charges on a unit that is not the tenant's own (BTR-34).
with

asked as (
    select distinct tenant_no
    from matched_lines
    where tenant_no is not null and unit_no is null and home_unit_no is not null
)

select distinct asked.tenant_no
from asked
inner join charges_in_force as charges on charges.tenant_no = asked.tenant_no
where charges.open_amount > 0 and charges.unit_no <> charges.home_unit_no
