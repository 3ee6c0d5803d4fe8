-- One row, or none before the first: the ledger as last loaded.
select load_id, sha256, includes, reflects_through, entry_seq
from facts.ledger_loads
order by load_id desc
limit 1
