-- One row per file of a statement in the publications that a publication is supplemental to, of those whom it still has.
select files.publication_id, files.path
from facts.publications as this_one
inner join facts.publications as earlier
    on earlier.period_from = this_one.period_from and earlier.entry_seq < this_one.entry_seq
inner join facts.published_files as files
    on files.publication_id = earlier.publication_id
inner join facts.published_profiles as profiles
    on profiles.publication_id = this_one.publication_id
    and profiles.kind || '_statement' = files.kind
    and profiles.party_key = files.party_key
where
    this_one.publication_id = $id
    and exists (
        select 1
        from facts.published_statements as original
        inner join facts.published_statements as supplement
            on supplement.kind = original.kind
            and supplement.party_key = original.party_key
            and supplement.period_from = original.period_from
            and supplement.number > original.number
        where original.publication_id = earlier.publication_id and supplement.entry_seq <= this_one.entry_seq
    )
order by files.publication_id, files.path
