-- One row per unit whose profile is published.
select units.unit_key as party_key, units.unit_id, units.description, owners.owner_id,
    responsible.tenant_id as responsible_tenant_id
from units
inner join owners on owners.owner_key = units.owner_key
left join tenants as responsible on responsible.tenant_key = units.responsible_tenant_key
left join profile_settings as settings on settings.kind = 'unit' and settings.party_key = units.unit_key
where
    not coalesce(settings.no_internet, false)
    and (settings.publish_until is null or settings.publish_until >= $today)
    and (owners.status = 'active' or list_contains($also, units.unit_key))
order by units.unit_key
