-- One row per bank line and deposit slip that is matched by name: one line that names one slip or several, or several
-- lines that all name the same slip, with equal totals, and none of them named by or naming anything else.
with

by_line as (
    select
        bank_line_id,
        count(*) as slips,
        sum(total) as total,
        max(amount) as amount,
        min(case when is_free then 1 else 0 end) as all_free
    from names_at_hand
    group by bank_line_id
),

by_slip as (
    select
        deposit_id,
        count(*) as lines,
        sum(amount) as amount,
        max(total) as total,
        min(case when is_free then 1 else 0 end) as all_free
    from names_at_hand
    group by deposit_id
),

paired as (
    select
        names.bank_line_id,
        names.deposit_id,
        by_line.slips,
        by_slip.lines,
        case
            when by_line.all_free = 1 and by_line.total = by_line.amount then 1 else 0
        end as line_fits,
        case
            when by_slip.all_free = 1 and by_slip.amount = by_slip.total then 1 else 0
        end as slip_fits
    from names_at_hand as names
    inner join by_line on by_line.bank_line_id = names.bank_line_id
    inner join by_slip on by_slip.deposit_id = names.deposit_id
),

-- A line is the only one that names its slips; a slip is the only one that its lines name.
only_lines as (
    select bank_line_id
    from paired
    group by bank_line_id
    having max(lines) = 1 and min(line_fits) = 1
),

only_slips as (
    select deposit_id
    from paired
    group by deposit_id
    having max(slips) = 1 and min(slip_fits) = 1
)

select paired.bank_line_id, paired.deposit_id
from paired
left join only_lines on only_lines.bank_line_id = paired.bank_line_id
left join only_slips on only_slips.deposit_id = paired.deposit_id
where only_lines.bank_line_id is not null or only_slips.deposit_id is not null
