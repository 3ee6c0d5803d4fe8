-- One row per waiting line whose answer may depend on one of some lines: lines that the same tenants may have paid.
with

waiting as (
    select
        lines.line_number,
        lines.unit_key,
        lines.tenant_key,
        classified.unit_key as paid_unit_key,
        classified.tenant_key as paid_tenant_key
    from lines
    left join classifications as classified
        on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
    where lines.batch_id = $batch_id and lines.state = 'waiting'
),

-- As the lines stand now, and as they were classified before the step.
touched as (
    select
        lines.line_number,
        lines.unit_key,
        lines.tenant_key,
        classified.unit_key as paid_unit_key,
        classified.tenant_key as paid_tenant_key
    from lines
    left join classifications as classified
        on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
    where lines.batch_id = $batch_id and list_contains($line_numbers, lines.line_number)
),

places as (
    select unit_key from touched
    union
    select paid_unit_key from touched
),

payers as (
    select tenant_key from touched
    union
    select paid_tenant_key from touched
    union
    select waiting.paid_tenant_key
    from waiting
    inner join places on places.unit_key = waiting.paid_unit_key or places.unit_key = waiting.unit_key
)

select distinct waiting.line_number
from waiting
left join places on places.unit_key = waiting.paid_unit_key or places.unit_key = waiting.unit_key
left join payers on payers.tenant_key = waiting.paid_tenant_key or payers.tenant_key = waiting.tenant_key
where
    places.unit_key is not null
    or payers.tenant_key is not null
    or list_contains($line_numbers, waiting.line_number)
order by waiting.line_number
