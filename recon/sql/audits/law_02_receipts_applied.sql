-- One row per receipt whose applications and credit do not make its amount, or whose refunds exceed its credit.
select receipt_id, amount, applied, credit, refunded
from receipts
where applied + credit <> amount or applied < 0 or credit < 0 or refunded > credit
