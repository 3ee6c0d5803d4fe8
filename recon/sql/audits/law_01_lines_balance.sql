-- One row per batch whose lines do not add up: in = posted + waiting + removed + rejected, in count and in cents.
select
    batch_id,
    entries,
    posted_count + waiting_count + removed_count + rejected_count as accounted_for,
    total_amount,
    posted_amount + waiting_amount + removed_amount + rejected_amount as amount_accounted_for
from batches
where
    entries <> posted_count + waiting_count + removed_count + rejected_count
    or total_amount <> posted_amount + waiting_amount + removed_amount + rejected_amount
    or waiting_amount < 0
    or removed_amount < 0
