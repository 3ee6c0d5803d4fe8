-- One row per refund of a tenant's credit: money that leaves the bank account in which the receipt lies (SPEC 6).
select
    refunds.receipt_id || '-refund-' || refunds.entry_seq as refund_id,
    refunds.receipt_id,
    receipts.bank_account_key,
    receipts.tenant_key,
    receipts.unit_key,
    refunds.refunded_on,
    refunds.amount,
    receipts.memo,
    refunds.entry_seq
from facts.credit_refunds as refunds
inner join facts.receipts as receipts on receipts.receipt_id = refunds.receipt_id
