-- One row per published statement whose closing balance is not that of the books as of its journal entry.
with

movements as (
    select 'owner' as kind, ledger_key as party_key, moved_on, amount, since_seq, until_seq
    from ledger_movements
    union all
    select 'tenant', tenant_key, moved_on, amount, since_seq, until_seq
    from tenant_movements
)

select
    statements.kind, statements.party_key, statements.period_from, statements.period_to, statements.number,
    statements.closing, coalesce(sum(movements.amount), 0) as recomputed
from facts.published_statements as statements
left join movements
    on movements.kind = statements.kind
    and movements.party_key = statements.party_key
    and movements.moved_on <= statements.period_to
    and movements.since_seq <= statements.as_of
    and (movements.until_seq is null or movements.until_seq > statements.as_of)
group by all
having statements.closing <> coalesce(sum(movements.amount), 0)
