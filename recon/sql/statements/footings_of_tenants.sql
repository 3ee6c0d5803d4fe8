-- One row per tenant, added up another way: open charges less open credit, and what only counts after the closing date.
with

open_now as (
    select tenant_key, open_amount as amount
    from charges
    union all
    select tenant_key, -amount
    from open_credits
    union all
    select tenant_key, -amount
    from tenant_movements
    where moved_on > $period_to and until_seq is null
)

select tenant_key as party_key, cast(sum(amount) as decimal(18, 2)) as amount
from open_now
group by tenant_key
