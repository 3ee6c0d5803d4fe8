-- One row per journal entry: who did what, when (UTC), why, from which file.
select seq, recorded_at, who, action, why, batch_id, file_name, detail, facts, previous_hash, hash
from facts.journal
