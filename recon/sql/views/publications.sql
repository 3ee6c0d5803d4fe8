-- One row per publication.
select publication_id, content_sha256, manifest_sha256, period_from, period_to, what, published_on, as_of, as_of_hash,
    supersedes, entry_seq
from facts.publications
