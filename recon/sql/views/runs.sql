-- One row per run, finished or interrupted.
select
    runs.run_id,
    runs.batch_id,
    runs.output,
    completions.run_id is not null as is_finished,
    runs.entry_seq
from facts.runs as runs
left join facts.run_completions as completions on completions.run_id = runs.run_id
