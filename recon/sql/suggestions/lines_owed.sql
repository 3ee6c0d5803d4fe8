-- One row per line whose amount is exactly what some payer owes: by its posting date, within 30 days of it, or in all.
with

charged as (
    select days.posting_date, charges.tenant_key, charges.unit_key, charges.due_date, charges.open_amount
    from (select distinct posting_date from lines_to_place) as days
    cross join charges
    where charges.open_amount > 0
),

owed as (
    select
        posting_date,
        sum(case when due_date <= posting_date then open_amount end) as by_date,
        sum(case when due_date <= posting_date + $window_days then open_amount end) as within_window,
        sum(open_amount) as in_all
    from charged
    group by posting_date, tenant_key, unit_key
)

select distinct lines.batch_id, lines.line_number
from lines_to_place as lines
inner join owed
    on owed.posting_date = lines.posting_date
    and lines.amount in (owed.by_date, owed.within_window, owed.in_all)
