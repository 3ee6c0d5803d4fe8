-- One row per line that belongs to what is asked about: its receipts' lines, and those that name it or were found its.
select batch_id, line_number from receipts_asked_for
union
select lines.batch_id, lines.line_number
from lines
left join classifications as classified
    on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
where
    lines.batch_id || ':' || lines.line_number = upper($subject)
    or coalesce(classified.tenant_key, lines.tenant_key) = lower(trim($subject))
