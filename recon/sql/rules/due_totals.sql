-- One row per tenant, unit and posting date with charges due by then: their sum; only with due-now (SPEC 5).
with

dates as (
    select distinct tenant_no, unit_no, posting_date
    from waiting_lines
    where $due_now
)

select
    dates.tenant_no,
    dates.unit_no,
    dates.posting_date,
    cast(sum(charges.open_amount) as decimal(18, 2)) as due_total,
    min(charges.ledger_no) = max(charges.ledger_no) as is_one_ledger
from dates
inner join open_charges as charges on charges.tenant_no = dates.tenant_no and charges.unit_no = dates.unit_no
where charges.due_date <= dates.posting_date
group by dates.tenant_no, dates.unit_no, dates.posting_date
