-- One row per receipt of a tenant whom some line may be for: the last ones count as habit, near ones as duplicates.
select
    receipts.tenant_key,
    receipts.unit_key,
    receipts.receipt_id,
    receipts.batch_id,
    receipts.line_number,
    receipts.posting_date,
    coalesce(lines.amount, receipts.amount) as amount,
    receipts.reversal_kind,
    receipts.reversed_on
from receipts
left join lines on lines.batch_id = receipts.batch_id and lines.line_number = receipts.line_number
where receipts.tenant_key in (select tenant_key from candidate_payers)
order by receipts.posting_date, receipts.receipt_id
