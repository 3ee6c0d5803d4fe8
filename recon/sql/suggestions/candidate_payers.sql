-- One row per line and tenant on a unit that it may be for, with what the tenant owes there left to other relations.
select distinct batch_id, line_number, tenant_key, unit_key from payer_evidence
union
select batch_id, line_number, tenant_key, unit_key from payers_by_amount
