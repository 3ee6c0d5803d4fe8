-- One row per ledger paid whose money lies in another bank account than its own: a transfer is due.
select
    sources.bank_account_id as from_bank_account_id,
    targets.bank_account_id as to_bank_account_id,
    ledger_names.ledger_id,
    transfers_due.amount
from transfers_due
inner join bank_account_names as sources on sources.bank_account_key = transfers_due.from_bank_account_key
inner join bank_account_names as targets on targets.bank_account_key = transfers_due.to_bank_account_key
inner join ledger_names on ledger_names.ledger_key = transfers_due.ledger_key
where transfers_due.batch_id = $batch_id
order by ledger_names.ledger_id, sources.bank_account_id
