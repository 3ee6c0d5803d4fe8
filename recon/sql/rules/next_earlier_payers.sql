-- One row per tenant and unit with lines left, whose charges a line of this file has paid by now.
with

paid as (
    select tenant_no, unit_no, first_paid_line as line_number from earlier_payers
    union all
    select tenant_no, unit_no, line_number from uses
)

select paid.tenant_no, paid.unit_no, min(paid.line_number) as first_paid_line
from paid
inner join (select distinct tenant_no, unit_no from next_waiting_lines) as going_on
    on going_on.tenant_no = paid.tenant_no and going_on.unit_no = paid.unit_no
group by paid.tenant_no, paid.unit_no
