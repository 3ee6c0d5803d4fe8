-- One row per batch for which a person stated control totals: those stated last and not undone (BTR-88).
select
    batch_id,
    arg_max(entries, entry_seq) as entries,
    arg_max(total_amount, entry_seq) as total_amount
from facts.control_totals
where entry_seq not in (select undone_seq from facts.undone_entries)
group by batch_id
