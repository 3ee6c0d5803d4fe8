-- One row per movement that an earlier statement took account of, with its amount then.
select
    movements.party_key,
    movements.movement_id,
    max(movements.heading) as heading,
    max(movements.kind) as kind,
    max(movements.moved_on) as moved_on,
    max(movements.tenant_key) as tenant_key,
    max(movements.unit_key) as unit_key,
    max(movements.vendor_key) as vendor_key,
    max(movements.charge_key) as charge_key,
    max(movements.description) as description,
    max(movements.reference) as reference,
    sum(movements.amount) as amount
from movements
inner join statements_before as earlier on earlier.party_key = movements.party_key
where
    movements.moved_on <= earlier.period_to
    and movements.since_seq <= earlier.as_of
    and (movements.until_seq is null or movements.until_seq > earlier.as_of)
group by movements.party_key, movements.movement_id
having sum(movements.amount) <> 0
