-- One row per thing that became of a transmission: the transmission log (PUB-49).
select
    log.publication_id,
    log.target,
    log.pass_number,
    log.state,
    log.upload_id,
    log.message,
    journal.recorded_at as told_at,
    journal.who as told_by,
    log.entry_seq
from facts.transmissions as log
inner join facts.journal as journal on journal.seq = log.entry_seq
