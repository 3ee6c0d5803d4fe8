-- One row per line whose turn has not come yet.
select
    waiting.line_number,
    waiting.tenant_no,
    waiting.unit_no,
    waiting.turn_no,
    waiting.is_unit_assumed,
    waiting.posting_date,
    waiting.amount,
    waiting.is_default_used,
    waiting.is_past,
    waiting.is_alias,
    waiting.first_line,
    waiting.stop_reason
from waiting_lines as waiting
inner join first_posts as firsts
    on firsts.tenant_no = waiting.tenant_no and firsts.turn_no = waiting.turn_no
left join partial_runs as runs on runs.line_number = waiting.line_number
where waiting.line_number > firsts.line_number and runs.line_number is null
