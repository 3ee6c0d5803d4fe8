-- One row per group of lines that take turns, if one posts in this round and others follow: the first that posts.
select
    tenant_no,
    turn_no,
    min(case when reason like 'OK%' then line_number end) as line_number
from judged_lines
group by tenant_no, turn_no
having
    count(*) > 1
    and min(case when reason like 'OK%' then line_number end) < max(line_number)
