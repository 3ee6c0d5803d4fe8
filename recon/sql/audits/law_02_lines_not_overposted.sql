-- One row per line on which more was received than it holds.
select batch_id, line_number, amount, posted_amount
from lines
where posted_amount > coalesce(amount, 0)
