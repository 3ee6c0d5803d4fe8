-- One row per line of every batch: what it says and what has become of it so far (law 1).
with

posted as (
    select receipts.batch_id, receipts.line_number, sum(receipts.amount) as amount
    from facts.receipts as receipts
    left join facts.reversals as reversals
        on reversals.receipt_id = receipts.receipt_id and reversals.kind = 'correction'
    where reversals.receipt_id is null
    group by receipts.batch_id, receipts.line_number
),

decided as (
    select batch_id, line_number, arg_max(kind, entry_seq) as kind
    from facts.line_decisions
    group by batch_id, line_number
)

select
    lines.batch_id,
    lines.line_number,
    lines.file_date,
    lines.posting_date,
    lines.duplicate_date,
    lines.unit_id,
    lines.tenant_id,
    lines.unit_key,
    lines.tenant_key,
    lines.amount,
    lines.memo,
    lines.flags,
    lines.message,
    lines.raw,
    cast(coalesce(posted.amount, 0) as decimal(18, 2)) as posted_amount,
    case
        when decided.kind = 'removed' then 'removed'
        when lines.message is not null then 'rejected'
        when posted.amount = lines.amount then 'posted'
        else 'waiting'
    end as state
from facts.lines as lines
left join posted on posted.batch_id = lines.batch_id and posted.line_number = lines.line_number
left join decided on decided.batch_id = lines.batch_id and decided.line_number = lines.line_number
