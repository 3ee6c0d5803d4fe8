-- One row per bank line, slip, returned receipt, ledger entry or posting that is in two matches that stand.
select 'line' as kind, lines.bank_line_id as id, count(*) as matches
from facts.bank_match_lines as lines
inner join bank_matches as matches on matches.match_id = lines.match_id
group by lines.bank_line_id
having count(*) > 1
union all
select kind, item_id, count(*)
from bank_matched_items
group by kind, item_id
having count(*) > 1
