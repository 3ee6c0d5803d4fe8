-- One row per charge for a returned payment, which is to be added in the system of record.
select
    charges.receipt_id,
    tenant_names.tenant_id,
    unit_names.unit_id,
    charges.charged_on,
    charges.amount,
    charges.description
from facts.charges_to_add as charges
inner join receipts on receipts.receipt_id = charges.receipt_id
left join tenant_names on tenant_names.tenant_key = receipts.tenant_key
left join unit_names on unit_names.unit_key = receipts.unit_key
order by charges.receipt_id
