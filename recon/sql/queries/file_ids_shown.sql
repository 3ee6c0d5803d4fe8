-- One row per line that the lists of a report can show by the file's own IDs: the first 2,000 whose payer is not known.
select lines.line_number, lines.unit_id, lines.tenant_id
from lines
inner join classifications as classified
    on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
where
    lines.batch_id = $batch_id
    and (classified.tenant_key is null or classified.unit_key is null)
    and (lines.unit_id <> '' or lines.tenant_id <> '')
order by lines.line_number
limit 2000
