-- One row per bill of an owner's ledger dated by the closing date and not paid in full when the ledger was exported,
-- oldest first (PUB-40).
select
    bills.ledger_key as party_key,
    coalesce(bills.due_date, bills.bill_date) as due_date,
    vendors.name as party,
    units.description as unit,
    bills.description,
    bills.open_amount as amount
from facts.ledger_bills as bills
left join vendors_then as vendors on vendors.vendor_key = bills.vendor_key
left join units_then as units on units.unit_key = bills.unit_key
where
    bills.load_id = $load_id
    and bills.bill_date <= $period_to
    and bills.open_amount > 0
    and $kind = 'owner'
order by bills.ledger_key, coalesce(bills.due_date, bills.bill_date), bills.bill_key
