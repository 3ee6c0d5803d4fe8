-- One row per ledger entry of the ledger in force.
select
    entries.entry_key,
    entries.entry_id,
    entries.ledger_key,
    entries.unit_key,
    entries.tenant_key,
    entries.vendor_key,
    entries.entry_date,
    entries.kind,
    entries.description,
    entries.amount
from facts.ledger_entries as entries
inner join current_load on current_load.load_id = entries.load_id
