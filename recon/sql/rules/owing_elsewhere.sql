-- One row per tenant whose unit is in doubt and who has, by now, open charges on a unit that is not the tenant's own.
select distinct lines.tenant_no
from waiting_lines as lines
inner join open_charges as charges on charges.tenant_no = lines.tenant_no
where lines.is_unit_assumed and charges.unit_no <> lines.unit_no
