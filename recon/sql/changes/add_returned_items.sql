-- One row per line of the bank that a match of this journal entry puts to one returned receipt.
insert into facts.returned_items
select min(lines.bank_line_id), min(items.item_id), $seq
from facts.bank_match_items as items
inner join facts.bank_match_lines as lines on lines.match_id = items.match_id
where items.entry_seq = $seq and items.kind = 'reversal'
group by items.match_id
having count(*) = 1 and min(lines.bank_line_id) not in (select bank_line_id from facts.returned_items)
