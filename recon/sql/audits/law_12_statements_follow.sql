-- One row per published statement that does not open where the one before it closed, the days between being empty.
select
    statements.kind, statements.party_key, statements.period_from, statements.number, statements.opening,
    earlier.closing as closed
from facts.published_statements as statements
inner join facts.published_statements as earlier
    on earlier.kind = statements.kind
    and earlier.party_key = statements.party_key
    and earlier.period_to = statements.period_from - 1
    and earlier.entry_seq <= statements.as_of
where
    statements.opening <> earlier.closing
    and not exists (
        select 1
        from facts.published_statements as between_them
        where
            between_them.kind = earlier.kind
            and between_them.party_key = earlier.party_key
            and between_them.period_to = earlier.period_to
            and between_them.entry_seq <= statements.as_of
            and between_them.entry_seq > earlier.entry_seq
    )
