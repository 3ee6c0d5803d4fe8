-- One row per tenant and unit with credit; only with the credit rule, before the first round.
select tenant_no, unit_no, amount
from credits_in_force
