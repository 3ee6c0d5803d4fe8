-- One row per file whose bytes the archive must hold, and what they were taken in as.
select
    sha256,
    arg_min(file_name, entry_seq) as file_name,
    string_agg(taken_as, ', ' order by entry_seq, taken_as) as taken_as
from (
    select sha256, file_name, 'batch ' || batch_id as taken_as, entry_seq
    from facts.imports
    union all
    select sha256, file_name, 'statement ' || statement_id, entry_seq
    from facts.bank_statements
)
where sha256 <> $of_nothing  -- a batch that comes from no file; of an empty file nothing can be lost
group by sha256
order by min(entry_seq), sha256
