-- One row per bank account ever exported, as last spelled.
select
    bank_account_key,
    arg_max(bank_account_id, load_id) as bank_account_id,
    arg_max(name, load_id) as name,
    arg_max(account_number, load_id) as account_number
from facts.ledger_bank_accounts
group by bank_account_key
