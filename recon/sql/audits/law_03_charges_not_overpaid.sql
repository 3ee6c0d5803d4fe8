-- One row per charge paid beyond its amount, or open beyond it.
select charge_id, amount, open_amount
from charges
where open_amount < 0 or open_amount > amount
