-- One row per bank account, kind, day and amount of lines that fit slips or entries: how many readings each of them is in.
select bank_account_key, item_kind, booking_date, amount, max(free_lines) as free_lines, sum(items) as readings
from readings
where line_side = 'one'
group by bank_account_key, item_kind, booking_date, amount
