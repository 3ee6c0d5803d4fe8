-- One row per vendor whose profile is published.
select vendors.vendor_key as party_key, vendors.vendor_id, vendors.name, vendors.email, vendors.online_access
from vendors
left join profile_settings as settings on settings.kind = 'vendor' and settings.party_key = vendors.vendor_key
where
    (vendors.status = 'active' or list_contains($also, vendors.vendor_key))
    and not coalesce(settings.no_internet, false)
    and (settings.publish_until is null or settings.publish_until >= $today)
order by vendors.vendor_key
