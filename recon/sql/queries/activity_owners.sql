-- One row per movement of an owner's ledger in the days of recent activity, of owners that are published (PUB-45).
select owners.owner_id, ledgers.ledger_id, movements.moved_on as date, movements.kind, units.unit_id, tenants.tenant_id,
    movements.description, movements.reference, cast(sum(movements.amount) as decimal(18, 2)) as amount
from ledger_movements as movements
inner join ledgers on ledgers.ledger_key = movements.ledger_key and ledgers.kind = 'owner'
inner join owners on owners.owner_key = ledgers.owner_key
left join unit_names as units on units.unit_key = movements.unit_key
left join tenant_names as tenants on tenants.tenant_key = movements.tenant_key
where
    movements.until_seq is null
    and movements.moved_on between $first and $last
    and list_contains($published, owners.owner_key)
group by movements.movement_id, owners.owner_id, ledgers.ledger_id, movements.moved_on, movements.kind, units.unit_id,
    tenants.tenant_id, movements.description, movements.reference
having sum(movements.amount) <> 0
order by owners.owner_id, ledgers.ledger_id, movements.moved_on, movements.movement_id
