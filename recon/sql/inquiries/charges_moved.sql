-- One row per charge and cause for which its open amount differs between two moments; `charges_before` has the first.
with

differing as (
    select
        coalesce(now.charge_key, before.charge_key) as charge_key,
        coalesce(now.charge_id, before.charge_id) as charge_id,
        before.open_amount as open_before,
        now.open_amount as open_after
    from charges as now
    full join charges_before as before on before.charge_key = now.charge_key
    where now.open_amount is distinct from before.open_amount
),

causes as (
    select charge_key, entry_seq, -amount as amount, 'applied from ' || receipt_id as cause
    from facts.applications
    union all
    select applications.charge_key, reversals.entry_seq, applications.amount, reversals.kind || ' ' || reversals.receipt_id
    from facts.reversals as reversals
    inner join facts.applications as applications on applications.receipt_id = reversals.receipt_id
    union all
    select charges.charge_key, loads.entry_seq, null, 'ledger load ' || loads.load_id || ', receipts included: '
        || loads.includes
    from facts.ledger_loads as loads
    inner join facts.ledger_charges as charges on charges.load_id = loads.load_id
)

select
    differing.charge_id,
    coalesce(differing.open_before, 0)::decimal(18, 2) as open_before,
    coalesce(differing.open_after, 0)::decimal(18, 2) as open_after,
    causes.entry_seq,
    cast(causes.amount as decimal(18, 2)) as amount,
    coalesce(causes.cause, 'not exported any more') as cause
from differing
left join causes on causes.charge_key = differing.charge_key and causes.entry_seq > $after
order by differing.charge_key, causes.entry_seq, causes.cause
