-- One row per receipt that belongs to what is asked about: a line, receipt, tenant, charge or deposit slip by name.
select receipts.receipt_id, receipts.batch_id, receipts.line_number
from receipts
where
    receipts.receipt_id = upper($subject)
    or receipts.batch_id || ':' || receipts.line_number = upper($subject)
    or receipts.deposit_id = upper($subject)
    or receipts.tenant_key = lower(trim($subject))
    or receipts.receipt_id in (
        select applications.receipt_id from applications where applications.charge_key = lower(trim($subject))
    )
