-- One row per movement that an earlier statement of the same period shows, with its amount then.
select movements.party_key, movements.movement_id, sum(movements.amount) as amount
from movements
inner join statements_of_period as earlier on earlier.party_key = movements.party_key
where
    movements.moved_on <= earlier.period_to
    and movements.since_seq <= earlier.as_of
    and (movements.until_seq is null or movements.until_seq > earlier.as_of)
group by movements.party_key, movements.movement_id
having sum(movements.amount) <> 0
