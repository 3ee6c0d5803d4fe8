-- One row per line that came before another and stands in its way: like it in every word, or paid what it would pay.
with

asked as (
    select lines.duplicate_date, lines.amount, lines.memo, classified.tenant_key, classified.unit_key
    from lines
    inner join classifications as classified
        on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
    where lines.batch_id = $batch_id and lines.line_number = $line_number
),

receipts_of_lines as (
    select
        receipts.batch_id,
        receipts.line_number,
        receipts.tenant_key,
        receipts.unit_key,
        string_agg(receipts.receipt_id, ', ' order by receipts.receipt_id) as receipt_ids
    from asked
    inner join receipts on receipts.tenant_key = asked.tenant_key and receipts.unit_key = asked.unit_key
    where receipts.entry_seq <= $seq and coalesce(receipts.reversal_entry_seq > $seq, true)
    group by receipts.batch_id, receipts.line_number, receipts.tenant_key, receipts.unit_key
)

select
    earlier.batch_id,
    earlier.line_number,
    imports.file_name,
    earlier.posting_date,
    earlier.amount,
    earlier.state,
    received.receipt_ids
from asked
inner join lines as earlier
    on earlier.batch_id <> $batch_id or earlier.line_number < $line_number
inner join facts.imports as imports on imports.batch_id = earlier.batch_id and imports.entry_seq <= $seq
left join classifications as classified
    on classified.batch_id = earlier.batch_id and classified.line_number = earlier.line_number
left join receipts_of_lines as received
    on received.batch_id = earlier.batch_id and received.line_number = earlier.line_number
where
    coalesce(received.tenant_key, classified.tenant_key, earlier.tenant_key) = asked.tenant_key
    and coalesce(received.unit_key, classified.unit_key, earlier.unit_key) = asked.unit_key
    -- Before its batch is posted, an earlier line of the file is taken to post as its answer says.
    and (
        received.receipt_ids is not null
        or (earlier.batch_id = $batch_id and classified.disposition = 'auto')
        or (earlier.batch_id <> $batch_id and earlier.state = 'waiting')
    )
    and case
        when $reason = 'CONSUMED_IN_BATCH' then earlier.batch_id = $batch_id
        else earlier.duplicate_date = asked.duplicate_date
            and earlier.amount = asked.amount
            and earlier.memo = asked.memo
    end
order by earlier.batch_id, earlier.line_number
