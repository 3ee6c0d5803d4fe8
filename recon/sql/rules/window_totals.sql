-- One row per tenant, unit and posting date for which some open charge is due only after the window: what is owed in it,
-- up to 30 days after the posting date (BTR-14). Where every open charge is in the window, payer_totals says it.
with

-- Those for whom that can be so on the earliest of the dates; few, while there may be many lines.
owing_later as (
    select tenant_no, unit_no, last_due_date
    from payer_totals
    where last_due_date > (select min(posting_date) + $window_days from waiting_lines)
),

dates as (
    select distinct lines.tenant_no, lines.unit_no, lines.posting_date
    from waiting_lines as lines
    inner join owing_later as payers on payers.tenant_no = lines.tenant_no and payers.unit_no = lines.unit_no
    where payers.last_due_date > lines.posting_date + $window_days
)

select
    dates.tenant_no,
    dates.unit_no,
    dates.posting_date,
    cast(sum(charges.open_amount) as decimal(18, 2)) as matchable_total,
    count(*) as charges,
    min(charges.charge_no) as first_charge_no,
    min(charges.ledger_no) = max(charges.ledger_no) as is_one_ledger
from dates
inner join open_charges as charges on charges.tenant_no = dates.tenant_no and charges.unit_no = dates.unit_no
where charges.due_date <= dates.posting_date + $window_days
group by dates.tenant_no, dates.unit_no, dates.posting_date
