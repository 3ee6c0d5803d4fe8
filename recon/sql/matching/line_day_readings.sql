-- One row per bank account, kind and day with readings of its lines: as a whole, and of single free ones.
select bank_account_key, item_kind, booking_date, sum(whole) as whole, sum(single) as single
from (
    select bank_account_key, item_kind, booking_date, items as whole, 0 as single
    from readings
    where line_side = 'day'
    union all
    select bank_account_key, item_kind, booking_date, 0 as whole, readings as single
    from line_readings
    where free_lines > 0
) as counted
group by bank_account_key, item_kind, booking_date
