-- One row per receipt of a line.
select
    receipts.receipt_id,
    receipts.amount,
    receipts.applied,
    receipts.credit,
    receipts.reason,
    receipts.deposit_id,
    receipts.reversal_kind,
    receipts.reversed_on,
    receipts.reversal_entry_seq,
    receipts.entry_seq
from receipts
where receipts.batch_id = $batch_id and receipts.line_number = $line_number
order by receipts.part
