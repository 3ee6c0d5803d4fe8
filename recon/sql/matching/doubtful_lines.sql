-- One row per bank account, kind, day and amount of lines that two of a day may stand for, or be a part of.
select bank_account_key, item_kind, booking_date, amount
from pair_readings
where pair_side = 'items'
union
select bank_account_key, item_kind, booking_date, one_amount
from pair_readings
where pair_side = 'lines'
union
select bank_account_key, item_kind, booking_date, other_amount
from pair_readings
where pair_side = 'lines'
