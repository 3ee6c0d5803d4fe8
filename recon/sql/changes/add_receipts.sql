-- One row per line that posts by itself.
insert into facts.receipts by name
with

numbered as (
    select count(*) as receipts
    from facts.receipts
),

earlier_parts as (
    select line_number, max(part) as part
    from facts.receipts
    where batch_id = $batch_id
    group by line_number
),

ledgers_paid as (
    select uses.line_number, min(charges.ledger_key) as ledger_key
    from settled_uses as uses
    inner join charges_in_force as charges on charges.charge_no = uses.charge_no
    group by uses.line_number
)

select
    'R' || lpad(cast(numbered.receipts + row_number() over (order by lines.line_number) as varchar), 7, '0')
        as receipt_id,
    $batch_id as batch_id,
    lines.line_number,
    coalesce(earlier_parts.part, 0) + 1 as part,
    tenants.tenant_key,
    units.unit_key,
    coalesce(line_slips.bank_account_key, imports.bank_account_key, ledgers.bank_account_key) as bank_account_key,
    lines.posting_date,
    imports.deposit_date,
    lines.amount,
    lines.memo,
    classified.reason,
    $seq as entry_seq
from classified_lines as classified
inner join lines_at_hand as lines on lines.line_number = classified.line_number
inner join ledgers_paid on ledgers_paid.line_number = classified.line_number
inner join ledgers on ledgers.ledger_key = ledgers_paid.ledger_key
inner join tenants_in_force as tenants on tenants.tenant_no = classified.tenant_no
inner join units_in_force as units on units.unit_no = classified.unit_no
inner join facts.imports as imports on imports.batch_id = $batch_id
left join line_slips on line_slips.batch_id = $batch_id and line_slips.line_number = classified.line_number
left join earlier_parts on earlier_parts.line_number = classified.line_number
cross join numbered
where classified.disposition = 'auto'
order by lines.line_number
