-- One row per exported charge whose open amount is not what was exported, less what was applied since, plus reversals.
with

moves as (
    select applications.charge_key, applications.entry_seq, -applications.amount as amount
    from facts.applications as applications
    union all
    select applications.charge_key, reversals.entry_seq, applications.amount
    from facts.reversals as reversals
    inner join facts.applications as applications on applications.receipt_id = reversals.receipt_id
)

select charges.charge_id, charges.exported_open_amount, charges.open_amount, coalesce(sum(moves.amount), 0) as moved
from charges
cross join current_load
left join moves on moves.charge_key = charges.charge_key and moves.entry_seq > current_load.reflects_through
where charges.is_exported
group by charges.charge_id, charges.exported_open_amount, charges.open_amount
having charges.exported_open_amount + coalesce(sum(moves.amount), 0) <> charges.open_amount
