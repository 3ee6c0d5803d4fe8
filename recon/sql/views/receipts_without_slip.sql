-- One row per receipt that belongs on a deposit slip and is on none: new, or of a slip that was voided (SPEC 6).
-- Whatever was at the bank comes back from a voided slip: returned receipts too, and corrected ones whose line still
-- waits, so that all receipts of one payment are always on one slip. Given up is only what a line no longer stands for:
-- a person has removed it and nothing of it is posted, or has given it another amount since.
with

awaited as (
    select awaiting.batch_id, awaiting.line_number, sum(corrected.amount) as amount
    from awaiting_replacement as awaiting
    inner join facts.receipts as corrected on corrected.receipt_id = awaiting.receipt_id
    group by awaiting.batch_id, awaiting.line_number
),

given_up as (
    select awaited.batch_id, awaited.line_number
    from awaited
    inner join lines on lines.batch_id = awaited.batch_id and lines.line_number = awaited.line_number
    where
        (lines.state = 'removed' and lines.posted_amount = 0)
        or awaited.amount is distinct from lines.amount - lines.posted_amount
)

select
    receipts.receipt_id,
    receipts.batch_id,
    receipts.line_number,
    receipts.bank_account_key,
    receipts.deposit_date,
    receipts.amount
from receipts
left join awaiting_replacement as awaiting on awaiting.receipt_id = receipts.receipt_id
left join given_up
    on given_up.batch_id = receipts.batch_id
    and given_up.line_number = receipts.line_number
    and receipts.reversal_kind = 'correction'
where
    receipts.deposit_id is null
    and (receipts.reversal_kind is distinct from 'correction' or awaiting.receipt_id is not null)
    and given_up.line_number is null
