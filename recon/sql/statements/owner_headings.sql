-- One row per row of `ledger_movements`, under the heading that an owner's statement gives it (SPEC 7).
select
    ledger_key as party_key,
    movement_id,
    case
        when kind in ('receipt', 'returned', 'correction') then 'receipts'
        when kind = 'disbursement' then 'disbursements'
        when kind = 'fee' then 'fees'
        when kind = 'owner_draw' then 'owner_draws'
        else 'other'
    end as heading,
    kind,
    moved_on,
    tenant_key,
    unit_key,
    vendor_key,
    cast(null as varchar) as charge_key,
    description,
    reference,
    amount,
    since_seq,
    until_seq
from ledger_movements
