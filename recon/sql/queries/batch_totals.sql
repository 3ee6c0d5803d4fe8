-- One row per disposition of a batch's lines: how many, and how much.
select
    case when lines.message is null then coalesce(classified.disposition, 'rejected') else 'rejected' end as disposition,
    count(*) as count,
    cast(coalesce(sum(lines.amount), 0) as decimal(18, 2)) as amount
from lines
left join classifications as classified
    on classified.batch_id = lines.batch_id and classified.line_number = lines.line_number
where lines.batch_id = $batch_id and not lines.is_taken_back
group by 1
