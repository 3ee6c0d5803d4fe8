-- One row per line in scope, in file order: the answer in numbers; flags as bits in the order of SPEC 9.
select
    line_number,
    tenant_no,
    unit_no,
    cast(matchable_total as decimal(18, 2)) as matchable_total,
    cast(status_total as decimal(18, 2)) as status_total,
    disposition,
    reason,
    cast(case when is_default_used then 1 else 0 end + case when is_past then 2 else 0 end as integer) as flags
from classified_lines
order by line_number
