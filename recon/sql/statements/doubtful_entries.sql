-- One row per exported receipt that may be one of ours: its export reflects ours, and nothing but the name differs.
-- A receipt of ours that the export gives back under its own name (`R0000001…`) is known, and counts once.
select entries.entry_id, ours.reference as receipt_id, names.ledger_id, entries.entry_date, entries.amount
from ledger_entries as entries
cross join current_load
inner join ledger_movements as ours
    on ours.ledger_key = entries.ledger_key
    and ours.moved_on = entries.entry_date
    and ours.amount = entries.amount
    and ours.kind = 'receipt'
    and ours.reference like 'R%'
    and ours.movement_id not like 'entry:%'
    and ours.since_seq <= current_load.reflects_through
    and (entries.tenant_key is null or entries.tenant_key = ours.tenant_key)
    and (entries.unit_key is null or entries.unit_key = ours.unit_key)
inner join ledger_names as names on names.ledger_key = entries.ledger_key
inner join ledger_movements as theirs
    on theirs.movement_id = 'entry:' || entries.entry_key and theirs.until_seq is null
where entries.kind = 'receipt'
order by entries.entry_id, ours.reference
