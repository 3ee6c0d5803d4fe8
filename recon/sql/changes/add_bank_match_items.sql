-- One row per slip, returned receipt, ledger entry, refund or posting of a match found; what comes back or goes out is negative.
insert into facts.bank_match_items
with

amounts as (
    select 'deposit' as kind, deposit_id as item_id, total as amount
    from deposits
    where state <> 'void'
    union all
    select 'reversal', receipt_id, -amount
    from receipts
    where reversal_kind = 'returned'
    union all
    select 'entry', entry_key, amount
    from ledger_entries
    union all
    select 'refund', refund_id, -amount
    from refunds
    union all
    select 'posting', posting_id, amount
    from facts.bank_postings
)

select found_items.match_id, found_items.kind, found_items.item_id, amounts.amount, $seq
from found_items
inner join amounts on amounts.kind = found_items.kind and amounts.item_id = found_items.item_id
order by found_items.match_id, found_items.kind, found_items.item_id
