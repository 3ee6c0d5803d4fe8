-- One row per message of the bank that a payment came back, and the receipt that was reversed by it, if any yet.
select
    lines.bank_line_id,
    statements.kind as told_by,
    lines.bank_account_key,
    lines.booking_date,
    cast(-lines.amount as decimal(18, 4)) as amount,
    lines.return_code,
    lines.original_trace_number,
    lines.trace_number,
    lines.check_number,
    lines.customer_reference,
    lines.bank_reference,
    lines.end_to_end_id,
    lines.counterparty_name,
    lines.description,
    returned.receipt_id,
    lines.entry_seq
from facts.bank_lines as lines
inner join facts.bank_statements as statements on statements.statement_id = lines.statement_id
left join facts.returned_items as returned on returned.bank_line_id = lines.bank_line_id
where
    lines.parent_id is null
    and lines.amount < 0
    and (lines.event in ('returned_check', 'ach_return') or lines.return_code is not null)
