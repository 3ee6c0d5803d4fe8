-- One row per returned item without its receipt and receipt that it may belong to: same amount, of the 120 days before.
select
    items.bank_line_id,
    items.booking_date,
    items.amount,
    items.return_code,
    items.description,
    receipts.receipt_id,
    receipts.posting_date,
    tenant_names.tenant_id,
    tenant_names.name as tenant_name,
    receipts.memo,
    receipts.reversal_kind,
    lower(coalesce(items.customer_reference, '')) = receipts.tenant_key
    or position(lower(coalesce(tenant_names.name, '?')) in lower(items.description)) > 0
    or lower(coalesce(items.counterparty_name, '')) = lower(tenant_names.name) as names_payer
from returned_items as items
left join bank_lines on bank_lines.bank_line_id = items.bank_line_id
left join receipts
    on receipts.amount = items.amount
    and (items.bank_account_key is null or receipts.bank_account_key = items.bank_account_key)
    and receipts.posting_date <= items.booking_date
    and receipts.posting_date >= items.booking_date - 120
    and receipts.refunded = 0
    and receipts.reversal_kind is distinct from 'correction'
    and not exists (
        select 1
        from bank_matched_items as matched
        where matched.kind = 'reversal' and matched.item_id = receipts.receipt_id
    )
left join tenant_names on tenant_names.tenant_key = receipts.tenant_key
where items.receipt_id is null and bank_lines.match_id is null
order by items.bank_line_id, names_payer desc, receipts.posting_date desc, receipts.receipt_id
