-- One row per tenant and unit with open charges: all that is owed by now, whatever the date (BTR-18).
select
    tenant_no,
    unit_no,
    cast(sum(open_amount) as decimal(18, 2)) as status_total,
    count(*) as charges,
    min(charge_no) as first_charge_no,
    min(ledger_no) = max(ledger_no) as is_one_ledger,
    max(due_date) as last_due_date
from open_charges
group by tenant_no, unit_no
