-- One row per alias that stands: what files give for a tenant ID, the tenant meant, who confirmed it, its use, its expiry.
with

latest as (
    select alias_key, max(entry_seq) as entry_seq
    from facts.payer_aliases
    group by alias_key
),

standing as (
    select aliases.*
    from facts.payer_aliases as aliases
    inner join latest on latest.alias_key = aliases.alias_key and latest.entry_seq = aliases.entry_seq
    where aliases.tenant_key is not null
),

used as (
    select standing.alias_key, count(*) as support, max(receipts.posting_date) as last_used
    from standing
    inner join lines on lines.tenant_key = standing.alias_key
    inner join receipts on receipts.batch_id = lines.batch_id and receipts.line_number = lines.line_number
    where receipts.tenant_key = standing.tenant_key and receipts.reversal_kind is null
    group by standing.alias_key
)

select
    standing.alias_key,
    standing.alias,
    standing.tenant_key,
    entries.who as confirmed_by,
    entries.recorded_at as confirmed_at,
    entries.why,
    coalesce(used.support, 0) as support,
    used.last_used,
    -- The last posting date for which it counts: a year after it was confirmed or last used, whatever came later.
    cast(greatest(cast(entries.recorded_at as date), used.last_used) + interval 1 year as date) as expires_on,
    standing.entry_seq
from standing
inner join facts.journal as entries on entries.seq = standing.entry_seq
left join used on used.alias_key = standing.alias_key
