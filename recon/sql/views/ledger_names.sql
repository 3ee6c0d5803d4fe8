-- One row per ledger ever exported, as last spelled.
select ledger_key, arg_max(ledger_id, load_id) as ledger_id, arg_max(bank_account_key, load_id) as bank_account_key
from facts.ledger_ledgers
group by ledger_key
