-- One row per line that nothing names a payer of, and payer who owes exactly its amount; none where more than five do.
with

owed as (
    select tenant_key, unit_key, sum(open_amount) as amount
    from charges
    where open_amount > 0
    group by tenant_key, unit_key
),

fitting as (
    select lines.batch_id, lines.line_number, owed.tenant_key, owed.unit_key,
        count(*) over (partition by lines.batch_id, lines.line_number) as payers
    from lines_to_place as lines
    inner join owed on owed.amount = lines.amount
    left join payer_evidence as evidence
        on evidence.batch_id = lines.batch_id and evidence.line_number = lines.line_number
    where evidence.line_number is null
)

select batch_id, line_number, tenant_key, unit_key
from fitting
where payers <= 5
