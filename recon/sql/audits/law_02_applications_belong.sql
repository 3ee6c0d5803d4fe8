-- One row per application to a charge of another tenant, unit or ledger than the receipt says.
select applications.receipt_id, applications.charge_key
from facts.applications as applications
inner join facts.receipts as receipts on receipts.receipt_id = applications.receipt_id
inner join facts.ledger_charges as charges
    on charges.load_id = applications.load_id and charges.charge_key = applications.charge_key
where
    charges.tenant_key <> receipts.tenant_key
    or charges.unit_key <> receipts.unit_key
    or charges.ledger_key <> applications.ledger_key
