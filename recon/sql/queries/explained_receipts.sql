-- One row per receipt of a line: of whom, what became of it, and how much of it paid which charge.
with

paid as (
    select receipt_id, string_agg(charge_id || ' ' || amount, ', ' order by charge_id) as charges
    from (
        select receipt_id, charge_id, sum(amount) as amount
        from applications
        where receipt_id in (
            select receipt_id from facts.receipts where batch_id = $batch_id and line_number = $line_number
        )
        group by receipt_id, charge_id
    ) as applied
    group by receipt_id
)

select
    receipts.receipt_id,
    tenant_names.tenant_id,
    unit_names.unit_id,
    ledger_names.ledger_id,
    receipts.amount,
    receipts.applied,
    paid.charges,
    receipts.credit,
    receipts.reason,
    receipts.deposit_id,
    receipts.reversal_kind,
    receipts.reversed_on,
    receipts.reversal_entry_seq,
    receipts.entry_seq
from receipts
left join paid on paid.receipt_id = receipts.receipt_id
left join tenant_names on tenant_names.tenant_key = receipts.tenant_key
left join unit_names on unit_names.unit_key = receipts.unit_key
left join ledger_names on ledger_names.ledger_key = receipts.ledger_key
where receipts.batch_id = $batch_id and receipts.line_number = $line_number
order by receipts.part
