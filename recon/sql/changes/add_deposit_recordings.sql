-- One row per open slip that a match of this journal entry fixes.
insert into facts.deposit_recordings
select deposits.deposit_id, deposits.total, $seq
from deposits
inner join facts.bank_match_items as items
    on items.kind = 'deposit' and items.item_id = deposits.deposit_id and items.entry_seq = $seq
where deposits.state = 'open'
order by deposits.deposit_id
