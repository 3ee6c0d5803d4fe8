-- One row per alias that stands: what files give for a tenant ID, the tenant meant, and who confirmed it, when and why.
with

latest as (
    select alias_key, max(entry_seq) as entry_seq
    from facts.payer_aliases
    group by alias_key
)

select
    aliases.alias_key,
    aliases.alias,
    aliases.tenant_key,
    entries.who as confirmed_by,
    entries.recorded_at as confirmed_at,
    entries.why,
    aliases.entry_seq
from facts.payer_aliases as aliases
inner join latest on latest.alias_key = aliases.alias_key and latest.entry_seq = aliases.entry_seq
inner join facts.journal as entries on entries.seq = aliases.entry_seq
where aliases.tenant_key is not null
