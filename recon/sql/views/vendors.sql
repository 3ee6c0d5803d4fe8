-- One row per vendor of the ledger in force.
select vendors.vendor_key, vendors.vendor_id, vendors.name, vendors.email, vendors.status, vendors.online_access
from facts.ledger_vendors as vendors
inner join current_load on current_load.load_id = vendors.load_id
