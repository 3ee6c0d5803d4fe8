-- One row per line of a match found.
insert into facts.bank_match_lines
select found_lines.match_id, found_lines.bank_line_id, lines.amount, $seq
from found_lines
inner join facts.bank_lines as lines on lines.bank_line_id = found_lines.bank_line_id
order by found_lines.match_id, found_lines.bank_line_id
