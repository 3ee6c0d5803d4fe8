-- One row per bank account of the ledger in force.
select accounts.bank_account_key, accounts.bank_account_id, accounts.name, accounts.routing_number, accounts.account_number
from facts.ledger_bank_accounts as accounts
inner join current_load on current_load.load_id = accounts.load_id
