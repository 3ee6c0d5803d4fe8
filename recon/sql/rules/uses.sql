-- One row per line that posts in this round and charge that it pays; unless all are asked for, only what the lines that
-- follow must not find any more.
with

-- Tenants with lines left; a line whose unit is in doubt looks at all charges of its tenant.
going_on as (
    select distinct tenant_no
    from next_waiting_lines
)

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
left join going_on on going_on.tenant_no = decided.tenant_no
where
    ($all_uses or going_on.tenant_no is not null)
    and decided.reason like 'OK%'
    and charges.due_date <= decided.posting_date + $window_days
    and (decided.reason <> 'OK_DUE_NOW' or charges.due_date <= decided.posting_date)
    and (decided.reason <> 'OK_PARTIAL_SINGLE' or charges.charge_no = decided.first_charge_no)
