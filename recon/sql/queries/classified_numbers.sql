-- One row per line in scope: the answer in numbers; flags as bits in the order of SPEC 9, words by their place in the
-- lists given, counted from 1. A text for each line would take ten times as long to hand over.
select
    line_number,
    tenant_no,
    unit_no,
    cast(matchable_total as decimal(18, 2)) as matchable_total,
    cast(status_total as decimal(18, 2)) as status_total,
    cast(list_position($dispositions, disposition) as integer) as disposition_no,
    cast(list_position($reasons, reason) as integer) as reason_no,
    cast(case when is_default_used then 1 else 0 end + case when is_past then 2 else 0 end as integer) as flags
from classified_lines
