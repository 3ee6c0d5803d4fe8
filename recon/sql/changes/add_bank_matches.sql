-- One row per match found, of the bank account of its lines.
insert into facts.bank_matches
select found_matches.match_id, min(lines.bank_account_key), found_matches.rule, $seq
from found_matches
inner join found_lines on found_lines.match_id = found_matches.match_id
inner join facts.bank_lines as lines on lines.bank_line_id = found_lines.bank_line_id
group by found_matches.match_id, found_matches.rule
order by found_matches.match_id
