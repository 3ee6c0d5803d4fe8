-- One row per receipt on a deposit slip that is not void.
select items.deposit_id, items.receipt_id, items.amount, items.replaces_receipt_id
from facts.deposit_items as items
where
    not exists (select 1 from facts.deposit_voids as voids where voids.deposit_id = items.deposit_id)
    and not exists (
        select 1
        from facts.deposit_items as later
        where later.deposit_id = items.deposit_id and later.replaces_receipt_id = items.receipt_id
    )
