-- One row per tenant and unit whose charges a line of this file paid: the first such line; before the first round.
select tenant_no, unit_no, min(line_number) as first_paid_line
from posted_in_batch
group by tenant_no, unit_no
