-- One row per bank account, kind, day and amount of lines in doubt: they may be the sum of two others, or a part of one,
-- which no only reading explains.
select bank_account_key, item_kind, booking_date, amount
from pair_readings
where pair_side = 'items' and one_loose = 1 and other_loose = 1
union
select bank_account_key, item_kind, booking_date, one_amount
from pair_readings
where pair_side = 'lines' and other_loose = 1 and whole_loose = 1
union
select bank_account_key, item_kind, booking_date, other_amount
from pair_readings
where pair_side = 'lines' and one_loose = 1 and whole_loose = 1
