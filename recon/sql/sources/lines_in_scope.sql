-- One row per line to classify.
select line_number, posting_date, duplicate_date, unit_key, tenant_key, amount, memo
from lines_at_hand
where message is null
