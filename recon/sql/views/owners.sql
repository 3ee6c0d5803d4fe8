-- One row per owner of the ledger in force.
select owners.owner_key, owners.owner_id, owners.name, owners.email, owners.status, owners.online_access
from facts.ledger_owners as owners
inner join current_load on current_load.load_id = owners.load_id
