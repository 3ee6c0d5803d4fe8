-- One row per receipt: what was applied, what is credit, where it is deposited, whether it was reversed (SPEC 6).
with

applied as (
    select receipt_id, sum(amount) as amount
    from facts.applications
    group by receipt_id
),

refunded as (
    select receipt_id, sum(amount) as amount
    from facts.credit_refunds
    group by receipt_id
),

ledgers_paid as (
    select receipt_id, min(ledger_key) as ledger_key
    from facts.applications
    group by receipt_id
    having count(distinct ledger_key) = 1
)

select
    receipts.receipt_id,
    receipts.batch_id,
    receipts.line_number,
    receipts.part,
    receipts.posting_date,
    receipts.tenant_key,
    receipts.unit_key,
    coalesce(receipts.ledger_key, ledgers_paid.ledger_key) as ledger_key,
    receipts.bank_account_key,
    receipts.deposit_date,
    receipts.amount,
    cast(case when receipts.ledger_key is null then coalesce(applied.amount, 0) else receipts.amount end
        as decimal(18, 2)) as applied,
    cast(case when receipts.ledger_key is null then receipts.amount - coalesce(applied.amount, 0) else 0 end
        as decimal(18, 2)) as credit,
    cast(coalesce(refunded.amount, 0) as decimal(18, 2)) as refunded,
    receipts.memo,
    receipts.reason,
    items.deposit_id,
    reversals.kind as reversal_kind,
    reversals.reversed_on,
    receipts.entry_seq,
    reversals.entry_seq as reversal_entry_seq
from facts.receipts as receipts
left join applied on applied.receipt_id = receipts.receipt_id
left join refunded on refunded.receipt_id = receipts.receipt_id
left join ledgers_paid on ledgers_paid.receipt_id = receipts.receipt_id
left join live_deposit_items as items on items.receipt_id = receipts.receipt_id
left join facts.reversals as reversals on reversals.receipt_id = receipts.receipt_id
