-- One row per line that a journal entry touched, and whether something that still counts was done to it since.
with

steps as (
    select batch_id, line_number, entry_seq
    from facts.line_revisions
    union all
    select batch_id, line_number, entry_seq
    from facts.line_decisions
    union all
    select batch_id, line_number, entry_seq
    from facts.lines
    union all
    select receipts.batch_id, receipts.line_number, receipts.entry_seq
    from facts.receipts as receipts
    left join facts.reversals as reversals
        on reversals.receipt_id = receipts.receipt_id and reversals.kind = 'correction'
    where reversals.receipt_id is null
),

touched as (
    select distinct line_number
    from steps
    where batch_id = $batch_id and entry_seq = $seq
)

select
    touched.line_number,
    coalesce(bool_or(later.entry_seq is not null), false) as is_touched_since
from touched
left join steps as later
    on later.batch_id = $batch_id
    and later.line_number = touched.line_number
    and later.entry_seq > $seq
    and later.entry_seq not in (select undone_seq from facts.undone_entries)
group by touched.line_number
order by touched.line_number
