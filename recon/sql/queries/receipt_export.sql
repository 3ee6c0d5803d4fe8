-- One row per application or credit of a receipt, reversal or later use of credit, per refund of credit, and per charge
-- that a returned payment caused, that was not exported before; what is taken or paid back is negative.
with

applied as (
    select
        applications.receipt_id,
        case
            when applications.entry_seq = receipts.entry_seq then applications.receipt_id
            else applications.receipt_id || '-credit-' || applications.entry_seq
        end as record_id,
        applications.entry_seq > receipts.entry_seq as is_credit_used,
        applications.applied_on,
        charges.charge_id,
        applications.ledger_key,
        applications.amount
    from facts.applications as applications
    inner join facts.receipts as receipts on receipts.receipt_id = applications.receipt_id
    inner join facts.ledger_charges as charges
        on charges.load_id = applications.load_id and charges.charge_key = applications.charge_key
),

records as (
    select receipt_id, receipt_id as record_id, 'receipt' as record, posting_date as date, 1 as sign, memo
    from receipts
    union all
    select receipt_id, receipt_id || '-reversed', reversal_kind, reversed_on, -1, memo
    from receipts
    where reversal_kind is not null
    union all
    select distinct applied.receipt_id, applied.record_id, 'credit', applied.applied_on, 1, receipts.memo
    from applied
    inner join receipts on receipts.receipt_id = applied.receipt_id
    where applied.is_credit_used
    union all
    select receipt_id, refund_id, 'refund', refunded_on, -1, memo
    from refunds
    union all
    select receipt_id, receipt_id || '-charge', 'charge', charged_on, 1, description
    from facts.charges_to_add
),

-- Receipts leave with the credit that they had at first; each later use of it is a record of its own.
parts as (
    select record_id, charge_id, ledger_key, amount
    from applied
    union all
    select record_id, null, null, -sum(amount)
    from applied
    where is_credit_used
    group by record_id
    union all
    select receipts.receipt_id, null, null, receipts.credit + coalesce(used.amount, 0)
    from receipts
    left join (
        select receipt_id, sum(amount) as amount
        from applied
        where is_credit_used
        group by receipt_id
    ) as used on used.receipt_id = receipts.receipt_id
    where receipts.credit + coalesce(used.amount, 0) > 0
    union all
    select receipt_id, null, ledger_key, amount
    from facts.receipts
    where ledger_key is not null
    union all
    select receipt_id || '-reversed', charge_id, ledger_key, amount
    from applied
    union all
    select receipt_id || '-reversed', null, case when tenant_key is null then ledger_key end,
        case when tenant_key is null then amount else credit end
    from receipts
    where tenant_key is null or credit > 0
    union all
    select refund_id, null, null, amount
    from refunds
    union all
    select receipt_id || '-charge', null, null, amount
    from facts.charges_to_add
)

select
    records.record_id,
    records.record,
    receipts.receipt_id,
    records.date,
    tenant_names.tenant_id,
    unit_names.unit_id,
    parts.charge_id,
    ledger_names.ledger_id,
    accounts.bank_account_id,
    cast(parts.amount * records.sign as decimal(18, 2)) as amount,
    nullif(records.memo, '') as memo
from records
inner join receipts on receipts.receipt_id = records.receipt_id
inner join parts on parts.record_id = records.record_id
left join tenant_names on tenant_names.tenant_key = receipts.tenant_key
left join unit_names on unit_names.unit_key = receipts.unit_key
left join ledger_names on ledger_names.ledger_key = parts.ledger_key
left join bank_account_names as accounts on accounts.bank_account_key = receipts.bank_account_key
where records.record_id not in (select record_id from facts.receipt_exports)
order by records.record_id, parts.charge_id
