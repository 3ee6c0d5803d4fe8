-- One row per unit ever exported, as last spelled.
select unit_key, arg_max(unit_id, load_id) as unit_id, arg_max(description, load_id) as description
from facts.ledger_units
group by unit_key
