-- One row per application or credit of a receipt or reversal that was not exported before; a reversal's are negative.
with

records as (
    select receipt_id, receipt_id as record_id, 'receipt' as record, posting_date as date, 1 as sign
    from receipts
    union all
    select receipt_id, receipt_id || '-reversed', reversal_kind, reversed_on, -1
    from receipts
    where reversal_kind is not null
),

parts as (
    select applications.receipt_id, charges.charge_id, applications.ledger_key, applications.amount
    from facts.applications as applications
    inner join facts.ledger_charges as charges
        on charges.load_id = applications.load_id and charges.charge_key = applications.charge_key
    union all
    select receipt_id, null, null, credit
    from receipts
    where credit > 0
    union all
    select receipt_id, null, ledger_key, amount
    from facts.receipts
    where ledger_key is not null
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
    nullif(receipts.memo, '') as memo
from records
inner join receipts on receipts.receipt_id = records.receipt_id
inner join parts on parts.receipt_id = records.receipt_id
left join tenant_names on tenant_names.tenant_key = receipts.tenant_key
left join unit_names on unit_names.unit_key = receipts.unit_key
left join ledger_names on ledger_names.ledger_key = parts.ledger_key
left join bank_account_names as accounts on accounts.bank_account_key = receipts.bank_account_key
where records.record_id not in (select record_id from facts.receipt_exports)
order by records.record_id, parts.charge_id
