-- One row per bank account, kind, day and amount: how many lines there are of it, and how many are free.
select
    bank_account_key,
    item_kind,
    booking_date,
    amount,
    count(*) as lines,
    count(case when is_free then 1 end) as free_lines,
    min(bank_line_id) as bank_line_id
from lines_to_match
group by bank_account_key, item_kind, booking_date, amount
