-- One row per deposit slip, payment out or returned receipt that a bank line may stand for, with the days on which the
-- bank may show it. `kind` is the item's own, `item_kind` what the bank's line can say of it.
-- Those matched by their total alone are here as well: the next match must still be told from them.
with

matched as (
    select items.kind, items.item_id, matches.rule
    from bank_matched_items as items
    inner join bank_matches as matches on matches.match_id = items.match_id
),

named as (
    select distinct deposit_id
    from names_at_hand
),

candidates as (
    select
        'deposit' as item_kind,
        'deposit' as kind,
        deposits.deposit_id as item_id,
        deposits.bank_account_key,
        deposits.deposit_date as item_date,
        cast(deposits.total as decimal(18, 4)) as amount,
        named.deposit_id is not null as is_named
    from deposits
    left join named on named.deposit_id = deposits.deposit_id
    where deposits.state <> 'void' and deposits.items > 0
    union all
    select 'entry', kind, item_id, bank_account_key, paid_on, cast(amount as decimal(18, 4)), false
    from payments_out
    union all
    select 'reversal', 'reversal', receipt_id, bank_account_key, reversed_on, cast(-amount as decimal(18, 4)), false
    from receipts
    where reversal_kind = 'returned'
)

select
    candidates.item_kind,
    candidates.kind,
    candidates.item_id,
    candidates.bank_account_key,
    candidates.item_date,
    candidates.amount,
    candidates.item_date - cast($days_before as integer) as fits_from,
    candidates.item_date + cast($days_after as integer) as fits_to,
    matched.item_id is null and not candidates.is_named as is_free
from candidates
left join matched on matched.kind = candidates.kind and matched.item_id = candidates.item_id
where matched.item_id is null or matched.rule in ('total', 'together')
