-- One row per line that posts in this round and charge that it pays.
select
    decided.line_number,
    charges.charge_no,
    decided.tenant_no,
    decided.unit_no,
    charges.ledger_no,
    decided.posting_date,
    case when decided.reason = 'OK_PARTIAL_SINGLE' then decided.amount else charges.open_amount end as amount
from decided_lines as decided
inner join open_charges as charges
    on charges.tenant_no = decided.tenant_no and charges.unit_no = decided.unit_no
where
    (decided.reason = 'OK_FULL' and charges.due_date <= cast(decided.posting_date + interval 30 day as date))
    or (decided.reason = 'OK_DUE_NOW' and charges.due_date <= decided.posting_date)
    or (decided.reason = 'OK_PARTIAL_SINGLE' and charges.charge_no = decided.first_charge_no)
