-- One row per bank account and day on which the cash in the books moved otherwise than what is owed to owners and tenants.
with

moved as (
    select bank_account_key, booked_on as moved_on, amount as cash, 0 as owed
    from book_items
    union all
    select bank_account_key, moved_on, 0, amount
    from party_items
)

select bank_account_key, moved_on, sum(cash) as cash, sum(owed) as owed
from moved
group by bank_account_key, moved_on
having sum(cash) <> sum(owed)
