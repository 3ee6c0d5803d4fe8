-- One row per owner whose profile is published: active, or with a statement that is.
select owners.owner_key as party_key, owners.owner_id, owners.name, owners.email, owners.online_access
from owners
left join profile_settings as settings on settings.kind = 'owner' and settings.party_key = owners.owner_key
where
    (owners.status = 'active' or list_contains($also, owners.owner_key))
    and not coalesce(settings.no_internet, false)
    and (settings.publish_until is null or settings.publish_until >= $today)
order by owners.owner_key
