-- One row per deposit slip: its items, their total, and whether it is open, recorded or void.
select
    deposits.deposit_id,
    deposits.batch_id,
    deposits.bank_account_key,
    deposits.deposit_date,
    count(items.receipt_id) as items,
    cast(coalesce(sum(items.amount), 0) as decimal(18, 2)) as total,
    case
        when voids.deposit_id is not null then 'void'
        when recordings.deposit_id is not null then 'recorded'
        else 'open'
    end as state
from facts.deposits as deposits
left join live_deposit_items as items on items.deposit_id = deposits.deposit_id
left join facts.deposit_recordings as recordings on recordings.deposit_id = deposits.deposit_id
left join facts.deposit_voids as voids on voids.deposit_id = deposits.deposit_id
group by
    deposits.deposit_id,
    deposits.batch_id,
    deposits.bank_account_key,
    deposits.deposit_date,
    recordings.deposit_id,
    voids.deposit_id
