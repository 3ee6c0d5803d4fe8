-- One row per payment that leaves a bank account by the books: ledger entries and refunds of credit, negative; with the
-- match of the bank's line that shows it, if there is one.
with

payments as (
    select
        'entry' as kind,
        entries.entry_key as item_id,
        ledgers.bank_account_key,
        entries.entry_date as paid_on,
        entries.amount,
        entries.description
    from ledger_entries as entries
    inner join ledgers on ledgers.ledger_key = entries.ledger_key
    where entries.amount < 0 and entries.kind in ('disbursement', 'fee', 'owner_draw', 'other')
    union all
    select 'refund', refund_id, bank_account_key, refunded_on, cast(-amount as decimal(18, 2)), memo
    from refunds
)

select payments.*, matched.match_id
from payments
left join bank_matched_items as matched on matched.kind = payments.kind and matched.item_id = payments.item_id
