-- One row per line with the same date, tenant, unit, amount and memo as another of its file; only with partial pay.
with

payments as (
    select
        lines.line_number,
        lines.duplicate_date,
        identified.tenant_no,
        identified.unit_no,
        lines.amount,
        lines.memo
    from lines_in_scope as lines
    inner join identified_lines as identified on identified.line_number = lines.line_number
    where $partial_pay and identified.identity_reason is null
    union all
    select line_number, duplicate_date, tenant_no, unit_no, amount, memo
    from posted_in_batch
    where is_partial
),

first_of_kind as (
    select
        line_number,
        min(line_number) over (partition by tenant_no, unit_no, duplicate_date, amount, memo) as first_line,
        count(*) over (partition by tenant_no, unit_no, duplicate_date, amount, memo) as lines_alike
    from payments
)

select line_number, first_line
from first_of_kind
where lines_alike > 1
