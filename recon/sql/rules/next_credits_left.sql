-- One row per tenant and unit whose credit no line has used by now.
select credits.tenant_no, credits.unit_no, credits.amount
from credits_left as credits
left join decided_lines as used
    on used.tenant_no = credits.tenant_no and used.unit_no = credits.unit_no and used.reason = 'OK_CREDIT'
where used.line_number is null
