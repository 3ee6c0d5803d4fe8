-- One row per ledger, added up another way: exported entries, receipts that stand, and what the bank alone had.
with

forward as (
    select ledger_key, max(entry_date) as brought_on
    from ledger_entries
    where kind = 'opening_balance'
    group by ledger_key
),

receipts_by_day as (
    select ledger_key, receipt_id, applied_on as moved_on, amount, entry_seq
    from facts.applications
    union all
    select ledger_key, receipt_id, posting_date, amount, entry_seq
    from facts.receipts
    where tenant_key is null
),

signed as (
    select ledger_key, receipt_id, moved_on, amount, entry_seq
    from receipts_by_day
    union all
    select posted.ledger_key, posted.receipt_id, reversals.reversed_on, -posted.amount,
        greatest(posted.entry_seq, reversals.entry_seq)
    from receipts_by_day as posted
    inner join facts.reversals as reversals on reversals.receipt_id = posted.receipt_id
),

sums as (
    select signed.ledger_key, signed.amount
    from signed
    cross join current_load
    left join forward on forward.ledger_key = signed.ledger_key
    where
        signed.moved_on <= $period_to
        and not (
            coalesce(forward.brought_on > signed.moved_on, false) and signed.entry_seq <= current_load.reflects_through
        )
    union all
    select entries.ledger_key, entries.amount
    from ledger_entries as entries
    where
        entries.entry_date <= $period_to
        and not (
            entries.kind = 'receipt'
            and exists (
                select 1
                from receipts_by_day as ours
                where
                    ours.ledger_key = entries.ledger_key
                    and lower(ours.receipt_id) = regexp_extract(entries.entry_key, '^r[0-9]{7,}')
            )
        )
    union all
    select ledger_key, amount
    from bank_postings
    where posted_on <= $period_to
)

select ledger_key as party_key, cast(sum(amount) as decimal(18, 2)) as amount
from sums
group by ledger_key
