-- One row per line whose turn has come in this round: up to the first that posts, or all where none does.
select
    judged.line_number,
    judged.tenant_no,
    judged.unit_no,
    judged.posting_date,
    judged.amount,
    judged.is_default_used,
    judged.is_past,
    judged.first_line,
    judged.first_charge_no,
    coalesce(runs.matchable_total, judged.matchable_total) as matchable_total,
    coalesce(runs.status_total, judged.status_total) as status_total,
    coalesce(runs.reason, judged.reason) as reason
from judged_lines as judged
left join first_posts as firsts on firsts.tenant_no = judged.tenant_no and firsts.turn_no = judged.turn_no
left join partial_runs as runs on runs.line_number = judged.line_number
where firsts.line_number is null or judged.line_number <= firsts.line_number or runs.line_number is not null
