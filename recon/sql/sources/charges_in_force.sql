-- One row per charge ever exported of a tenant on a unit in force; what is open of it now.
select
    row_number() over (order by charges.charge_key) - 1 as charge_no,
    tenants_in_force.tenant_no,
    units_in_force.unit_no,
    tenants_in_force.unit_no as home_unit_no,
    dense_rank() over (order by charges.ledger_key) as ledger_no,
    charges.due_date,
    charges.open_amount,
    charges.charge_key,
    charges.ledger_key,
    charges.load_id
from charges
inner join tenants_in_force on tenants_in_force.tenant_key = charges.tenant_key
inner join units_in_force on units_in_force.unit_key = charges.unit_key
