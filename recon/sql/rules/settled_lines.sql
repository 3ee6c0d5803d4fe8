-- One row per line that was settled in this round, as far as it is asked for when all rounds are over.
select line_number, tenant_no, unit_no, amount, is_default_used, is_past, matchable_total, status_total, reason
from decided_lines
