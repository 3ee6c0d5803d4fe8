-- One row per line in scope: the answer, with both totals as they stood when the line's turn came (SPEC 5).
select
    identified.line_number,
    identified.tenant_no,
    case when settled.reason = 'AMBIGUOUS_UNIT' then null else identified.unit_no end as unit_no,
    case when settled.reason = 'AMBIGUOUS_UNIT' then 0 else coalesce(settled.matchable_total, 0) end as matchable_total,
    case when settled.reason = 'AMBIGUOUS_UNIT' then 0 else coalesce(settled.status_total, 0) end as status_total,
    case when settled.reason in ('OK_FULL', 'OK_DUE_NOW', 'OK_PARTIAL_SINGLE') then 'auto' else 'individual' end
        as disposition,
    coalesce(identified.identity_reason, settled.reason) as reason,
    identified.is_default_used,
    identified.is_past and settled.reason <> 'AMBIGUOUS_UNIT' as is_past
from identified_lines as identified
left join settled_lines as settled on settled.line_number = identified.line_number
