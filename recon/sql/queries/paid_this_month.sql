-- One row: how many payments of a template their tenants made in the same month already, and one of those tenants.
select count(distinct lines.line_number) as payments, min(names.tenant_id) as tenant_id
from lines
left join classifications as classified
    on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
inner join receipts
    on receipts.batch_id <> lines.batch_id
    and receipts.tenant_key = coalesce(classified.tenant_key, lines.tenant_key)
    and receipts.amount = lines.amount
    and receipts.reversal_kind is null
    and date_trunc('month', receipts.posting_date) = date_trunc('month', lines.posting_date)
inner join tenant_names as names on names.tenant_key = receipts.tenant_key
where
    lines.batch_id = $batch_id
    and lines.state in ('waiting', 'posted')
