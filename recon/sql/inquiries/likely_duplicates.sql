-- One row per pair of payments of one payer and amount within some days: the later one, the earlier one, how alike.
with

payments as (
    select
        lines.batch_id,
        lines.line_number,
        lines.posting_date,
        lines.amount,
        lines.memo,
        lines.state,
        coalesce(classified.tenant_key, lines.tenant_key, lines.unit_key) as payer_key
    from lines
    left join classifications as classified
        on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
    where lines.state in ('posted', 'waiting')
)

select
    later.batch_id,
    later.line_number,
    later.posting_date,
    later.state,
    later.payer_key as payer,
    later.amount,
    earlier.batch_id as earlier_batch_id,
    earlier.line_number as earlier_line_number,
    earlier.posting_date as earlier_posting_date,
    earlier.state as earlier_state,
    case when later.posting_date = earlier.posting_date and later.memo = earlier.memo then 'the same' else 'alike' end
        as likeness
from payments as later
inner join payments as earlier
    on earlier.payer_key = later.payer_key
    and earlier.amount = later.amount
    and (earlier.posting_date, earlier.batch_id, earlier.line_number)
        < (later.posting_date, later.batch_id, later.line_number)
    and later.posting_date - earlier.posting_date <= $days
order by later.posting_date, later.batch_id, later.line_number, earlier.batch_id, earlier.line_number
