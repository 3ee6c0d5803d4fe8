-- One row per bucket of open charges, by days since the due date as of a day.
select
    case
        when due_date > $as_of then 'not yet due'
        when due_date > $as_of - 31 then '0-30'
        when due_date > $as_of - 61 then '31-60'
        when due_date > $as_of - 91 then '61-90'
        else 'over 90'
    end as bucket,
    count(*) as count,
    cast(sum(open_amount) as decimal(18, 2)) as amount
from charges
where open_amount > 0
group by bucket
order by max(due_date) desc
