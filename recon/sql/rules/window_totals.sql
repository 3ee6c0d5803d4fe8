-- One row per tenant, unit and posting date that has waiting lines: what is owed in the window and at all (BTR-14).
with

dates as (
    select distinct
        tenant_no,
        unit_no,
        posting_date,
        cast(posting_date + interval 30 day as date) as window_end
    from waiting_lines
),

owed as (
    select
        dates.tenant_no,
        dates.unit_no,
        dates.posting_date,
        charges.charge_no,
        charges.ledger_no,
        charges.open_amount,
        charges.due_date <= dates.window_end as is_in_window,
        charges.due_date <= dates.posting_date as is_due
    from dates
    inner join open_charges as charges on charges.tenant_no = dates.tenant_no and charges.unit_no = dates.unit_no
)

select
    tenant_no,
    unit_no,
    posting_date,
    cast(sum(open_amount) as decimal(18, 2)) as status_total,
    cast(sum(case when is_in_window then open_amount else 0 end) as decimal(18, 2)) as matchable_total,
    cast(sum(case when is_due then open_amount else 0 end) as decimal(18, 2)) as due_total,
    count(case when is_in_window then 1 end) as charges_in_window,
    min(case when is_in_window then charge_no end) as first_charge_no,
    min(case when is_in_window then ledger_no end) = max(case when is_in_window then ledger_no end) as is_one_ledger,
    min(case when is_due then ledger_no end) = max(case when is_due then ledger_no end) as is_due_one_ledger
from owed
group by tenant_no, unit_no, posting_date
