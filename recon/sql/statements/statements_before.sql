-- One row per party with an earlier statement: the last one that ends before the period, which this one follows.
select
    party_key,
    arg_max(period_to, (period_to, entry_seq)) as period_to,
    arg_max(as_of, (period_to, entry_seq)) as as_of,
    arg_max(closing, (period_to, entry_seq)) as closing
from facts.published_statements
where kind = $kind and period_to < $period_from and entry_seq <= $as_of
group by party_key
