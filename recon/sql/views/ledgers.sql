-- One row per ledger of the ledger in force.
select ledgers.ledger_key, ledgers.ledger_id, ledgers.kind, ledgers.owner_key, ledgers.bank_account_key
from facts.ledger_ledgers as ledgers
inner join current_load on current_load.load_id = ledgers.load_id
