-- One row per unit exported by then, as last spelled then.
select unit_key, arg_max(unit_id, load_id) as unit_id, arg_max(description, load_id) as description
from facts.ledger_units
where load_id <= $load_id
group by unit_key
