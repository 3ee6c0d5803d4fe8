-- One row per movement of cash in the books of a bank account: receipts by their slip, returns, refunds, what only the
-- bank had, and what the ledger as exported says. `brought_forward` is what an opening balance stands for.
with

slips as (
    select items.receipt_id, min(items.deposit_id) as deposit_id
    from facts.deposit_items as items
    left join facts.deposit_voids as voids on voids.deposit_id = items.deposit_id
    where voids.deposit_id is null
    group by items.receipt_id
),

exported as (
    select
        names.bank_account_key,
        case
            when movements.movement_id like 'entry:%' and movements.kind <> 'opening_balance' then 'entry'
            else 'brought_forward'
        end as kind,
        case
            when movements.movement_id like 'entry:%' then substr(movements.movement_id, 7)
            else movements.movement_id
        end as item_id,
        movements.moved_on,
        movements.amount,
        movements.description
    from ledger_movements as movements
    inner join ledger_names as names on names.ledger_key = movements.ledger_key
    where movements.until_seq is null and movements.since_seq in (select entry_seq from facts.ledger_loads)
)

select
    receipts.bank_account_key,
    'deposit' as kind,
    coalesce(slips.deposit_id, receipts.receipt_id) as item_id,
    receipts.posting_date as booked_on,
    receipts.amount,
    receipts.memo as description
from receipts
left join slips on slips.receipt_id = receipts.receipt_id
union all
select
    receipts.bank_account_key,
    case when receipts.reversal_kind = 'returned' then 'reversal' else 'deposit' end,
    case
        when receipts.reversal_kind = 'returned' then receipts.receipt_id
        else coalesce(slips.deposit_id, receipts.receipt_id)
    end,
    receipts.reversed_on,
    cast(-receipts.amount as decimal(18, 2)),
    receipts.memo
from receipts
left join slips on slips.receipt_id = receipts.receipt_id
where receipts.reversal_kind is not null
union all
select
    bank_account_key,
    'refund',
    refund_id,
    refunded_on,
    cast(-amount as decimal(18, 2)),
    memo
from refunds
union all
select bank_account_key, 'posting', posting_id, posted_on, amount, description
from bank_postings
union all
select bank_account_key, kind, item_id, moved_on, cast(amount as decimal(18, 2)), coalesce(description, '')
from exported
