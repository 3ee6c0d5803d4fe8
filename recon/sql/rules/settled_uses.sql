-- One row per line that posts in this round and charge that it pays, as far as `uses` has them.
select line_number, charge_no, tenant_no, unit_no, ledger_no, posting_date, amount
from uses
