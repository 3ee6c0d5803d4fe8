-- One row per line of a batch that waits and of which nothing is posted; `only` may name the ones wanted.
select
    line_number,
    posting_date,
    duplicate_date,
    file_date,
    unit_id,
    tenant_id,
    unit_key,
    tenant_key,
    amount,
    memo,
    flags,
    message,
    raw
from lines
where
    batch_id = $batch_id
    and state = 'waiting'
    and posted_amount = 0
    and ($only is null or list_contains($only, line_number))
