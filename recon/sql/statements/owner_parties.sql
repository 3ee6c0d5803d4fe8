-- One row per owner's ledger: whose statement it is a section of.
select
    'owner' as kind,
    ledgers.ledger_key as party_key,
    ledgers.ledger_id as party_id,
    owners.owner_key as holder_key,
    owners.owner_id as holder_id,
    owners.name,
    owners.is_active,
    cast(null as varchar) as home
from ledgers_then as ledgers
inner join owners_then as owners on owners.owner_key = ledgers.owner_key
where ledgers.kind = 'owner'
