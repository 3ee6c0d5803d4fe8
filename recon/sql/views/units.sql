-- One row per unit of the ledger in force.
select units.unit_key, units.unit_id, units.description, units.owner_key, units.responsible_tenant_key
from facts.ledger_units as units
inner join current_load on current_load.load_id = units.load_id
