-- One row per line of the batch whose receipt pays charges.
select
    lines.line_number,
    lines.duplicate_date,
    tenants_in_force.tenant_no,
    units_in_force.unit_no,
    lines.amount,
    lines.memo,
    bool_or(receipts.reason = 'OK_PARTIAL_SINGLE') as is_partial
from receipts
inner join lines on lines.batch_id = receipts.batch_id and lines.line_number = receipts.line_number
inner join tenants_in_force on tenants_in_force.tenant_key = receipts.tenant_key
inner join units_in_force on units_in_force.unit_key = receipts.unit_key
where receipts.batch_id = $batch_id and receipts.applied > 0 and receipts.reversal_kind is null
group by all
