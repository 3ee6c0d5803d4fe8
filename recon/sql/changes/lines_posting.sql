-- One row per line that posts by itself: who pays, and the one ledger that is paid.
with

ledgers_paid as (
    select uses.line_number, min(charges.ledger_key) as ledger_key
    from settled_uses as uses
    inner join charges_in_force as charges on charges.charge_no = uses.charge_no
    group by uses.line_number
)

select
    classified.line_number,
    tenants.tenant_key,
    units.unit_key,
    ledgers.bank_account_key,
    classified.reason
from classified_lines as classified
inner join ledgers_paid on ledgers_paid.line_number = classified.line_number
inner join ledgers on ledgers.ledger_key = ledgers_paid.ledger_key
inner join tenants_in_force as tenants on tenants.tenant_no = classified.tenant_no
inner join units_in_force as units on units.unit_no = classified.unit_no
where classified.disposition = 'auto'
