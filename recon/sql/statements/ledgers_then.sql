-- One row per ledger exported by then, as last spelled then.
select
    ledger_key,
    arg_max(ledger_id, load_id) as ledger_id,
    arg_max(kind, load_id) as kind,
    arg_max(owner_key, load_id) as owner_key
from facts.ledger_ledgers
where load_id <= $load_id
group by ledger_key
