-- One row per tenant and unit that a payment may be for: the tenant's home, and units on which the tenant owes.
with

pairs as (
    select tenant_key, unit_key from tenants where unit_key is not null
    union
    select tenant_key, unit_key from charges where open_amount > 0
)

select
    pairs.tenant_key,
    pairs.unit_key,
    tenants.tenant_id,
    units.unit_id,
    tenants.name,
    tenants.hold,
    tenants.status = 'current' and tenants.unit_key = pairs.unit_key as is_living_there,
    units.responsible_tenant_key,
    regexp_replace(pairs.tenant_key, '[^\p{L}\p{N}]', '', 'g') as tenant_letters,
    regexp_replace(pairs.unit_key, '[^\p{L}\p{N}]', '', 'g') as unit_letters,
    regexp_extract(pairs.unit_key, '([0-9]{2,})$', 1) as unit_number,
    ' ' || trim(regexp_replace(pairs.tenant_key, '[^\p{L}\p{N}]+', ' ', 'g')) || ' ' as tenant_words,
    ' ' || trim(regexp_replace(pairs.unit_key, '[^\p{L}\p{N}]+', ' ', 'g')) || ' ' as unit_words,
    ' ' || trim(regexp_replace(lower(nfc_normalize(tenants.name)), '[^\p{L}\p{N}]+', ' ', 'g')) || ' ' as name_words
from pairs
inner join tenants on tenants.tenant_key = pairs.tenant_key
inner join units on units.unit_key = pairs.unit_key
