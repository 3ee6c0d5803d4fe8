-- One row per earlier receipt whose credit a posting put to the charges of a tenant on a unit, and how much.
select applications.receipt_id, cast(sum(applications.amount) as decimal(18, 2)) as amount
from facts.applications as applications
inner join facts.receipts as receipts on receipts.receipt_id = applications.receipt_id
where
    applications.entry_seq = $seq
    and receipts.entry_seq < $seq
    and receipts.tenant_key = $tenant_key
    and receipts.unit_key = $unit_key
group by applications.receipt_id
order by applications.receipt_id
