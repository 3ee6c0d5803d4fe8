-- One row per line in scope: the tenant and the unit that its ids name, each null where it names none (SPEC 4).
select
    lines.line_number,
    lines.posting_date,
    lines.amount,
    lines.tenant_key is not null as has_tenant_id,
    payers.tenant_no,
    payers.unit_no as home_unit_no,
    payers.hold as is_held,
    payers.is_past,
    payers.is_alias,
    units.unit_no,
    units.responsible_tenant_no
from lines_in_scope as lines
-- An alias that nobody used or confirmed for a year names nobody until a person confirms it again.
left join payers on payers.payer_key = lines.tenant_key and lines.posting_date <= payers.expires_on
left join units_in_force as units on units.unit_key = lines.unit_key
