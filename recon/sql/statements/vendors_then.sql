-- One row per vendor exported by then, as last spelled then.
select vendor_key, arg_max(vendor_id, load_id) as vendor_id, arg_max(name, load_id) as name
from facts.ledger_vendors
where load_id <= $load_id
group by vendor_key
