-- One row per line of a batch, in file order: the columns of SPEC 8, as last classified.
select
    lines.line_number,
    case when lines.message is null then lines.posting_date end as posting_date,
    unit_names.unit_id,
    tenant_names.tenant_id,
    case when lines.message is null then lines.amount end as amount,
    case when lines.message is null then nullif(lines.memo, '') end as memo,
    classified.matchable_total,
    classified.status_total,
    case when lines.message is null then coalesce(classified.disposition, 'rejected') else 'rejected' end as disposition,
    case when lines.message is null then coalesce(classified.reason, 'BAD_RECORD') else 'BAD_RECORD' end as reason,
    nullif(classified.flags, '') as flags,
    lines.message
from lines
left join classifications as classified
    on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
left join unit_names on unit_names.unit_key = classified.unit_key
left join tenant_names on tenant_names.tenant_key = classified.tenant_key
where lines.batch_id = $batch_id and not lines.is_taken_back
order by lines.line_number
