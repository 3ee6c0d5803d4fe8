-- One row per profile that exists on the other side: it went along with a transmission that was processed there.
select distinct profiles.kind, profiles.party_key
from facts.published_profiles as profiles
inner join facts.transmissions as log on log.publication_id = profiles.publication_id
where log.target = $target and log.state = 'processed'
