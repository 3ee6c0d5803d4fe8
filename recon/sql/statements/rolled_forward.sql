-- One row per opening balance that an export brings forward since the last statement, in place of the movements before.
select movements.party_key, movements.movement_id, movements.moved_on, movements.reference, movements.amount,
    movements.moved_on > earlier.period_to as is_in_period
from movements_then as movements
inner join statements_before as earlier on earlier.party_key = movements.party_key
left join movements_before as known
    on known.party_key = movements.party_key
    and known.movement_id = movements.movement_id
    and known.amount = movements.amount
where movements.kind = 'opening_balance' and movements.moved_on <= earlier.period_to + 1 and known.movement_id is null
