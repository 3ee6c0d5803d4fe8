-- One row per open charge: what is left of it, before the first round.
select charge_no, tenant_no, unit_no, ledger_no, due_date, open_amount
from charges_in_force
where open_amount > 0
