-- One row per party with a statement that begins on the same day: the last one, which a supplemental one adds to.
select
    party_key,
    arg_max(period_to, entry_seq) as period_to,
    arg_max(as_of, entry_seq) as as_of,
    max(number) as number
from facts.published_statements
where kind = $kind and period_from = $period_from and entry_seq <= $as_of
group by party_key
