-- One row per charge due by the closing date and then not paid in full, oldest first.
with

charged as (
    select charge_key, tenant_key, max(unit_key) as unit_key, max(moved_on) as due_date, max(description) as description,
        max(reference) as charge_id, sum(amount) as amount
    from tenant_movements
    where
        charge_key is not null
        and moved_on <= $period_to
        and since_seq <= $as_of
        and (until_seq is null or until_seq > $as_of)
    group by charge_key, tenant_key
),

paid as (
    select charge_key, sum(amount) as amount
    from (
        select charge_key, amount
        from facts.applications
        where applied_on <= $period_to and entry_seq <= $as_of
        union all
        select applications.charge_key, -applications.amount
        from facts.applications as applications
        inner join facts.reversals as reversals on reversals.receipt_id = applications.receipt_id
        where reversals.reversed_on <= $period_to and reversals.entry_seq <= $as_of and applications.entry_seq <= $as_of
    ) as moves
    group by charge_key
),

ledgers_of_charges as (
    select charge_key, arg_max(ledger_key, load_id) as ledger_key
    from facts.ledger_charges
    where load_id <= $load_id
    group by charge_key
)

select
    case when $kind = 'owner' then ledgers.ledger_key else charged.tenant_key end as party_key,
    charged.charge_id,
    charged.due_date,
    tenants.tenant_id,
    tenants.name as party,
    units.unit_id,
    units.description as unit,
    charged.description,
    cast(charged.amount - coalesce(paid.amount, 0) as decimal(18, 2)) as amount,
    case
        when charged.due_date > $period_to - 31 then '0-30'
        when charged.due_date > $period_to - 61 then '31-60'
        when charged.due_date > $period_to - 91 then '61-90'
        else 'over 90'
    end as bucket
from charged
inner join ledgers_of_charges as ledgers on ledgers.charge_key = charged.charge_key
left join paid on paid.charge_key = charged.charge_key
left join tenants_then as tenants on tenants.tenant_key = charged.tenant_key
left join units_then as units on units.unit_key = charged.unit_key
where charged.amount - coalesce(paid.amount, 0) <> 0
order by party_key, charged.due_date, charged.charge_id
