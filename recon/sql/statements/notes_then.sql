-- One row per owner or tenant with a note on its statements, as it stood then.
select kind, party_key as holder_key, arg_max(note, entry_seq) as note
from facts.profile_settings
where entry_seq <= $as_of and kind = $kind
group by kind, party_key
having arg_max(note, entry_seq) <> ''
