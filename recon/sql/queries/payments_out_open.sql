-- One row per payment out of the books that no line of the bank shows yet, and that the bank's lines read so far reach.
select kind, item_id, bank_account_key, paid_on, amount, description
from payments_out
where
    match_id is null
    and paid_on >= (
        select min(booking_date)
        from bank_lines
        where bank_lines.bank_account_key = payments_out.bank_account_key
    )
order by paid_on, item_id
