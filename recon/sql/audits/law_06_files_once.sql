-- One row per import of a file that was imported before, is no template, and was not let in again with a reason.
select later.batch_id, later.file_name, earlier.batch_id as earlier_batch_id
from facts.imports as later
inner join facts.imports as earlier
    on earlier.entry_seq < later.entry_seq
    and (earlier.sha256 = later.sha256 or earlier.content_sha256 = later.content_sha256)
inner join batches on batches.batch_id = earlier.batch_id
where
    later.source = 'third_party'
    and earlier.entries > 0
    and later.again_reason is null
    -- A batch cleared before anything was posted does not count; that may have happened after the later import.
    and (
        batches.removed_count < batches.entries
        or exists (select 1 from facts.receipts as receipts where receipts.batch_id = earlier.batch_id)
    )
