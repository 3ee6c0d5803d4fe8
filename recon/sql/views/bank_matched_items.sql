-- One row per slip, returned receipt, ledger entry, refund or posting that a bank line stands for.
select items.match_id, items.kind, items.item_id, items.amount
from facts.bank_match_items as items
left join facts.bank_unmatches as unmatches on unmatches.match_id = items.match_id
where unmatches.match_id is null
