-- One row per group of lines that take turns with a line that posts in this round: the first such line, whose turn is certain.
select tenant_no, turn_no, min(line_number) as line_number
from judged_lines
where reason in ('OK_FULL', 'OK_DUE_NOW', 'OK_PARTIAL_SINGLE')
group by tenant_no, turn_no
