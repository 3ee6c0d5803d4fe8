-- One row per line that waits in another batch; the line number only tells them apart.
select
    row_number() over (order by batch_id, line_number) as line_number,
    posting_date,
    duplicate_date,
    unit_key,
    tenant_key,
    amount,
    memo
from lines
where batch_id <> $batch_id and state = 'waiting'
