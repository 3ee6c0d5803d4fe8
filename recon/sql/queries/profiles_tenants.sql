-- One row per tenant whose profile is published: current, or with a statement that is.
select tenants.tenant_key as party_key, tenants.tenant_id, tenants.name, units.unit_id, tenants.status, tenants.email,
    tenants.online_access
from tenants
left join units on units.unit_key = tenants.unit_key
left join profile_settings as settings on settings.kind = 'tenant' and settings.party_key = tenants.tenant_key
where
    (tenants.status = 'current' or list_contains($also, tenants.tenant_key))
    and not coalesce(settings.no_internet, false)
    and (settings.publish_until is null or settings.publish_until >= $today)
order by tenants.tenant_key
