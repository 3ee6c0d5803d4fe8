-- One row per movement up to the closing date, as the books show it.
select
    party_key,
    movement_id,
    max(heading) as heading,
    max(kind) as kind,
    max(moved_on) as moved_on,
    max(tenant_key) as tenant_key,
    max(unit_key) as unit_key,
    max(vendor_key) as vendor_key,
    max(charge_key) as charge_key,
    max(description) as description,
    max(reference) as reference,
    sum(amount) as amount
from movements
where moved_on <= $period_to and since_seq <= $as_of and (until_seq is null or until_seq > $as_of)
group by party_key, movement_id
having sum(amount) <> 0
