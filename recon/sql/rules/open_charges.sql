-- One row per open charge of a tenant who has lines; what is left of it, before the first round.
select
    charges.charge_no,
    charges.tenant_no,
    charges.unit_no,
    charges.ledger_no,
    charges.due_date,
    charges.open_amount
from charges_in_force as charges
inner join (select distinct tenant_no from waiting_lines) as payers on payers.tenant_no = charges.tenant_no
where charges.open_amount > 0
