-- One row per batch with two runs that both claim to have imported it, or request answered twice.
select batch_id as request, count(*) as times
from facts.runs
group by batch_id
having count(*) > 1
union all
select request_key, count(*)
from facts.journal
where request_key is not null
group by request_key
having count(*) > 1
