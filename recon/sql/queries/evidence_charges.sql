-- One row per charge of a tenant on a unit that was open when a line had its turn, as it stood at that moment.
with

load_then as (
    select load_id, reflects_through, entry_seq
    from facts.ledger_loads
    where entry_seq < $seq
    order by load_id desc
    limit 1
),

last_seen as (
    select charges.charge_key, max(charges.load_id) as load_id
    from facts.ledger_charges as charges
    inner join load_then on charges.load_id <= load_then.load_id
    where charges.tenant_key = $tenant_key and charges.unit_key = $unit_key
    group by charges.charge_key
),

versions as (
    select
        charges.charge_key,
        charges.charge_id,
        charges.charge_code,
        charges.description,
        charges.ledger_key,
        charges.due_date,
        case when charges.load_id = load_then.load_id then charges.open_amount else 0 end as base_amount,
        case when charges.load_id = load_then.load_id then load_then.reflects_through else load_then.entry_seq end
            as reflects_through
    from facts.ledger_charges as charges
    inner join last_seen on last_seen.charge_key = charges.charge_key and last_seen.load_id = charges.load_id
    cross join load_then
),

moves as (
    select
        applications.charge_key,
        -applications.amount as amount,
        applications.entry_seq,
        -- What went to charges in the posting itself, went there on behalf of a line: of an earlier receipt, its credit.
        -- A person's step comes first, and only then the lines are looked at again.
        case
            when applications.entry_seq = $seq and entries.action = 'post'
                then coalesce(payments.line_number, receipts.line_number)
            else 0
        end as line_number
    from facts.applications as applications
    inner join facts.journal as entries on entries.seq = applications.entry_seq
    inner join facts.receipts as receipts on receipts.receipt_id = applications.receipt_id
    left join facts.receipts as payments
        on payments.entry_seq = applications.entry_seq
        and receipts.entry_seq < applications.entry_seq
        and payments.reason = 'OK_CREDIT'
        and payments.tenant_key = receipts.tenant_key
        and payments.unit_key = receipts.unit_key
    union all
    select applications.charge_key, applications.amount, reversals.entry_seq, 0
    from facts.reversals as reversals
    inner join facts.applications as applications on applications.receipt_id = reversals.receipt_id
),

-- Within the posting itself, only earlier lines of the file had used something up.
moved as (
    select versions.charge_key, sum(moves.amount) as amount
    from versions
    inner join moves on moves.charge_key = versions.charge_key
    where
        moves.entry_seq > versions.reflects_through
        and moves.entry_seq <= $seq
        and moves.line_number < $line_number
    group by versions.charge_key
)

select
    versions.charge_id,
    versions.charge_code,
    versions.description,
    ledger_names.ledger_id,
    versions.due_date,
    cast(versions.base_amount + coalesce(moved.amount, 0) as decimal(18, 2)) as open_amount,
    versions.due_date <= $posting_date + $window_days as is_in_window,
    versions.due_date <= $posting_date as is_due
from versions
left join moved on moved.charge_key = versions.charge_key
left join ledger_names on ledger_names.ledger_key = versions.ledger_key
where versions.base_amount + coalesce(moved.amount, 0) > 0
order by versions.due_date, versions.charge_key
