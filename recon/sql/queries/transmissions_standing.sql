-- One row per upload of a pass: what was last told of it, and since when it is on its way.
select publication_id, target, pass_number, arg_max(state, (entry_seq, rank)) as state, upload_id,
    arg_max(message, (entry_seq, rank)) as message, min(told_at) as began_at
from (
    select *, list_position(['uploaded', 'pending', 'processed', 'failed', 'cleared'], state) as rank
    from transmissions
)
where $target is null or target = $target
group by publication_id, target, pass_number, upload_id
order by min(entry_seq), pass_number, upload_id
