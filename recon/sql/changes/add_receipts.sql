-- One row per line that posts by itself.
insert into facts.receipts by name
with

earlier_parts as (
    select line_number, max(part) as part
    from facts.receipts
    where batch_id = $batch_id
    group by line_number
),

slips as (
    select line_number, bank_account_key
    from line_slips
    where batch_id = $batch_id
)

select
    printf('R%07d', (select count(*) from facts.receipts) + row_number() over (order by lines.line_number)) as receipt_id,
    $batch_id as batch_id,
    lines.line_number,
    coalesce(earlier_parts.part, 0) + 1 as part,
    posting.tenant_key,
    posting.unit_key,
    coalesce(
        slips.bank_account_key,
        (select bank_account_key from facts.imports where batch_id = $batch_id),
        posting.bank_account_key
    ) as bank_account_key,
    lines.posting_date,
    (select deposit_date from batches where batch_id = $batch_id) as deposit_date,
    lines.amount,
    lines.memo,
    posting.reason,
    $seq as entry_seq
from lines_posting as posting
inner join lines_at_hand as lines on lines.line_number = posting.line_number
left join slips on slips.line_number = posting.line_number
left join earlier_parts on earlier_parts.line_number = posting.line_number
order by lines.line_number
