-- One row per receipt that belongs to what is asked about: a line, receipt, tenant, charge, deposit slip or bank line.
with

of_bank_line as (
    select matched.kind, matched.item_id
    from bank_lines
    inner join bank_matched_items as matched on matched.match_id = bank_lines.match_id
    where bank_lines.bank_line_id = upper($subject)
    union all
    select 'reversal', receipt_id
    from returned_items
    where bank_line_id = upper($subject) and receipt_id is not null
)

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
    or receipts.deposit_id in (select item_id from of_bank_line where kind = 'deposit')
    or receipts.receipt_id in (select item_id from of_bank_line where kind = 'reversal')
    or receipts.receipt_id in (
        select refunds.receipt_id
        from refunds
        inner join of_bank_line on of_bank_line.kind = 'refund' and of_bank_line.item_id = refunds.refund_id
    )
