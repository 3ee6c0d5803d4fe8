-- One row per profile that is held back, and why (PUB-41).
select kind, party_key,
    case
        when no_internet then 'no internet'
        when publish_until < $today then 'publish until'
        else 'no statements'
    end as reason
from profile_settings
where no_internet or publish_until < $today or no_statements
order by kind, party_key
