-- One row per row of `tenant_movements`, under the heading that a tenant's statement gives it (SPEC 7).
select
    tenant_key as party_key,
    movement_id,
    case
        when kind = 'charge' then 'charges'
        when kind = 'paid_elsewhere' then 'paid_elsewhere'
        when kind = 'payment' then 'payments'
        else 'reversals_refunds'
    end as heading,
    kind,
    moved_on,
    cast(null as varchar) as tenant_key,
    unit_key,
    cast(null as varchar) as vendor_key,
    charge_key,
    description,
    reference,
    amount,
    since_seq,
    until_seq
from tenant_movements
