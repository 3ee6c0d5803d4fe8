-- One row per journal entry that did something to a line: imported, answered, changed, took out, posted, took back.
with

done as (
    select entry_seq
    from facts.imports
    where batch_id = $batch_id
    union
    select entry_seq
    from facts.lines
    where batch_id = $batch_id and line_number = $line_number
    union
    select entry_seq
    from facts.line_revisions
    where batch_id = $batch_id and line_number = $line_number
    union
    select entry_seq
    from facts.line_decisions
    where batch_id = $batch_id and line_number = $line_number
    union
    select entry_seq
    from classifications
    where batch_id = $batch_id and line_number = $line_number
    union
    select entry_seq
    from facts.receipts
    where batch_id = $batch_id and line_number = $line_number
    union
    select reversal_entry_seq as entry_seq
    from receipts
    where batch_id = $batch_id and line_number = $line_number and reversal_entry_seq is not null
)

select entry_seq from done
union
select undone.entry_seq
from facts.undone_entries as undone
inner join done on done.entry_seq = undone.undone_seq
