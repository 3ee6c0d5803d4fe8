-- One row per identified line that repeats a receipt, or a line still waiting, of another batch (SPEC 5, BTR-74).
select distinct lines.line_number
from payments_elsewhere as elsewhere
inner join identified_lines as identified
    on identified.tenant_no = elsewhere.tenant_no
    and identified.unit_no = elsewhere.unit_no
    and identified.amount = elsewhere.amount
inner join lines_in_scope as lines
    on lines.line_number = identified.line_number
    and lines.duplicate_date = elsewhere.duplicate_date
    and lines.memo = elsewhere.memo
where identified.identity_reason is null
