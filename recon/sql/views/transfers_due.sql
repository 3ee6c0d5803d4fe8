-- One row per ledger paid and pair of bank accounts: money deposited in one account that belongs in another (SPEC 6).
with

paid as (
    select receipt_id, ledger_key, amount
    from facts.applications
    union all
    select receipt_id, ledger_key, amount
    from facts.receipts
    where ledger_key is not null
)

select
    receipts.batch_id,
    receipts.bank_account_key as from_bank_account_key,
    ledger_names.bank_account_key as to_bank_account_key,
    paid.ledger_key,
    cast(sum(paid.amount) as decimal(18, 2)) as amount
from paid
inner join facts.receipts as receipts on receipts.receipt_id = paid.receipt_id
inner join ledger_names on ledger_names.ledger_key = paid.ledger_key
left join facts.reversals as reversals on reversals.receipt_id = paid.receipt_id
where reversals.receipt_id is null and receipts.bank_account_key <> ledger_names.bank_account_key
group by receipts.batch_id, receipts.bank_account_key, ledger_names.bank_account_key, paid.ledger_key
