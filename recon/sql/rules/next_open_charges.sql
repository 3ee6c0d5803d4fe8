-- One row per charge still open in the next round: only of tenants who have lines left.
with

used as (
    select charge_no, sum(amount) as amount
    from uses
    group by charge_no
),

going_on as (
    select distinct tenant_no
    from next_waiting_lines
)

select
    charges.charge_no,
    charges.tenant_no,
    charges.unit_no,
    charges.ledger_no,
    charges.due_date,
    cast(charges.open_amount - coalesce(used.amount, 0) as decimal(18, 2)) as open_amount
from open_charges as charges
inner join going_on on going_on.tenant_no = charges.tenant_no
left join used on used.charge_no = charges.charge_no
where charges.open_amount > coalesce(used.amount, 0)
