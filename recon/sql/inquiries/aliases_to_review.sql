-- One row per alias that stands: whom it means, how many payments came under it, the last, and until when it counts.
select
    aliases.alias,
    tenant_names.tenant_id,
    aliases.confirmed_by,
    cast(aliases.confirmed_at as date) as confirmed_on,
    aliases.why,
    aliases.support,
    aliases.last_used,
    aliases.expires_on,
    case when aliases.expires_on < $on then 'expired: it counts again when a person confirms it again' else 'in force' end
        as state
from payer_aliases as aliases
inner join tenant_names on tenant_names.tenant_key = aliases.tenant_key
order by aliases.expires_on, aliases.alias_key
