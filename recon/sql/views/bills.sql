-- One row per bill of the ledger in force; `open_amount` is what was unpaid when the ledger was exported.
select
    bills.bill_key,
    bills.bill_id,
    bills.ledger_key,
    bills.unit_key,
    bills.vendor_key,
    bills.bill_date,
    bills.due_date,
    bills.description,
    bills.amount,
    bills.open_amount
from facts.ledger_bills as bills
inner join current_load on current_load.load_id = bills.load_id
