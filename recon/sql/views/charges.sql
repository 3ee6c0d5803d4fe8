-- One row per charge ever exported: as last exported, and what is open of it now (SPEC 2, law 4).
with

last_seen as (
    select charge_key, max(load_id) as load_id
    from facts.ledger_charges
    group by charge_key
),

versions as (
    select
        charges.load_id,
        charges.charge_key,
        charges.charge_id,
        charges.tenant_key,
        charges.unit_key,
        charges.ledger_key,
        charges.charge_code,
        charges.description,
        charges.due_date,
        charges.amount,
        charges.open_amount as exported_open_amount,
        charges.load_id = current_load.load_id as is_exported,
        -- A charge that is no longer exported is closed: whatever was posted on it until then is accounted for.
        case when charges.load_id = current_load.load_id then charges.open_amount else 0 end as base_amount,
        case when charges.load_id = current_load.load_id then current_load.reflects_through else current_load.entry_seq end
            as reflects_through
    from facts.ledger_charges as charges
    inner join last_seen on last_seen.charge_key = charges.charge_key and last_seen.load_id = charges.load_id
    cross join current_load
),

moves as (
    select charge_key, -amount as amount, entry_seq
    from facts.applications
    union all
    select applications.charge_key, applications.amount, reversals.entry_seq
    from facts.applications as applications
    inner join facts.reversals as reversals on reversals.receipt_id = applications.receipt_id
),

posted as (
    select versions.charge_key, sum(moves.amount) as amount
    from moves
    inner join versions on versions.charge_key = moves.charge_key
    where moves.entry_seq > versions.reflects_through
    group by versions.charge_key
)

select
    versions.charge_key,
    versions.charge_id,
    versions.tenant_key,
    versions.unit_key,
    versions.ledger_key,
    versions.charge_code,
    versions.description,
    versions.due_date,
    versions.amount,
    versions.load_id,
    versions.is_exported,
    versions.exported_open_amount,
    cast(versions.base_amount + coalesce(posted.amount, 0) as decimal(18, 2)) as open_amount
from versions
left join posted on posted.charge_key = versions.charge_key
