-- One row per publication that was not put together as of the journal entry that it names.
select publications.publication_id, publications.as_of, publications.as_of_hash, entries.hash
from facts.publications as publications
left join facts.journal as entries on entries.seq = publications.as_of
where entries.hash is null or entries.hash <> publications.as_of_hash
