-- One row per receipt in an auditor's sample: all from an amount on, and of the rest as many as asked, by hash of a seed.
with

ranked as (
    select
        receipts.receipt_id,
        receipts.batch_id,
        receipts.line_number,
        receipts.posting_date,
        receipts.tenant_key as payer,
        receipts.amount,
        receipts.reason,
        receipts.deposit_id,
        receipts.amount >= $all_from as is_large,
        row_number() over (
            partition by receipts.amount >= $all_from order by sha256($seed || ':' || receipts.receipt_id)
        ) as place
    from receipts
)

select * exclude (place)
from ranked
where is_large or place <= $count
order by receipt_id
