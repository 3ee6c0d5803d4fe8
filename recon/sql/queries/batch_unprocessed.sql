-- One row per line of a batch that needs a person: the file's own ids, the posting date, what is not posted yet.
select
    lines.posting_date as date,
    lines.unit_id,
    cast(lines.amount - lines.posted_amount as decimal(18, 2)) as amount,
    lines.memo,
    lines.tenant_id
from lines
left join classifications as classified
    on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
where
    lines.batch_id = $batch_id
    and lines.state = 'waiting'
    -- A dry run posts nothing: what would post by itself waits for nobody.
    and ($is_posted or classified.disposition = 'individual')
order by lines.line_number
