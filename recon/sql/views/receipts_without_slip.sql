-- One row per receipt that belongs on a deposit slip and is on none: new, or of a slip that was voided (SPEC 6).
-- Whatever was at the bank comes back from a voided slip: returned receipts too, and corrected ones whose line still
-- waits, so that all receipts of one payment are always on one slip. Only a line that a person has removed, and of which
-- nothing is posted, is given up.
with

decided as (
    select batch_id, line_number, arg_max(kind, entry_seq) as kind
    from facts.line_decisions
    where entry_seq not in (select undone_seq from facts.undone_entries)
    group by batch_id, line_number
),

given_up as (
    select awaiting.receipt_id
    from awaiting_replacement as awaiting
    inner join decided
        on decided.batch_id = awaiting.batch_id
        and decided.line_number = awaiting.line_number
        and decided.kind = 'removed'
    where not exists (
        select 1
        from receipts as others
        where
            others.batch_id = awaiting.batch_id
            and others.line_number = awaiting.line_number
            and others.reversal_kind is distinct from 'correction'
    )
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
left join given_up on given_up.receipt_id = receipts.receipt_id
where
    receipts.deposit_id is null
    and (receipts.reversal_kind is distinct from 'correction' or awaiting.receipt_id is not null)
    and given_up.receipt_id is null
