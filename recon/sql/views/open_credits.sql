-- One row per receipt with credit that its tenant still has: neither applied since nor refunded.
select
    receipt_id,
    tenant_key,
    unit_key,
    posting_date,
    cast(credit - refunded as decimal(18, 2)) as amount,
    entry_seq
from receipts
where reversal_kind is null and credit > refunded
