-- One row per profile that somebody has set anything for: what holds now.
select kind, party_key, no_internet, no_statements, publish_until, note, entry_seq
from facts.profile_settings
where (kind, party_key, entry_seq) in (
    select (kind, party_key, max(entry_seq))
    from facts.profile_settings
    group by kind, party_key
)
