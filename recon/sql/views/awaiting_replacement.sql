-- One row per corrected receipt whose line was not posted anew since: its money stayed, so it keeps its place on a slip.
select corrected.receipt_id, corrected.batch_id, corrected.line_number
from facts.reversals as reversals
inner join facts.receipts as corrected on corrected.receipt_id = reversals.receipt_id
where
    reversals.kind = 'correction'
    and not exists (
        select 1
        from facts.receipts as later
        where
            later.batch_id = corrected.batch_id
            and later.line_number = corrected.line_number
            and later.entry_seq > reversals.entry_seq
    )
