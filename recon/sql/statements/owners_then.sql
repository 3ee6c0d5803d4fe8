-- One row per owner exported by then, as last spelled then.
select
    owner_key,
    arg_max(owner_id, load_id) as owner_id,
    arg_max(name, load_id) as name,
    max(load_id) = $load_id and arg_max(status, load_id) = 'active' as is_active
from facts.ledger_owners
where load_id <= $load_id
group by owner_key
