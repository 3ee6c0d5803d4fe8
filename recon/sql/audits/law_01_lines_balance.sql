-- One row per batch that does not add up: the file's lines are all there, and each is posted, waiting, removed or rejected.
with

kept as (
    select
        imports.batch_id,
        imports.entries,
        count(lines.line_number) as entries_kept,
        imports.total_amount,
        coalesce(sum(lines.amount), 0) as total_kept
    from facts.imports as imports
    left join facts.lines as lines on lines.batch_id = imports.batch_id and lines.entry_seq = imports.entry_seq
    group by imports.batch_id, imports.entries, imports.total_amount
)

select
    batches.batch_id,
    kept.entries,
    kept.entries_kept,
    kept.total_amount,
    kept.total_kept,
    batches.loaded_count,
    batches.posted_count + batches.waiting_count + batches.removed_count + batches.rejected_count as accounted_for,
    batches.loaded_amount,
    batches.posted_amount + batches.waiting_amount + batches.removed_amount + batches.rejected_amount
        as amount_accounted_for
from batches
inner join kept on kept.batch_id = batches.batch_id
where
    kept.entries <> kept.entries_kept
    or kept.total_amount <> kept.total_kept
    or batches.loaded_count
    <> batches.posted_count + batches.waiting_count + batches.removed_count + batches.rejected_count
    or batches.loaded_amount
    <> batches.posted_amount + batches.waiting_amount + batches.removed_amount + batches.rejected_amount
    or batches.waiting_amount < 0
    or batches.removed_amount < 0
