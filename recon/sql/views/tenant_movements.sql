-- One row per movement of a tenant's balance and stretch of the journal in which the books showed it with this amount.
-- What a tenant owes is positive. As of entry S: since_seq <= S and (until_seq is null or until_seq > S).
with

loads as (
    select load_id, entry_seq, reflects_through, lead(entry_seq) over (order by load_id) as next_entry_seq
    from facts.ledger_loads
),

versions as (
    select *, lead(load_id) over (partition by charge_key order by load_id) as next_load_id
    from facts.ledger_charges
),

-- Each charge as each load shows it; one that is no longer exported is closed (SPEC 2).
shown as (
    select
        versions.charge_key,
        versions.charge_id,
        versions.tenant_key,
        versions.unit_key,
        versions.due_date,
        versions.description,
        versions.amount,
        case when versions.load_id = loads.load_id then versions.open_amount else 0 end as base_amount,
        case when versions.load_id = loads.load_id then loads.reflects_through else loads.entry_seq end as reflects_through,
        loads.entry_seq as since_seq,
        loads.next_entry_seq as until_seq
    from versions
    inner join loads
        on loads.load_id >= versions.load_id
        and (versions.next_load_id is null or loads.load_id < versions.next_load_id)
),

moves as (
    select charge_key, amount, entry_seq
    from facts.applications
    union all
    select applications.charge_key, -applications.amount, reversals.entry_seq
    from facts.applications as applications
    inner join facts.reversals as reversals on reversals.receipt_id = applications.receipt_id
),

reflected as (
    select shown.charge_key, shown.since_seq, sum(moves.amount) as amount
    from shown
    inner join moves on moves.charge_key = shown.charge_key and moves.entry_seq <= shown.reflects_through
    group by shown.charge_key, shown.since_seq
),

rows_of_tenants as (
    select tenant_key, 'charge:' || charge_key as movement_id, 'charge' as kind, due_date as moved_on, unit_key,
        charge_key, description, charge_id as reference, amount, since_seq, until_seq
    from shown
    union all
    select shown.tenant_key, 'elsewhere:' || shown.charge_key, 'paid_elsewhere', shown.due_date, shown.unit_key,
        shown.charge_key, shown.description, shown.charge_id,
        shown.base_amount + coalesce(reflected.amount, 0) - shown.amount, shown.since_seq, shown.until_seq
    from shown
    left join reflected on reflected.charge_key = shown.charge_key and reflected.since_seq = shown.since_seq
    where shown.base_amount + coalesce(reflected.amount, 0) <> shown.amount
    union all
    select tenant_key, receipt_id, 'payment', posting_date, unit_key, null, memo, receipt_id, -amount, entry_seq, null
    from facts.receipts
    where tenant_key is not null
    union all
    select receipts.tenant_key, receipts.receipt_id || ':' || reversals.kind, reversals.kind, reversals.reversed_on,
        receipts.unit_key, null, receipts.memo, receipts.receipt_id, receipts.amount, reversals.entry_seq, null
    from facts.reversals as reversals
    inner join facts.receipts as receipts on receipts.receipt_id = reversals.receipt_id
    where receipts.tenant_key is not null
    union all
    select receipts.tenant_key, receipts.receipt_id || ':refund:' || refunds.entry_seq, 'refund', refunds.refunded_on,
        receipts.unit_key, null, receipts.memo, receipts.receipt_id, refunds.amount, refunds.entry_seq, null
    from facts.credit_refunds as refunds
    inner join facts.receipts as receipts on receipts.receipt_id = refunds.receipt_id
)

select
    tenant_key,
    movement_id,
    kind,
    moved_on,
    unit_key,
    charge_key,
    description,
    reference,
    cast(amount as decimal(18, 2)) as amount,
    cast(since_seq as bigint) as since_seq,
    cast(until_seq as bigint) as until_seq
from rows_of_tenants
