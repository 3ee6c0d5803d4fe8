-- One row per line in scope: the answer, with both totals as they stood when the line's turn came (SPEC 5).
select
    line_number,
    tenant_no,
    case when reason = 'AMBIGUOUS_UNIT' then null else unit_no end as unit_no,
    case when reason = 'AMBIGUOUS_UNIT' then 0 else matchable_total end as matchable_total,
    case when reason = 'AMBIGUOUS_UNIT' then 0 else status_total end as status_total,
    case when reason like 'OK%' then 'auto' else 'individual' end as disposition,
    reason,
    is_default_used,
    is_past and reason <> 'AMBIGUOUS_UNIT' as is_past
from settled_lines
union all
select
    line_number,
    tenant_no,
    unit_no,
    0 as matchable_total,
    0 as status_total,
    'individual' as disposition,
    identity_reason as reason,
    is_default_used,
    is_past
from identified_lines
where identity_reason is not null
