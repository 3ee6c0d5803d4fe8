-- One row per unit, as if a payment named it and no tenant.
select unit_no, responsible_tenant_no, cast(null as bigint) as tenant_no
from units_in_force
