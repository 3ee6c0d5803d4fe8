-- One row per line of a batch that was accepted in a set of suggestions and still stands, the latest first.
select
    receipts.line_number,
    sum(receipts.amount) as amount,
    string_agg(receipts.receipt_id, ' ' order by receipts.receipt_id) as receipt_ids,
    string_agg(coalesce(tenant_names.tenant_id, receipts.tenant_key), ', ' order by receipts.receipt_id) as payers,
    entries.why,
    entries.who,
    entries.seq
from receipts
inner join facts.journal as entries on entries.seq = receipts.entry_seq
left join tenant_names on tenant_names.tenant_key = receipts.tenant_key
where receipts.batch_id = $batch_id and entries.action = 'accept-suggestions' and receipts.reversal_kind is null
group by receipts.line_number, entries.why, entries.who, entries.seq
order by entries.seq desc, receipts.line_number
