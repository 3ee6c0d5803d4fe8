-- One row per waiting line that posts by itself, with its payer: what it will pay is not for another line to take.
select lines.batch_id, lines.line_number, classified.tenant_key, classified.unit_key
from lines
inner join classifications as classified
    on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
where lines.state = 'waiting' and classified.disposition = 'auto'
