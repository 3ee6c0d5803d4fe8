-- One row per tenant and unit with credit; none unless the credit rule is asked for.
select tenants_in_force.tenant_no, units_in_force.unit_no, cast(sum(credits.amount) as decimal(18, 2)) as amount
from open_credits as credits
inner join tenants_in_force on tenants_in_force.tenant_key = credits.tenant_key
inner join units_in_force on units_in_force.unit_key = credits.unit_key
where $credit
group by tenants_in_force.tenant_no, units_in_force.unit_no
