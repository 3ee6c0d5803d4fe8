-- One row per line that a person changed or corrected: its values as last revised (BTR-64, BTR-81).
with

latest as (
    select batch_id, line_number, max(entry_seq) as entry_seq
    from facts.line_revisions
    where entry_seq not in (select undone_seq from facts.undone_entries)
    group by batch_id, line_number
)

select
    revisions.batch_id,
    revisions.line_number,
    revisions.posting_date,
    revisions.unit_id,
    revisions.tenant_id,
    revisions.unit_key,
    revisions.tenant_key,
    revisions.amount,
    revisions.memo,
    revisions.entry_seq
from facts.line_revisions as revisions
inner join latest
    on latest.batch_id = revisions.batch_id
    and latest.line_number = revisions.line_number
    and latest.entry_seq = revisions.entry_seq
