-- One row per receipt that stands and is on no recorded slip (BTR-57).
select receipts.receipt_id, receipts.batch_id, receipts.bank_account_key, receipts.deposit_date, receipts.amount
from receipts
left join deposits on deposits.deposit_id = receipts.deposit_id
where receipts.reversal_kind is null and coalesce(deposits.state, 'open') <> 'recorded'
