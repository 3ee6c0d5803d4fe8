-- One row per age, payer, reason or size of the waiting lines: how many there are, and their sum.
select
    case
        when $by = 'age' then age
        when $by = 'payer' then payer
        when $by = 'reason' then reason
        when amount < 100 then 'below 100'
        when amount < 1000 then '100 to 999.99'
        else '1,000 and more'
    end as part,
    count(*) as count,
    cast(sum(amount) as decimal(18, 2)) as amount
from unmatched_payments
group by part
order by amount desc, part
