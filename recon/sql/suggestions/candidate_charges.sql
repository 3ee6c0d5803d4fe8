-- One row per open charge of a tenant on a unit that some line may be for, oldest first.
select
    charges.tenant_key,
    charges.unit_key,
    charges.charge_id,
    charges.charge_code,
    charges.description,
    ledger_names.ledger_id,
    charges.due_date,
    charges.open_amount
from charges
inner join ledger_names on ledger_names.ledger_key = charges.ledger_key
where charges.open_amount > 0
    and (charges.tenant_key, charges.unit_key) in (select (tenant_key, unit_key) from candidate_payers)
order by charges.tenant_key, charges.unit_key, charges.due_date, charges.charge_key
