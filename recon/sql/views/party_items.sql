-- One row per movement of what a bank account owes to one party: a ledger, a tenant's deposit, a tenant's credit; and of
-- what it owes to another bank account, because money was deposited here that belongs there (a transfer due).
with

applied as (
    select applications.receipt_id, applications.ledger_key, applications.applied_on as moved_on, applications.amount
    from facts.applications as applications
    union all
    select receipt_id, ledger_key, posting_date, amount
    from facts.receipts
    where ledger_key is not null
),

elsewhere as (
    select
        receipts.bank_account_key as from_key,
        names.bank_account_key as to_key,
        applied.receipt_id,
        applied.moved_on,
        applied.amount
    from applied
    inner join facts.receipts as receipts on receipts.receipt_id = applied.receipt_id
    inner join ledger_names as names on names.ledger_key = applied.ledger_key
    where receipts.bank_account_key <> names.bank_account_key
),

transfers as (
    select from_key, to_key, moved_on, amount
    from elsewhere
    union all
    select elsewhere.from_key, elsewhere.to_key, reversals.reversed_on, -elsewhere.amount
    from elsewhere
    inner join facts.reversals as reversals on reversals.receipt_id = elsewhere.receipt_id
),

credits as (
    select bank_account_key, tenant_key, posting_date as moved_on, amount
    from receipts
    where tenant_key is not null
    union all
    select receipts.bank_account_key, receipts.tenant_key, applications.applied_on, -applications.amount
    from facts.applications as applications
    inner join facts.receipts as receipts on receipts.receipt_id = applications.receipt_id
    union all
    select bank_account_key, tenant_key, refunded_on, -amount
    from refunds
    union all
    select bank_account_key, tenant_key, reversed_on, -credit
    from receipts
    where tenant_key is not null and reversal_kind is not null
),

ledger_kinds as (
    select ledger_key, arg_max(kind, load_id) as kind
    from facts.ledger_ledgers
    group by ledger_key
)

select
    names.bank_account_key,
    case when kinds.kind = 'tenant_deposits' and movements.tenant_key is not null then 'deposit' else 'ledger' end as party,
    case
        when kinds.kind = 'tenant_deposits' and movements.tenant_key is not null then movements.tenant_key
        else movements.ledger_key
    end as party_key,
    movements.moved_on,
    cast(movements.amount as decimal(18, 2)) as amount
from ledger_movements as movements
inner join ledger_names as names on names.ledger_key = movements.ledger_key
inner join ledger_kinds as kinds on kinds.ledger_key = movements.ledger_key
where movements.until_seq is null
union all
select bank_account_key, 'credit', tenant_key, moved_on, cast(amount as decimal(18, 2))
from credits
where amount <> 0
union all
select from_key, 'transfer', to_key, moved_on, cast(amount as decimal(18, 2))
from transfers
union all
select to_key, 'transfer', from_key, moved_on, cast(-amount as decimal(18, 2))
from transfers
