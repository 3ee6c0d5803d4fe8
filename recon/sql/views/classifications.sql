-- One row per line that could be read and was classified: the last answer, of a posting or of a person's step.
with

latest as (
    select batch_id, line_number, max(entry_seq) as entry_seq
    from facts.classifications
    group by batch_id, line_number
)

select
    classified.batch_id,
    classified.line_number,
    classified.tenant_key,
    classified.unit_key,
    classified.matchable_total,
    classified.status_total,
    classified.disposition,
    classified.reason,
    classified.flags,
    classified.entry_seq
from facts.classifications as classified
inner join latest
    on latest.batch_id = classified.batch_id
    and latest.line_number = classified.line_number
    and latest.entry_seq = classified.entry_seq
