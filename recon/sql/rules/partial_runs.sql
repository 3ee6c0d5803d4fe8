-- One row per line from a first partial payment on, as long as all that changes is how much of its charge is left.
-- Without it, a charge paid off in ten thousand parts would take ten thousand rounds.
with

runs as (
    select
        firsts.tenant_no,
        firsts.turn_no as unit_no,
        firsts.line_number as run_start,
        judged.first_charge_no as charge_no,
        judged.matchable_total as open_amount
    from first_posts as firsts
    inner join judged_lines as judged on judged.line_number = firsts.line_number
    -- The switch is asked again so that nothing of this is worked out where it is off.
    where $partial_pay and judged.reason = 'OK_PARTIAL_SINGLE' and firsts.turn_no = judged.unit_no
),

followers as (
    select
        judged.line_number,
        judged.tenant_no,
        judged.unit_no,
        judged.amount,
        judged.stop_reason,
        judged.status_total,
        runs.open_amount,
        judged.credit,
        -- Lines that may post by another rule, or not by this one, are judged anew when their turn comes.
        judged.charges_in_window = 1
        and judged.first_charge_no = runs.charge_no
        and not judged.is_alias
        and judged.reason <> 'OK_CREDIT' as is_same_window,
        -- Only the first of its kind can post: from then on the others repeat a partial payment of this file.
        judged.reason = 'OK_PARTIAL_SINGLE'
        and row_number() over (
            partition by judged.tenant_no, judged.unit_no, coalesce(judged.first_line, judged.line_number)
            order by judged.line_number
        ) = 1 as is_taker
    from runs
    inner join judged_lines as judged
        on judged.tenant_no = runs.tenant_no
        and judged.unit_no = runs.unit_no
        and judged.line_number >= runs.run_start
),

summed as (
    select
        line_number,
        tenant_no,
        unit_no,
        amount,
        stop_reason,
        status_total,
        open_amount,
        credit,
        is_same_window,
        is_taker,
        cast(
            sum(case when is_taker then amount else 0 end) over (
                partition by tenant_no, unit_no
                order by line_number
                rows between unbounded preceding and current row
            ) - case when is_taker then amount else 0 end
            as decimal(18, 2)
        ) as taken_before
    from followers
),

ends as (
    select tenant_no, unit_no, min(line_number) as run_end
    from summed
    where
        not is_same_window
        or (is_taker and taken_before + amount >= open_amount)
        or (stop_reason is null and taken_before + amount + credit = open_amount)
        or (
            not is_taker and stop_reason is null
            and amount < open_amount and amount >= open_amount - taken_before
        )
    group by tenant_no, unit_no
)

select
    summed.line_number,
    summed.tenant_no,
    summed.unit_no,
    cast(summed.open_amount - summed.taken_before as decimal(18, 2)) as matchable_total,
    cast(summed.status_total - summed.taken_before as decimal(18, 2)) as status_total,
    case
        when summed.stop_reason is not null then summed.stop_reason
        when summed.is_taker then 'OK_PARTIAL_SINGLE'
        when summed.amount > summed.open_amount - summed.taken_before then 'OVERPAID'
        else 'DUPLICATE_LINE'
    end as reason
from summed
left join ends on ends.tenant_no = summed.tenant_no and ends.unit_no = summed.unit_no
where ends.run_end is null or summed.line_number < ends.run_end
