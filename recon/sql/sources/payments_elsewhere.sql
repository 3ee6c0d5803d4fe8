-- One row per receipt that stands, and per line that waits, of another batch (BTR-74).
with

standing as (
    select lines.duplicate_date, receipts.tenant_key, receipts.unit_key, receipts.amount, lines.memo,
        lines.amount as line_amount
    from receipts
    inner join lines on lines.batch_id = receipts.batch_id and lines.line_number = receipts.line_number
    where receipts.batch_id <> $batch_id and receipts.reversal_kind is null and receipts.tenant_key is not null
),

-- A payment that was split comes again whole.
received as (
    select duplicate_date, tenant_key, unit_key, amount, memo
    from standing
    union all
    select distinct duplicate_date, tenant_key, unit_key, line_amount as amount, memo
    from standing
    where amount <> line_amount
)

select
    received.duplicate_date,
    tenants_in_force.tenant_no,
    units_in_force.unit_no,
    received.amount,
    received.memo
from received
inner join tenants_in_force on tenants_in_force.tenant_key = received.tenant_key
inner join units_in_force on units_in_force.unit_key = received.unit_key
union all
select duplicate_date, tenant_no, unit_no, amount, memo
from waiting_elsewhere
