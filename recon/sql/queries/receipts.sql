-- One row per receipt, with its batch and what became of it.
select
    receipts.receipt_id,
    receipts.posting_date,
    tenant_names.tenant_id,
    unit_names.unit_id,
    ledger_names.ledger_id,
    accounts.bank_account_id,
    receipts.amount,
    receipts.applied,
    receipts.credit,
    nullif(receipts.memo, '') as memo,
    receipts.line_number,
    receipts.deposit_id,
    receipts.batch_id,
    receipts.reason,
    receipts.reversal_kind,
    receipts.reversed_on
from receipts
left join tenant_names on tenant_names.tenant_key = receipts.tenant_key
left join unit_names on unit_names.unit_key = receipts.unit_key
left join ledger_names on ledger_names.ledger_key = receipts.ledger_key
left join bank_account_names as accounts on accounts.bank_account_key = receipts.bank_account_key
where $batch_id is null or receipts.batch_id = $batch_id
order by receipts.receipt_id
