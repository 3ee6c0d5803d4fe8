-- One row per alias that stands: whom it means, how many payments came under it, the last, and when to look at it again.
with

used as (
    select lines.tenant_key as alias_key, receipts.tenant_key, count(*) as support, max(receipts.posting_date) as last_used
    from receipts
    inner join lines on lines.batch_id = receipts.batch_id and lines.line_number = receipts.line_number
    where receipts.reversal_kind is null
    group by lines.tenant_key, receipts.tenant_key
)

select
    aliases.alias,
    tenant_names.tenant_id,
    aliases.confirmed_by,
    cast(aliases.confirmed_at as date) as confirmed_on,
    aliases.why,
    coalesce(used.support, 0) as support,
    used.last_used,
    -- A year after it was confirmed or last used.
    cast(greatest(cast(aliases.confirmed_at as date), used.last_used) + interval 1 year as date) as look_again_on
from payer_aliases as aliases
inner join tenant_names on tenant_names.tenant_key = aliases.tenant_key
left join used on used.alias_key = aliases.alias_key and used.tenant_key = aliases.tenant_key
order by look_again_on, aliases.alias_key
