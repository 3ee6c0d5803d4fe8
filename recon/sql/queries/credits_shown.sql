-- One row per receipt whose credit is not used up, oldest first.
select
    receipts.receipt_id,
    receipts.batch_id,
    tenant_names.tenant_id,
    tenant_names.name,
    unit_names.unit_id,
    receipts.posting_date,
    receipts.memo,
    cast(receipts.credit - receipts.refunded as decimal(18, 2)) as credit
from receipts
inner join tenant_names on tenant_names.tenant_key = receipts.tenant_key
inner join unit_names on unit_names.unit_key = receipts.unit_key
where receipts.reversal_kind is null and receipts.credit > receipts.refunded
order by receipts.posting_date, receipts.receipt_id
