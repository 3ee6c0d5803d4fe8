-- One row per bank account and day with several free credits, or several lines of returns: all of them together, as one
-- slip or receipt would show them.
select bank_account_key, item_kind, booking_date, sum(amount) as amount
from lines_to_match
where item_kind <> 'entry' and is_free
group by bank_account_key, item_kind, booking_date
having count(*) > 1
