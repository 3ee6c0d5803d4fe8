-- One row per line of a batch that could not be read, or whose payer is not known (BTR-36).
select
    lines.line_number,
    case when lines.message is null then classified.reason else 'BAD_RECORD' end as reason,
    coalesce(
        lines.message,
        'Neither the tenant ID ' || '''' || lines.tenant_id || '''' || ' nor the unit ID ' || '''' || lines.unit_id || ''''
        || ' is known; find the payer with Process Payment.'
    ) as message,
    lines.raw
from lines
left join classifications as classified
    on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
where
    lines.batch_id = $batch_id
    and not lines.is_taken_back
    and (lines.message is not null or classified.reason = 'UNIDENTIFIED')
order by lines.line_number
