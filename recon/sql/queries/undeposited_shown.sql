-- One row per receipt on a slip, or without one per receipt on any open slip: not recorded as taken to the bank yet.
select
    receipts.receipt_id,
    receipts.batch_id,
    imports.file_name,
    deposits.deposit_id,
    accounts.bank_account_id,
    deposits.deposit_date,
    receipts.posting_date,
    coalesce(
        tenant_names.name || coalesce(' - ' || unit_names.description, ''), 'Ledger receipt ' || ledger_names.ledger_id
    ) as description,
    items.amount,
    receipts.memo,
    receipts.line_number,
    receipts.reversal_kind
from live_deposit_items as items
inner join deposits on deposits.deposit_id = items.deposit_id
inner join receipts on receipts.receipt_id = items.receipt_id
inner join facts.imports as imports on imports.batch_id = receipts.batch_id
left join bank_account_names as accounts on accounts.bank_account_key = deposits.bank_account_key
left join tenant_names on tenant_names.tenant_key = receipts.tenant_key
left join unit_names on unit_names.unit_key = receipts.unit_key
left join ledger_names on ledger_names.ledger_key = receipts.ledger_key
where coalesce(deposits.deposit_id = $deposit_id, deposits.state = 'open')
order by receipts.receipt_id
